package command

import (
	"context"
	"errors"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
)

// syncCommand publishes establishments.
type syncCommand struct {
	IDs       []string `arg:"" optional:"" name:"ids"`
	All       bool     `name:"all"`
	Directory []string `name:"directory" placeholder:"command.value.account" sep:"none"`
	DryRun    bool     `name:"dry-run"`
	Agree     string   `name:"agree" placeholder:"command.value.hash"`
	Refuse    string   `name:"refuse" placeholder:"command.value.hash"`
}

// syncFailure is one establishment that a directory did not take.
type syncFailure struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Directory string `json:"directory"`
	Code      string `json:"code"`
	Reason    string `json:"reason"`
}

type syncReport struct {
	Run       string        `json:"run"`
	Sent      int           `json:"sent"`
	Unchanged int           `json:"unchanged"`
	Skipped   int           `json:"skipped"`
	Failed    []syncFailure `json:"failed"`
	// Guard says why the guard stopped the run; null when it did not.
	Guard *guardReport `json:"guard"`
}

type plannedChange struct {
	Field  storage.Field `json:"field"`
	Before string        `json:"before"`
	After  string        `json:"after"`
}

type plannedItem struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Directory string          `json:"directory"`
	Intent    sync.Intent     `json:"intent"`
	Changes   []plannedChange `json:"changes"`
	Reasons   []string        `json:"reasons"`
	// There and Here are what a pass over an address book does in each direction.
	There string `json:"there,omitempty"`
	Here  string `json:"here,omitempty"`
}

// Run publishes what was asked for, waits for the end, and lists the failures. What the guard holds waits for an
// agreement to its plan.
func (c syncCommand) Run(s *session) error {
	if c.Agree != "" || c.Refuse != "" {
		return c.decide(s)
	}
	if c.All == (len(c.IDs) > 0) {
		return storage.NewProblem("command.idsOrAll")
	}
	return s.withWorkspace(func(w *Workspace) error {
		request, err := c.request(s, w)
		if err != nil {
			return err
		}
		if c.DryRun {
			return dryRun(s, w, request)
		}
		if err := w.Start(s.ctx); err != nil {
			return err
		}
		id, err := w.Engine.Sync(s.ctx, request)
		if err != nil {
			return err
		}
		run, err := waitFor(s, w, id)
		if err != nil {
			return err
		}
		return reportSync(s, w, run)
	})
}

// request reads the identifiers of the command line.
func (c syncCommand) request(s *session, w *Workspace) (sync.Request, error) {
	r := sync.Request{All: c.All, Actor: storage.ActorUser}
	for _, text := range c.IDs {
		id, err := establishmentID(s.ctx, w.Store, text)
		if err != nil {
			return r, err
		}
		r.EstablishmentIDs = append(r.EstablishmentIDs, id)
	}
	for _, text := range c.Directory {
		a, err := findAccount(s, w.Store, text)
		if err != nil {
			return r, err
		}
		r.AccountIDs = append(r.AccountIDs, a.ID)
	}
	return r, nil
}

// establishmentID finds an establishment by its id or by the user's own identifier.
func establishmentID(ctx context.Context, store storage.Store, text string) (string, error) {
	var id string
	err := store.View(ctx, func(tx storage.Reader) error {
		e, err := tx.Establishment(text)
		if errors.Is(err, storage.ErrNotFound) {
			e, err = tx.EstablishmentByIdentifier(text)
		}
		if err != nil {
			return err
		}
		id = e.ID
		return nil
	})
	if errors.Is(err, storage.ErrNotFound) {
		return "", storage.NewProblem("command.unknownEstablishment", "id", text).Because(err)
	}
	return id, err
}

// afterInterrupt is how long an interrupted command waits for the item in flight and for the report.
const afterInterrupt = 15 * time.Second

