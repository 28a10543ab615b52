package command

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
)

// journalCommand lists what happened, newest first, or writes a support file of it.
type journalCommand struct {
	Since         string `name:"since" placeholder:"command.value.since"`
	Until         string `name:"until" placeholder:"command.value.since"`
	Search        string `name:"search" placeholder:"command.value.text"`
	Establishment string `name:"establishment" placeholder:"command.value.id"`
	Account       string `name:"account" placeholder:"command.value.account"`
	Limit         int    `name:"limit" default:"100" placeholder:"command.value.count"`
	Support       string `name:"support" placeholder:"command.value.file"`
}

// Run searches the journal by pages; an interrupt ends the search.
func (c journalCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		q, err := c.query(s, w)
		if err != nil {
			return err
		}
		if c.Support != "" {
			return writeSupport(s, w, c.Support, q.Since)
		}
		entries := []*storage.JournalEntry{}
		if c.Limit > 0 {
			err = storage.SearchJournal(s.ctx, w.Store, q, say.Problem, func(j *storage.JournalEntry) bool {
				if s.json { // for another program; a person reads the names
					j = j.Exported()
				}
				entries = append(entries, j)
				return len(entries) < c.Limit
			})
		}
		if err != nil {
			return err
		}
		for _, j := range entries {
			if err := s.line(journalCells(j, w.Clock.Now())...); err != nil {
				return err
			}
		}
		return s.document(map[string]any{"entries": entries})
	})
}

// query reads the command line.
func (c journalCommand) query(s *session, w *Workspace) (storage.JournalQuery, error) {
	q := storage.JournalQuery{Text: c.Search}
	var err error
	if q.Since, err = readSince(c.Since, w.Clock.Now()); err != nil {
		return q, err
	}
	if q.Until, err = readSince(c.Until, w.Clock.Now()); err != nil {
		return q, err
	}
	if c.Establishment != "" {
		if q.EstablishmentID, err = establishmentID(s.ctx, w.Store, c.Establishment); err != nil {
			return q, err
		}
	}
	if c.Account != "" {
		a, err := findAccount(s, w.Store, c.Account)
		if err != nil {
			return q, err
		}
		q.AccountID = a.ID
	}
	return q, nil
}

// journalCells puts an entry in words: when, who, what, of which establishment, what changed, why, and what was answered.
func journalCells(j *storage.JournalEntry, now time.Time) []string {
	cells := []string{say.Moment(j.At.Local(), now), say.Actor(j.Actor), say.JournalAction(j.Action), j.Name}
	for _, c := range j.Changes {
		cells = append(cells, words.T("command.journal.change", "field", say.Field(c.Field), "before", c.Before, "after", c.After))
	}
	if j.Reason != nil {
		cells = append(cells, say.ProblemOnField(j.Reason))
	}
	if a := j.Answer; a != nil {
		answer := strings.TrimSpace(a.Text)
		if a.Status != 0 {
			answer = strings.TrimSpace(strconv.Itoa(a.Status) + " " + answer)
		}
		cells = append(cells, words.T("command.journal.answer", "answer", answer))
	}
	return cells
}

// writeSupport writes a support file; an existing file is never replaced, and a failed one is not left.
func writeSupport(s *session, w *Workspace, name string, since time.Time) error {
	path, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return storage.NewProblem("command.supportExists", "file", path).Because(err)
	}
	if err != nil {
		return storage.NewProblem("command.supportFailed", "file", path).Because(err)
	}
	err = errors.Join(w.Engine.SupportFile(s.ctx, f, since), f.Close())
	if err != nil {
		return storage.NewProblem("command.supportFailed", "file", path).Because(errors.Join(err, os.Remove(path)))
	}
	s.sayT("command.journal.support", "file", path)
	return s.document(map[string]string{"file": path})
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

// undoReport is what an undo did.
type undoReport struct {
	Run       string `json:"run"`
	Undoes    string `json:"undoes"`
	Restored  int    `json:"restored"`
	Deleted   int    `json:"deleted"`
	Conflicts int    `json:"conflicts"`
	// Republish is the run that publishes again what came back; Stays counts the listings that the run created there.
	Republish string        `json:"republish"`
	Sent      int           `json:"sent"`
	Stays     int           `json:"stays"`
	Left      []undoLeft    `json:"left"`
	Failed    []syncFailure `json:"failed"`
	pass      bool          // over an address book
	// Guard says why the guard holds what would be published again; null when it does not.
	Guard *guardReport `json:"guard"`
}

