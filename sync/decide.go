package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"diapason/storage"
)

// Decide answers a drift on fields of a listing. KeepOurs sends them again with the next publication (queued at once
// with auto-sync); AcceptTheirs makes the directory's values ours, as an edit that can be undone.
func (e *Engine) Decide(
	ctx context.Context, establishmentID, accountID string, fields []storage.Field, d Decision,
) error {
	if d != KeepOurs && d != AcceptTheirs {
		return fmt.Errorf("unknown decision %q", d)
	}
	return inWords(e.update(ctx, func(w *writer) error {
		t, err := e.drifting(w, establishmentID, accountID)
		if err != nil {
			return err
		}
		open := slices.DeleteFunc(slices.Clone(fields), func(f storage.Field) bool { return !slices.Contains(t.open, f) })
		if len(open) > 0 {
			return e.decide(w, t, open, d, "")
		}
		for _, f := range fields {
			if slices.Contains(t.listing.Frozen, f) {
				return storage.NewProblem("sync.frozen").On(f)
			}
		}
		return storage.NewProblem("sync.nothingToDecide")
	}))
}

func (e *Engine) keepOurs(w *writer, t *drifting, fields []storage.Field, runID string) error {
	est, a, l := t.est, t.account, t.listing
	var changes []storage.FieldChange
	for _, f := range fields {
		changes = append(changes, storage.FieldChange{Field: f, Before: l.Observed[f], After: l.Desired[f]})
	}
	l.Kept = append(l.Kept, fields...)
	want(l, est, e.capabilities(a))
	op, err := operation(w, a.ID, est.ID)
	if err != nil {
		return err
	}
	edited(l, est.Status, op != nil)
	if a.Enabled && e.sendsItself(est, l, fields, fields, false) {
		if _, err := e.queueEdit(w, nil, est, a, l, op, Cause{Actor: storage.ActorUser, RunID: runID}); err != nil {
			return err
		}
	}
	if err := w.PutListing(l); err != nil {
		return err
	}
	return w.journal(&storage.JournalEntry{
		Actor: storage.ActorUser, Action: storage.JournalKeep, RunID: runID, EstablishmentID: est.ID, AccountID: a.ID,
		Name: est.Name, Changes: changes,
	})
}

// acceptTheirs edits the establishment with the values read there. They become the base too: nothing is to be sent
// back to where they came from. It is the only place where a value comes from a directory, and only a decision leads
// here.
func (e *Engine) acceptTheirs(w *writer, t *drifting, fields []storage.Field, runID string) error {
	est, l := t.est, t.listing
	after := est.Clone()
	values := map[storage.Field]string{}
	for _, f := range fields {
		values[f] = l.Observed[f]
	}
	if err := apply(after, values); err != nil {
		return err
	}
	changes := differences(est, after)
	if l.Accepted == nil {
		l.Accepted = storage.Snapshot{}
	}
	for _, f := range fields {
		l.Accepted[f] = after.Value(f)
	}
	want(l, after, e.capabilities(t.account))
	if err := w.PutListing(l); err != nil {
		return err
	}
	if err := e.write(w, est, after, Cause{Actor: storage.ActorDirectory, RunID: runID}); err != nil {
		return err
	}
	return w.journal(&storage.JournalEntry{
		Actor: storage.ActorUser, Action: storage.JournalAccept, RunID: runID, EstablishmentID: est.ID,
		AccountID: l.AccountID, Name: est.Name, Changes: changes,
	})
}

// ConfirmUpload notes that the user uploaded the file of a file directory: what it holds is accepted now.
func (e *Engine) ConfirmUpload(ctx context.Context, accountID string, establishmentIDs []string) error {
	return e.update(ctx, func(w *writer) error {
		account, err := w.Account(accountID)
		if err != nil {
			return err
		}
		caps := e.capabilities(account)
		for _, id := range establishmentIDs {
			l, err := w.Listing(id, accountID)
			if errors.Is(err, storage.ErrNotFound) || err == nil && l.Written == nil {
				continue // no file waits for this one
			}
			if err != nil {
				return err
			}
			est, err := w.Establishment(id)
			if err != nil {
				return err
			}
			op, err := operation(w, accountID, id)
			if err != nil {
				return err
			}
			l.Accepted, l.Written, l.SentAt = l.Written, nil, w.now
			want(l, est, caps)
			edited(l, est.Status, op != nil)
			if err := w.PutListing(l); err != nil {
				return err
			}
			if err := w.journal(&storage.JournalEntry{
				Actor: storage.ActorUser, Action: storage.JournalConfirm, EstablishmentID: id, AccountID: accountID,
				Name: est.Name,
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
