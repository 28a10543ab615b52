package book

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// Pace is how a reservation comes back, as the editor offers it. Its word is the translation key "agenda.pace." + Pace.
type Pace string

// The paces. The two monthly ones follow the start: the 19th, or the third Thursday. Custom is a rule from outside that
// the editor cannot show; it stays as it is until another pace is chosen.
const (
	Never          Pace = "never"
	Daily          Pace = "daily"
	Weekly         Pace = "weekly"
	Monthly        Pace = "monthly"
	MonthlyWeekday Pace = "monthlyWeekday"
	Yearly         Pace = "yearly"
	Custom         Pace = "custom"
)

// Paces are those that can be chosen.
var Paces = []Pace{Never, Daily, Weekly, Monthly, MonthlyWeekday, Yearly}

// Ending is how a series ends. Its word is the translation key "agenda.ending." + Ending.
type Ending string

// The endings.
const (
	Endless    Ending = "endless"
	UntilDay   Ending = "until"
	AfterCount Ending = "count"
)

// Endings are all of them, in the order of the editor.
var Endings = []Ending{Endless, UntilDay, AfterCount}

// Repeat is a recurrence while it is edited: texts are as typed.
type Repeat struct {
	Pace   Pace
	Every  string  // "1": each day, week, month or year
	Days   [7]bool // of Weekly, Monday first
	Ending Ending
	Until  string // a date, its day included
	Count  string
	// kept is what the series had: the rule of Custom, and the dates left out and added.
	kept *storage.Recurrence
	was  *Repeat // as it was before it was edited
	last bool    // the weekday is the last of its month
}

// RepeatOf begins with what a series has; nil is a single reservation.
func RepeatOf(r *storage.Recurrence, start storage.LocalTime, zone *time.Location) Repeat {
	p := Repeat{Pace: Never, Every: "1", Ending: Endless, Count: "10", kept: r}
	p.Days[mondayFirst(start)] = true
	if r != nil {
		p.open(start, zone)
	}
	was := p
	p.was = &was
	return p
}

func (p *Repeat) open(start storage.LocalTime, zone *time.Location) {
	rule, err := recurrence.Parse(p.kept.Rule)
	if err != nil || !rule.Simple() || !p.read(rule, start) {
		p.Pace = Custom
		return
	}
	p.Every = strconv.Itoa(rule.Interval)
	switch {
	case rule.Count > 0:
		p.Ending, p.Count = AfterCount, strconv.Itoa(rule.Count)
	case !rule.Until.IsZero():
		p.Ending, p.Until = UntilDay, say.TypedDate(rule.Until.Date(zone))
	}
}

// read takes the pace from a rule; it reports whether the editor shows all of it.
func (p *Repeat) read(rule recurrence.Rule, start storage.LocalTime) bool {
	switch rule.Freq {
	case recurrence.Daily:
		p.Pace = Daily
	case recurrence.Yearly:
		p.Pace = Yearly
	case recurrence.Weekly:
		p.Pace = Weekly
		for _, d := range rule.Days {
			p.Days[(int(d.Day)+6)%7] = true
		}
	case recurrence.Monthly:
		p.Pace = Monthly
		if len(rule.MonthDays) == 1 {
			return rule.MonthDays[0] == start.Date().Day
		}
		if len(rule.Days) == 1 {
			p.Pace, p.last = MonthlyWeekday, rule.Days[0].Nth == -1
			return rule.Days[0] == p.weekday(start)
		}
	}
	return true
}

// Rule gives the recurrence of a series that starts then, nil for none; the problem is that of the part that is wrong.
func (p Repeat) Rule(start storage.LocalTime, zone *time.Location) (*storage.Recurrence, *Wrong) {
	switch {
	case p.Pace == Never:
		return nil, nil
	case p.Unchanged():
		return p.kept, nil // to the letter: it may say the same in other words than ours
	}
	every, err := strconv.Atoi(strings.TrimSpace(p.Every))
	if err != nil || every < 1 || every > 999 {
		return nil, wrong(PartEvery, "agenda.every")
	}
	rule := recurrence.Rule{Interval: every, WeekStart: time.Monday}
	switch p.Pace {
	case Daily:
		rule.Freq = recurrence.Daily
	case Yearly:
		rule.Freq = recurrence.Yearly
	case Weekly:
		rule.Freq, rule.Days = recurrence.Weekly, p.weekdays(start)
	case Monthly:
		rule.Freq = recurrence.Monthly
	case MonthlyWeekday:
		rule.Freq, rule.Days = recurrence.Monthly, []recurrence.Weekday{p.weekday(start)}
	}
	if w := p.end(&rule, start, zone); w != nil {
		return nil, w
	}
	made := &storage.Recurrence{Rule: rule.String()}
	if p.kept != nil {
		made.Except, made.Extra = p.kept.Except, p.kept.Extra
	}
	return made, nil
}

