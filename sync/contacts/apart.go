package contacts

import (
	"context"
	"slices"

	"diapason/storage"
)

// marking is a mark that an edit gave to a contact, by which it is apart from others.
type marking struct{ contactID, mark string }

// SetApart notes that contacts are as many people, whatever they share: no two of them are a Duplicate any more. Nothing
// of the contacts themselves changes, and nothing of it leaves.
func (s *Service) SetApart(ctx context.Context, ids ...string) (Change, error) {
	mark, err := newID()
	if err != nil {
		return Change{}, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) < 2 {
		return Change{}, storage.NewProblem("contacts.apart.alone")
	}
	return s.edit(ctx, func(w storage.Writer, change *Change) error {
		for _, id := range ids {
			if err := change.setApart(w, id, mark); err != nil {
				return err
			}
		}
		return nil
	})
}

// setApart marks a contact and notes how to take it back.
func (c *Change) setApart(w storage.Writer, contactID, mark string) error {
	c.markings = append(c.markings, marking{contactID, mark})
	return w.PutContactApart(contactID, mark)
}

// inheritApart sets a contact that takes another one's place apart from those that the other one was set apart from.
func (c *Change) inheritApart(w storage.Writer, keptID, otherID string) error {
	marks, err := w.ContactsApart()
	if err != nil {
		return err
	}
	for _, mark := range marks[otherID] {
		if slices.Contains(marks[keptID], mark) {
			continue
		}
		if err := c.setApart(w, keptID, mark); err != nil {
			return err
		}
	}
	return nil
}
