package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"diapason/storage"
)

// longMonths is from how many months on a reservation, or a whole series, has one entry among the long ones instead of
// one per month.
const longMonths = 36

// margin covers the distance between a zone's wall clock and UTC: 14 hours, and one for the change of the clock.
const margin = 24 * time.Hour

// span is what an index knows of a reservation's time: seconds on the wall clock as if in UTC, both included, margin
// left out.
type span struct{ from, to int64 }

const never = int64(1)<<62 - 1

func spanOf(r *storage.Reservation) span {
	from, to := r.Span()
	s := span{from.Unix(), never}
	if !to.IsZero() {
		s.to = to.Unix()
	}
	return s
}

func (s span) encode() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(s.from)), uint64(s.to))
}

// meets reports whether an encoded span may have something between two instants, the second not included.
func meets(value []byte, from, to time.Time) (bool, error) {
	if len(value) != 16 {
		return false, errors.New("a reservation's span cannot be read")
	}
	s := span{int64(binary.BigEndian.Uint64(value)), int64(binary.BigEndian.Uint64(value[8:]))}
	return s.from < to.Add(margin).Unix() && s.to >= from.Add(-margin).Unix(), nil
}

// monthOf counts the months of the calendar, in UTC, from year 0 on; times outside of the years 0 to 9999 are taken for
// the nearest.
func monthOf(t time.Time) uint32 {
	y, m, _ := t.UTC().Date()
	return uint32(min(max(y, 0), 9999)*12 + int(m) - 1)
}

func monthKey(month uint32, id string) []byte {
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(id)), month), id...)
}

func reservationEntries(r *storage.Reservation) []entry {
	s := spanOf(r)
	value := s.encode()
	es := []entry{{ixReservationUID, []byte(r.UID), []byte(r.ID)}}
	first := monthOf(time.Unix(s.from, 0).Add(-margin))
	last := first + longMonths
	if s.to != never {
		last = monthOf(time.Unix(s.to, 0).Add(margin))
	}
	if last-first >= longMonths {
		es = append(es, entry{ixReservationLong, []byte(r.ID), value})
	} else {
		for m := first; m <= last; m++ {
			es = append(es, entry{ixReservationMonth, monthKey(m, r.ID), value})
		}
	}
	return append(es, referenceEntries(holdsReservation, r.ID, r.References)...)
}

func (r *reader) Reservation(id string) (*storage.Reservation, error) {
	v := new(storage.Reservation)
	if err := r.get(bReservations, []byte(id), v); err != nil {
		return nil, err
	}
	return v, nil
}

func (r *reader) ReservationByUID(uid string) (*storage.Reservation, error) {
	id := r.in(ixReservationUID).Get([]byte(uid))
	if id == nil {
		return nil, fmt.Errorf("reservation with UID %q: %w", uid, storage.ErrNotFound)
	}
	return r.Reservation(string(id))
}

func (r *reader) Reservations(last string, limit int) ([]*storage.Reservation, error) {
	return page[storage.Reservation](r, bReservations, nil, follow(last), limit)
}

func (r *reader) ReservationsBetween(from, to time.Time) ([]*storage.Reservation, error) {
	if !from.Before(to) {
		return nil, nil
	}
	var ids []string
	gather := func(id, value []byte) error {
		in, err := meets(value, from, to)
		if in {
			ids = append(ids, string(id))
		}
		return err
	}
	end := monthOf(to)
	err := r.scan(ixReservationMonth, nil, monthKey(monthOf(from), ""), func(k, v []byte) (bool, error) {
		if binary.BigEndian.Uint32(k) > end {
			return false, nil
		}
		return true, gather(k[4:], v)
	})
	if err != nil {
		return nil, err
	}
	err = r.scan(ixReservationLong, nil, nil, func(k, v []byte) (bool, error) { return true, gather(k, v) })
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids) // one stands in each of its months
	out := make([]*storage.Reservation, len(ids))
	for i, id := range ids {
		if out[i], err = r.Reservation(id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *reader) ReservationsByOutsideFeed(feedID, last string, limit int) ([]*storage.Reservation, error) {
	p := prefix(string(storage.ReferentOutsideFeed), feedID, holdsReservation)
	from := p
	if last != "" {
		from = after(append(bytes.Clone(p), last...))
	}
	var out []*storage.Reservation
	err := r.scan(ixAgendaReference, p, from, func(k, _ []byte) (bool, error) {
		v, err := r.Reservation(lastPart(k))
		if err != nil {
			return false, err
		}
		out = append(out, v)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) CountReservations() (int, error) {
	n, err := r.count(countReservations)
	return int(n), err
}

func (w *writer) PutReservation(r *storage.Reservation) error {
	if ps := r.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&r.ID); err != nil {
		return err
	}
	if r.UID == "" {
		w.undo = append(w.undo, func() { r.UID = "" })
		r.UID = r.ID
	}
	if err := r.Sound(); err != nil {
		return err
	}
	old, err := w.Reservation(r.ID)
	exists, err := found(err)
	if err != nil {
		return err
	}
	kept := 0
	var before []entry
	if exists {
		kept, before = old.Revision, reservationEntries(old)
		if old.UID != r.UID {
			return fmt.Errorf("reservation %s: its UID %q would become %q", r.ID, old.UID, r.UID)
		}
	}
	if r.Revision != kept {
		return storage.NewProblem("reservation.changed", "title", r.Title).Because(storage.ErrConflict)
	}
	if other := w.in(ixReservationUID).Get([]byte(r.UID)); other != nil && string(other) != r.ID {
		return storage.NewProblem("reservation.duplicate", "uid", r.UID).Because(storage.ErrDuplicate)
	}
	if err := w.referTo(r.References); err != nil {
		return err
	}
	w.stampReservation(r)
	if err := w.put(before, reservationEntries(r)); err != nil {
		return err
	}
	if !exists {
		w.add(countReservations, 1)
	}
	w.changes.reservation(r.ID)
	return w.save(bReservations, []byte(r.ID), r)
}

// stampReservation raises the revision and fills the times that the caller left empty. All is put back when the
// transaction fails.
func (w *writer) stampReservation(r *storage.Reservation) {
	revision, created, changed := r.Revision, r.CreatedAt, r.ChangedAt
	w.undo = append(w.undo, func() { r.Revision, r.CreatedAt, r.ChangedAt = revision, created, changed })
	r.Revision++
	if r.CreatedAt.IsZero() {
		r.CreatedAt = w.store.now()
	}
	if r.ChangedAt.IsZero() {
		r.ChangedAt = r.CreatedAt
	}
	utc(&r.CreatedAt)
	utc(&r.ChangedAt)
}

func (w *writer) DeleteReservation(id string) error {
	r, err := w.Reservation(id)
	if err != nil {
		return err
	}
	if err := w.put(reservationEntries(r), nil); err != nil {
		return err
	}
	w.add(countReservations, -1)
	w.changes.reservation(id)
	return w.in(bReservations).Delete([]byte(id))
}
