package tabular

import (
	"errors"
	"io"
	"slices"
	"strconv"
)

// sheetRows scans the XML of one sheet.
type sheetRows struct {
	body     *inflater
	scan     *scanner
	strings  *stringTable
	formats  []numberFormat
	date1904 bool
	limits   limits

	begun bool
	done  bool
	last  int // number of the last row
	arena []byte
	spans []span
	value []byte
}

// span is where a cell's text stands in the arena.
type span struct {
	column, from, to int
	flags            CellFlags
}

func (r *sheetRows) Close() error { return r.body.Close() }

func (r *sheetRows) progress() float64 {
	if r.done || r.body.declared == 0 {
		return 1
	}
	return min(1, float64(r.body.read)/float64(r.body.declared))
}

func (r *sheetRows) next(row *Row) error {
	for !r.done {
		if err := r.scan.next(); err != nil {
			if errors.Is(err, io.EOF) && !r.begun {
				return io.EOF // a sheet without data
			}
			return unexpected(err)
		}
		name := string(r.scan.name)
		switch {
		case r.scan.kind == tokenStart && name == "sheetData":
			r.begun, r.done = true, r.scan.empty
		case r.scan.kind == tokenEnd && (name == "sheetData" || name == "worksheet"):
			r.done = true
		case r.scan.kind == tokenStart && name == "row" && r.begun:
			if err := r.readRow(row); err != nil {
				return err
			}
			if len(row.Cells) > 0 {
				return nil
			}
		}
	}
	return io.EOF
}

// readRow reads the row just begun into row; a row without text leaves row.Cells empty.
func (r *sheetRows) readRow(row *Row) error {
	number := r.last + 1
	if n, ok := rowNumber(r.scan.attrs); ok && n > r.last {
		number = n
	}
	if number > r.limits.rows {
		return &flaw{code: flawRows}
	}
	r.last = number
	row.Number, row.Cells = number, row.Cells[:0]
	r.arena, r.spans = r.arena[:0], r.spans[:0]
	if r.scan.empty {
		return nil
	}
	column := -1
	for {
		if err := r.scan.next(); err != nil {
			return unexpected(err)
		}
		if r.scan.kind == tokenEnd && string(r.scan.name) == "row" {
			break
		}
		if r.scan.kind != tokenStart || string(r.scan.name) != "c" {
			continue
		}
		ref, style, kind := cellAttrs(r.scan.attrs)
		column++
		if c := columnOf(ref); c >= 0 {
			column = c
		}
		if column >= r.limits.columns {
			return &flaw{code: flawColumns}
		}
		if r.scan.empty {
			continue
		}
		if err := r.readCell(column, style, kind); err != nil {
			return err
		}
		if len(r.arena) > r.limits.rowBytes || len(r.spans) > r.limits.columns {
			return &flaw{code: flawCellLong}
		}
	}
	r.fill(row)
	return nil
}

// fill makes the row's cells from the spans; one string holds the texts of the whole row.
func (r *sheetRows) fill(row *Row) {
	if len(r.spans) == 0 {
		return
	}
	text := string(r.arena)
	for _, s := range r.spans {
		if s.column >= len(row.Cells) {
			n := len(row.Cells)
			row.Cells = slices.Grow(row.Cells, s.column+1-n)[:s.column+1]
			clear(row.Cells[n:])
		}
		c := Cell{Text: text[s.from:s.to], Flags: s.flags}
		if s.flags == 0 {
			c = literal(c)
		}
		row.Cells[s.column] = c
	}
}

// cellKind is the t attribute of a cell.
type cellKind uint8

const (
	kindNumber cellKind = iota
	kindShared
	kindInline
	kindText // result of a formula
	kindBool
	kindError
	kindDate // ISO 8601 text
)

// cellAttrs reads the attributes of a cell in one pass. ref lives until the next token.
func cellAttrs(attrs []byte) (ref []byte, style int, kind cellKind) {
	for {
		name, value, rest, ok := nextAttr(attrs)
		if !ok {
			return ref, style, kind
		}
		attrs = rest
		if len(name) != 1 {
			continue
		}
		switch name[0] {
		case 'r':
			ref = value
		case 's':
			style = digitsOf(value)
		case 't':
			switch string(value) {
			case "s":
				kind = kindShared
			case "inlineStr":
				kind = kindInline
			case "str":
				kind = kindText
			case "b":
				kind = kindBool
			case "e":
				kind = kindError
			case "d":
				kind = kindDate
			}
		}
	}
}

