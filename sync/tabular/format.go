package tabular

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// numberFormat says how a number is to be written as text.
type numberFormat uint8

const (
	formatPlain numberFormat = iota
	formatDate
	formatDateTime
	formatTime
	formatPad // formatPad+n: an integer is padded with zeros to n digits ("00000" of postcodes)
)

const maxPad = 20

// builtinFormat classes the number formats that every workbook knows without defining them (ECMA-376 part 1, 18.8.30).
func builtinFormat(id int) numberFormat {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return formatDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 46, id == 47, id == 55, id == 56:
		return formatTime
	case id == 22:
		return formatDateTime
	}
	return formatPlain
}

// customFormat classes a format code: what it shows outside quotes, escapes and brackets decides.
func customFormat(code string) numberFormat {
	if code != "" && strings.Trim(code, "0") == "" {
		if len(code) > 1 && len(code) <= maxPad {
			return formatPad + numberFormat(len(code))
		}
		return formatPlain
	}
	if i := strings.IndexByte(code, ';'); i >= 0 {
		code = code[:i] // the section of positive numbers
	}
	var date, clock, month bool
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; c {
		case '"' | 0x20:
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				n = len(code) - i - 1
			}
			i += n + 1
		case '\\' | 0x20, '_' | 0x20, '*' | 0x20:
			if code[i] == '\\' || code[i] == '_' || code[i] == '*' {
				i++
			}
		case '[' | 0x20:
			n := strings.IndexByte(code[i:], ']')
			if code[i] != '[' || n < 0 {
				continue
			}
			if inside := strings.ToLower(code[i+1 : i+n]); strings.Trim(inside, "hms") == "" {
				clock = true
			}
			i += n
		case 'y', 'd':
			date = true
		case 'h', 's':
			clock = true
		case 'm':
			month = true
		}
	}
	if strings.EqualFold(code, "general") {
		return formatPlain
	}
	switch {
	case date && clock:
		return formatDateTime
	case date || month && !clock:
		return formatDate
	case clock:
		return formatTime
	}
	return formatPlain
}

// readStyles gives the format of each cell style (index of cellXfs).
func readStyles(r io.Reader, l limits) ([]numberFormat, error) {
	s := newScanner(r, l.cellBytes)
	custom := map[int]numberFormat{}
	var formats []numberFormat
	inCells := false
	for {
		err := s.next()
		if errors.Is(err, io.EOF) {
			return formats, nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case s.kind == tokenEnd && string(s.name) == "cellXfs":
			return formats, nil
		case s.kind != tokenStart:
		case string(s.name) == "numFmt" && len(custom) < l.xfs:
			if id, err := strconv.Atoi(s.attr("numFmtId")); err == nil {
				custom[id] = customFormat(s.attr("formatCode"))
			}
		case string(s.name) == "cellXfs":
			inCells = true
		case inCells && string(s.name) == "xf" && len(formats) < l.xfs:
			id, err := strconv.Atoi(s.attr("numFmtId"))
			f, ok := custom[id]
			if !ok && err == nil {
				f = builtinFormat(id)
			}
			formats = append(formats, f)
		}
	}
}

// maxSerial is 31 December 9999 as Excel counts days.
const maxSerial = 2_958_465

// appendNumber appends a number cell's value as its format shows it, and tells whether it was a date or time.
func appendNumber(dst, raw []byte, f numberFormat, date1904 bool) ([]byte, bool) {
	raw = bytes.TrimSpace(raw)
	if f == formatPlain && plainNumber(raw) {
		return append(dst, raw...), false
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return append(dst, raw...), false
	}
	switch {
	case f >= formatPad:
		text := numberText(v)
		if width := int(f - formatPad); v >= 0 && v == math.Trunc(v) && len(text) < width {
			dst = append(dst, strings.Repeat("0", width-len(text))...)
		}
		return append(dst, text...), false
	case f != formatPlain && v >= 0 && v <= maxSerial:
		return appendDate(dst, v, f, date1904), true
	}
	return append(dst, numberText(v)...), false
}

// plainNumber reports whether raw is short, without exponent and without a superfluous zero: it is then its own text.
func plainNumber(raw []byte) bool {
	if len(raw) == 0 || len(raw) > 15 {
		return false
	}
	point := false
	for i, c := range raw {
		switch {
		case c == '.':
			point = true
		case c == '-' && i == 0:
		case c < '0' || c > '9':
			return false
		}
	}
	last := raw[len(raw)-1]
	return !point || last != '0' && last != '.'
}

// numberText writes a number with the 15 significant digits that Excel guarantees, without exponent.
func numberText(v float64) string {
	short := strconv.FormatFloat(v, 'g', 15, 64)
	if w, err := strconv.ParseFloat(short, 64); err == nil {
		v = w
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// appendDate writes a serial date as ISO 8601: 2026-12-24, 09:30 or 2026-12-24 09:30. Excel believes that 1900 was a
// leap year, hence the two epochs.
func appendDate(dst []byte, serial float64, f numberFormat, date1904 bool) []byte {
	days, seconds := math.Modf(serial)
	whole := time.Duration(math.Round(seconds*86_400)) * time.Second
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60:
		epoch = epoch.AddDate(0, 0, 1)
	}
	at := epoch.AddDate(0, 0, int(days)).Add(whole)
	clock := "15:04"
	if at.Second() != 0 {
		clock = "15:04:05"
	}
	switch {
	case f == formatTime:
		return at.AppendFormat(dst, clock)
	case f == formatDateTime && whole != 0:
		return at.AppendFormat(dst, "2006-01-02 "+clock)
	}
	return at.AppendFormat(dst, "2006-01-02")
}
