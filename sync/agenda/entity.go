package agenda

import (
	"context"
	"errors"

	"diapason/storage"
)

// keptPrepared is the setting that tells that the starting set was made: what a user deletes does not come back.
const keptPrepared = "agenda.prepared"

// starting is the set of types that a workspace begins with; their names are the translations "agenda.type." + key.
var starting = []struct{ key, color, icon string }{
	{"event", "#8F4300", "agenda"},
	{"teaching", "#4A5F00", "document"},
	{"rehearsal", "#9C2A5B", "repeat"},
	{"meeting", "#0C4293", "clock"},
	{"room", "#643A99", "store"},
	{"stay", "#0B6464", "lock"},
}

// Prepare gives a workspace, new or from before there was an agenda, its starting set of types and the identity that
// stands for the workspace itself, once.
func (a *Agenda) Prepare(ctx context.Context) error {
	done := false
	err := a.p.Store.View(ctx, func(tx storage.Reader) error {
		text, err := tx.Setting(keptPrepared)
		done = text != ""
		return err
	})
	if done || err != nil {
		return err
	}
	return a.p.Store.Update(ctx, func(tx storage.Writer) error {
		if text, err := tx.Setting(keptPrepared); err != nil || text != "" {
			return err
		}
		for i, t := range starting {
			kind := &storage.ReservationType{
				ID: t.key, Name: a.p.Words(a.p.Language(), "agenda.type."+t.key), Color: t.color, Icon: t.icon, Order: i,
			}
			if err := tx.PutReservationType(kind); err != nil && !errors.Is(err, storage.ErrDuplicate) {
				return err
			}
		}
		administrator := &storage.Person{Name: a.p.Words(a.p.Language(), "agenda.administrator"), Administrator: true}
		if err := tx.PutPerson(administrator); err != nil && !errors.Is(err, storage.ErrDuplicate) {
			return err
		}
		return tx.PutSetting(keptPrepared, "1")
	})
}

// part is a kind of thing that reservations refer to; shown is what feeds show of one.
type part[T any] struct {
	kind      storage.Referent
	id, shown func(*T) string
	read      func(storage.Writer, string) (*T, error)
	put       func(storage.Writer, *T) error
}

var (
	types = part[storage.ReservationType]{
		kind: storage.ReferentType, id: func(t *storage.ReservationType) string { return t.ID },
		shown: func(t *storage.ReservationType) string { return t.Name + t.Color },
		read:  storage.Writer.ReservationType, put: storage.Writer.PutReservationType,
	}
	persons = part[storage.Person]{
		kind: storage.ReferentPerson, id: func(p *storage.Person) string { return p.ID },
		shown: func(p *storage.Person) string { return p.Name },
		read:  storage.Writer.Person, put: storage.Writer.PutPerson,
	}
	resources = part[storage.Resource]{
		kind: storage.ReferentResource, id: func(r *storage.Resource) string { return r.ID },
		shown: func(r *storage.Resource) string { return r.Name },
		read:  storage.Writer.Resource, put: storage.Writer.PutResource,
	}
)

// save keeps a thing, and moves the reservations that show it when it shows otherwise than before.
func (p part[T]) save(ctx context.Context, a *Agenda, v *T) error {
	return a.write(ctx, func(tx storage.Writer) error {
		before, err := p.read(tx, p.id(v))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		otherwise := err == nil && p.shown(before) != p.shown(v)
		if err := p.put(tx, v); err != nil || !otherwise {
			return err
		}
		return a.touch(tx, p.kind, p.id(v))
	})
}

// SaveType creates or replaces a type of reservation.
func (a *Agenda) SaveType(ctx context.Context, t *storage.ReservationType) error {
	return types.save(ctx, a, t)
}

// SavePerson creates or replaces a person.
func (a *Agenda) SavePerson(ctx context.Context, p *storage.Person) error {
	return persons.save(ctx, a, p)
}

// SaveResource creates or replaces a resource.
func (a *Agenda) SaveResource(ctx context.Context, r *storage.Resource) error {
	return resources.save(ctx, a, r)
}

// DeleteType removes a type that no reservation, link or outside feed uses: else ErrInUse.
func (a *Agenda) DeleteType(ctx context.Context, id string) error {
	return a.write(ctx, func(tx storage.Writer) error { return tx.DeleteReservationType(id) })
}

// DeletePerson removes a person that no reservation or link refers to: else ErrInUse.
func (a *Agenda) DeletePerson(ctx context.Context, id string) error {
	return a.write(ctx, func(tx storage.Writer) error { return tx.DeletePerson(id) })
}

// DeleteResource removes a resource that no reservation, link or outside feed refers to: else ErrInUse.
func (a *Agenda) DeleteResource(ctx context.Context, id string) error {
	return a.write(ctx, func(tx storage.Writer) error { return tx.DeleteResource(id) })
}

func (a *Agenda) write(ctx context.Context, f func(storage.Writer) error) error {
	return inWords(a.p.Store.Update(ctx, f))
}

// touch raises the sequence of the reservations that show a name which changed: calendar programs take only what says
// that it is newer.
func (a *Agenda) touch(tx storage.Writer, kind storage.Referent, id string) error {
	const page = 500
	for after := ""; ; {
		list, err := tx.Reservations(after, page)
		if err != nil {
			return err
		}
		for _, r := range list {
			refers := false
			r.References(func(k storage.Referent, other string) { refers = refers || k == kind && other == id })
			if !refers {
				continue
			}
			r.Sequence++
			r.ChangedAt = a.now()
			if err := tx.PutReservation(r); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
		after = list[len(list)-1].ID
	}
}