// waitFor waits for the end of a run. When the user interrupts, the run is cancelled and its report still comes: the
// item in flight is finished, the others are listed as not done.
func waitFor(s *session, w *Workspace, runID string) (*storage.Run, error) {
	run, err := w.Engine.Wait(s.ctx, runID)
	if s.ctx.Err() == nil {
		return run, err
	}
	s.sayT("command.stopping")
	s.ctx = context.WithoutCancel(s.ctx)
	w.Engine.Jobs().Cancel(runID)
	ctx, cancel := context.WithTimeout(s.ctx, afterInterrupt)
	defer cancel()
	return w.Engine.Wait(ctx, runID)
}

// reportSync says how a run went.
func reportSync(s *session, w *Workspace, run *storage.Run) error {
	if run.State == storage.RunHeld {
		return reportHeld(s, w, run)
	}
	report := syncReport{Run: run.ID, Sent: run.Totals.Sent, Unchanged: run.Totals.Unchanged, Failed: []syncFailure{}}
	err := eachItem(s, w.Store, run.ID, func(i *storage.RunItem) {
		if i.Result == storage.ItemSkipped {
			report.Skipped++
		}
		notDone := i.Result == storage.ItemSkipped && run.State == storage.RunCancelled
		if i.Result != storage.ItemFailed && !notDone {
			return
		}
		f := syncFailure{ID: i.EstablishmentID, Name: i.Name, Directory: i.AccountID, Reason: say.ItemResult(i.Result)}
		if len(i.Problems) > 0 {
			f.Code, f.Reason = i.Problems[0].Code, say.ProblemOnField(i.Problems[0])
		}
		report.Failed = append(report.Failed, f)
		s.sayT("command.sync.failed", "name", i.Name, "reason", f.Reason)
	})
	if err != nil {
		return err
	}
	s.sayT("command.sync.done", "sent", words.Number(report.Sent), "unchanged", words.Number(report.Unchanged),
		"failed", words.Number(len(report.Failed)))
	if err := s.document(report); err != nil {
		return err
	}
	if len(report.Failed) > 0 {
		return errFailures
	}
	return nil
}

// eachItem reads the lines of a run's report, a page per transaction.
func eachItem(s *session, store storage.Store, runID string, f func(*storage.RunItem)) error {
	for from := 0; ; from += page {
		var items []*storage.RunItem
		err := store.View(s.ctx, func(tx storage.Reader) (err error) {
			items, err = tx.RunItems(runID, from, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, i := range items {
			f(i)
		}
		if len(items) < page {
			return nil
		}
	}
}

// dryRun prints the plan that a run would follow; nothing is written.
func dryRun(s *session, w *Workspace, r sync.Request) error {
	plan, err := w.Engine.Plan(s.ctx, r)
	if err != nil {
		return err
	}
	items := make([]plannedItem, 0, len(plan.Items))
	counts := map[sync.Intent]int{}
	for i := range plan.Items {
		item := planned(&plan.Items[i])
		counts[item.Intent]++
		items = append(items, item)
		if err := s.plannedLine(&item); err != nil {
			return err
		}
	}
	s.sayT("command.sync.plan",
		"send", words.Number(counts[sync.IntentCreate]+counts[sync.IntentUpdate]+counts[sync.IntentClose]),
		"unchanged", words.Number(counts[sync.IntentUnchanged]),
		"blocked", words.Number(counts[sync.IntentBlocked]))
	document := map[string]any{"dryRun": true, "plan": plan.Hash, "items": items, "guard": nil}
	if plan.Guard == nil {
		return s.document(document)
	}
	g := newGuardReport("", plan.Guard)
	for _, i := range items {
		switch i.Intent {
		case sync.IntentCreate, sync.IntentUpdate, sync.IntentClose:
			g.Items = append(g.Items, i)
		}
	}
	document["guard"] = g
	g.tell(s)
	if err := s.document(document); err != nil {
		return err
	}
	return errGuard
}
