package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"diapason/storage"
)

// writer is a storage.Writer on one bbolt transaction.
type writer struct {
	reader
	store   *Store
	changes changeSet
	// listed holds the index entries of the listings read or put in this transaction, by key.
	listed map[string][]entry
	// queued is the same for the operations, with their states.
	queued map[string]waiting
	// audience holds the accounts that contacts are synchronised with, once audienceRead.
	audience     []string
	audienceRead bool
	// undo puts back what the transaction changed in the caller's own entities, should it not be committed.
	undo []func()
}

// waiting is what the indexes and counters hold of an operation.
type waiting struct {
	state   storage.OpState
	entries []entry
}

var _ storage.Writer = (*writer)(nil)

// identify gives an entity its identifier when it has none, and checks it.
func (w *writer) identify(id *string) error {
	if *id == "" {
		fresh, err := w.store.ids.next()
		if err != nil {
			return err
		}
		w.undo = append(w.undo, func() { *id = "" })
		*id = fresh
	}
	return checkIDs(*id)
}

// full is how much of a page is filled where keys come in order: pages are then nearly never split again.
const full = 0.95

// append puts a record in a bucket whose new keys come (nearly) in order.
func (w *writer) append(b bucket, key, value []byte) error {
	in := w.in(b)
	in.FillPercent = full
	return in.Put(key, value)
}

func (w *writer) save(b bucket, key []byte, v any) error {
	raw, err := encode(v)
	if err != nil {
		return err
	}
	return w.append(b, key, raw)
}

func (w *writer) add(counter string, n int64) {
	if w.pending == nil {
		w.pending = map[string]int64{}
	}
	w.pending[counter] += n
}

// flush writes the counters; it comes last, before the commit.
func (w *writer) flush() error {
	for name := range w.pending {
		n, err := w.count(name)
		if err != nil {
			return err
		}
		if err := w.in(bCounts).Put([]byte(name), binary.BigEndian.AppendUint64(nil, uint64(n))); err != nil {
			return err
		}
	}
	w.pending = nil
	return nil
}

