package sync

import (
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// missingFor is how long a listing must stay away, once too many were away together, before that is believed.
const missingFor = 24 * time.Hour

// isAbsence reports whether a reading says that a listing known to be there is not found any more. Nothing is concluded
// from it before the whole check it belongs to is over.
func isAbsence(r reading, op *storage.Operation, lst *storage.Listing) bool {
	return r.failure == nil && !r.obs.Found && !r.judged && op.RunID != "" && lst.Sync != storage.SyncNotFound &&
		(lst.Accepted != nil || lst.RemoteID != "")
}

// conclude draws the conclusions from the listings that checks did not find, of each check that is over; work is what the
// lane would do next. Until then the readings stay in the queue, so that a stop or a crash has them made again. It
// reports whether it concluded anything.
func (l *lane) conclude(work []*storage.Operation) (bool, error) {
	over := map[string][]reading{} // by run
	for _, r := range l.absent {
		over[r.op.RunID] = nil
	}
	for _, op := range work {
		delete(over, op.RunID)
	}
	if len(over) == 0 {
		return false, nil
	}
	if err := l.standing(over); err != nil {
		return false, err
	}
	for run, absent := range over {
		doubted, failure, err := l.doubts(absent)
		if err != nil {
			return false, err
		}
		if failure != nil {
			return true, l.after(failure) // all of it is read again
		}
		for i := range absent {
			absent[i].judged, absent[i].doubted = true, doubted
		}
		for part := range slices.Chunk(absent, ackSlice) {
			if err := l.keepAll(part, l.keepReading); err != nil {
				return false, err
			}
		}
		for key, r := range l.absent {
			if r.op.RunID == run {
				delete(l.absent, key)
			}
		}
	}
	return len(over) > 0, nil
}

// standing gives each run its absences that are still asked for, and takes out the runs that still have listings to read.
func (l *lane) standing(over map[string][]reading) error {
	now := l.e.clock.Now()
	for last, more := (*storage.Operation)(nil), true; more; {
		err := l.e.store.View(l.call(), func(tx storage.Reader) error {
			page, err := tx.OperationsAfter(l.account, last, slice)
			if err != nil {
				return err
			}
			for _, op := range page {
				last = op
				absent, asked := over[op.RunID]
				if !asked || op.Kind != storage.OpCheck {
					continue
				}
				if r, ok := l.absent[sameReading(op)]; ok {
					over[op.RunID] = append(absent, r)
				} else if op.State != storage.OpBlocked && op.State != storage.OpDead && l.e.early(op, now) == 0 {
					delete(over, op.RunID)
				}
			}
			more = len(page) == slice
			return nil
		})
		if err != nil {
			return err
		}
	}
	return l.e.store.View(l.call(), func(tx storage.Reader) error {
		for id := range over {
			run, err := tx.Run(id)
			if err != nil {
				return err
			}
			if run.Queueing > 0 && !isCancelled(run) {
				delete(over, id)
			}
		}
		return nil
	})
}

// doubts reports whether too many listings are absent at once to believe it, or whether it cannot be known that the
// account is still the same one. It gives the failure that makes the whole lane wait, when there is one.
func (l *lane) doubts(absent []reading) (bool, *directory.Error, error) {
	if len(absent) == 0 {
		return false, nil, nil
	}
	l.identifiedAt = time.Time{}
	if err := l.identify(); err != nil {
		failure := directory.Classify(err)
		if waits(failure.Class) {
			return false, failure, nil
		}
		return true, nil, nil
	}
	var window *merge.Window
	var plan storage.Counts
	now, doubted := l.e.clock.Now(), false
	for part := range slices.Chunk(absent, slice) {
		err := l.e.store.View(l.call(), func(tx storage.Reader) (err error) {
			if window, err = readWindow(tx, l.account); err != nil {
				return err
			}
			for _, r := range part {
				lst, _, err := listing(tx, r.op.EstablishmentID, l.account)
				if err != nil {
					return err
				}
				if !longMissing(lst, now) {
					plan = plan.Plus(window.Fresh(now, lst.Marks, storage.Counts{Vanished: 1}))
				}
			}
			doubted, err = l.tooManyVanish(tx, now, plan, window)
			return err
		})
		if err != nil {
			return false, nil, err
		}
	}
	return doubted, nil, nil
}

// tooManyVanish reports whether so many listings vanish within 24 hours that the account is to be doubted.
func (l *lane) tooManyVanish(tx storage.Reader, now time.Time, plan storage.Counts, window *merge.Window) (bool, error) {
	sent, thresholds := window.Sent(now), l.caps.Guard.OrDefault()
	if plan.Vanished+sent.Vanished > thresholds.Vanished.Floor {
		var err error
		if plan.Linked, err = l.linked(tx, now); err != nil {
			return false, err
		}
	}
	return slices.ContainsFunc(merge.Guard(plan, sent, thresholds), func(r merge.GuardReason) bool {
		return r.Kind == merge.GuardVanished
	}), nil
}

// longMissing reports whether a listing has been missing for so long that it is gone, however many others are.
func longMissing(lst *storage.Listing, now time.Time) bool {
	return !lst.Marks.Missing.IsZero() && now.Sub(lst.Marks.Missing) >= missingFor
}

// believes reports whether a listing that is not found there is gone. When more of an account's listings vanish, with
// its check or within 24 hours, than is ordinary, the account is doubted rather than the listings: they keep their word,
// with the reason, and only one that is still missing a day later is believed to be gone.
func (l *lane) believes(w *writer, lst *storage.Listing, doubted bool) (bool, error) {
	if lst.Sync == storage.SyncNotFound || longMissing(lst, w.now) {
		return true, nil
	}
	window, err := w.window(l.account)
	if err != nil {
		return false, err
	}
	one := storage.Counts{Vanished: 1}
	if !doubted {
		if doubted, err = l.tooManyVanish(w, w.now, window.Fresh(w.now, lst.Marks, one), window); err != nil {
			return false, err
		}
	}
	if !doubted {
		lst.Marks = window.Add(w.now, lst.Marks, one)
		return true, nil
	}
	if lst.Marks.Missing.IsZero() {
		lst.Marks.Missing = w.now
	}
	lst.Reason = storage.NewProblem("guard.vanished", "account", l.name)
	return false, nil
}
