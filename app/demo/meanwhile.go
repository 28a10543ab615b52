package demo

import (
	"context"
	"fmt"

	"diapason/storage"
)

// clashing are the numbers of contacts that both sides change; they are in tune after the first pass.
var clashing = []int{20, 40, 60, 100}

// quiet are the numbers of those that one side changes: here the even ones, there the odd ones.
var quiet = [2]int{200, 300}

// meanwhile is what happens on both sides between two passes: cards that come there, contacts that change on one side, and
// some that both sides change at the same moment, so that nobody can tell which change was the last.
func (w Workspace) meanwhile(ctx context.Context, accountID string, b *Books) error {
	all, err := readCast()
	if err != nil {
		return err
	}
	for n := people + newcomers; n < people+strangers; n++ {
		c := invent(n, all)
		if err := b.add(&c); err != nil {
			return err
		}
	}
	for n := quiet[0]; n < quiet[1]; n++ {
		if n%3 == 0 || n%7 == 3 { // of both sides of their lives, or without e-mail to find them by
			continue
		}
		c, link, err := w.known(ctx, accountID, n, all)
		if err != nil {
			return err
		}
		if n%2 == 0 {
			c.Title = all.Functions[(n+1)%len(all.Functions)]
			if _, err := w.Contacts.Save(ctx, c); err != nil {
				return err
			}
			continue
		}
		b.google.People.Edit(bookEmail, link.RemoteID, fmt.Sprintf(`{"phoneNumbers": [{"value": "06 39 98 70 %02d", "type": "mobile"}]}`, n%100))
	}
	for _, n := range clashing {
		if err := w.clash(ctx, accountID, n, all, b); err != nil {
			return err
		}
	}
	return nil
}

// known finds a contact by its number, with its card.
func (w Workspace) known(ctx context.Context, accountID string, n int, all *cast) (c *storage.Contact, link *storage.ContactLink, err error) {
	err = w.Store.View(ctx, func(tx storage.Reader) error {
		ids, err := tx.ContactIDsByEmail(storage.EmailKey(invent(n, all).Emails[0].Value))
		if err != nil || len(ids) != 1 {
			return fmt.Errorf("%w: contact %d is %d contacts: %w", errUnexpected, n, len(ids), err)
		}
		if c, err = tx.Contact(ids[0]); err != nil {
			return err
		}
		link, err = tx.ContactLink(c.ID, accountID)
		return err
	})
	return c, link, err
}

// clash changes a contact here and there at the same moment.
func (w Workspace) clash(ctx context.Context, accountID string, n int, all *cast, b *Books) error {
	c, link, err := w.known(ctx, accountID, n, all)
	if err != nil {
		return err
	}
	c.Phones[0].Value = fmt.Sprintf("06 39 98 50 %02d", n%100)
	c.Emails[0].Value = "bureau." + c.Emails[0].Value
	c.Addresses[0].Street = "18 rue des Deux-Lunes"
	change, err := w.Contacts.Save(ctx, c)
	if err != nil {
		return err
	}
	there := invent(n, all)
	there.Phones[0].Value = fmt.Sprintf("06 39 98 60 %02d", n%100)
	there.Emails[0].Value = "maison." + there.Emails[0].Value
	fields, err := person(&there)
	if err != nil {
		return err
	}
	b.at(change.Contact.Changed[storage.TypedField(storage.FieldPhone, storage.TypePersonalMobile)].At, func() {
		b.google.People.Edit(bookEmail, link.RemoteID, fields)
	})
	return nil
}
