package book

import (
	"context"
	"time"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

// keep does an edit elsewhere; text tells that it is done.
func (b *Book) keep(text string, edit func(ctx context.Context) (agenda.Change, error), after func(err error)) {
	b.p.Background(func() {
		change, err := edit(context.Background())
		b.p.UI(func() {
			if err == nil {
				b.last = &change
			}
			switch {
			case after != nil:
				after(err)
			case err != nil:
				b.p.Failed(err)
			}
			if err != nil {
				b.Reload() // the views show a move before it is kept
				return
			}
			b.p.Done(text)
		})
	})
}

// Undo takes the latest edit back; it reports whether there was one.
func (b *Book) Undo() bool {
	last := b.last
	if last == nil {
		return false
	}
	b.last = nil
	b.p.Background(func() {
		err := b.p.Service.Undo(context.Background(), *last)
		b.p.UI(func() {
			if err != nil {
				b.p.Failed(err)
				return
			}
			b.p.Undone()
			b.Reload()
		})
	})
	return true
}

// Move puts an occurrence, or more of its series, on another time, which is civil in the person's zone.
func (b *Book) Move(e *Entry, start, end time.Time, days bool, scope recurrence.Scope) {
	r := e.Item.Reservation
	zone := b.Zone()
	text := words.T("agenda.done.moved", "title", e.Title)
	if start.Equal(e.Start) {
		text = words.T("agenda.done.resized", "title", e.Title)
	}
	b.keep(text, func(ctx context.Context) (agenda.Change, error) {
		return b.p.Service.Edit(ctx, r.ID, e.Item.Original, scope, func(d *recurrence.Draft) {
			d.Start, d.End = ownTime(start, days, zone, d.Zone), ownTime(end, days, zone, d.Zone)
		})
	}, nil)
}

// ownTime gives a civil time of the person's zone in the zone of a reservation.
func ownTime(civil time.Time, days bool, zone *time.Location, own string) storage.LocalTime {
	l := storage.LocalOf(civil)
	if days {
		return l.Day()
	}
	to, err := storage.Zone(own)
	if err != nil || to.String() == zone.String() {
		return l
	}
	return storage.LocalOf(l.In(zone).In(to))
}

// Create makes a reservation of a title, a type and a time, which is civil in the person's zone. after is told how it
// ended, with the reservation.
func (b *Book) Create(title, typeID string, start, end time.Time, days bool, after func(r *storage.Reservation, err error)) {
	r := b.Fresh(start, end, days)
	r.Title, r.TypeID = title, typeID
	b.keep(words.T("agenda.done.created", "title", title), func(ctx context.Context) (agenda.Change, error) {
		return b.p.Service.Save(ctx, r)
	}, func(err error) { after(r, err) })
}

// Fresh gives a new reservation at a time, which is civil in the person's zone, as it is before anybody says more.
func (b *Book) Fresh(start, end time.Time, days bool) *storage.Reservation {
	zone := b.Zone()
	r := &storage.Reservation{Zone: zone.String()}
	r.Status = storage.ReservationConfirmed
	r.EstablishmentID = b.filter.EstablishmentID
	if b.filter.PersonID != "" {
		r.InCharge = []string{b.filter.PersonID}
	}
	r.Start, r.End = storage.LocalOf(start), storage.LocalOf(end)
	if days {
		r.Start, r.End = r.Start.Day(), r.End.Day()
	}
	for _, t := range b.names.Types {
		if r.TypeID == "" && !b.filter.Hidden[t.ID] {
			r.TypeID = t.ID
		}
	}
	return r
}

// SaveForm keeps what a form says: of a new reservation (e is nil), or of an occurrence and more of its series. after is
// told what is wrong with the form, or why it was not kept; both are nil when all is well.
func (b *Book) SaveForm(e *Entry, fresh *storage.Reservation, f Form, scope recurrence.Scope, after func(wrong []*Wrong, err error)) {
	if e == nil {
		d := DraftOf(fresh)
		if all := f.Read(d); all != nil {
			after(all, nil)
			return
		}
		r := *fresh
		r.TypeID, r.Zone, r.Recurrence, r.Start, r.End, r.Details = d.TypeID, d.Zone, d.Recurrence, d.Start, d.End, d.Details
		b.keep(words.T("agenda.done.created", "title", r.Title), func(ctx context.Context) (agenda.Change, error) {
			return b.p.Service.Save(ctx, &r)
		}, func(err error) { after(nil, err) })
		return
	}
	trial := entryDraft(e)
	if all := f.Read(trial); all != nil {
		after(all, nil)
		return
	}
	b.keep(words.T("agenda.done.saved", "title", trial.Title), func(ctx context.Context) (agenda.Change, error) {
		return b.p.Service.Edit(ctx, e.Item.Reservation.ID, e.Item.Original, scope, func(d *recurrence.Draft) { f.Read(d) })
	}, func(err error) { after(nil, err) })
}

// Delete removes an occurrence and more of its series.
func (b *Book) Delete(e *Entry, scope recurrence.Scope, after func(err error)) {
	b.keep(words.T("agenda.done.deleted", "title", e.Title), func(ctx context.Context) (agenda.Change, error) {
		return b.p.Service.Delete(ctx, e.Item.Reservation.ID, e.Item.Original, scope)
	}, after)
}

// DraftOf gives a reservation as a form edits it.
func DraftOf(r *storage.Reservation) *recurrence.Draft {
	d := &recurrence.Draft{TypeID: r.TypeID, Zone: r.Zone, Recurrence: r.Recurrence}
	d.Start, d.End, d.Details = r.Start, r.End, r.Details
	return d
}

func entryDraft(e *Entry) *recurrence.Draft {
	d := DraftOf(e.Item.Reservation)
	d.Original, d.Start, d.End, d.Details = e.Item.Original, e.Item.Start, e.Item.End, *e.Item.Details
	return d
}

// Form gives an entry as the panel edits it.
func (e *Entry) Form() Form {
	zone, err := storage.Zone(e.Item.Reservation.Zone)
	if err != nil {
		zone = time.UTC // what was kept was checked
	}
	return FormOf(entryDraft(e), zone)
}

// WholeSeries reports whether a form changes what all occurrences of a series share: then one alone cannot be changed.
func (e *Entry) WholeSeries(f Form) bool {
	r := e.Item.Reservation
	return f.TypeID != r.TypeID || f.Zone != r.Zone || f.WholeDays != r.WholeDays() || !f.Repeat.Unchanged()
}
