package sync

import (
	"context"
	"encoding/json"
	"fmt"

	"diapason/storage"
)

// HeldPage is a part of what a held run would change.
type HeldPage struct {
	Items []PlanItem
	Next  int // where the next part begins; -1 after the last
	More  int // how many lines are not kept to be shown, those that matter least
}

// HeldPlan gives what a held run would change, about limit establishments or lines at a time, from a position given by
// the page before (0 for the first). It reads as the workspace is now; Agree refuses when that is no longer the plan
// shown.
func (e *Engine) HeldPlan(ctx context.Context, runID string, from, limit int) (HeldPage, error) {
	if p, err := e.passes(ctx, runID); p != nil || err != nil {
		if err != nil {
			return HeldPage{}, err
		}
		return p.HeldPlan(ctx, runID, from, limit)
	}
	page := HeldPage{Next: -1}
	err := e.store.View(ctx, func(tx storage.Reader) error {
		page = HeldPage{Next: -1}
		run, err := heldRun(tx, runID)
		if err != nil {
			return err
		}
		a := tolerant{askedOf(run)}
		for n, looked := from, 0; looked < max(limit, 1); n++ {
			part, over, err := a.part(tx, n)
			if err != nil || over {
				page.Next = -1
				return err
			}
			page.Next = n + 1
			looked += slice
			for _, r := range part {
				err := e.each(tx, r, unseen, func(p *pair) error {
					if e.judge(p, r.Force); p.item.sends() {
						page.Items = append(page.Items, p.item)
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return page, err
}

// heldRun gives a run that waits for the user's agreement, or says that it does not.
func heldRun(tx storage.Reader, runID string) (*storage.Run, error) {
	run, err := tx.Run(runID)
	if err != nil {
		return nil, err
	}
	if run.State != storage.RunHeld {
		return nil, storage.NewProblem("guard.notHeld")
	}
	return run, nil
}

// Agree lets a held run go on, with exactly the plan of this hash. When that is not its plan any more, because
// something was edited since, nothing leaves: the run waits with the new plan, and the answer is the problem
// guard.planChanged.
func (e *Engine) Agree(ctx context.Context, runID, planHash string) error {
	if p, err := e.passes(ctx, runID); p != nil || err != nil {
		if err == nil {
			err = e.backUp(ctx)
		}
		if err == nil {
			err = p.Agree(ctx, runID, planHash)
		}
		return err
	}
	var run *storage.Run
	err := e.store.View(ctx, func(tx storage.Reader) (err error) {
		run, err = heldRun(tx, runID)
		return err
	})
	if err != nil {
		return err
	}
	s, err := e.survey(ctx, tolerant{askedOf(run)}, nil)
	if err != nil {
		return err
	}
	if s.hash() != planHash {
		if err := e.reweigh(ctx, runID, s); err != nil {
			return err
		}
		return storage.NewProblem("guard.planChanged")
	}
	if err := e.backUp(ctx); err != nil {
		return err
	}
	err = e.update(ctx, func(w *writer) error {
		run, err = heldRun(w, runID)
		if err != nil {
			return err
		}
		run.State, run.Guard.Hash, run.Guard.ApprovedAt = storage.RunRunning, planHash, w.now
		run.Guard.Accounts, run.Guard.Changes = withLinked(s.accounts, run.Guard.Accounts), s.changes
		if run.Gathering != nil {
			run.Gathering.Cause = ""
		}
		if err := w.unhold(runID); err != nil {
			return err
		}
		if err := w.keepAgreement(runID, s.parts); err != nil {
			return err
		}
		for id := range s.accounts {
			window, err := w.window(id)
			if err != nil {
				return err
			}
			window.Forget(w.now) // what left before was shown with the plan
		}
		return w.putRun(run)
	})
	if err == nil {
		e.spawn(func() { e.proceedWith(run) })
	}
	return err
}

// backUp copies the workspace before a held run goes on: what leaves may come back wrong.
func (e *Engine) backUp(ctx context.Context) error {
	if e.backup == nil {
		return nil
	}
	return e.backup(ctx)
}

// proceedWith queues what a run still asks for.
func (e *Engine) proceedWith(run *storage.Run) {
	if run.Gathering != nil {
		e.queueLines(run.ID)
		return
	}
	e.queueRest(run.ID)
}

// withLinked keeps the numbers of linked listings, which only a verdict counts.
func withLinked(now, before map[string]storage.Counts) map[string]storage.Counts {
	for id, c := range now {
		c.Linked = before[id].Linked
		now[id] = c
	}
	return now
}

// reweigh keeps what a held run would do now; nil reads it first.
func (e *Engine) reweigh(ctx context.Context, runID string, s *survey) error {
	if s == nil {
		var run *storage.Run
		err := e.store.View(ctx, func(tx storage.Reader) (err error) {
			run, err = heldRun(tx, runID)
			return err
		})
		if err != nil {
			return err
		}
		if s, err = e.survey(ctx, tolerant{askedOf(run)}, nil); err != nil {
			return err
		}
	}
	g, err := e.verdict(ctx, s)
	if err != nil {
		return err
	}
	return e.update(ctx, func(w *writer) error {
		run, err := heldRun(w, runID)
		if err != nil {
			return err
		}
		if len(g.Reasons) == 0 {
			g.Reasons = run.Guard.Reasons // why it was held stays true of that moment
		}
		run.Guard = g
		return w.putRun(run)
	})
}

// Reweigh brings the plan of a held run up to date with what was edited since, and gives the run.
func (e *Engine) Reweigh(ctx context.Context, runID string) (*storage.Run, error) {
	p, err := e.passes(ctx, runID)
	if err == nil && p == nil { // a pass is planned anew when it was agreed to
		err = e.reweigh(ctx, runID, nil)
	}
	if err != nil {
		return nil, err
	}
	var run *storage.Run
	err = e.store.View(ctx, func(tx storage.Reader) (err error) {
		run, err = tx.Run(runID)
		return err
	})
	return run, err
}

// Refuse gives a held run up: nothing of it leaves, its listings stay to be synchronised.
func (e *Engine) Refuse(ctx context.Context, runID string) error {
	if p, err := e.passes(ctx, runID); p != nil || err != nil {
		if err == nil {
			err = p.Refuse(ctx, runID)
		}
		return err
	}
	err := e.update(ctx, func(w *writer) error {
		run, err := heldRun(w, runID)
		if err != nil {
			return err
		}
		run.State, run.Problem = storage.RunRunning, storage.NewProblem(codeCancelled)
		if err := w.unhold(runID); err != nil {
			return err
		}
		return w.PutRun(run)
	})
	if err != nil {
		return err
	}
	return e.cancelRun(runID)
}

// agreementKey names the setting that keeps the hashes of the parts of a plan that was agreed to, until it is queued.
func agreementKey(runID string) string { return "sync.guard.agreed/" + runID }

func (w *writer) keepAgreement(runID string, parts []string) error {
	raw, err := json.Marshal(parts)
	if err != nil {
		return fmt.Errorf("agreement to run %s: %w", runID, err)
	}
	return w.PutSetting(agreementKey(runID), string(raw))
}

func (w *writer) forgetAgreement(runID string) error { return w.PutSetting(agreementKey(runID), "") }

// agreedPart reports whether a part of a run is still what the user agreed to. It is called once the part is taken: the
// parts that are left tell which one it is.
func (e *Engine) agreedPart(w *writer, run *storage.Run, part []Request) (bool, error) {
	hashes, err := w.agreements(run.ID)
	if err != nil || run.Queueing >= len(hashes) {
		return false, err
	}
	return e.stillAgreed(w, hashes[len(hashes)-run.Queueing-1], part)
}

func (w *writer) agreements(runID string) ([]string, error) {
	raw, err := w.Setting(agreementKey(runID))
	if err != nil || raw == "" {
		return nil, err
	}
	var hashes []string
	if err := json.Unmarshal([]byte(raw), &hashes); err != nil {
		return nil, fmt.Errorf("agreement to run %s: %w", runID, err)
	}
	return hashes, nil
}

func (e *Engine) stillAgreed(w *writer, hash string, part []Request) (bool, error) {
	s := newSurvey(w.now)
	part, _, err := tolerant{fresh{part}}.part(w, 0)
	if err != nil {
		return false, err
	}
	err = e.surveyPart(w, s, part, nil)
	return err == nil && s.parts[0] == hash, err
}

// agreement gives what marks an operation as agreed to: the content that was.
func (w *writer) agreement(l *storage.Listing) string {
	if !w.agreed {
		return ""
	}
	return l.Desired.Hash()
}