// found reads a record that may not exist.
func found(err error) (bool, error) {
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// deleteAll removes the keys that begin with prefix and gives what was there. (Deleting under a cursor skips keys.)
func (w *writer) deleteAll(b bucket, prefix []byte) (values [][]byte, err error) {
	var keys [][]byte
	err = w.scan(b, prefix, nil, func(k, v []byte) (bool, error) {
		keys = append(keys, append([]byte(nil), k...))
		values = append(values, append([]byte(nil), v...))
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if err := w.in(b).Delete(k); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (w *writer) PutAccount(a *storage.Account) error {
	if err := w.identify(&a.ID); err != nil {
		return err
	}
	utc(&a.CreatedAt)
	utc(&a.PausedUntil)
	utc(&a.LastOK)
	w.changes.Accounts = true
	w.audienceRead = false
	return w.save(bAccounts, []byte(a.ID), a)
}

func (w *writer) DeleteAccount(id string) error {
	if w.in(bAccounts).Get([]byte(id)) == nil {
		return fmt.Errorf("account %q: %w", id, storage.ErrNotFound)
	}
	listed, err := w.ids(ixListingAccount, prefix(id), 0, lastPart)
	if err != nil {
		return err
	}
	for _, est := range listed {
		if err := w.DeleteListing(est, id); err != nil {
			return err
		}
	}
	p := prefix(id)
	queued, err := w.ids(ixOperationOrder, p, 0, func(k []byte) string { return string(k[len(p)+9:]) })
	if err != nil {
		return err
	}
	for _, est := range queued {
		if err := w.DeleteOperation(id, est); err != nil {
			return err
		}
	}
	schedules, err := w.Schedules()
	if err != nil {
		return err
	}
	for _, s := range schedules {
		if s.Account == id {
			if err := w.DeleteSchedule(s.ID); err != nil {
				return err
			}
		}
	}
	if err := w.dropPublications(id); err != nil {
		return err
	}
	if err := w.dropContactBook(id); err != nil {
		return err
	}
	w.changes.Accounts = true
	w.audienceRead = false
	return w.in(bAccounts).Delete([]byte(id))
}

func (w *writer) PutOperation(o *storage.Operation) error {
	if err := checkIDs(o.AccountID, o.EstablishmentID); err != nil {
		return err
	}
	if err := w.refer(o.EstablishmentID, o.AccountID); err != nil {
		return err
	}
	utc(&o.CreatedAt)
	utc(&o.StartedAt)
	utc(&o.NotBefore)
	known := false
	for _, s := range opStates {
		known = known || s == o.State
	}
	if !known {
		return fmt.Errorf("operation of %s on %s: unknown state %q", o.EstablishmentID, o.AccountID, o.State)
	}
	w.changes.Operations = true
	key := join(o.EstablishmentID, o.AccountID)
	before, err := w.waits(key, o.AccountID, o.EstablishmentID)
	if exists, err := found(err); err != nil {
		return err
	} else if exists {
		w.add(countOperations+string(before.state), -1)
	}
	w.add(countOperations+string(o.State), 1)
	now := waiting{o.State, operationEntries(o)}
	if err := w.put(before.entries, now.entries); err != nil {
		return err
	}
	if err := w.save(bOperations, key, o); err != nil {
		return err
	}
	w.queued[string(key)] = now
	return nil
}

// Operation reads as the reader does, and remembers the index entries: see Listing.
func (w *writer) Operation(accountID, establishmentID string) (*storage.Operation, error) {
	o, err := w.reader.Operation(accountID, establishmentID)
	if err == nil {
		w.queued[string(join(establishmentID, accountID))] = waiting{o.State, operationEntries(o)}
	}
	return o, err
}

// waits gives what is kept of an operation beside its record.
func (w *writer) waits(key []byte, accountID, establishmentID string) (waiting, error) {
	if _, read := w.queued[string(key)]; !read {
		if _, err := w.Operation(accountID, establishmentID); err != nil {
			return waiting{}, err
		}
	}
	return w.queued[string(key)], nil
}

// DeleteOperation removes an operation with its index entries and its count.
func (w *writer) DeleteOperation(accountID, establishmentID string) error {
	w.changes.Operations = true
	key := join(establishmentID, accountID)
	before, err := w.waits(key, accountID, establishmentID)
	if err != nil {
		return err
	}
	w.add(countOperations+string(before.state), -1)
	if err := w.put(before.entries, nil); err != nil {
		return err
	}
	delete(w.queued, string(key))
	return w.in(bOperations).Delete(key)
}

// refer makes sure that an establishment and an account exist.
func (w *writer) refer(establishmentID, accountID string) error {
	if w.in(bEstablishments).Get([]byte(establishmentID)) == nil {
		return fmt.Errorf("establishment %q: %w", establishmentID, storage.ErrNotFound)
	}
	return w.accountExists(accountID)
}

func (r *reader) accountExists(id string) error {
	if r.in(bAccounts).Get([]byte(id)) == nil {
		return fmt.Errorf("account %q: %w", id, storage.ErrNotFound)
	}
	return nil
}

func (w *writer) PutRun(r *storage.Run) error {
	if err := w.identify(&r.ID); err != nil {
		return err
	}
	utc(&r.StartedAt)
	utc(&r.EndedAt)
	old, err := w.Run(r.ID)
	exists, err := found(err)
	if err != nil {
		return err
	}
	var before []entry
	if exists {
		before = runEntries(old)
	}
	if err := w.put(before, runEntries(r)); err != nil {
		return err
	}
	w.changes.run(r.ID)
	return w.save(bRuns, []byte(r.ID), r)
}

func (w *writer) DeleteRunItems(runID string, limit int) (int, error) {
	var keys [][]byte
	err := w.scan(bItems, prefix(runID), nil, func(k, _ []byte) (bool, error) {
		keys = append(keys, append([]byte(nil), k...))
		return len(keys) < limit, nil
	})
	if err != nil {
		return 0, err
	}
	for _, k := range keys {
		if err := w.in(bItems).Delete(k); err != nil {
			return 0, err
		}
	}
	if len(keys) > 0 {
		w.changes.run(runID)
	}
	return len(keys), nil
}

func (w *writer) DeleteRun(id string) error {
	r, err := w.Run(id)
	if err != nil {
		return err
	}
	if _, err := w.deleteAll(bItems, prefix(id)); err != nil {
		return err
	}
	if err := w.put(runEntries(r), nil); err != nil {
		return err
	}
	w.changes.run(id)
	return w.in(bRuns).Delete([]byte(id))
}

func (w *writer) PutRunItem(i *storage.RunItem) error {
	if err := checkIDs(i.RunID); err != nil {
		return err
	}
	if i.Seq < 0 {
		return fmt.Errorf("item of run %s: negative position %d", i.RunID, i.Seq)
	}
	if w.in(bRuns).Get([]byte(i.RunID)) == nil {
		return fmt.Errorf("run %q: %w", i.RunID, storage.ErrNotFound)
	}
	utc(&i.At)
	w.changes.run(i.RunID)
	return w.save(bItems, itemKey(i.RunID, i.Seq), i)
}

func (w *writer) PutProfile(p *storage.ImportProfile) error {
	if err := w.identify(&p.ID); err != nil {
		return err
	}
	utc(&p.UsedAt)
	w.changes.Profiles = true
	return w.save(bProfiles, []byte(p.ID), p)
}

func (w *writer) DeleteProfile(id string) error {
	w.changes.Profiles = true
	return w.remove(bProfiles, id)
}

func (w *writer) PutSchedule(s *storage.Schedule) error {
	if err := checkIDs(s.ID); err != nil {
		return err
	}
	if s.Account != "" && w.in(bAccounts).Get([]byte(s.Account)) == nil {
		return fmt.Errorf("account %q of schedule %q: %w", s.Account, s.ID, storage.ErrNotFound)
	}
	for _, t := range []*time.Time{&s.NextSlot, &s.NextDue, &s.LastOK, &s.Since} {
		utc(t)
	}
	for i := range s.Slots {
		for _, t := range []*time.Time{&s.Slots[i].Planned, &s.Slots[i].Started, &s.Slots[i].Ended} {
			utc(t)
		}
	}
	w.changes.Settings = true
	return w.save(bSchedules, []byte(s.ID), s)
}

func (w *writer) DeleteSchedule(id string) error {
	w.changes.Settings = true
	return w.remove(bSchedules, id)
}

func (w *writer) remove(b bucket, id string) error {
	if w.in(b).Get([]byte(id)) == nil {
		return fmt.Errorf("%s %q: %w", b, id, storage.ErrNotFound)
	}
	return w.in(b).Delete([]byte(id))
}

func (w *writer) PutSetting(key, value string) error {
	if err := checkIDs(key); err != nil {
		return err
	}
	w.changes.Settings = true
	if value == "" {
		return w.in(bSettings).Delete([]byte(key))
	}
	return w.in(bSettings).Put([]byte(key), []byte(value))
}

func (w *writer) NextNumber(name string) (uint64, error) {
	if err := checkIDs(name); err != nil {
		return 0, err
	}
	n := uint64(1)
	if v := w.in(bSequences).Get([]byte(name)); len(v) == 8 {
		n = binary.BigEndian.Uint64(v) + 1
	}
	return n, w.in(bSequences).Put([]byte(name), binary.BigEndian.AppendUint64(nil, n))
}
