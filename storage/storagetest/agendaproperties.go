package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diapason/storage"
)

var agendaPropertyTests = []test{
	{"any sequence of edits of the agenda leaves a store that verifies and agrees with a map", func(t *testing.T, s *Suite) {
		rapid.Check(t, func(rt *rapid.T) {
			m := &agendaModel{s: s, reservations: map[string]*storage.Reservation{}, parts: map[[2]string]bool{}}
			m.empty(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"put part":           m.putPart,
				"delete part":        m.deletePart,
				"put reservation":    m.putReservation,
				"delete reservation": m.deleteReservation,
				"":                   m.check,
			})
			violations, err := s.Verify(context.Background())
			if err != nil || len(violations) > 0 {
				rt.Fatalf("%v, %v", violations, err)
			}
		})
	}},
}

// agendaModel is what the agenda should hold, in maps.
type agendaModel struct {
	s            *Suite
	reservations map[string]*storage.Reservation
	parts        map[[2]string]bool // kind and id
}

var (
	partKinds = []string{
		string(storage.ReferentType), string(storage.ReferentPerson), string(storage.ReferentResource),
		string(storage.ReferentEstablishment),
	}
	partIDs = []string{"1", "2", "11"}
)

// putPart writes a part of some kind, deletePart removes it.
func putPart(w storage.Writer, kind, id string) error {
	switch storage.Referent(kind) {
	case storage.ReferentType:
		return w.PutReservationType(&storage.ReservationType{ID: id, Name: "Type " + id, Color: "#1A73E8"})
	case storage.ReferentPerson:
		return w.PutPerson(&storage.Person{ID: id, Name: "Personne " + id})
	case storage.ReferentResource:
		return w.PutResource(&storage.Resource{ID: id, Name: "Salle " + id})
	}
	e := place(id, "Maison "+id)
	if old, err := w.Establishment(id); err == nil {
		e.Revision = old.Revision
	}
	return w.PutEstablishment(e)
}

func deletePart(w storage.Writer, kind, id string) error {
	switch storage.Referent(kind) {
	case storage.ReferentType:
		return w.DeleteReservationType(id)
	case storage.ReferentPerson:
		return w.DeletePerson(id)
	case storage.ReferentResource:
		return w.DeleteResource(id)
	}
	return w.DeleteEstablishment(id)
}

func (m *agendaModel) update(f func(w storage.Writer) error) error {
	return m.s.Update(context.Background(), f)
}

