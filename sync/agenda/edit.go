package agenda

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// Cause tells who wrote a reservation and in which run; the run is empty for a single edit.
type Cause struct {
	Actor storage.Actor
	RunID string
	// WithFeed tells that an outside feed is removed as a whole: its reservations, which nobody edits one by one, go with it.
	WithFeed bool
}

// Change is an edit that was kept, with what takes it back (Undo).
type Change struct {
	// Reservation is the reservation as it is kept now, nil when it was deleted. Rest is what was cut off it, nil mostly.
	Reservation, Rest *storage.Reservation
	steps             []step
}

// step is what an edit did to one reservation.
type step struct {
	before *storage.Reservation // nil: it was created
	id     string
	hash   string // of its content after it; "": it was deleted
}

// Save creates a reservation, or replaces one whole as it was read (Revision). What a new one leaves open is filled in:
// its zone, its status, its UID. What cannot be kept comes back as storage.Problems, and nothing is changed.
func (a *Agenda) Save(ctx context.Context, r *storage.Reservation) (Change, error) {
	var c Change
	err := a.p.Store.Update(ctx, func(tx storage.Writer) error {
		c = Change{}
		now := r.Clone()
		var before *storage.Reservation
		if r.ID != "" && r.Revision > 0 {
			var err error
			if before, err = tx.Reservation(r.ID); err != nil {
				return err
			}
		}
		a.complete(now)
		if err := recurrence.Tidy(now); err != nil {
			return err
		}
		if err := a.put(tx, &c, before, now); err != nil {
			return err
		}
		c.Reservation = now
		return nil
	})
	if err != nil {
		return Change{}, inWords(err)
	}
	*r = *c.Reservation.Clone()
	return c, nil
}

// Edit changes one occurrence of a reservation, it and the following ones, or all; at is the occurrence's original time.
// The change is made on a draft, as recurrence.Change tells.
func (a *Agenda) Edit(
	ctx context.Context, id string, at storage.LocalTime, scope recurrence.Scope, change func(*recurrence.Draft),
) (Change, error) {
	var c Change
	err := a.p.Store.Update(ctx, func(tx storage.Writer) error {
		c = Change{}
		before, err := tx.Reservation(id)
		if err != nil {
			return err
		}
		now, rest, err := recurrence.Change(before, at, scope, change)
		if err != nil {
			return err
		}
		if err := a.put(tx, &c, before, now); err != nil {
			return err
		}
		if rest != nil {
			if err := a.put(tx, &c, nil, rest); err != nil {
				return err
			}
		}
		c.Reservation, c.Rest = now, rest
		return nil
	})
	if err != nil {
		return Change{}, inWords(err)
	}
	return c, nil
}

// Delete removes one occurrence of a reservation, it and the following ones, or all.
func (a *Agenda) Delete(ctx context.Context, id string, at storage.LocalTime, scope recurrence.Scope) (Change, error) {
	var c Change
	err := a.p.Store.Update(ctx, func(tx storage.Writer) error {
		c = Change{}
		before, err := tx.Reservation(id)
		if err != nil {
			return err
		}
		now, err := recurrence.Remove(before, at, scope)
		if err != nil {
			return err
		}
		c.Reservation = now
		if now == nil {
			c.steps = append(c.steps, step{before: before, id: id})
			return a.DeleteReservation(tx, before, Cause{Actor: storage.ActorUser})
		}
		return a.put(tx, &c, before, now)
	})
	if err != nil {
		return Change{}, inWords(err)
	}
	return c, nil
}

