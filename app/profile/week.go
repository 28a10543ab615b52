package profile

import (
	"slices"
	"strings"

	"diapason/app/say"
	"diapason/storage"
)

// rangeDraft is one opening as typed: two texts, not yet times.
type rangeDraft struct{ From, To string }

// dayDraft is one day being edited; without a range it is closed.
type dayDraft []rangeDraft

// weekDraft is the regular week being edited, Monday first. While Known is false the hours are unknown, which is not
// the same as closed all week.
type weekDraft struct {
	Known bool
	Days  [7]dayDraft
}

var (
	// weekdays are Monday to Friday.
	weekdays = []int{0, 1, 2, 3, 4}
	// allDays are Monday to Sunday.
	allDays = []int{0, 1, 2, 3, 4, 5, 6}
)

// draftOf gives the texts of a day's periods.
func draftOf(periods []storage.Period) dayDraft {
	d := make(dayDraft, 0, len(periods))
	for _, p := range periods {
		d = append(d, rangeDraft{From: storage.ClockText(p.Open), To: storage.ClockText(p.Close)})
	}
	return d
}

// draftOfWeek gives the texts of a whole week.
func draftOfWeek(w storage.Week) weekDraft {
	d := weekDraft{Known: w.Known}
	for i, periods := range w.Days {
		d.Days[i] = draftOf(periods)
	}
	return d
}

// period reads one range. An end at or before its start is the next morning's.
func (r rangeDraft) period() (storage.Period, error) {
	from, err := say.ReadClock(r.From)
	if err != nil {
		return storage.Period{}, err
	}
	to, err := say.ReadClock(r.To)
	if err != nil {
		return storage.Period{}, err
	}
	return storage.ParsePeriod(storage.ClockText(from) + "-" + storage.ClockText(to))
}

// tomorrow reports whether the range is readable and ends the next morning.
func (r rangeDraft) tomorrow() bool {
	p, err := r.period()
	return err == nil && p.Close > 1440
}

// periods reads a day, in order of time. The first range that cannot be read, or the first overlap, is the error.
func (d dayDraft) periods() ([]storage.Period, error) {
	var ps []storage.Period
	for _, r := range d {
		p, err := r.period()
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	if err := storage.CheckPeriods(ps); err != nil {
		return nil, err
	}
	return ps, nil
}

// allDay reports whether the day is one range from midnight to midnight.
func (d dayDraft) allDay() bool {
	ps, err := d.periods()
	return err == nil && len(ps) == 1 && ps[0] == storage.Period{Open: 0, Close: 1440}
}

// incomplete reports whether a range still waits for one of its times: that is not a mistake yet.
func (d dayDraft) incomplete() bool {
	return slices.ContainsFunc(d, func(r rangeDraft) bool {
		return strings.TrimSpace(r.From) == "" || strings.TrimSpace(r.To) == ""
	})
}

// withRange adds a range: the usual day when there is none, an afternoon or an evening after the last one otherwise.
func (d dayDraft) withRange() dayDraft {
	if len(d) == 0 {
		return dayDraft{{From: "09:00", To: "18:00"}}
	}
	return append(slices.Clone(d), rangeDraft{})
}

// same reports whether two days say the same, however it is typed.
func (d dayDraft) same(o dayDraft) bool {
	if slices.Equal(d, o) {
		return true
	}
	mine, wrong := d.periods()
	theirs, alsoWrong := o.periods()
	return wrong == nil && alsoWrong == nil && slices.Equal(mine, theirs)
}

// without removes one range.
func (d dayDraft) without(i int) dayDraft { return slices.Delete(slices.Clone(d), i, i+1) }

// copyDay gives the day from to each of the days to.
func (w *weekDraft) copyDay(from int, to []int) {
	for _, i := range to {
		w.Days[i] = slices.Clone(w.Days[from])
	}
	w.Known = true
}

// week reads the whole draft. The problems are per day; the week is good only when all are nil and nothing is
// incomplete.
func (w weekDraft) week() (week storage.Week, problems [7]error, complete bool) {
	complete = true
	week.Known = w.Known
	for i, d := range w.Days {
		if d.incomplete() {
			complete = false
			continue
		}
		ps, err := d.periods()
		if err != nil {
			problems[i], complete = err, false
			continue
		}
		week.Days[i] = ps
	}
	return week, problems, complete
}