func (p Repeat) end(rule *recurrence.Rule, start storage.LocalTime, zone *time.Location) *Wrong {
	switch p.Ending {
	case UntilDay:
		last, err := say.ReadDate(p.Until)
		if err != nil || last.IsZero() || last.Before(start.Date()) {
			return wrong(PartUntil, "agenda.until")
		}
		rule.Until = recurrence.LastDay(last, zone, start.IsDay())
	case AfterCount:
		n, err := strconv.Atoi(strings.TrimSpace(p.Count))
		if err != nil || n < 1 || n > recurrence.MaxCount {
			return wrong(PartCount, "agenda.count", "most", words.Number(recurrence.MaxCount))
		}
		rule.Count = n
	}
	return nil
}

// weekdays are the ticked days and the start's, which always belongs to the series.
func (p Repeat) weekdays(start storage.LocalTime) []recurrence.Weekday {
	p.Days[mondayFirst(start)] = true
	var all []recurrence.Weekday
	for i, on := range p.Days {
		if on {
			all = append(all, recurrence.Weekday{Day: time.Weekday((i + 1) % 7)})
		}
	}
	return all
}

// weekday is which weekday of the month the start is; one that may be missing in another month is the last.
func (p Repeat) weekday(start storage.LocalTime) recurrence.Weekday {
	nth := (start.Date().Day-1)/7 + 1
	if nth == 5 || p.last && start.AddDays(7).Date().Month != start.Date().Month {
		nth = -1
	}
	return recurrence.Weekday{Day: start.Wall().Weekday(), Nth: nth}
}

func mondayFirst(l storage.LocalTime) int { return (int(l.Wall().Weekday()) + 6) % 7 }

// PaceWord says a pace for a series that starts then: « Chaque semaine », « Chaque mois, le 3e jeudi ».
func (p Repeat) PaceWord(pace Pace, start storage.LocalTime) string {
	switch pace {
	case Monthly:
		return words.T("agenda.pace.monthly", "day", strconv.Itoa(start.Date().Day))
	case MonthlyWeekday:
		nth := p.weekday(start).Nth
		key := "agenda.nth." + strconv.Itoa(nth)
		return words.T("agenda.pace.monthlyWeekday", "nth", words.T(key), "weekday", say.Weekday(mondayFirst(start)))
	}
	return words.T("agenda.pace." + string(pace))
}

// Text says a recurrence on one line: « Chaque semaine, le lundi et le jeudi, jusqu’au 30 juin 2027 »; "" for none.
func (p Repeat) Text(start storage.LocalTime) string {
	if p.Pace == Never {
		return ""
	}
	text := p.PaceWord(p.Pace, start)
	if p.Every != "1" && p.Pace != Custom {
		text = words.T("agenda.repeat.every."+string(p.Pace), "n", p.Every)
	}
	if p.Pace == Weekly {
		var days []string
		for i, on := range p.Days {
			if on || i == mondayFirst(start) {
				days = append(days, say.Weekday(i))
			}
		}
		if len(days) < 7 || p.Every != "1" {
			text = words.T("agenda.repeat.days", "pace", text, "days", say.List(days))
		}
	}
	switch p.Ending {
	case UntilDay:
		if last, err := say.ReadDate(p.Until); err == nil {
			return words.T("agenda.repeat.until", "pace", text, "date", say.Date(last))
		}
	case AfterCount:
		if n, err := strconv.Atoi(p.Count); err == nil {
			return words.N("agenda.repeat.count", n, "pace", text)
		}
	}
	return text
}

// Unchanged reports whether it is as it was before it was edited.
func (p Repeat) Unchanged() bool { return p.was != nil && p.Same(*p.was) }

// Same reports whether two give the same series.
func (p Repeat) Same(o Repeat) bool {
	if p.Pace != o.Pace || p.Pace == Never || p.Pace == Custom {
		return p.Pace == o.Pace
	}
	return p.Every == o.Every && p.Ending == o.Ending && (p.Pace != Weekly || slices.Equal(p.Days[:], o.Days[:])) &&
		(p.Ending != UntilDay || p.Until == o.Until) && (p.Ending != AfterCount || p.Count == o.Count)
}
