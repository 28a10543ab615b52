package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"diapason/storage"
	"diapason/sync/merge"
)

// Choice is one listing of a decision on several.
type Choice struct {
	EstablishmentID string
	AccountID       string
	// Fields are decided as far as they show a drift; empty means every one that does.
	Fields []storage.Field
	// Confirmed tells that the user saw the dangerous fields (storage.Field.Dangerous) of the selection and wants them
	// accepted all the same; without it they are left open.
	Confirmed bool
}

// DecideMany takes one decision on the drifts of several listings, in slices, as one run that can be undone; it returns
// when it is over. Listings that show no drift any more are counted unchanged. Both values of every field stay in the
// journal, so that the one that lost can be found again.
func (e *Engine) DecideMany(ctx context.Context, choices []Choice, d Decision) (string, error) {
	if d != KeepOurs && d != AcceptTheirs {
		return "", fmt.Errorf("unknown decision %q", d)
	}
	if len(choices) == 0 {
		return "", storage.NewProblem("sync.nothingChosen")
	}
	return e.inSlices(ctx, storage.RunDecide, storage.ActorUser, len(choices),
		func(w *writer, run *storage.Run, i int) error { return e.decideOne(w, run, choices[i], d) })
}

// decideOne decides one listing of a selection and writes its line.
func (e *Engine) decideOne(w *writer, run *storage.Run, c Choice, d Decision) error {
	item := &storage.RunItem{
		EstablishmentID: c.EstablishmentID, AccountID: c.AccountID, Result: storage.ItemUnchanged,
	}
	t, err := e.drifting(w, c.EstablishmentID, c.AccountID)
	if errors.Is(err, storage.ErrNotFound) { // removed since it was chosen
		item.Result = storage.ItemSkipped
		return w.addItem(run, item)
	}
	if err != nil {
		return err
	}
	item.Name = t.est.Name
	fields := t.open
	if len(c.Fields) > 0 {
		fields = slices.DeleteFunc(fields, func(f storage.Field) bool { return !slices.Contains(c.Fields, f) })
	}
	if d == AcceptTheirs && !c.Confirmed {
		for _, f := range fields {
			if f.Dangerous() {
				item.Problems = append(item.Problems, storage.NewProblem("sync.confirmField").On(f))
			}
		}
		fields = slices.DeleteFunc(fields, storage.Field.Dangerous)
	}
	if len(fields) == 0 {
		if len(item.Problems) > 0 {
			item.Result = storage.ItemSkipped
		}
		return w.addItem(run, item)
	}
	kept, err := w.Listing(c.EstablishmentID, c.AccountID)
	if err != nil {
		return err
	}
	err = e.decide(w, t, fields, d, run.ID)
	refused := refusal(err)
	switch {
	case refused != nil: // theirs is not valid here, or its identifier is taken
		item.Result, item.Problems = storage.ItemFailed, append(item.Problems, refused...)
		if err := w.PutListing(kept); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		item.Result = storage.ItemDecided
	}
	return w.addItem(run, item)
}

// drifting is a listing about to be decided.
type drifting struct {
	est     *storage.Establishment
	account *storage.Account
	listing *storage.Listing
	open    []storage.Field // drifts that wait for a decision
}

func (e *Engine) drifting(tx storage.Reader, establishmentID, accountID string) (*drifting, error) {
	var t drifting
	var err error
	if t.est, err = tx.Establishment(establishmentID); err != nil {
		return nil, err
	}
	if t.account, err = tx.Account(accountID); err != nil {
		return nil, err
	}
	if t.listing, err = tx.Listing(establishmentID, accountID); err != nil {
		return nil, err
	}
	t.open = without(merge.Drift(t.listing.Matches, t.listing.Kept), t.listing.Frozen)
	return &t, nil
}

// refusal gives what is wrong with one establishment; nil for any other error, which ends the transaction.
func refusal(err error) storage.Problems {
	var list storage.Problems
	var p *storage.Problem
	switch {
	case errors.As(err, &list):
		return list
	case errors.Is(err, storage.ErrDuplicate) && errors.As(err, &p):
		return storage.Problems{p}
	}
	return nil
}

// decide answers the drift of some fields. After a refusal the listing may have been put: the caller puts it back.
func (e *Engine) decide(w *writer, t *drifting, fields []storage.Field, d Decision, runID string) error {
	if d == AcceptTheirs {
		return e.acceptTheirs(w, t, fields, runID)
	}
	return e.keepOurs(w, t, fields, runID)
}

// inSlices does n pieces of work in slices of transactions, as one run that is closed at the end.
func (e *Engine) inSlices(
	ctx context.Context, kind storage.RunKind, actor storage.Actor, n int,
	do func(w *writer, run *storage.Run, i int) error,
) (string, error) {
	var run *storage.Run
	err := e.store.Update(ctx, func(tx storage.Writer) error {
		var err error
		if run, err = e.writer(tx).newRun(kind, actor, ""); err != nil {
			return err
		}
		return tx.PutRun(run)
	})
	if err != nil {
		return "", err
	}
	ctx, job := e.jobs.Begin(ctx, run.Kind, run.ID, run.Subject, n)
	for from := 0; from < n && err == nil; from += slice {
		if err = ctx.Err(); err != nil {
			break
		}
		scratch := *run
		err = e.update(ctx, func(w *writer) error {
			scratch = *run
			for i := from; i < min(from+slice, n); i++ {
				if err := do(w, &scratch, i); err != nil {
					return err
				}
			}
			return w.PutRun(&scratch)
		})
		if err == nil {
			*run = scratch
			job.Advance(decided(run.Totals), run.Totals.Failed, "")
		}
	}
	return run.ID, e.closeRun(run, job, n, err)
}

// closeRun keeps the end of a run of n pieces of work that is no run of operations. A cancelled one is no error: it says
// so, and counts what was not done.
func (e *Engine) closeRun(run *storage.Run, job *Job, n int, failure error) error {
	run.EndedAt, run.State = e.clock.Now(), storage.RunDone
	switch {
	case errors.Is(failure, context.Canceled):
		run.State, run.Problem, failure = storage.RunCancelled, storage.NewProblem("sync.cancelled"), nil
		run.Totals.Skipped += n - decided(run.Totals)
		run.Totals.Total = n
	case failure != nil:
		run.State, run.Problem = storage.RunFailed, problemOf(failure)
	case run.Totals.Failed > 0:
		run.State = storage.RunFailed
	}
	ended := e.store.Update(e.calls, func(tx storage.Writer) error { return tx.PutRun(run) })
	job.Finish(run.State)
	return errors.Join(failure, ended)
}
