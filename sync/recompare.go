package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"diapason/storage"
	"diapason/sync/directory"
)

// A program that carries other fields to a directory than the one before it, or knows other limits, compares each
// listing again at its first start. Until that is done the rows of the account say what the older program knew.

// fingerprint identifies what of a directory's capabilities decides what a listing shall show and what keeps it from
// being sent.
func fingerprint(c directory.Capabilities) (string, error) {
	raw, err := json.Marshal([]any{c.Mode, c.Fields, c.Readable, c.Mandatory, c.AnyOf, c.MaxPeriodsPerDay, c.MaxLength})
	if err != nil {
		return "", fmt.Errorf("capabilities: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), nil
}

// fingerprints gives those of all kinds; capabilities are plain values, so that an error is a mistake of the program.
func fingerprints(kinds directory.Kinds) map[string]string {
	all := make(map[string]string, len(kinds))
	for id, k := range kinds {
		f, err := fingerprint(k.Capabilities)
		if err != nil {
			panic(err)
		}
		all[id] = f
	}
	return all
}

// compared reports whether the listings of an account were compared by what its directory takes today.
func (e *Engine) compared(a *storage.Account) bool {
	return a.Compared != "" && a.Compared == e.prints[a.Kind]
}

// recompare brings the listings of an account up to what its directory takes today, in slices. Nothing is sent: what is
// new shows as to be synchronised.
func (e *Engine) recompare(accountID string) error {
	for after, more := "", true; more; {
		if e.stopping() {
			return nil // the next start begins again
		}
		err := e.update(e.calls, func(w *writer) error {
			a, err := w.Account(accountID)
			if err != nil {
				return err
			}
			page, err := w.ListingsByAccount(accountID, after, slice)
			if err != nil {
				return err
			}
			for _, l := range page {
				after = l.EstablishmentID
				if err := e.compareAgain(w, l, e.capabilities(a)); err != nil {
					return err
				}
			}
			if more = len(page) == slice; more {
				return nil
			}
			a.Compared = e.prints[a.Kind]
			return w.PutAccount(a)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) compareAgain(w *writer, l *storage.Listing, caps directory.Capabilities) error {
	est, err := w.Establishment(l.EstablishmentID)
	if err != nil {
		return err
	}
	op, err := operation(w, l.AccountID, l.EstablishmentID)
	if err != nil {
		return err
	}
	was := *l
	want(l, est, caps)
	if reflect.DeepEqual(was, *l) {
		return nil
	}
	if !was.Desired.Equal(l.Desired) {
		edited(l, est.Status, op != nil)
	}
	return w.PutListing(l)
}
