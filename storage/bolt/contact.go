package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

func contactEntries(c *storage.Contact) []entry {
	if !c.TrashedAt.IsZero() {
		return []entry{{bucket: ixContactTrash, key: append(timeKey(c.TrashedAt), c.ID...)}}
	}
	var es []entry
	for _, k := range c.EmailKeys() {
		es = append(es, entry{bucket: ixContactEmail, key: join(strings.ReplaceAll(k, "\x00", ""), c.ID)})
	}
	for _, k := range c.MobileKeys(storage.PhoneRegion) {
		es = append(es, entry{bucket: ixContactMobile, key: join(k, c.ID)})
	}
	return es
}

func (r *reader) Contact(id string) (*storage.Contact, error) {
	return one[storage.Contact](r, bContacts, id)
}

func (r *reader) Contacts(last string, limit int) ([]*storage.Contact, error) {
	return page[storage.Contact](r, bContacts, nil, follow(last), limit)
}

func (r *reader) ContactRow(id string) (storage.ContactRow, error) {
	v := r.in(bContactRows).Get([]byte(id))
	if v == nil {
		return storage.ContactRow{}, fmt.Errorf("row of contact %q: %w", id, storage.ErrNotFound)
	}
	return decodeContactRow(id, v)
}

func (r *reader) ContactRows(last string, limit int) ([]storage.ContactRow, error) {
	var out []storage.ContactRow
	if limit > 0 {
		out = make([]storage.ContactRow, 0, min(limit, 4096))
	}
	err := r.scan(bContactRows, nil, follow(last), func(k, v []byte) (bool, error) {
		row, err := decodeContactRow(string(k), v)
		if err != nil {
			return false, fmt.Errorf("row of contact %q: %w", k, err)
		}
		out = append(out, row)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) ContactIDsByEmail(key string) ([]string, error) {
	return r.ids(ixContactEmail, prefix(key), 0, lastPart)
}

func (r *reader) ContactIDsByMobile(e164 string) ([]string, error) {
	return r.ids(ixContactMobile, prefix(e164), 0, lastPart)
}

func (r *reader) CountContacts() (int, error) {
	n, err := r.count(countContacts)
	return int(n), err
}

func (r *reader) ContactsTrashedBefore(t time.Time, limit int) ([]string, error) {
	until := string(timeKey(t))
	var out []string
	err := r.scan(ixContactTrash, nil, nil, func(k, _ []byte) (bool, error) {
		if string(k[:8]) >= until {
			return false, nil
		}
		out = append(out, string(k[8:]))
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) ContactsToSend(accountID, last string, limit int) ([]string, error) {
	p := prefix(accountID)
	from := p
	if last != "" {
		from = after(join(accountID, last))
	}
	var out []string
	err := r.scan(bContactSends, p, from, func(k, _ []byte) (bool, error) {
		out = append(out, lastPart(k))
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (w *writer) PutContact(c *storage.Contact) error {
	if ps := c.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&c.ID); err != nil {
		return err
	}
	if err := c.Sound(); err != nil {
		return fmt.Errorf("contact %s: %w", c.ID, err)
	}
	old, err := w.Contact(c.ID)
	exists, err := found(err)
	if err != nil {
		return err
	}
	kept := 0
	var before []entry
	var accounts []string
	if exists {
		kept, before = old.Revision, contactEntries(old)
		if accounts, err = w.ids(bContactLinks, prefix(c.ID), 0, lastPart); err != nil {
			return err
		}
	}
	if c.Revision != kept {
		return storage.NewProblem("contact.changed").Because(storage.ErrConflict)
	}
	w.stampContact(c)
	if err := w.put(before, contactEntries(c)); err != nil {
		return err
	}
	if exists {
		w.countContact(old, -1)
	}
	w.countContact(c, 1)
	if err := w.save(bContacts, []byte(c.ID), c); err != nil {
		return err
	}
	return errors.Join(w.putContactRow(c.Row(accounts)), w.markToSend(c))
}

// stampContact raises the revision and gives a new contact its date. Both are put back when the transaction fails.
func (w *writer) stampContact(c *storage.Contact) {
	revision, created := c.Revision, c.CreatedAt
	w.undo = append(w.undo, func() { c.Revision, c.CreatedAt = revision, created })
	c.Revision++
	if c.CreatedAt.IsZero() {
		c.CreatedAt = w.store.now()
	}
	utc(&c.CreatedAt)
	utc(&c.TrashedAt)
	for f, change := range c.Changed {
		utc(&change.At)
		c.Changed[f] = change
	}
}

// countContact counts those outside the trash.
func (w *writer) countContact(c *storage.Contact, n int64) {
	if c.TrashedAt.IsZero() {
		w.add(countContacts, n)
	}
}

func (w *writer) putContactRow(r storage.ContactRow) error {
	w.changes.contact(r.ID)
	return w.append(bContactRows, []byte(r.ID), encodeContactRow(&r))
}

// showLink adds an account to what a contact's row shows, or takes it away.
func (w *writer) showLink(contactID, accountID string, linked bool) error {
	row, err := w.ContactRow(contactID)
	if err != nil {
		return err
	}
	i, shown := slices.BinarySearch(row.Accounts, accountID)
	switch {
	case shown == linked:
		return nil
	case linked:
		row.Accounts = slices.Insert(row.Accounts, i, accountID)
	default:
		row.Accounts = slices.Delete(row.Accounts, i, i+1)
	}
	return w.putContactRow(row)
}

// contactAccounts gives the accounts that contacts are synchronised with.
func (w *writer) contactAccounts() ([]string, error) {
	if w.audienceRead {
		return w.audience, nil
	}
	all, err := w.Accounts()
	if err != nil {
		return nil, err
	}
	w.audience, w.audienceRead = nil, true
	for _, a := range all {
		if a.Job() == storage.JobContacts {
			w.audience = append(w.audience, a.ID)
		}
	}
	return w.audience, nil
}

func (w *writer) markToSend(c *storage.Contact) error {
	accounts, err := w.contactAccounts()
	if err != nil {
		return err
	}
	mark := binary.AppendUvarint(nil, uint64(c.Revision))
	for _, a := range accounts {
		if err := w.in(bContactSends).Put(join(a, c.ID), mark); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) MarkContactSent(contactID, accountID string, revision int) error {
	k := join(accountID, contactID)
	mark := w.in(bContactSends).Get(k)
	if written, _ := binary.Uvarint(mark); mark == nil || written > uint64(max(revision, 0)) {
		return nil
	}
	return w.in(bContactSends).Delete(k)
}

func (w *writer) DeleteContact(id string) error {
	c, err := w.Contact(id)
	if err != nil {
		return err
	}
	links, err := w.ContactLinksOf(id)
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := w.DeleteContactLink(id, l.AccountID); err != nil {
			return err
		}
	}
	accounts, err := w.contactAccounts()
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := w.in(bContactSends).Delete(join(a, id)); err != nil {
			return err
		}
	}
	if _, err := w.deleteAll(bContactApart, prefix(id)); err != nil {
		return err
	}
	if err := w.put(contactEntries(c), nil); err != nil {
		return err
	}
	w.countContact(c, -1)
	w.changes.contact(id)
	return errors.Join(w.in(bContactRows).Delete([]byte(id)), w.in(bContacts).Delete([]byte(id)))
}
