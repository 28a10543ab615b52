package sync

import (
	"context"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// identifiedFor is how long the answer to "which account is this?" serves: it is asked before the first sending of a lane,
// and again before a sending after that time.
const identifiedFor = 15 * time.Minute

// Problems of an account that is not the one it was last time.
const (
	codeOtherAccount = "guard.otherAccount"
	codeLostAccount  = "guard.lostAccount"
)

// identify makes sure, before anything is sent, that the account there is the one it was last time. When it is not, or
// when that cannot be found out, the answer is what a refused or unanswered sending would give: nothing leaves, and
// another account makes the lane wait for the user.
func (l *lane) identify() error {
	d, can := l.dir.(directory.Identifier)
	now := l.e.clock.Now()
	if !can || !l.identifiedAt.IsZero() && now.Sub(l.identifiedAt).Abs() < identifiedFor {
		return nil
	}
	id, err := d.Identity(l.call())
	if err != nil {
		return err
	}
	account, err := l.e.account(l.e.calls, l.account)
	if err != nil {
		return err
	}
	if other := otherAccount(account, id); other != nil {
		return &directory.Error{Class: directory.Auth, Problem: other}
	}
	l.identifiedAt = now
	if id == account.Identity {
		return nil
	}
	return l.e.update(l.e.calls, func(w *writer) error {
		kept, err := w.Account(l.account)
		if err != nil {
			return err
		}
		kept.Identity = id
		return w.PutAccount(kept)
	})
}

// OtherAccount says that an account calls itself otherwise than last time; nil when it does not, or when there was no
// last time.
func OtherAccount(a *storage.Account, id string) *storage.Problem { return otherAccount(a, id) }

// otherAccount says that an identity is not the one of last time; nil when it is, or when there was none.
func otherAccount(a *storage.Account, id string) *storage.Problem {
	switch {
	case a.Identity == "" || a.Identity == id:
		return nil
	case id == "":
		return storage.NewProblem(codeLostAccount, "account", a.Name)
	}
	return storage.NewProblem(codeOtherAccount, "account", a.Name, "expected", a.Identity, "found", id)
}

// IsOther reports whether an account waits because it is not the one it was last time.
func IsOther(a *storage.Account) bool {
	return a.Pause != nil && (a.Pause.Code == codeOtherAccount || a.Pause.Code == codeLostAccount)
}

// AcceptIdentity takes the account that answers now for the right one. What was known of its listings is forgotten, so
// that the next publication is a first one: nothing is deleted anywhere.
func (e *Engine) AcceptIdentity(ctx context.Context, accountID string) error {
	a, conn, err := e.connect(ctx, accountID)
	if err != nil {
		return err
	}
	if c, can := conn.courier.(Confirmer); can {
		return e.confirm(ctx, a, c)
	}
	id, asked := "", any(conn.dir)
	if conn.courier != nil {
		asked = conn.courier
	}
	if d, can := asked.(directory.Identifier); can {
		if id, err = d.Identity(ctx); err != nil {
			return directory.Classify(err).Problem.Because(err)
		}
	}
	e.stopLane(accountID)
	if err := e.forgetBases(ctx, a); err != nil {
		return err
	}
	err = e.update(ctx, func(w *writer) error { // last: until then the lane would find the other account again
		kept, err := w.Account(accountID)
		if err != nil {
			return err
		}
		kept.Identity = id
		kept.Pause, kept.PausedUntil = nil, time.Time{}
		a = kept
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

// forgetBases forgets what an account accepted and showed, a slice of its listings per transaction.
func (e *Engine) forgetBases(ctx context.Context, a *storage.Account) error {
	caps := e.capabilities(a)
	for after := ""; ; {
		var page []*storage.Listing
		err := e.update(ctx, func(w *writer) (err error) {
			if page, err = w.ListingsByAccount(a.ID, after, slice); err != nil {
				return err
			}
			for _, old := range page {
				est, err := w.Establishment(old.EstablishmentID)
				if err != nil {
					return err
				}
				op, err := operation(w, a.ID, est.ID)
				if err != nil {
					return err
				}
				l := &storage.Listing{EstablishmentID: est.ID, AccountID: a.ID, Claim: old.Claim}
				want(l, est, caps)
				edited(l, est.Status, op != nil)
				if op != nil {
					l.Flow = storage.FlowQueued
				}
				if err := w.PutListing(l); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(page) < slice {
			return nil
		}
		after = page[len(page)-1].EstablishmentID
	}
}
