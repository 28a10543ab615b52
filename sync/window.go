package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// windowKey names the setting that counts what left to an account lately.
func windowKey(accountID string) string { return "sync.guard.window/" + accountID }

func readWindow(tx storage.Reader, accountID string) (*merge.Window, error) {
	raw, err := tx.Setting(windowKey(accountID))
	if err != nil {
		return nil, err
	}
	w := new(merge.Window)
	if raw == "" {
		return w, nil
	}
	if err := json.Unmarshal([]byte(raw), w); err != nil {
		return nil, fmt.Errorf("guard's window of account %s: %w", accountID, err)
	}
	return w, nil
}

// window gives an account's window, to be read and changed within the transaction.
func (w *writer) window(accountID string) (*merge.Window, error) {
	if known := w.windows[accountID]; known != nil {
		return known, nil
	}
	fresh, err := readWindow(w, accountID)
	if err != nil {
		return nil, err
	}
	if w.windows == nil {
		w.windows = map[string]*merge.Window{}
	}
	w.windows[accountID] = fresh
	return fresh, nil
}

// keepWindows writes the windows that were used, at the end of a transaction.
func (w *writer) keepWindows() error {
	for id, window := range w.windows {
		raw, err := json.Marshal(window)
		if err != nil {
			return fmt.Errorf("guard's window of account %s: %w", id, err)
		}
		if err := w.PutSetting(windowKey(id), string(raw)); err != nil {
			return err
		}
	}
	return nil
}

// linkedFor is how long a count of an account's linked listings serves.
const linkedFor = 10 * time.Minute

// lets asks the guard whether an operation may leave now, and counts it when it may. What would be too much within 24
// hours is retained in a run that waits for the user; what was agreed to leaves as it was agreed to. It reports false
// when the operation was retained.
func (l *lane) lets(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing, fields []storage.Field,
) (bool, error) {
	impact := merge.Impact(lst, fields, creation(lst))
	if impact.Modified == 0 || op.Agreed != "" && op.Agreed == lst.Desired.Hash() {
		return true, nil
	}
	window, err := w.window(l.account)
	if err != nil {
		return false, err
	}
	plan, sent, thresholds := window.Fresh(w.now, lst.Marks, impact), window.Sent(w.now), l.caps.Guard.OrDefault()
	if plan.Modified+sent.Modified > thresholds.Lowest() {
		if plan.Linked, err = l.linked(w, w.now); err != nil {
			return false, err
		}
	}
	if reasons := merge.Guard(plan, sent, thresholds); len(reasons) > 0 {
		return false, l.retain(w, op, est, lst, reasons)
	}
	lst.Marks = window.Add(w.now, lst.Marks, impact)
	return true, nil
}

// linked counts the account's linked listings; the count serves for some minutes, because it takes every row.
func (l *lane) linked(tx storage.Reader, now time.Time) (int, error) {
	if now.Sub(l.countedAt).Abs() < linkedFor {
		return l.counted, nil
	}
	n := map[string]int{}
	if _, err := tx.RowListings("", 0, func(r *storage.RowListing) { addLinked(n, r) }); err != nil {
		return 0, err
	}
	l.counted, l.countedAt = n[l.account], now
	return l.counted, nil
}

// retainedKey names the setting that tells which held run gathers what the guard retains of an account.
func retainedKey(accountID string) string { return "sync.guard.retained/" + accountID }

// retain takes an operation out of the queue and adds its listing to the account's run that waits for the user.
func (l *lane) retain(
	w *writer, op *storage.Operation, est *storage.Establishment, lst *storage.Listing, reasons []merge.GuardReason,
) error {
	run, err := w.retaining(l.account)
	if err != nil {
		return err
	}
	if run == nil {
		if run, err = w.newRun(storage.RunAutoSync, op.Actor, l.name); err != nil {
			return err
		}
		run.Gathering = &storage.Gathering{}
		g := &storage.Guard{}
		for _, r := range reasons {
			g.Reasons = append(g.Reasons, reasonOf(r, l.name))
		}
		if err := w.hold(run, g); err != nil {
			return err
		}
		if err := w.PutSetting(retainedKey(l.account), run.ID); err != nil {
			return err
		}
	}
	item := &storage.RunItem{
		EstablishmentID: est.ID, AccountID: l.account, Name: est.Name, Result: storage.ItemPending,
	}
	if err := w.addItem(run, item); err != nil {
		return err
	}
	if err := w.putRun(run); err != nil {
		return err
	}
	w.reweighed = append(w.reweighed, run.ID)
	if err := w.DeleteOperation(l.account, est.ID); err != nil {
		return err
	}
	rest(lst, est.Status)
	if err := w.PutListing(lst); err != nil {
		return err
	}
	return w.settle(op.RunID, op.Item, storage.ItemSkipped, storage.Problems{storage.NewProblem("guard.retained")})
}

// retaining gives the held run that gathers what the guard retains of an account; nil when there is none.
func (w *writer) retaining(accountID string) (*storage.Run, error) {
	id, err := w.Setting(retainedKey(accountID))
	if err != nil || id == "" {
		return nil, err
	}
	run, err := w.Run(id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (run.State != storage.RunHeld || run.Gathering == nil) {
		return nil, nil
	}
	return run, err
}
