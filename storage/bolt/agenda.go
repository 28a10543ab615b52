package bolt

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"diapason/storage"
)

// referents are the buckets of what the agenda refers to.
var referents = map[storage.Referent]bucket{
	storage.ReferentType:          bTypes,
	storage.ReferentPerson:        bPersons,
	storage.ReferentResource:      bResources,
	storage.ReferentEstablishment: bEstablishments,
	storage.ReferentOutsideFeed:   bOutsideFeeds,
}

// one reads a record by its id.
func one[T any](r *reader, b bucket, id string) (*T, error) {
	v := new(T)
	if err := r.get(b, []byte(id), v); err != nil {
		return nil, err
	}
	return v, nil
}

func (r *reader) ReservationType(id string) (*storage.ReservationType, error) {
	return one[storage.ReservationType](r, bTypes, id)
}

func (r *reader) ReservationTypes() ([]*storage.ReservationType, error) {
	ts, err := page[storage.ReservationType](r, bTypes, nil, nil, 0)
	slices.SortStableFunc(ts, func(a, b *storage.ReservationType) int { return cmp.Compare(a.Order, b.Order) })
	return ts, err
}

func (r *reader) Person(id string) (*storage.Person, error) {
	return one[storage.Person](r, bPersons, id)
}

func (r *reader) Persons() ([]*storage.Person, error) {
	return page[storage.Person](r, bPersons, nil, nil, 0)
}

func (r *reader) Resource(id string) (*storage.Resource, error) {
	return one[storage.Resource](r, bResources, id)
}

func (r *reader) Resources() ([]*storage.Resource, error) {
	return page[storage.Resource](r, bResources, nil, nil, 0)
}

// The holders of references, as ix.agenda.reference names them.
const (
	holdsReservation = "reservation"
	holdsResource    = "resource"
	holdsFeedLink    = "feedLink"
	holdsOutsideFeed = "outsideFeed"
)

// referenceEntries gives an entry per entity that a holder refers to.
func referenceEntries(holder, id string, references func(func(storage.Referent, string))) []entry {
	var es []entry
	references(func(kind storage.Referent, other string) {
		k := join(string(kind), other, holder, id)
		if !containsKey(es, k) {
			es = append(es, entry{bucket: ixAgendaReference, key: k})
		}
	})
	return es
}

func (r *reader) Uses(kind storage.Referent, id string) (u storage.Uses, err error) {
	p := prefix(string(kind), id)
	err = r.scan(ixAgendaReference, p, nil, func(k, _ []byte) (bool, error) {
		holder, _, _ := bytes.Cut(k[len(p):], []byte{0})
		switch string(holder) {
		case holdsReservation:
			u.Reservations++
		case holdsResource:
			u.Resources++
		case holdsFeedLink:
			u.Links++
		case holdsOutsideFeed:
			u.OutsideFeeds++
		}
		return true, nil
	})
	return u, err
}

// refile brings the index entries of a record to its new state.
func refile[T any](w *writer, b bucket, id string, v *T, entries func(*T) []entry) error {
	old, err := one[T](&w.reader, b, id)
	exists, err := found(err)
	if err != nil {
		return err
	}
	var before []entry
	if exists {
		before = entries(old)
	}
	return w.put(before, entries(v))
}

func resourceEntries(r *storage.Resource) []entry {
	return referenceEntries(holdsResource, r.ID, r.References)
}

// referTo makes sure that what an entity refers to exists.
func (r *reader) referTo(references func(func(storage.Referent, string))) error {
	var err error
	references(func(kind storage.Referent, id string) {
		if r.in(referents[kind]).Get([]byte(id)) == nil && err == nil {
			err = fmt.Errorf("%s %q: %w", kind, id, storage.ErrNotFound)
		}
	})
	return err
}

// unused refuses to go on while something refers to an entity.
func (r *reader) unused(kind storage.Referent, id, name string) error {
	u, err := r.Uses(kind, id)
	if err != nil || !u.Any() {
		return err
	}
	return storage.NewProblem("agenda.inUse", "name", name,
		"reservations", strconv.Itoa(u.Reservations), "links", strconv.Itoa(u.Links),
		"others", strconv.Itoa(u.Resources+u.OutsideFeeds)).Because(storage.ErrInUse)
}

func (w *writer) PutReservationType(t *storage.ReservationType) error {
	if ps := t.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&t.ID); err != nil {
		return err
	}
	ts, err := w.ReservationTypes()
	if err != nil {
		return err
	}
	for _, o := range ts {
		if o.ID != t.ID && labelKey(o.Name) == labelKey(t.Name) {
			return storage.NewProblem("reservation.type.duplicate", "name", t.Name).
				On(storage.FieldAgendaName).Because(storage.ErrDuplicate)
		}
	}
	w.changes.Agenda = true
	return w.save(bTypes, []byte(t.ID), t)
}

func (w *writer) DeleteReservationType(id string) error {
	t, err := w.ReservationType(id)
	if err != nil {
		return err
	}
	return w.retire(bTypes, storage.ReferentType, id, t.Name)
}

// retire removes a part of the agenda to which nothing refers.
func (w *writer) retire(b bucket, kind storage.Referent, id, name string) error {
	if err := w.unused(kind, id, name); err != nil {
		return err
	}
	w.changes.Agenda = true
	return w.remove(b, id)
}

func (w *writer) PutPerson(p *storage.Person) error {
	if ps := p.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&p.ID); err != nil {
		return err
	}
	if p.Administrator {
		if err := w.soleAdministrator(p); err != nil {
			return err
		}
	}
	w.changes.Agenda = true
	return w.save(bPersons, []byte(p.ID), p)
}

// soleAdministrator makes sure that a person can be the administrator: no other one is, and no link is theirs.
func (w *writer) soleAdministrator(p *storage.Person) error {
	ps, err := w.Persons()
	if err != nil {
		return err
	}
	for _, o := range ps {
		if o.Administrator && o.ID != p.ID {
			return storage.NewProblem("person.administrator.second", "name", o.Name).Because(storage.ErrDuplicate)
		}
	}
	links, err := w.FeedLinks()
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.OwnerID == p.ID {
			return storage.NewProblem("feedLink.owner.administrator", "name", p.Name).On(storage.FieldLinkOwner)
		}
	}
	return nil
}

func (w *writer) DeletePerson(id string) error {
	p, err := w.Person(id)
	if err != nil {
		return err
	}
	return w.retire(bPersons, storage.ReferentPerson, id, p.Name)
}

func (w *writer) PutResource(r *storage.Resource) error {
	if ps := r.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&r.ID); err != nil {
		return err
	}
	if err := w.referTo(r.References); err != nil {
		return err
	}
	if err := refile(w, bResources, r.ID, r, resourceEntries); err != nil {
		return err
	}
	w.changes.Agenda = true
	return w.save(bResources, []byte(r.ID), r)
}

func (w *writer) DeleteResource(id string) error {
	r, err := w.Resource(id)
	if err != nil {
		return err
	}
	if err := w.retire(bResources, storage.ReferentResource, id, r.Name); err != nil {
		return err
	}
	return w.put(resourceEntries(r), nil)
}