// empty removes what an earlier sequence left.
func (m *agendaModel) empty(t *rapid.T) {
	err := m.update(func(w storage.Writer) error {
		rs, err := w.Reservations("", 0)
		for _, r := range rs {
			err = errors.Join(err, w.DeleteReservation(r.ID))
		}
		for _, kind := range partKinds {
			for _, id := range partIDs {
				if e := deletePart(w, kind, id); !errors.Is(e, storage.ErrNotFound) {
					err = errors.Join(err, e)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *agendaModel) drawPart(t *rapid.T) (kind, id string) {
	return rapid.SampledFrom(partKinds).Draw(t, "kind"), rapid.SampledFrom(partIDs).Draw(t, "id")
}

func (m *agendaModel) putPart(t *rapid.T) {
	kind, id := m.drawPart(t)
	if err := m.update(func(w storage.Writer) error { return putPart(w, kind, id) }); err != nil {
		t.Fatal(err)
	}
	m.parts[[2]string{kind, id}] = true
}

// used counts the reservations that refer to a part.
func (m *agendaModel) used(kind, id string) (n int) {
	for _, r := range m.reservations {
		refers := false
		r.References(func(k storage.Referent, other string) { refers = refers || string(k) == kind && other == id })
		if refers {
			n++
		}
	}
	return n
}

func (m *agendaModel) deletePart(t *rapid.T) {
	kind, id := m.drawPart(t)
	err := m.update(func(w storage.Writer) error { return deletePart(w, kind, id) })
	switch {
	case !m.parts[[2]string{kind, id}]:
		if !errors.Is(err, storage.ErrNotFound) {
			t.Fatalf("a %s that does not exist: %v", kind, err)
		}
	case m.used(kind, id) > 0:
		if !errors.Is(err, storage.ErrInUse) {
			t.Fatalf("a %s in use: %v", kind, err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		delete(m.parts, [2]string{kind, id})
	}
}

// month is the first month of the drawn agenda.
var month = day(2026, 1, 1)

func (m *agendaModel) drawReservation(t *rapid.T) *storage.Reservation {
	hours := func(label string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * time.Hour
	}
	optional := rapid.SampledFrom(append([]string{""}, partIDs...))
	start := storage.LocalOf(month.Add(hours("start", 100*24)))
	r := meeting(rapid.SampledFrom([]string{"a", "ab", "b", "c"}).Draw(t, "reservation"), start.String(), start.String())
	r.End = start.Add(hours("length", rapid.SampledFrom([]int{4, 40 * 24, 1500 * 24}).Draw(t, "longest")))
	r.Zone = rapid.SampledFrom([]string{"Europe/Paris", "Pacific/Kiritimati", "Pacific/Pago_Pago"}).Draw(t, "zone")
	r.TypeID = rapid.SampledFrom(partIDs).Draw(t, "type")
	r.EstablishmentID, r.ResourceID = optional.Draw(t, "establishment"), optional.Draw(t, "resource")
	r.InCharge = rapid.SliceOfNDistinct(rapid.SampledFrom(partIDs), 0, 2, rapid.ID).Draw(t, "in charge")
	if old := m.reservations[r.ID]; old != nil {
		r.Revision = old.Revision
	}
	return r
}

func (m *agendaModel) putReservation(t *rapid.T) {
	r := m.drawReservation(t)
	possible := true
	r.References(func(kind storage.Referent, id string) { possible = possible && m.parts[[2]string{string(kind), id}] })
	err := m.update(func(w storage.Writer) error { return w.PutReservation(r) })
	if possible != (err == nil) || err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("possible: %v, error: %v", possible, err)
	}
	if err == nil {
		m.reservations[r.ID] = r
	}
}

func (m *agendaModel) deleteReservation(t *rapid.T) {
	id := rapid.SampledFrom([]string{"a", "ab", "b", "c"}).Draw(t, "reservation")
	err := m.update(func(w storage.Writer) error { return w.DeleteReservation(id) })
	if exists := m.reservations[id] != nil; exists != (err == nil) {
		t.Fatalf("exists: %v, error: %v", exists, err)
	}
	delete(m.reservations, id)
}

// check looks at a stretch of time: what takes some of it is there, what lies more than two days off is not.
func (m *agendaModel) check(t *rapid.T) {
	from := month.Add(time.Duration(rapid.IntRange(-60*24, 160*24).Draw(t, "from")) * time.Hour)
	to := from.Add(time.Duration(rapid.IntRange(1, 40*24).Draw(t, "hours")) * time.Hour)
	kind, id := m.drawPart(t)
	err := m.s.View(context.Background(), func(tx storage.Reader) error {
		rs, err := tx.ReservationsBetween(from, to)
		got := reservationIDs(rs)
		for id, r := range m.reservations {
			zone, zoneErr := r.Location()
			err = errors.Join(err, zoneErr)
			begins, ends := r.Start.In(zone), r.End.In(zone)
			takes := begins.Before(to) && ends.After(from)
			far := !begins.Add(-48*time.Hour).Before(to) || !ends.Add(48*time.Hour).After(from)
			if listed := slices.Contains(got, id); takes && !listed || far && listed {
				t.Errorf("%s from %s to %s: listed between %s and %s: %v", id, begins, ends, from, to, listed)
			}
		}
		n, countErr := tx.CountReservations()
		uses, usesErr := tx.Uses(storage.Referent(kind), id)
		if n != len(m.reservations) || uses.Reservations != m.used(kind, id) {
			t.Errorf("%d reservations, %s %s has %+v", n, kind, id, uses)
		}
		return errors.Join(err, countErr, usesErr)
	})
	if err != nil {
		t.Fatal(err)
	}
}