// Undo takes an edit back, whole or not at all: ErrConflict when one of its reservations says something else since. Edits
// are taken back one after the other, the last one first.
func (a *Agenda) Undo(ctx context.Context, c Change) error {
	return inWords(a.p.Store.Update(ctx, func(tx storage.Writer) error {
		for i := len(c.steps) - 1; i >= 0; i-- {
			if err := a.takeBack(tx, c.steps[i], Cause{Actor: storage.ActorUser}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// takeBack takes back what was done to one reservation.
func (a *Agenda) takeBack(tx storage.Writer, s step, cause Cause) error {
	now, err := tx.Reservation(s.id)
	gone := errors.Is(err, storage.ErrNotFound)
	switch {
	case err != nil && !gone:
		return err
	case gone != (s.hash == ""), !gone && contentHash(now) != s.hash:
		title := ""
		if s.before != nil {
			title = s.before.Title
		} else if now != nil {
			title = now.Title
		}
		return storage.NewProblem("reservation.changed", "title", title).Because(storage.ErrConflict)
	case s.before == nil:
		return a.DeleteReservation(tx, now, cause)
	}
	back := s.before.Clone()
	if gone {
		back.Revision = 0
		back.Sequence++ // programs that saw it disappear take only what is newer
		back.ChangedAt = a.now()
		return a.WriteReservation(tx, nil, back, cause)
	}
	back.Revision = now.Revision
	return a.WriteReservation(tx, now, back, cause)
}

// put writes one reservation of a user's edit and notes how to take it back.
func (a *Agenda) put(tx storage.Writer, c *Change, before, now *storage.Reservation) error {
	if before != nil && before.OutsideFeedID != "" {
		return storage.NewProblem("agenda.readOnly", "title", before.Title)
	}
	if err := a.WriteReservation(tx, before, now, Cause{Actor: storage.ActorUser}); err != nil {
		return err
	}
	c.steps = append(c.steps, step{before: before, id: now.ID, hash: contentHash(now)})
	return nil
}

// WriteReservation keeps a reservation inside the caller's transaction, with its journal entry. before is as it is kept,
// nil for a new one. Without a difference nothing is written.
func (a *Agenda) WriteReservation(tx storage.Writer, before, after *storage.Reservation, c Cause) error {
	a.complete(after)
	if ps := after.Validate(); len(ps) > 0 {
		return ps
	}
	if p := recurrence.Validate(after); p != nil {
		return storage.Problems{p.On(storage.FieldReservationRecurrence)}
	}
	entry := &storage.JournalEntry{Actor: c.Actor, RunID: c.RunID, At: a.now(), Action: storage.JournalCreate}
	if before == nil {
		if err := a.begin(after); err != nil {
			return err
		}
	} else {
		sequence := max(before.Sequence+1, after.Sequence) // of a file, that is ahead of ours
		after.ID, after.UID, after.CreatedAt, after.OutsideFeedID = before.ID, before.UID, before.CreatedAt, before.OutsideFeedID
		after.Sequence, after.ChangedAt = before.Sequence, before.ChangedAt
		if same(before, after) {
			after.Revision = before.Revision
			return nil
		}
		if !same(visible(before), visible(after)) {
			after.Sequence, after.ChangedAt = sequence, a.now()
		}
		entry.Action, entry.Changes = storage.JournalUpdate, differences(before, after)
		entry.Before = before
	}
	if err := tx.PutReservation(after); err != nil {
		return err
	}
	entry.ReservationID, entry.Name, entry.Hash = after.ID, after.Title, contentHash(after)
	return tx.AppendJournal(entry)
}

// complete fills in what a reservation leaves open.
func (a *Agenda) complete(r *storage.Reservation) {
	r.Title = strings.TrimSpace(r.Title)
	if r.Zone == "" {
		r.Zone = a.p.Zone
	}
	if r.Status == "" {
		r.Status = storage.ReservationConfirmed
	}
}

// begin gives a new reservation what it keeps for ever.
func (a *Agenda) begin(r *storage.Reservation) error {
	if r.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		r.ID = id.String()
	}
	if r.UID == "" {
		r.UID = r.ID
	}
	if r.CreatedAt.IsZero() {
		r.CreatedAt = a.now()
	}
	if r.ChangedAt.IsZero() {
		r.ChangedAt = r.CreatedAt
	}
	return nil
}

// DeleteReservation removes a reservation inside the caller's transaction, with its journal entry.
func (a *Agenda) DeleteReservation(tx storage.Writer, r *storage.Reservation, c Cause) error {
	if c.Actor == storage.ActorUser && r.OutsideFeedID != "" && !c.WithFeed {
		return storage.NewProblem("agenda.readOnly", "title", r.Title)
	}
	if err := tx.DeleteReservation(r.ID); err != nil {
		return err
	}
	return tx.AppendJournal(&storage.JournalEntry{
		Actor: c.Actor, RunID: c.RunID, At: a.now(), Action: storage.JournalDelete, ReservationID: r.ID, Name: r.Title, Before: r,
	})
}

// inWords gives a single problem the form of a list, which is what forms expect.
func inWords(err error) error {
	var list storage.Problems
	var p *storage.Problem
	if !errors.As(err, &list) && errors.As(err, &p) && !errors.Is(err, storage.ErrConflict) {
		return storage.Problems{p}
	}
	return err
}
