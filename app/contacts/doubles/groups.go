package doubles

import (
	"context"
	"errors"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/contacts"
)

// group is contacts that may be one, with what a list shows of them.
type group struct {
	contacts.Duplicate
	names []string // in the order of IDs
	sort  string
}

// key names a group as long as it has the same contacts.
func (g *group) key() string { return strings.Join(g.IDs, " ") }

// title names a group: by the one name that all bear, or by all names.
func (g *group) title() string {
	var names []string
	for _, n := range g.names {
		if !slices.ContainsFunc(names, func(m string) bool { return storage.SearchKey(m) == storage.SearchKey(n) }) {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// namesPerRead is how many groups one transaction reads the names of: some milliseconds.
const namesPerRead = 200

// find reads the groups in the order of their names. A contact that went meanwhile takes its groups along.
func find(ctx context.Context, store Store, service Service) ([]group, error) {
	found, err := service.Duplicates(ctx)
	if err != nil {
		return nil, err
	}
	groups := make([]group, 0, len(found))
	for part := range slices.Chunk(found, namesPerRead) {
		err := store.View(ctx, func(tx storage.Reader) error {
			for _, d := range part {
				g, err := named(tx, d)
				if errors.Is(err, storage.ErrNotFound) {
					continue
				}
				if err != nil {
					return err
				}
				groups = append(groups, g)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return strings.Compare(a.sort, b.sort) })
	return groups, nil
}

// shownNames is how many contacts of a group are named in the list.
const shownNames = 3

func named(tx storage.Reader, d contacts.Duplicate) (group, error) {
	g := group{Duplicate: d}
	for i, id := range d.IDs[:min(len(d.IDs), shownNames)] {
		row, err := tx.ContactRow(id)
		if err != nil {
			return group{}, err
		}
		if i == 0 {
			g.sort = row.Sort
		}
		g.names = append(g.names, row.Name)
	}
	return g, nil
}

// member is one contact of a group, and the accounts that it is in tune with.
type member struct {
	*storage.Contact
	books []string
}

// membersShown is how many contacts of a group can be compared; a larger group shrinks with every answer.
const membersShown = 20

// members reads the contacts of a group.
func members(tx storage.Reader, g *group) ([]member, error) {
	var all []member
	for _, id := range g.IDs[:min(len(g.IDs), membersShown)] {
		c, err := tx.Contact(id)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		m := member{Contact: c}
		links, err := tx.ContactLinksOf(id)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			a, err := tx.Account(l.AccountID)
			if err != nil {
				return nil, err
			}
			m.books = append(m.books, a.Name)
		}
		if c.TrashedAt.IsZero() {
			all = append(all, m)
		}
	}
	return all, nil
}

// pairOf gives the two members that are compared: those asked for while they are there, else the first ones. It gives
// false when there are no two.
func pairOf(all []member, wanted [2]string) (a, b *member, ok bool) {
	if len(all) < 2 {
		return nil, nil, false
	}
	index := func(id string) int { return slices.IndexFunc(all, func(m member) bool { return m.ID == id }) }
	i, j := index(wanted[0]), index(wanted[1])
	if i < 0 || i == j {
		i = 0
	}
	if j < 0 || j == i {
		j = 1
		if i == 1 {
			j = 0
		}
	}
	return &all[i], &all[j], true
}
