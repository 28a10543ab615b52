package command

import (
	"maps"
	"slices"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
)

// page is how many records one read transaction takes: short enough never to hold up a writer.
const page = 500

// statusCommand tells how things stand.
type statusCommand struct{}

type accountStatus struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Name     string         `json:"name"`
	Enabled  bool           `json:"enabled"`
	Listings map[string]int `json:"listings"`
	// Pause says in words why the account waits; PausedUntil is empty when it waits for the user.
	Pause       string     `json:"pause,omitempty"`
	PausedUntil *time.Time `json:"pausedUntil,omitempty"`
	// Clock says in words that its clock and ours differ too much.
	Clock string `json:"clock,omitempty"`
	shows bool   // establishments
}

type statusReport struct {
	Workspace      string           `json:"workspace"`
	Establishments int              `json:"establishments"`
	AutoSync       int              `json:"autoSync"`
	Listings       map[string]int   `json:"listings"`
	Waiting        int              `json:"waiting"`
	Blocked        int              `json:"blocked"`
	Held           []heldStatus     `json:"held"` // runs that wait for an agreement
	Accounts       []accountStatus  `json:"accounts"`
	Schedules      []scheduleStatus `json:"schedules"`
	Alerts         []alertStatus    `json:"alerts"`
}

// Run counts the listings by word, over all enabled accounts and per account.
func (statusCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		report, err := statusOf(s, w)
		if err != nil {
			return err
		}
		s.say(words.N("command.status.establishments", report.Establishments))
		for _, word := range storage.Words {
			if n := report.Listings[string(word)]; n > 0 {
				s.sayT("command.status.listings", "word", say.Word(word), "n", words.Number(n))
			}
		}
		s.say(words.N("command.status.waiting", report.Waiting))
		if report.Blocked > 0 {
			s.say(words.N("command.status.blocked", report.Blocked))
		}
		for _, a := range report.Alerts {
			s.say(a.Message)
		}
		tellHeld(s, report.Held)
		for _, a := range report.Accounts {
			for _, text := range []string{a.Pause, a.Clock} {
				if text != "" {
					s.say(text)
				}
			}
		}
		return s.document(report)
	})
}

// pauseOf says why an account waits at a moment; "" when it does not.
func pauseOf(a *storage.Account, now time.Time) (why string, until *time.Time) {
	if a.Pause == nil || !a.Enabled || !a.PausedUntil.IsZero() && !a.PausedUntil.After(now) {
		return "", nil
	}
	if !a.PausedUntil.IsZero() {
		until = &a.PausedUntil
	}
	return say.Pause(a.Pause, now), until
}

func statusOf(s *session, w *Workspace) (statusReport, error) {
	report := statusReport{
		Workspace: w.Store.Path(), Listings: map[string]int{}, Accounts: []accountStatus{},
		Schedules: []scheduleStatus{}, Alerts: []alertStatus{},
	}
	var accounts []*storage.Account
	err := w.Store.View(s.ctx, func(tx storage.Reader) error {
		ops, err := tx.CountOperations()
		if err != nil {
			return err
		}
		report.Waiting = ops[storage.OpPending] + ops[storage.OpInflight] + ops[storage.OpRetry]
		report.Blocked = ops[storage.OpBlocked] + ops[storage.OpDead]
		if accounts, err = tx.Accounts(); err != nil {
			return err
		}
		report.Establishments, err = tx.CountEstablishments()
		return err
	})
	for _, a := range accounts {
		why, until := pauseOf(a, w.Clock.Now().Local())
		report.Accounts = append(report.Accounts, accountStatus{
			ID: a.ID, Kind: a.Kind, Name: a.Name, Enabled: a.Enabled, Listings: map[string]int{},
			Pause: why, PausedUntil: until, Clock: say.Problem(sync.ClockProblem(a)), shows: a.Enabled && a.IsDirectory(),
		})
	}
	if err != nil {
		return report, err
	}
	if report.Held, err = heldOf(s, w); err != nil {
		return report, err
	}
	if err := report.plan(s, w); err != nil {
		return report, err
	}
	err = storage.EachRow(s.ctx, w.Store, func(r storage.Row) {
		if r.AutoSync {
			report.AutoSync++
		}
		for i := range report.Accounts {
			if a := &report.Accounts[i]; a.shows {
				word := string(r.WordOn(a.ID))
				a.Listings[word]++
				report.Listings[word]++
			}
		}
	})
	return report, err
}

// verifyCommand checks every invariant of the workspace.
type verifyCommand struct{}

// Run lists the violations; there are none in a healthy workspace.
func (verifyCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		found, err := w.Store.Verify(s.ctx)
		if err != nil {
			return err
		}
		if found == nil {
			found = []storage.Violation{}
		}
		for _, v := range found {
			if err := s.line(v.Bucket, v.Key, v.Text); err != nil {
				return err
			}
		}
		s.say(words.N("command.verify", len(found)))
		if err := s.document(map[string]any{"violations": found}); err != nil {
			return err
		}
		if len(found) > 0 {
			return errFailures
		}
		return nil
	})
}

// sorted gives the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
