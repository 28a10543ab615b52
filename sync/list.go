package sync

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// Limits of reading an account by its list.
const (
	// listFrom is the number of waiting readings from which the list is tried: below it, one call each is as fast.
	listFrom = 10
	// rollLasts is the longest time between two pages; a list that stood still for longer is not followed any more.
	rollLasts = 10 * time.Minute
)

// check reads the listings of the operations again: by the account's list when many wait, or else one by one.
func (l *lane) check(ops []*storage.Operation) error {
	if l.reader == nil {
		return l.keepAll(unread(ops), l.keepReading)
	}
	lister, lists := l.reader.(directory.Lister)
	if !lists {
		return l.readAll(ops, l.keepReading)
	}
	if l.roll != nil && l.e.clock.Now().Sub(l.roll.last).Abs() > rollLasts {
		l.giveUpRoll()
	}
	if l.roll == nil {
		if err := l.beginRoll(ops); err != nil {
			return err
		}
	}
	if l.roll == nil {
		return l.readAll(ops, l.keepReading)
	}
	if others := slices.DeleteFunc(slices.Clone(ops), l.roll.waitsFor); len(others) > 0 {
		return l.readAll(others, l.keepReading) // what came meanwhile does not wait for the list's end
	}
	return l.callRoll(lister, ops[0])
}

// sameReading tells a waiting reading from a later one of the same listing.
func sameReading(op *storage.Operation) string {
	return op.EstablishmentID + "/" + op.RunID + "/" + strconv.Itoa(op.Item)
}

// beginRoll begins the list when enough readings wait that it has not been tried for.
func (l *lane) beginRoll(ops []*storage.Operation) error {
	fresh := 0
	for _, op := range ops {
		if !l.alone[sameReading(op)] {
			fresh++
		}
	}
	if fresh < listFrom {
		return nil
	}
	r := newRoll(l.e.clock.Now())
	still := map[string]bool{}
	err := l.e.store.View(l.call(), func(tx storage.Reader) error {
		all, err := tx.Operations(l.account, 0)
		for _, op := range all {
			_, absent := l.absent[sameReading(op)]
			switch {
			case absent:
			case op.Kind != storage.OpCheck || op.State == storage.OpBlocked || op.State == storage.OpDead:
			case l.e.early(op, r.begun) > 0:
			case l.alone[sameReading(op)]:
				still[sameReading(op)] = true
			default:
				r.waiting[op.EstablishmentID] = op
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	l.alone = still // those that no longer wait are forgotten
	l.roll = r
	if len(r.waiting) <= l.pages {
		l.giveUpRoll()
		return nil
	}
	return l.expect(r)
}

// expect finds out what the waiting readings are called there, a slice of them per transaction.
func (l *lane) expect(r *roll) error {
	ids := make([]string, 0, len(r.waiting))
	for id := range r.waiting {
		ids = append(ids, id)
	}
	for part := range slices.Chunk(ids, slice) {
		err := l.e.store.View(l.call(), func(tx storage.Reader) error {
			for _, id := range part {
				est, err := tx.Establishment(id)
				if errors.Is(err, storage.ErrNotFound) {
					continue
				}
				if err != nil {
					return err
				}
				lst, _, err := listing(tx, id, l.account)
				if err != nil {
					return err
				}
				if lst.RemoteID != "" {
					r.byID[lst.RemoteID] = id
				} else {
					r.byCode[naturalKey(est)] = id
				}
			}
			return nil
		})
		if err != nil {
			l.roll = nil
			return err
		}
	}
	return nil
}

// callRoll reads pages for a while, and keeps what they hold once the last one is there. A wait, or the end of the lane,
// leaves the list where it is.
func (l *lane) callRoll(lister directory.Lister, op *storage.Operation) error {
	r := l.roll
	for begun := l.e.clock.Now(); l.e.clock.Now().Sub(begun) <= readFor && l.pace(op); {
		var page directory.Page
		failure := l.ask(op, func() (at time.Time, err error) {
			page, err = lister.List(l.call(), r.cursor)
			return page.ServerTime, err
		})
		var doubt *storage.Problem
		switch {
		case failure != nil && waits(failure.Class):
			return l.after(failure)
		case l.breaker.tripped != nil:
			return l.after(nil)
		case failure != nil:
			doubt = storage.NewProblem("list.unreadable").Because(failure)
		default:
			if doubt = r.add(page, l.e.clock.Now()); doubt == nil && r.whole() {
				doubt = r.doubt()
			}
		}
		switch {
		case doubt != nil:
			if err := l.distrust(doubt); err != nil {
				return err
			}
			return l.after(nil)
		case r.whole():
			if err := l.endRoll(); err != nil {
				return err
			}
			return l.after(nil)
		case r.length() >= len(r.waiting): // one call each is less
			l.giveUpRoll()
			return l.after(nil)
		}
	}
	return l.after(nil)
}

// endRoll keeps what a list said that is believed. What it does not hold is read alone.
func (l *lane) endRoll() error {
	r := l.roll
	l.giveUpRoll()
	for part := range slices.Chunk(r.found, ackSlice) {
		if l.ending() {
			return nil // what is not kept stays in the queue
		}
		err := l.keepAll(part, func(w *writer, read reading) error {
			_, lst, err := l.current(w, read.op.EstablishmentID)
			if err != nil || lst == nil || !lst.SentAt.Before(r.begun) {
				return err // sent since: the page may be older
			}
			return l.keepReading(w, read)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// giveUpRoll ends a list: what it was read for is read alone from now on.
func (l *lane) giveUpRoll() {
	for _, op := range l.roll.waiting {
		l.alone[sameReading(op)] = true
	}
	if l.roll.pages > 0 {
		l.pages = l.roll.length()
	}
	l.roll = nil
}

// distrust concludes nothing from a list, and says so: each listing is read alone.
func (l *lane) distrust(why *storage.Problem) error {
	runs := map[string]bool{}
	for _, op := range l.roll.waiting {
		runs[op.RunID] = true
	}
	l.giveUpRoll()
	l.e.log.Warn("list not believed", "account", l.account, "reason", why)
	return l.e.update(l.call(), func(w *writer) error {
		for id := range runs {
			err := w.journal(&storage.JournalEntry{
				Actor: storage.ActorDirectory, Action: storage.JournalObserve, RunID: id, AccountID: l.account,
				Name: l.name, Reason: why,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
