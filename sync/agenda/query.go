package agenda

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// Query selects occurrences. Empty lists and texts do not restrict; a person is one in charge or a participant.
type Query struct {
	From, To                                          time.Time // To is not included
	TypeIDs, EstablishmentIDs, PersonIDs, ResourceIDs []string
	Text                                              string // in the title, the type, the place, the notes and the names
}

// Item is one occurrence to be shown.
type Item struct {
	recurrence.Occurrence
	Type  *storage.ReservationType // shared
	Color string                   // "#RRGGBB": the type's, or the outside feed's
	// Conflict tells that another reservation has its resource at the same time.
	Conflict bool
	// ReadOnly is set on what was read from an outside feed.
	ReadOnly bool
}

// Page is what a query gives.
type Page struct {
	Items []Item // in order of time
	// Counts is how many items each type has when the query's types are not looked at.
	Counts map[string]int
	// Faults tell of reservations that cannot be shown whole.
	Faults storage.Problems
}

// Occurrences gives what takes place in a window.
func (a *Agenda) Occurrences(ctx context.Context, q Query) (Page, error) {
	s, err := a.read(ctx, q.From, q.To)
	if err != nil {
		return Page{}, err
	}
	items, faults := s.items(q.From, q.To)
	markConflicts(items)
	page := Page{Counts: map[string]int{}, Faults: faults}
	for _, it := range items {
		if !s.selects(q, &it) {
			continue
		}
		page.Counts[it.Type.ID]++
		if len(q.TypeIDs) == 0 || slices.Contains(q.TypeIDs, it.Type.ID) {
			page.Items = append(page.Items, it)
		}
	}
	return page, nil
}

// Conflicts gives the occurrences whose resource another one has at the same time, in order of time.
func (a *Agenda) Conflicts(ctx context.Context, from, to time.Time) ([]Item, error) {
	page, err := a.Occurrences(ctx, Query{From: from, To: to})
	return slices.DeleteFunc(page.Items, func(it Item) bool { return !it.Conflict }), err
}

// items expands everything.
func (s *snapshot) items(from, to time.Time) (items []Item, faults storage.Problems) {
	for _, r := range s.reservations {
		all, err := recurrence.Expand(r, from, to)
		if err != nil {
			faults = append(faults, fault(err))
		}
		kind := s.types[r.TypeID]
		if kind == nil {
			kind = &storage.ReservationType{ID: r.TypeID}
		}
		color := kind.Color
		if f := s.outside[r.OutsideFeedID]; f != nil {
			color = f.Color
		}
		for _, o := range all {
			items = append(items, Item{Occurrence: o, Type: kind, Color: color, ReadOnly: r.OutsideFeedID != ""})
		}
	}
	slices.SortFunc(items, func(x, y Item) int {
		if c := cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(x.Reservation.ID, y.Reservation.ID), x.Original.Wall().Compare(y.Original.Wall()))
	})
	return items, faults
}

func fault(err error) *storage.Problem {
	var p *storage.Problem
	if !errors.As(err, &p) {
		p = storage.NewProblem("recurrence.unreadable", "value", err.Error()).Because(err)
	}
	return p
}

// selects reports whether a query, apart from its types, selects an item.
func (s *snapshot) selects(q Query, it *Item) bool {
	d := it.Details
	switch {
	case len(q.EstablishmentIDs) > 0 && !slices.Contains(q.EstablishmentIDs, d.EstablishmentID),
		len(q.ResourceIDs) > 0 && !slices.Contains(q.ResourceIDs, d.ResourceID),
		len(q.PersonIDs) > 0 && !slices.ContainsFunc(q.PersonIDs, func(id string) bool { return concerns(d, id) }):
		return false
	}
	key := storage.SearchKey(q.Text)
	if key == "" {
		return true
	}
	texts := []string{d.Title, it.Type.Name, d.Address, d.PublicNotes, d.PrivateNotes, s.place(d)}
	for id := range s.persons {
		if concerns(d, id) {
			texts = append(texts, s.persons[id].Name)
		}
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(storage.SearchKey(text), key) })
}

// concerns reports whether a person is in charge or takes part.
func concerns(d *storage.Details, personID string) bool {
	return slices.Contains(d.InCharge, personID) ||
		slices.ContainsFunc(d.Participants, func(p storage.Participant) bool { return p.PersonID == personID })
}

// markConflicts marks what overlaps on one resource. The items are in order of time.
func markConflicts(items []Item) {
	under := map[string][]int{} // by resource: what has not ended yet
	for i := range items {
		it := &items[i]
		if it.Details.ResourceID == "" || it.Details.Status == storage.ReservationCancelled || !it.To.After(it.From) {
			continue
		}
		open := slices.DeleteFunc(under[it.Details.ResourceID], func(j int) bool { return !items[j].To.After(it.From) })
		for _, j := range open {
			items[j].Conflict, it.Conflict = true, true
		}
		under[it.Details.ResourceID] = append(open, i)
	}
}