// undoLeft is one value that was left because it changed since.
type undoLeft struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Field  storage.Field `json:"field,omitempty"`
	Put    string        `json:"put"`
	Now    string        `json:"now"`
	Reason string        `json:"reason"`
}

// mostLeft bounds the list of what an undo leaves; the run's report has all of it.
const mostLeft = 10_000

// Run undoes the run and tells what it restored and what it left because it changed since. What a publication had sent is
// published again, and waited for.
func (c undoCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		report, plan, err := c.plan(s, w)
		if err != nil {
			return err
		}
		if plan.Republish > 0 {
			if err := w.Start(s.ctx); err != nil {
				return err
			}
		}
		if report.Run, err = w.Engine.Undo(s.ctx, c.Run_); err != nil {
			return err
		}
		if err := report.follow(s, w); err != nil {
			return err
		}
		return report.tell(s)
	})
}

// plan says what the undo would do now.
func (c undoCommand) plan(s *session, w *Workspace) (*undoReport, sync.UndoPlan, error) {
	plan, err := w.Engine.UndoPlan(s.ctx, c.Run_)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, plan, storage.NewProblem("command.unknownRun", "run", c.Run_).Because(err)
	}
	if err != nil {
		return nil, plan, err
	}
	report := &undoReport{
		Undoes: c.Run_, Restored: plan.Restore, Deleted: plan.Delete, Conflicts: plan.Conflicts, Stays: plan.Stays, pass: plan.Pass,
		Left: []undoLeft{}, Failed: []syncFailure{},
	}
	if plan.Conflicts == 0 {
		return report, plan, nil
	}
	conflicts, err := w.Engine.UndoConflicts(s.ctx, c.Run_, mostLeft)
	for _, l := range conflicts {
		report.Left = append(report.Left, undoLeft{cmp.Or(l.EstablishmentID, l.ContactID), l.Name, l.Field, l.Put, l.Now, say.Problem(l.Problem)})
	}
	return report, plan, err
}

// follow waits for what is published again.
func (r *undoReport) follow(s *session, w *Workspace) error {
	var undo *storage.Run
	err := w.Store.View(s.ctx, func(tx storage.Reader) (err error) {
		undo, err = tx.Run(r.Run)
		return err
	})
	if err != nil || undo.Republish == "" {
		return err
	}
	r.Republish = undo.Republish
	run, err := waitFor(s, w, undo.Republish)
	if err != nil {
		return fmt.Errorf("publication of what came back: %w", err)
	}
	if run.State == storage.RunHeld {
		r.Guard = newGuardReport(run.ID, run.Guard)
		return nil
	}
	r.Sent = run.Totals.Sent
	return eachItem(s, w.Store, run.ID, func(i *storage.RunItem) {
		if i.Result != storage.ItemFailed {
			return
		}
		f := syncFailure{ID: i.EstablishmentID, Name: i.Name, Directory: i.AccountID, Reason: say.ItemResult(i.Result)}
		if len(i.Problems) > 0 {
			f.Code, f.Reason = i.Problems[0].Code, say.ProblemOnField(i.Problems[0])
		}
		r.Failed = append(r.Failed, f)
	})
}

// tell says what came back and what was left.
func (r *undoReport) tell(s *session) error {
	for _, l := range r.Left {
		if err := s.line(l.Name, say.Field(l.Field), l.Put, l.Now, l.Reason); err != nil {
			return err
		}
	}
	for _, f := range r.Failed {
		s.sayT("command.sync.failed", "name", f.Name, "reason", f.Reason)
	}
	s.sayT("command.undo.done", "restored", words.Number(r.Restored), "deleted", words.Number(r.Deleted),
		"conflicts", words.Number(r.Conflicts))
	if r.Guard != nil {
		r.Guard.tell(s)
	} else if r.Republish != "" {
		s.say(words.N("command.undo.sent", r.Sent))
	}
	if r.pass && r.Restored > 0 {
		s.sayT("command.undo.pass")
	}
	if r.Stays > 0 {
		s.say(words.N("command.undo.stays", r.Stays))
	}
	if err := s.document(r); err != nil {
		return err
	}
	if r.Guard != nil {
		return errGuard
	}
	if r.Conflicts > 0 || len(r.Failed) > 0 {
		return errFailures
	}
	return nil
}
