package ical

import (
	"strings"
	"time"
)

// The first second of the year 1 and that of the year 10000, since 1970.
var (
	firstSecond = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	tooLate     = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// writable tells whether a time in UTC has a year of four digits.
func writable(t time.Time) bool {
	at := t.Unix()
	return firstSecond <= at && at < tooLate
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// appendDate appends 20060102.
func appendDate(dst []byte, t time.Time) []byte {
	y, m, d := t.Date()
	return append(dst, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10),
		byte('0'+m/10), byte('0'+m%10), byte('0'+d/10), byte('0'+d%10))
}

// appendWall appends 20060102T150405.
func appendWall(dst []byte, t time.Time) []byte {
	h, m, s := t.Clock()
	return append(appendDate(dst, t), 'T', byte('0'+h/10), byte('0'+h%10), byte('0'+m/10), byte('0'+m%10),
		byte('0'+s/10), byte('0'+s%10))
}

// parseMoment reads a DATE or a DATE-TIME, of any year that four digits can say: whether it is writable is to be asked.
// Hyphens, colons, a missing second, "24:00" and a leap second are forgiven.
func parseMoment(s string) (t time.Time, isDay, isUTC, ok bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if strings.ContainsAny(s, "-:") {
		s = strings.NewReplacer("-", "", ":", "").Replace(s)
	}
	date, clock, timed := strings.Cut(s, "T")
	year, ok1 := digits(date, 0, 4)
	month, ok2 := digits(date, 4, 6)
	day, ok3 := digits(date, 6, 8)
	if !ok1 || !ok2 || !ok3 || len(date) != 8 || month < 1 || month > 12 || day < 1 {
		return t, false, false, false
	}
	t = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return t, false, false, false // 30 February
	}
	if !timed {
		return t, true, false, true
	}
	clock, isUTC = strings.CutSuffix(clock, "Z")
	if len(clock) == 4 {
		clock += "00"
	}
	hour, ok1 := digits(clock, 0, 2)
	minute, ok2 := digits(clock, 2, 4)
	second, ok3 := digits(clock, 4, 6)
	if !ok1 || !ok2 || !ok3 || len(clock) != 6 || hour > 24 || minute > 59 || second > 60 || hour == 24 && minute+second > 0 {
		return t, false, false, false
	}
	t = t.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(min(second, 59))*time.Second)
	return t, false, isUTC, true
}

// digits reads s[from:to] as a number.
func digits(s string, from, to int) (n int, ok bool) {
	if len(s) < to {
		return 0, false
	}
	for _, c := range []byte(s[from:to]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// span is a DURATION of RFC 5545, 3.3.6: its days are those of the calendar, of 23 or 25 hours at times; the rest is exact.
type span struct {
	days  int
	exact time.Duration
}

// longestSpan bounds a span, in days: 100 years.
const longestSpan = 36525

// parseSpan reads a DURATION.
func parseSpan(s string) (span, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	sign := 1
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		s, sign = rest, -1
	}
	s, ok := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok || s == "" || s == "T" {
		return span{}, false
	}
	var d span
	units := "WD"
	for s != "" {
		if s[0] == 'T' && units != "HMS" {
			if s, units = s[1:], "HMS"; s == "" {
				break // "P1DT", as some write it
			}
		}
		n, i := 0, 0
		for ; i < len(s) && '0' <= s[i] && s[i] <= '9' && n < 1<<32; i++ {
			n = 10*n + int(s[i]-'0')
		}
		if i == 0 || i == len(s) || n >= 1<<32 || strings.IndexByte(units, s[i]) < 0 {
			return span{}, false
		}
		switch s[i] {
		case 'W':
			d.days += 7 * n
		case 'D':
			d.days += n
		case 'H':
			d.exact += time.Duration(min(n, 1<<20)) * time.Hour
		case 'M':
			d.exact += time.Duration(min(n, 1<<26)) * time.Minute
		case 'S':
			d.exact += time.Duration(n) * time.Second
		}
		s = s[i+1:]
	}
	if d.days > longestSpan || d.exact > longestSpan*24*time.Hour {
		return span{}, false
	}
	return span{sign * d.days, time.Duration(sign) * d.exact}, true
}

// length gives the span with days of 24 hours.
func (d span) length() time.Duration { return time.Duration(d.days)*24*time.Hour + d.exact }

// appendSpan appends a DURATION: whole days as days, the rest in hours, minutes and seconds.
func appendSpan(dst []byte, d time.Duration) []byte {
	if d < 0 {
		dst, d = append(dst, '-'), -d
	}
	dst = append(dst, 'P')
	d = d.Truncate(time.Second)
	if d > 0 && d%(24*time.Hour) == 0 {
		return append(appendInt(dst, int(d/(24*time.Hour))), 'D')
	}
	dst = append(dst, 'T')
	units := []struct {
		size time.Duration
		name byte
	}{{time.Hour, 'H'}, {time.Minute, 'M'}, {time.Second, 'S'}}
	for _, u := range units {
		if n := d / u.size; n > 0 || u.name == 'S' && dst[len(dst)-1] == 'T' {
			dst = append(appendInt(dst, int(n)), u.name)
			d %= u.size
		}
	}
	return dst
}