func rowNumber(attrs []byte) (int, bool) {
	for {
		name, value, rest, ok := nextAttr(attrs)
		if !ok {
			return 0, false
		}
		if string(name) == "r" {
			n := digitsOf(value)
			return n, n > 0
		}
		attrs = rest
	}
}

// digitsOf reads a short unsigned number; -1 when it is none.
func digitsOf(b []byte) int {
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// columnOf gives the column (from 0) of a reference such as AK12; -1 without one. A column beyond XFD comes back as a
// number that every limit refuses.
func columnOf(ref []byte) int {
	n := 0
	for i, c := range ref {
		c &^= 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		if i > 3 {
			return 1 << 30
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// readCell reads the content of the cell just begun.
func (r *sheetRows) readCell(column, style int, kind cellKind) error {
	from, hasValue, hasFormula := len(r.arena), false, false
	r.value = r.value[:0]
	for inValue := false; ; {
		if err := r.scan.next(); err != nil {
			return unexpected(err)
		}
		if r.scan.kind == tokenText {
			if inValue {
				r.value = r.scan.appendToken(r.value)
				if len(r.value) > r.limits.cellBytes {
					return &flaw{code: flawCellLong}
				}
			}
			continue
		}
		name := string(r.scan.name)
		if r.scan.kind == tokenEnd {
			inValue = false
			if name == "c" {
				break
			}
			continue
		}
		switch name {
		case "v":
			inValue = !r.scan.empty
			hasValue = hasValue || inValue
		case "f":
			hasFormula = true
		case "is":
			var err error
			if r.arena, err = appendRichText(r.arena, r.scan, "is", r.limits); err != nil {
				return err
			}
		}
	}
	flags, err := r.convert(style, kind)
	if err != nil {
		return err
	}
	if hasFormula && !hasValue && len(r.arena) == from {
		flags |= FlagNoValue
	}
	if len(r.arena) > from || flags&FlagNoValue != 0 {
		r.spans = append(r.spans, span{column: column, from: from, to: len(r.arena), flags: flags})
	}
	return nil
}

// convert appends the text of r.value to the arena.
func (r *sheetRows) convert(style int, kind cellKind) (CellFlags, error) {
	if len(r.value) == 0 {
		return 0, nil
	}
	switch kind {
	case kindShared:
		if r.strings == nil {
			return 0, &flaw{code: flawDamaged, cause: errors.New("the workbook has no shared strings")}
		}
		i, err := strconv.Atoi(string(r.value))
		if err != nil {
			return 0, &flaw{code: flawDamaged, cause: err}
		}
		r.arena, err = r.strings.appendTo(r.arena, i)
		return 0, err
	case kindBool:
		text := "FALSE"
		if r.value[0] == '1' || r.value[0] == 't' {
			text = "TRUE"
		}
		r.arena = append(r.arena, text...)
		return FlagBool, nil
	case kindError:
		r.arena = append(r.arena, r.value...)
		return FlagError, nil
	case kindDate:
		v := r.value
		if len(v) > 10 && (string(v[10:]) == "T00:00:00" || string(v[10:]) == "T00:00:00.000" || string(v[10:]) == "T00:00:00Z") {
			v = v[:10]
		}
		r.arena = append(r.arena, v...)
		return FlagDate, nil
	case kindText, kindInline:
		n := len(r.arena)
		r.arena = unescape(append(r.arena, r.value...), n)
		return 0, nil
	}
	format := formatPlain
	if style >= 0 && style < len(r.formats) {
		format = r.formats[style]
	}
	var date bool
	r.arena, date = appendNumber(r.arena, r.value, format, r.date1904)
	if date {
		return FlagDate, nil
	}
	return FlagNumber, nil
}

// ColumnName gives the letters of a column, from 0: A, B, … AK.
func ColumnName(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}
