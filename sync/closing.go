package sync

import (
	"errors"
	"strconv"

	"diapason/storage"
)

// closing compares, once a publication is over, what each of its accounts should hold with what is known of it: as many
// listings linked and as many bases as were sent or found unchanged. Where the numbers differ everything of the account
// is read again; no base is erased.
func (e *Engine) closing(runID string) {
	tallies, err := e.tally(runID)
	if err != nil {
		e.log.Error("run not checked at its end", "run", runID, "error", err)
		return
	}
	for account, t := range tallies {
		if t.linked == t.expected && t.bases == t.expected {
			continue
		}
		e.log.Warn("counts differ at the end of a run", "run", runID, "account", account,
			"expected", t.expected, "linked", t.linked, "bases", t.bases)
		if err := e.readAgain(runID, account, t); err != nil {
			e.log.Error("account not read again", "account", account, "error", err)
		}
	}
}

// tally counts the lines of a run on one account that should have left a listing there, and what is known of them.
type tally struct {
	expected, linked, bases int
	lost                    []string // establishments that miss one or the other
}

func (e *Engine) tally(runID string) (map[string]*tally, error) {
	tallies := map[string]*tally{}
	for from, more := 0, true; more && !e.stopping(); from += slice {
		err := e.store.View(e.calls, func(tx storage.Reader) error {
			items, err := tx.RunItems(runID, from, slice)
			if err != nil {
				return err
			}
			more = len(items) == slice
			for _, i := range items {
				if err := e.tallyOne(tx, i, tallies); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return tallies, nil
}

func (e *Engine) tallyOne(tx storage.Reader, i *storage.RunItem, tallies map[string]*tally) error {
	sent := i.Result == storage.ItemSent || i.Result == storage.ItemUnchanged && len(i.Problems) == 0
	if !sent || i.AccountID == "" {
		return nil
	}
	account, err := tx.Account(i.AccountID)
	if ok, err := found(err); err != nil || !ok {
		return err // removed since
	}
	est, err := tx.Establishment(i.EstablishmentID)
	if ok, err := found(err); err != nil || !ok {
		return err
	}
	l, _, err := listing(tx, i.EstablishmentID, i.AccountID)
	if err != nil {
		return err
	}
	if !publishable(est.Status) || l.Sync == storage.SyncNotFound || l.Flow == storage.FlowUser && l.Written == nil {
		return nil // it is known, and said, why nothing is there
	}
	t := tallies[i.AccountID]
	if t == nil {
		t = &tally{}
		tallies[i.AccountID] = t
	}
	caps := e.capabilities(account)
	linked := l.RemoteID != "" || len(caps.Readable) == 0 || caps.NeedsConfirmation
	based := l.Accepted != nil || l.Written != nil
	t.expected++
	if linked {
		t.linked++
	}
	if based {
		t.bases++
	}
	if !linked || !based {
		t.lost = append(t.lost, i.EstablishmentID)
	}
	return nil
}

// found tells what is gone from what cannot be read.
func found(err error) (bool, error) {
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// readAgain queues the reading of everything of an account, and says why.
func (e *Engine) readAgain(runID, accountID string, t *tally) error {
	ids := t.lost
	var account *storage.Account
	for after, more := "", true; more; {
		err := e.store.View(e.calls, func(tx storage.Reader) (err error) {
			if account, err = tx.Account(accountID); err != nil {
				return err
			}
			page, err := tx.ListingsByAccount(accountID, after, slice)
			for _, l := range page {
				after = l.EstablishmentID
				ids = append(ids, after)
			}
			more = len(page) == slice
			return err
		})
		if err != nil {
			return err
		}
	}
	err := e.update(e.calls, func(w *writer) error {
		return w.journal(&storage.JournalEntry{
			Actor: storage.ActorScheduler, Action: storage.JournalObserve, RunID: runID, AccountID: accountID,
			Name: account.Name, Reason: storage.NewProblem("sync.countsDiffer", "expected", strconv.Itoa(t.expected),
				"linked", strconv.Itoa(t.linked), "bases", strconv.Itoa(t.bases)),
		})
	})
	if err != nil {
		return err
	}
	_, err = e.queueRun(e.calls, storage.RunCheck, storage.ActorScheduler,
		[]Request{{EstablishmentIDs: ids, AccountIDs: []string{accountID}}})
	return err
}
