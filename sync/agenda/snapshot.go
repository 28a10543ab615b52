package agenda

import (
	"context"
	"errors"
	"strings"
	"time"

	"diapason/storage"
)

// snapshot is what is shown, read in one transaction. It is not changed.
type snapshot struct {
	reservations []*storage.Reservation
	types        map[string]*storage.ReservationType
	persons      map[string]*storage.Person
	resources    map[string]*storage.Resource
	outside      map[string]*storage.OutsideFeed
	places       map[string]storage.Row // establishments that something refers to
	links        []*storage.FeedLink
}

// read reads what takes place between two moments, and the names it refers to.
func (a *Agenda) read(ctx context.Context, from, to time.Time) (*snapshot, error) {
	s := &snapshot{}
	err := a.p.Store.View(ctx, func(tx storage.Reader) (err error) {
		if err := s.names(tx); err != nil {
			return err
		}
		return s.between(tx, from, to)
	})
	return s, err
}

// between reads the reservations.
func (s *snapshot) between(tx storage.Reader, from, to time.Time) (err error) {
	s.places = map[string]storage.Row{}
	if s.reservations, err = tx.ReservationsBetween(from, to); err != nil {
		return err
	}
	for _, r := range s.reservations {
		if err := s.placeOf(tx, r.EstablishmentID); err != nil {
			return err
		}
		for i := range r.Overrides {
			if err := s.placeOf(tx, r.Overrides[i].EstablishmentID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *snapshot) placeOf(tx storage.Reader, id string) error {
	if _, known := s.places[id]; known || id == "" {
		return nil
	}
	row, err := tx.Row(id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	s.places[id] = row
	return nil
}

// names reads types, persons, resources, outside feeds and links.
func (s *snapshot) names(tx storage.Reader) error {
	types, err := tx.ReservationTypes()
	if err != nil {
		return err
	}
	persons, err := tx.Persons()
	if err != nil {
		return err
	}
	resources, err := tx.Resources()
	if err != nil {
		return err
	}
	outside, err := tx.OutsideFeeds()
	if err != nil {
		return err
	}
	s.types = byID(types, func(t *storage.ReservationType) string { return t.ID })
	s.persons = byID(persons, func(p *storage.Person) string { return p.ID })
	s.resources = byID(resources, func(r *storage.Resource) string { return r.ID })
	s.outside = byID(outside, func(f *storage.OutsideFeed) string { return f.ID })
	s.links, err = tx.FeedLinks()
	return err
}

func byID[T any](list []*T, id func(*T) string) map[string]*T {
	m := make(map[string]*T, len(list))
	for _, v := range list {
		m[id(v)] = v
	}
	return m
}

// place says where something takes place: the resource, the establishment, the address.
func (s *snapshot) place(d *storage.Details) string {
	var parts []string
	if r := s.resources[d.ResourceID]; r != nil {
		parts = append(parts, r.Name)
	}
	row := s.places[d.EstablishmentID]
	if row.Name != "" {
		parts = append(parts, row.Name)
	}
	switch {
	case d.Address != "":
		parts = append(parts, d.Address)
	case row.Line != "":
		parts = append(parts, row.Line)
	}
	return strings.Join(parts, ", ")
}
