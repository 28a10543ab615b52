package sync

import (
	"context"
	"fmt"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// AddAccount keeps a new account, enabled, and starts its lane; with the ID of a kept one it changes its settings and
// takes it out of its pause. Wrong settings come back as problems and nothing is kept.
func (e *Engine) AddAccount(ctx context.Context, a *storage.Account) error {
	kind, known := e.kinds[a.Kind]
	if !known {
		return storage.NewProblem("account.kind", "kind", a.Kind)
	}
	if _, err := kind.Open(a); err != nil {
		return err
	}
	if a.ID == "" {
		id, err := newID()
		if err != nil {
			return err
		}
		a.ID, a.CreatedAt = id, e.clock.Now()
	}
	a.Enabled, a.Pause, a.PausedUntil = true, nil, time.Time{}
	e.stopLane(a.ID)
	err := e.update(ctx, func(w *writer) error {
		if err := w.PutAccount(a); err != nil {
			return err
		}
		return e.unblock(w, a.ID)
	})
	if err != nil {
		return err
	}
	e.startLane(a)
	signal(e.scheduler)
	return nil
}

// TestAccount asks the directory, with one harmless call, whether it answers and accepts the account. When it does,
// what waited for a reconnection leaves again.
func (e *Engine) TestAccount(ctx context.Context, id string) error {
	a, err := e.account(ctx, id)
	if err != nil {
		return err
	}
	kind, known := e.kinds[a.Kind]
	if !known {
		return storage.NewProblem("account.kind", "kind", a.Kind)
	}
	dir, err := kind.Open(a)
	if err != nil {
		return err
	}
	if t, ok := dir.(directory.Tester); ok {
		if err := t.Test(ctx); err != nil {
			return directory.Classify(err).Problem.Because(err)
		}
	}
	err = e.update(ctx, func(w *writer) error {
		kept, err := w.Account(id)
		if err != nil {
			return err
		}
		kept.Pause, kept.PausedUntil, kept.LastOK = nil, time.Time{}, w.now
		if err := w.PutAccount(kept); err != nil {
			return err
		}
		return e.unblock(w, id)
	})
	if err != nil {
		return err
	}
	e.startLane(a)
	return nil
}

// SetAccountEnabled switches an account on or off. Off, what waits for it is taken back.
func (e *Engine) SetAccountEnabled(ctx context.Context, id string, on bool) error {
	if !on {
		e.stopLane(id)
	}
	var account *storage.Account
	err := e.update(ctx, func(w *writer) error {
		var err error
		if account, err = w.Account(id); err != nil {
			return err
		}
		account.Enabled = on
		if err := w.PutAccount(account); err != nil {
			return err
		}
		if on {
			return nil
		}
		why := storage.NewProblem("sync.accountOff", "account", account.Name)
		if err := w.takeBack(id, why, everything); err != nil {
			return err
		}
		doubtful, err := w.Operations(id, 0) // what is left is in flight: probed when the account is on again
		if err != nil {
			return err
		}
		for _, op := range doubtful {
			if err := w.settle(op.RunID, op.Item, storage.ItemFailed, storage.Problems{why}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	e.startLane(account)
	signal(e.scheduler)
	return nil
}

// RemoveAccount forgets an account with its listings here; nothing is removed there.
func (e *Engine) RemoveAccount(ctx context.Context, id string) error {
	e.stopLane(id)
	return e.update(ctx, func(w *writer) error {
		account, err := w.Account(id)
		if err != nil {
			return err
		}
		why := storage.NewProblem("sync.accountOff", "account", account.Name)
		ops, err := w.Operations(id, 0)
		if err != nil {
			return err
		}
		for _, op := range ops {
			if err := w.abandon(op, why); err != nil {
				return err
			}
		}
		if err := w.DeleteSchedule(checkSchedule(id)); err != nil {
			return err
		}
		return w.DeleteAccount(id)
	})
}

func everything(*storage.Operation) bool { return true }

func (e *Engine) account(ctx context.Context, id string) (*storage.Account, error) {
	var a *storage.Account
	err := e.store.View(ctx, func(tx storage.Reader) error {
		var err error
		a, err = tx.Account(id)
		return err
	})
	return a, err
}

// unblock lets what waited for a reconnection leave again.
func (e *Engine) unblock(w *writer, accountID string) error {
	ops, err := w.Operations(accountID, 0)
	if err != nil {
		return err
	}
	for _, op := range ops {
		if op.State != storage.OpBlocked {
			continue
		}
		op.State, op.Problem = storage.OpPending, nil
		if err := w.PutOperation(op); err != nil {
			return err
		}
		l, exists, err := listing(w, op.EstablishmentID, accountID)
		if err != nil {
			return err
		}
		if !exists {
			continue
		}
		l.Connect, l.Reason = storage.ConnectOK, nil
		if err := w.PutListing(l); err != nil {
			return err
		}
	}
	return nil
}

// pause keeps that an account's lane waits, and why; without a time it waits for the user.
func (e *Engine) pause(accountID string, until time.Time, why *storage.Problem) error {
	return e.update(e.calls, func(w *writer) error {
		a, err := w.Account(accountID)
		if err != nil {
			return fmt.Errorf("pause of account: %w", err)
		}
		a.PausedUntil, a.Pause = until, why
		return w.PutAccount(a)
	})
}

// works keeps that an account answered: at once when it was paused, once a minute otherwise.
func (e *Engine) works(accountID string, now time.Time) error {
	a, err := e.account(e.calls, accountID)
	if err != nil || a.Pause == nil && now.Sub(a.LastOK) < time.Minute {
		return err
	}
	return e.update(e.calls, func(w *writer) error {
		a, err := w.Account(accountID)
		if err != nil {
			return err
		}
		a.Pause, a.PausedUntil, a.LastOK = nil, time.Time{}, now
		return w.PutAccount(a)
	})
}
