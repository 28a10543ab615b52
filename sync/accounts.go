package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// AddAccount keeps a new account, enabled, and starts its lane; with the ID of a kept one it changes its settings and
// takes it out of its pause. Wrong settings come back as problems and nothing is kept.
func (e *Engine) AddAccount(ctx context.Context, a *storage.Account) error {
	return e.AddAccountWith(ctx, a, nil)
}

// AddAccountWith is AddAccount with the values of some of its secret settings; those left out stay as they are.
func (e *Engine) AddAccountWith(ctx context.Context, a *storage.Account, secrets map[string]string) error {
	if _, err := e.open(ctx, a, secrets); err != nil {
		return err
	}
	if a.ID == "" {
		id, err := newID()
		if err != nil {
			return err
		}
		a.ID, a.CreatedAt, a.Compared = id, e.clock.Now(), e.prints[a.Kind]
	}
	a.Enabled, a.Pause, a.PausedUntil, a.FailingSince, a.Trips = true, nil, time.Time{}, time.Time{}, 0
	e.stopLane(a.ID)
	if err := e.keepSecrets(ctx, a, secrets); err != nil {
		return err
	}
	if err := e.update(ctx, func(w *writer) error { return w.PutAccount(a) }); err != nil {
		return err
	}
	if err := e.repaired(ctx, a); err != nil {
		return err
	}
	e.startLane(ctx, a)
	signal(e.scheduler)
	return nil
}

// TestAccount asks the directory, with one harmless call, whether it answers and accepts the account. When it does,
// what waited for a reconnection leaves again.
func (e *Engine) TestAccount(ctx context.Context, id string) error {
	a, conn, err := e.connect(ctx, id)
	if err != nil {
		return err
	}
	if err := conn.ask(ctx); err != nil {
		return directory.Classify(err).Problem.Because(err)
	}
	err = e.update(ctx, func(w *writer) error {
		kept, err := w.Account(id)
		if err != nil {
			return err
		}
		kept.Works(w.now)
		kept.Trips = 0
		return w.PutAccount(kept)
	})
	if err != nil {
		return err
	}
	if err := e.repaired(ctx, a); err != nil {
		return err
	}
	e.startLane(ctx, a)
	return nil
}

// repaired lets what waited for an account leave again.
func (e *Engine) repaired(ctx context.Context, a *storage.Account) error {
	if _, carries := e.couriers[a.Kind]; !carries {
		return e.unblock(ctx, a.ID)
	}
	conn, err := e.open(ctx, a, nil)
	if err != nil {
		return err
	}
	return conn.courier.Hurry(ctx)
}

// connect opens the connection of a kept account, for a question outside its lane.
func (e *Engine) connect(ctx context.Context, id string) (*storage.Account, connection, error) {
	a, err := e.account(ctx, id)
	if err != nil {
		return nil, connection{}, err
	}
	conn, err := e.open(ctx, a, nil)
	return a, conn, err
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
		return w.PutAccount(account)
	})
	if err != nil {
		return err
	}
	if !on {
		return e.takeBack(ctx, account)
	}
	e.startLane(ctx, account)
	signal(e.scheduler)
	return nil
}

// RemoveAccount forgets an account with its listings and secrets here; nothing is removed there, but what a person granted
// it is taken back. An error that NotRevoked knows says that only this last thing was not done.
func (e *Engine) RemoveAccount(ctx context.Context, id string) error {
	e.stopLane(id)
	var account *storage.Account
	err := e.update(ctx, func(w *writer) error {
		var err error
		if account, err = w.Account(id); err != nil {
			return err
		}
		account.Enabled, account.Leaving = false, true
		return w.PutAccount(account)
	})
	if err != nil {
		return err
	}
	revoked := e.revoke(ctx, account)
	if revoked != nil {
		e.log.Warn("a grant was not taken back", "account", id, "error", revoked) // forgotten here all the same
		revoked = storage.NewProblem(notRevoked, "name", account.Name).Because(revoked)
	}
	if err := e.forgetSecrets(ctx, account); err != nil {
		return err
	}
	if err := e.forgetAccount(ctx, account); err != nil {
		return err
	}
	return revoked
}

// notRevoked is the problem of an account that is forgotten here while its access lives on there.
const notRevoked = "oauth.notRevoked"

// NotRevoked reports whether an error of RemoveAccount says that the account is forgotten, and that its access could not
// be taken back at the service.
func NotRevoked(err error) bool {
	var p *storage.Problem
	return errors.As(err, &p) && p.Code == notRevoked
}

func (e *Engine) account(ctx context.Context, id string) (*storage.Account, error) {
	var a *storage.Account
	err := e.store.View(ctx, func(tx storage.Reader) error {
		var err error
		a, err = tx.Account(id)
		return err
	})
	return a, err
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

// works keeps that an account answered, and what its clock says: at once when that is news, once a minute otherwise.
func (l *lane) works() error {
	now := l.e.clock.Now()
	offset, known := l.clock.median()
	a, err := l.e.account(l.e.calls, l.account)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	moved := known && (offset-a.ClockOffset).Abs() > clocksDiffer/2
	if ago := now.Sub(a.LastOK); a.Pause == nil && !moved && ago >= 0 && ago < time.Minute {
		return nil
	}
	return l.e.update(l.e.calls, func(w *writer) error {
		a, err := w.Account(l.account)
		if err != nil {
			return err
		}
		a.Works(now)
		if known {
			a.ClockOffset = offset
		}
		return w.PutAccount(a)
	})
}
