package activity

import (
	"slices"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/storage"
)

// outcome is what people look for in a run's result; its text is the translation key "activity.outcome." + the text.
type outcome string

const (
	outcomeAll       outcome = "all"
	outcomeRunning   outcome = "running"
	outcomeDone      outcome = "done"
	outcomeFailed    outcome = "failed"
	outcomeCancelled outcome = "cancelled"
	outcomeUndone    outcome = "undone"
	outcomeHeld      outcome = "held"
)

// outcomes lists them in the order they are offered.
var outcomes = []outcome{outcomeAll, outcomeHeld, outcomeRunning, outcomeDone, outcomeFailed, outcomeCancelled, outcomeUndone}

// period is how far back the list goes; its text is the translation key "activity.period." + the text.
type period string

const (
	periodToday period = "today"
	periodWeek  period = "week"
	periodMonth period = "month"
	periodAll   period = "all"
)

// periods lists them in the order they are offered.
var periods = []period{periodToday, periodWeek, periodMonth, periodAll}

// kinds lists the run kinds that can be filtered on, in the order they are offered.
var kinds = []storage.RunKind{
	storage.RunSync, storage.RunAutoSync, storage.RunContacts, storage.RunCheck, storage.RunImport, storage.RunEdit, storage.RunDecide,
	storage.RunExport, storage.RunUndo,
}

// since gives the first instant of the period; the zero time for all.
func (p period) since(now time.Time) time.Time {
	y, m, d := now.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch p {
	case periodToday:
		return midnight
	case periodWeek:
		return midnight.AddDate(0, 0, -6)
	case periodMonth:
		return midnight.AddDate(0, 0, -29)
	}
	return time.Time{}
}

// filter is what the list is narrowed to; the zero filter shows everything.
type filter struct {
	Text    string
	Kind    storage.RunKind // "" for all
	Outcome outcome
	Period  period
	// Establishment is the id of the only one whose past is shown, "" for all; Name is its name.
	Establishment, Name string
}

// searching tells whether the journal is asked what to show.
func (f filter) searching() bool { return f.Text != "" || f.Establishment != "" }

// matches tells whether a run is shown; in tells whether the journal of it holds what is sought.
func (f filter) matches(r *storage.Run, in bool, now time.Time) bool {
	if f.Kind != "" && r.Kind != f.Kind {
		return false
	}
	if f.Outcome != "" && f.Outcome != outcomeAll && outcomeOf(r) != f.Outcome {
		return false
	}
	if r.StartedAt.Before(f.Period.since(now)) {
		return false
	}
	if in || f.Establishment != "" {
		return in
	}
	key := storage.SearchKey(say.Run(r) + " " + say.Actor(r.Actor))
	for word := range strings.FieldsSeq(storage.SearchKey(f.Text)) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	return true
}

// outcomeOf sorts a run's state for people: a run with failures is a failure even where it was not marked so.
func outcomeOf(r *storage.Run) outcome {
	switch r.State {
	case storage.RunRunning:
		return outcomeRunning
	case storage.RunCancelled:
		return outcomeCancelled
	case storage.RunUndone:
		return outcomeUndone
	case storage.RunHeld:
		return outcomeHeld
	case storage.RunFailed:
		return outcomeFailed
	}
	if failures(r.Totals) > 0 {
		return outcomeFailed
	}
	return outcomeDone
}

// failures counts the items that went wrong.
func failures(t storage.Totals) int { return t.Failed + t.Rejected }

// successes counts the items that went through.
func successes(t storage.Totals) int { return max(t.Total-failures(t)-t.Skipped, 0) }

// line is one row of the list: the heading of a day, a run, or an entry of the journal that belongs to no run.
type line struct {
	Day   time.Time // of a heading; zero for the others
	Run   *storage.Run
	Entry *storage.JournalEntry
}

func (l line) at() time.Time {
	if l.Entry != nil {
		return l.Entry.At
	}
	return l.Run.StartedAt
}

// lines narrows runs, newest first, adds what the journal holds beside them, and puts a heading before each day's.
func lines(runs []*storage.Run, found findings, f filter, now time.Time) []line {
	var all []line
	for _, r := range runs {
		if f.matches(r, found.touched[r.ID] != nil, now) {
			all = append(all, line{Run: r})
		}
	}
	if f.searching() && f.Kind == "" && f.Outcome == outcomeAll { // an entry has neither
		for _, j := range found.alone {
			all = append(all, line{Entry: j})
		}
		slices.SortStableFunc(all, func(a, b line) int { return b.at().Compare(a.at()) })
	}
	var out []line
	var last storage.Date
	for _, l := range all {
		at := l.at().In(now.Location())
		if day := storage.DateOf(at); day != last {
			out = append(out, line{Day: at})
			last = day
		}
		out = append(out, l)
	}
	return out
}

// duration gives how long a run took; zero while it runs or when it was never finished.
func duration(r *storage.Run) time.Duration {
	if r.EndedAt.IsZero() {
		return 0
	}
	return r.EndedAt.Sub(r.StartedAt)
}

// retryable tells whether the failures of a run can be tried again.
func retryable(r *storage.Run) bool {
	switch r.Kind {
	case storage.RunSync, storage.RunAutoSync, storage.RunCheck:
		return r.State != storage.RunRunning && r.Totals.Failed > 0
	}
	return false
}

// undoable tells whether it makes sense to ask the engine what taking the run back would do.
func undoable(r *storage.Run) bool {
	return r.State != storage.RunRunning && r.State != storage.RunHeld && r.State != storage.RunUndone && r.UndoneBy == "" &&
		r.Kind != storage.RunUndo && r.Kind != storage.RunCheck && r.Kind != storage.RunExport
}
