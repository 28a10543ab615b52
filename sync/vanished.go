package sync

import (
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// missingFor is how long a listing must stay away, once too many were away together, before that is believed.
const missingFor = 24 * time.Hour

// believes reports whether a listing that is not found there is gone. When more of an account's listings vanish within
// 24 hours than is ordinary, the account is doubted rather than the listings: they keep their word, with the reason,
// and only one that is still missing a day later is believed to be gone.
func (l *lane) believes(w *writer, lst *storage.Listing) (bool, error) {
	if lst.Sync == storage.SyncNotFound {
		return true, nil // known already
	}
	m := &lst.Marks
	if !m.Missing.IsZero() && w.now.Sub(m.Missing) >= missingFor {
		return true, nil
	}
	window, err := w.window(l.account)
	if err != nil {
		return false, err
	}
	one := storage.Counts{Vanished: 1}
	plan, sent, thresholds := window.Fresh(w.now, *m, one), window.Sent(w.now), l.caps.Guard.OrDefault()
	if plan.Vanished+sent.Vanished > thresholds.Vanished.Floor {
		if plan.Linked, err = l.linked(w); err != nil {
			return false, err
		}
	}
	for _, r := range merge.Guard(plan, sent, thresholds) {
		if r.Kind != merge.GuardVanished {
			continue
		}
		if m.Missing.IsZero() {
			m.Missing = w.now
		}
		lst.Reason = storage.NewProblem("guard.vanished", "account", l.name)
		return false, nil
	}
	*m = window.Add(w.now, *m, one)
	return true, nil
}
