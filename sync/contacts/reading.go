package contacts

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// take enters a page of a reading. A page that leads back to an earlier one is an error: such a reading has no end, and
// lacks what it does not come to.
func (p *pass) take(page *book.Page) error {
	for i := range page.Entries {
		e := &page.Entries[i]
		if known := p.entries[e.ID]; known != nil && known.Deleted != e.Deleted {
			p.contradicted = append(p.contradicted, e.ID)
		}
		p.enter(e)
	}
	if page.Next == "" {
		return nil
	}
	if p.turned == nil {
		p.turned = map[string]bool{}
	}
	if p.turned[page.Next] || page.Next == p.cursor.Page {
		return storage.NewProblem("contacts.pages")
	}
	p.turned[page.Next] = true
	return nil
}

// mistrust has the linked cards that a reading told to be both deleted and there be asked for one by one, as if it had not
// spoken of them: which of the two came last cannot be known.
func (p *pass) mistrust(ctx context.Context) error {
	if len(p.contradicted) == 0 {
		return nil
	}
	return p.s.view(ctx, func(tx storage.Reader) error {
		for _, id := range p.contradicted {
			l, err := tx.ContactLinkByRemote(p.account.ID, id)
			if errors.Is(err, storage.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			p.ask = append(p.ask, l.ContactID)
			delete(p.entries, id)
			p.order = slices.DeleteFunc(p.order, func(other string) bool { return other == id })
		}
		return nil
	})
}
