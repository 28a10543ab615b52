package book

import (
	"context"
	"slices"
	"strings"

	"diapason/storage"
)

// mostPlaces is how many establishments are offered by name; the others are found by writing.
const mostPlaces = 5000

// Names are the things a reservation refers to.
type Names struct {
	Types     []*storage.ReservationType // in their order
	Persons   []*storage.Person          // by name, the administrator left out
	Resources []*storage.Resource        // by name
	Places    []Place                    // by name

	types     map[string]*storage.ReservationType
	persons   map[string]string
	resources map[string]*storage.Resource
	places    map[string]string
}

// Place is an establishment, as reservations name it.
type Place struct{ ID, Name, Address, order string }

// read reads all but the places, which are known already unless places is nil.
func (n *Names) read(ctx context.Context, store Store, places []Place) error {
	err := store.View(ctx, func(tx storage.Reader) (err error) {
		if n.Types, err = tx.ReservationTypes(); err != nil {
			return err
		}
		if n.Persons, err = tx.Persons(); err != nil {
			return err
		}
		n.Resources, err = tx.Resources()
		return err
	})
	if err != nil {
		return err
	}
	if n.Places = places; n.Places == nil {
		if err := n.readPlaces(ctx, store); err != nil {
			return err
		}
	}
	n.index()
	return nil
}

func (n *Names) readPlaces(ctx context.Context, store Store) error {
	const page = 500
	for after := ""; len(n.Places) < mostPlaces; {
		var rows []storage.Row
		err := store.View(ctx, func(tx storage.Reader) (err error) {
			rows, err = tx.Rows(after, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Status != storage.StatusArchived {
				n.Places = append(n.Places, Place{r.ID, r.Name, r.Line, r.SortKey})
			}
		}
		if len(rows) < page {
			break
		}
		after = rows[len(rows)-1].ID
	}
	slices.SortFunc(n.Places, func(a, b Place) int { return strings.Compare(a.order, b.order) })
	return nil
}

// index sorts by name and makes ready to find by id.
func (n *Names) index() {
	n.Persons = slices.DeleteFunc(n.Persons, func(p *storage.Person) bool { return p.Administrator })
	slices.SortFunc(n.Persons, func(a, b *storage.Person) int { return byName(a.Name, b.Name) })
	slices.SortFunc(n.Resources, func(a, b *storage.Resource) int { return byName(a.Name, b.Name) })
	n.types, n.persons = map[string]*storage.ReservationType{}, map[string]string{}
	n.resources, n.places = map[string]*storage.Resource{}, map[string]string{}
	for _, t := range n.Types {
		n.types[t.ID] = t
	}
	for _, p := range n.Persons {
		n.persons[p.ID] = p.Name
	}
	for _, r := range n.Resources {
		n.resources[r.ID] = r
	}
	for _, p := range n.Places {
		n.places[p.ID] = p.Name
	}
}

// byName is the order of names, whatever their accents and capitals.
func byName(a, b string) int { return strings.Compare(storage.SearchKey(a), storage.SearchKey(b)) }

// Type gives a type, nil for none.
func (n *Names) Type(id string) *storage.ReservationType { return n.types[id] }

// Person gives somebody's name, "" for nobody.
func (n *Names) Person(id string) string { return n.persons[id] }

// Resource gives a resource's name, "" for none.
func (n *Names) Resource(id string) string {
	if r := n.resources[id]; r != nil {
		return r.Name
	}
	return ""
}

// Place gives an establishment's name, "" for none.
func (n *Names) Place(id string) string { return n.places[id] }

// Belongs reports whether a resource can be taken at an establishment: it is one of its own, or of the whole workspace.
func (n *Names) Belongs(resourceID, establishmentID string) bool {
	r := n.resources[resourceID]
	return r != nil && (r.EstablishmentID == "" || establishmentID == "" || r.EstablishmentID == establishmentID)
}

// AddPerson makes somebody known who was just kept, before the next reading.
func (b *Book) AddPerson(p *storage.Person) {
	b.names.Persons = append(slices.Clone(b.names.Persons), p)
	b.names.index()
}
