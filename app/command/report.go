package command

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
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
}

type statusReport struct {
	Workspace      string          `json:"workspace"`
	Establishments int             `json:"establishments"`
	AutoSync       int             `json:"autoSync"`
	Listings       map[string]int  `json:"listings"`
	Waiting        int             `json:"waiting"`
	Blocked        int             `json:"blocked"`
	Held           []heldStatus    `json:"held"` // runs that wait for an agreement
	Accounts       []accountStatus `json:"accounts"`
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
			Pause: why, PausedUntil: until, Clock: say.Problem(sync.ClockProblem(a)),
		})
	}
	if err != nil {
		return report, err
	}
	if report.Held, err = heldOf(s, w); err != nil {
		return report, err
	}
	err = storage.EachRow(s.ctx, w.Store, func(r storage.Row) {
		if r.AutoSync {
			report.AutoSync++
		}
		for i := range report.Accounts {
			if a := &report.Accounts[i]; a.Enabled {
				word := string(r.WordOn(a.ID))
				a.Listings[word]++
				report.Listings[word]++
			}
		}
	})
	return report, err
}

// journalCommand lists what happened, newest first.
type journalCommand struct {
	Since         string `name:"since" placeholder:"command.value.since"`
	Establishment string `name:"establishment" placeholder:"command.value.id"`
	Limit         int    `name:"limit" default:"100" placeholder:"command.value.count"`
}

// Run reads the journal by pages.
func (c journalCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		q := storage.JournalQuery{EstablishmentID: c.Establishment, Limit: min(page, c.Limit)}
		var err error
		if q.Since, err = readSince(c.Since, w.Clock.Now()); err != nil {
			return err
		}
		if c.Establishment != "" {
			if q.EstablishmentID, err = establishmentID(s, w.Store, c.Establishment); err != nil {
				return err
			}
		}
		entries := []*storage.JournalEntry{}
		for len(entries) < c.Limit {
			var found []*storage.JournalEntry
			err := w.Store.View(s.ctx, func(tx storage.Reader) (err error) {
				found, err = tx.Journal(q)
				return err
			})
			if err != nil {
				return err
			}
			entries = append(entries, found...)
			if len(found) < q.Limit {
				break
			}
			q.Before = found[len(found)-1].ID
		}
		entries = entries[:min(len(entries), c.Limit)]
		for _, j := range entries {
			if err := s.line(journalCells(j, w.Clock.Now())...); err != nil {
				return err
			}
		}
		return s.document(map[string]any{"entries": entries})
	})
}

func journalCells(j *storage.JournalEntry, now time.Time) []string {
	cells := []string{say.Moment(j.At.Local(), now), say.Actor(j.Actor), say.JournalAction(j.Action), j.Name}
	for _, c := range j.Changes {
		cells = append(cells, words.T("command.journal.change", "field", say.Field(c.Field), "before", c.Before, "after", c.After))
	}
	return cells
}

// readSince reads a date (2026-01-31), an instant (RFC 3339) or a span back from now ("36h", "7d"); "" is no limit.
func readSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseInLocation("2006-01-02", text, time.Local); err == nil {
		return d.UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, storage.NewProblem("command.since", "value", text)
}

// undoCommand undoes a run.
type undoCommand struct {
	Run_ string `arg:"" name:"run"` //nolint:revive // Run is the method
}

// Run undoes the run and tells what it restored and what it left because it changed since.
func (c undoCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		plan, err := w.Engine.UndoPlan(s.ctx, c.Run_)
		if errors.Is(err, storage.ErrNotFound) {
			return storage.NewProblem("command.unknownRun", "run", c.Run_).Because(err)
		}
		if err != nil {
			return err
		}
		run, err := w.Engine.Undo(s.ctx, c.Run_)
		if err != nil {
			return err
		}
		s.sayT("command.undo.done", "restored", words.Number(plan.Restore), "deleted", words.Number(plan.Delete),
			"conflicts", words.Number(plan.Conflicts))
		err = s.document(map[string]any{
			"run": run, "undoes": c.Run_, "restored": plan.Restore, "deleted": plan.Delete, "conflicts": plan.Conflicts,
		})
		if err == nil && plan.Conflicts > 0 {
			return errFailures
		}
		return err
	})
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
