package sync

import (
	"context"
	"time"

	"diapason/storage"
)

// This file changes every operation of an account, in slices of transactions: others read and write meanwhile. Each
// sweep begins by writing down what it is for (an account switched off, one being removed, one reconnected), so that
// the next start finishes what a crash interrupted.

// eachOperation calls f for the chosen operations of an account, a slice of them per transaction, until ending says to
// stop.
func (e *Engine) eachOperation(
	ctx context.Context, accountID string, ending func() bool,
	chosen func(storage.Reader, *storage.Operation) (bool, error), f func(*writer, *storage.Operation) error,
) error {
	for last := (*storage.Operation)(nil); !ending(); {
		var page []*storage.Operation
		var ids []string // of establishments
		err := e.store.View(ctx, func(tx storage.Reader) error {
			ids = nil
			var err error
			if page, err = tx.OperationsAfter(accountID, last, slice); err != nil {
				return err
			}
			for _, op := range page {
				ok, err := chosen(tx, op)
				if err != nil {
					return err
				}
				if ok {
					ids = append(ids, op.EstablishmentID)
				}
			}
			return nil
		})
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1]
		if len(ids) == 0 {
			continue
		}
		err = e.update(ctx, func(w *writer) error {
			for _, id := range ids {
				op, err := operation(w, accountID, id)
				if err != nil || op == nil {
					return err
				}
				ok, err := chosen(w, op) // again: it may have changed meanwhile
				if err == nil && ok {
					err = f(w, op)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unblock lets what waited for a reconnection, and what was put off besides, leave again: the user has just reconnected.
func (e *Engine) unblock(ctx context.Context, accountID string) error {
	return e.letLeave(ctx, accountID, putOff)
}

// letLeave lets the chosen operations leave.
func (e *Engine) letLeave(
	ctx context.Context, accountID string, chosen func(storage.Reader, *storage.Operation) (bool, error),
) error {
	return e.eachOperation(ctx, accountID, e.stopping, chosen, func(w *writer, op *storage.Operation) error {
		if op.State != storage.OpInflight {
			op.State = storage.OpPending
		}
		op.NotBefore = time.Time{}
		if err := w.PutOperation(op); err != nil {
			return err
		}
		l, exists, err := listing(w, op.EstablishmentID, accountID)
		if err != nil || !exists {
			return err
		}
		l.Connect, l.Reason = storage.ConnectOK, nil
		return w.PutListing(l)
	})
}

// blocked chooses what cannot leave before a reconnection, putOff what a failure put off as well.
func blocked(_ storage.Reader, op *storage.Operation) (bool, error) {
	return op.State == storage.OpBlocked, nil
}

func putOff(_ storage.Reader, op *storage.Operation) (bool, error) {
	return op.State == storage.OpBlocked || op.State != storage.OpDead && op.Attempt > 0 && !op.NotBefore.IsZero(), nil
}

// takeBack removes what waits for an account that was switched off: lines are skipped, listings to be synchronised. What
// is in flight stays, to be probed when the account is on again; its line has failed for now.
func (e *Engine) takeBack(ctx context.Context, a *storage.Account) error {
	why := storage.NewProblem("sync.accountOff", "account", a.Name)
	return e.eachOperation(ctx, a.ID, e.stopping, off, func(w *writer, op *storage.Operation) error {
		if op.State == storage.OpInflight {
			return w.settle(op.RunID, op.Item, storage.ItemFailed, storage.Problems{why})
		}
		return w.giveUp(op, why)
	})
}

// off chooses the operations that an account switched off does not keep, and those in flight that somebody waits for.
func off(tx storage.Reader, op *storage.Operation) (bool, error) {
	a, err := tx.Account(op.AccountID)
	if err != nil || a.Enabled {
		return false, err // on again
	}
	if op.State == storage.OpInflight {
		return undecided(tx, op)
	}
	return true, nil
}

// forgetAccount removes an account that is leaving: its operations, its listings, its schedules, then itself.
func (e *Engine) forgetAccount(ctx context.Context, a *storage.Account) error {
	why := storage.NewProblem("sync.accountOff", "account", a.Name)
	all := func(storage.Reader, *storage.Operation) (bool, error) { return true, nil }
	err := e.eachOperation(ctx, a.ID, e.stopping, all, func(w *writer, op *storage.Operation) error {
		if err := w.abandon(op, why); err != nil {
			return err
		}
		return w.DeleteOperation(op.AccountID, op.EstablishmentID)
	})
	for more := true; err == nil && more; {
		if e.stopping() {
			return nil // the next start goes on
		}
		err = e.update(ctx, func(w *writer) error {
			page, err := w.ListingsByAccount(a.ID, "", slice)
			if err != nil {
				return err
			}
			for _, l := range page {
				if err := w.DeleteListing(l.EstablishmentID, a.ID); err != nil {
					return err
				}
			}
			if more = len(page) == slice; more {
				return nil
			}
			return w.deleteAccount(a.ID)
		})
	}
	return err
}

// deleteAccount removes an account and what is planned for it.
func (w *writer) deleteAccount(id string) error {
	schedules, err := w.Schedules()
	if err != nil {
		return err
	}
	for _, s := range schedules {
		if s.Account != id {
			continue
		}
		if err := w.DeleteSchedule(s.ID); err != nil {
			return err
		}
	}
	return w.DeleteAccount(id)
}

// resumeAccounts finishes the sweeps that a crash or a stop interrupted.
func (e *Engine) resumeAccounts(ctx context.Context) error {
	var all []*storage.Account
	err := e.store.View(ctx, func(tx storage.Reader) (err error) {
		all, err = tx.Accounts()
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range all {
		var f func(context.Context, *storage.Account) error
		switch {
		case a.Leaving:
			f = e.forgetAccount
		case !a.Enabled:
			f = e.takeBack
		case a.Pause == nil || !a.PausedUntil.IsZero():
			f = func(ctx context.Context, a *storage.Account) error { return e.letLeave(ctx, a.ID, blocked) }
		default:
			continue // waits for the user
		}
		e.spawn(func() {
			if err := f(e.calls, a); err != nil {
				e.log.Error("account not put in order", "account", a.ID, "error", err)
			}
		})
	}
	return nil
}
