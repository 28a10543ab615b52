package openinghours

import (
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

// Google's word for a closed day in a bulk file.
const googleClosed = "x"

// GoogleDays lists the days of the bulk file's hours columns in their order, as indexes of storage.Week.Days:
// Sunday comes first there.
var GoogleDays = [7]int{6, 0, 1, 2, 3, 4, 5}

// GoogleCell writes one day's cell of Google's bulk file: `09:00-12:00, 14:00-18:00`, `x` for a closed day,
// `00:00-00:00` for the whole day.
func GoogleCell(ps []storage.Period) string {
	if len(ps) == 0 {
		return googleClosed
	}
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = storage.ClockText(p.Open) + "-" + storage.ClockText(p.Close%day)
	}
	return strings.Join(parts, ", ")
}

// GoogleWeek writes the seven cells in the file's order, all empty when the hours are unknown.
func GoogleWeek(w storage.Week) (cells [7]string) {
	for i, d := range GoogleDays {
		if w.Known {
			cells[i] = GoogleCell(w.Days[d])
		}
	}
	return cells
}

// ParseGoogleCell reads a day's cell, with 24-hour or AM/PM times; an empty cell is a closed day.
func ParseGoogleCell(cell string) ([]storage.Period, error) {
	cell = strings.TrimSpace(cell)
	if cell == "" || strings.EqualFold(cell, googleClosed) {
		return nil, nil
	}
	var ps []storage.Period
	for part := range strings.SplitSeq(cell, ",") {
		p, err := googlePeriod(part)
		if err != nil {
			return nil, storage.NewProblem("hours.googleCell", "value", cell).Because(err)
		}
		ps = append(ps, p)
	}
	return ps, storage.CheckPeriods(ps)
}

// ParseGoogleWeek reads the seven cells in the file's order; all of them empty is "unknown".
func ParseGoogleWeek(cells [7]string) (storage.Week, error) {
	var w storage.Week
	for i, d := range GoogleDays {
		ps, err := ParseGoogleCell(cells[i])
		if err != nil {
			return storage.Week{}, err
		}
		w.Days[d] = ps
		w.Known = w.Known || strings.TrimSpace(cells[i]) != ""
	}
	return w, nil
}

// GoogleSpecial writes the special hours cell: `2026-12-24: 09:00-14:00, 2026-12-25: x`; several periods of a day are
// several entries with the same date.
func GoogleSpecial(days []storage.SpecialDay) string {
	var parts []string
	for _, d := range inDateOrder(days) {
		if len(d.Periods) == 0 {
			parts = append(parts, d.Date.String()+": "+googleClosed)
		}
		for _, p := range d.Periods {
			parts = append(parts, d.Date.String()+": "+GoogleCell([]storage.Period{p}))
		}
	}
	return strings.Join(parts, ", ")
}

// ParseGoogleSpecial reads the form of GoogleSpecial.
func ParseGoogleSpecial(cell string) ([]storage.SpecialDay, error) {
	bad := func(part string) error {
		return storage.NewProblem("hours.googleSpecial", "value", strings.TrimSpace(part))
	}
	var days []storage.SpecialDay
	closed := map[storage.Date]bool{}
	for part := range strings.SplitSeq(cell, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		date, value, ok := strings.Cut(part, ":")
		d, err := storage.ParseDate(strings.TrimSpace(date))
		if !ok || err != nil || d.IsZero() || strings.TrimSpace(value) == "" {
			return nil, bad(part)
		}
		ps, err := ParseGoogleCell(value)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(days, func(o storage.SpecialDay) bool { return o.Date == d })
		switch {
		case i < 0:
			days, i = append(days, storage.SpecialDay{Date: d}), len(days)
		case closed[d] || len(ps) == 0:
			return nil, bad(part) // closed and open, or closed twice
		}
		closed[d] = len(ps) == 0
		days[i].Periods = append(days[i].Periods, ps...)
		if err := storage.CheckPeriods(days[i].Periods); err != nil {
			return nil, err
		}
	}
	return inDateOrder(days), nil
}

func googlePeriod(s string) (storage.Period, error) {
	from, to, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	if !ok {
		return storage.Period{}, storage.NewProblem("hours.period", "value", strings.TrimSpace(s))
	}
	from, err := clock24(from)
	if err != nil {
		return storage.Period{}, err
	}
	if to, err = clock24(to); err != nil {
		return storage.Period{}, err
	}
	return storage.ParsePeriod(from + "-" + to)
}

// clock24 turns "6:00 PM" into "18:00" and leaves a time without AM or PM as it is.
func clock24(s string) (string, error) {
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "\u202f", " "))
	if !strings.HasSuffix(s, "M") {
		return s, nil
	}
	t, err := time.Parse("3:04PM", strings.ReplaceAll(s, " ", ""))
	if err != nil {
		return "", storage.NewProblem("hours.clock", "value", s).Because(err)
	}
	return t.Format("15:04"), nil
}
