package bolt

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"diapason/storage"
)

// maxRemote bounds what an outside address book calls its cards, in bytes: paths of vCards are long.
const maxRemote = 4096

func contactLinkEntries(l *storage.ContactLink) []entry {
	return []entry{
		{bucket: ixContactAccount, key: join(l.AccountID, l.ContactID)},
		{ixContactRemote, join(l.AccountID, l.RemoteID), []byte(l.ContactID)},
	}
}

func (r *reader) ContactLink(contactID, accountID string) (*storage.ContactLink, error) {
	l := new(storage.ContactLink)
	if err := r.get(bContactLinks, join(contactID, accountID), l); err != nil {
		return nil, err
	}
	return l, nil
}

func (r *reader) ContactLinkByRemote(accountID, remoteID string) (*storage.ContactLink, error) {
	id := r.in(ixContactRemote).Get(join(accountID, remoteID))
	if id == nil {
		return nil, fmt.Errorf("contact of %q on %q: %w", remoteID, accountID, storage.ErrNotFound)
	}
	return r.ContactLink(string(id), accountID)
}

func (r *reader) ContactLinksOf(contactID string) ([]*storage.ContactLink, error) {
	return page[storage.ContactLink](r, bContactLinks, prefix(contactID), nil, 0)
}

func (r *reader) ContactLinks(accountID, last string, limit int) ([]*storage.ContactLink, error) {
	p := prefix(accountID)
	from := p
	if last != "" {
		from = after(join(accountID, last))
	}
	var out []*storage.ContactLink
	err := r.scan(ixContactAccount, p, from, func(k, _ []byte) (bool, error) {
		l, err := r.ContactLink(lastPart(k), accountID)
		if err != nil {
			return false, err
		}
		out = append(out, l)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) CountContactLinks(accountID string) (n int, err error) {
	err = r.scan(ixContactAccount, prefix(accountID), nil, func(_, _ []byte) (bool, error) { n++; return true, nil })
	return n, err
}

func (r *reader) ContactQuestion(id string) (*storage.ContactQuestion, error) {
	return one[storage.ContactQuestion](r, bContactQuestions, id)
}

func (r *reader) ContactQuestions(accountID string) ([]*storage.ContactQuestion, error) {
	all, err := page[storage.ContactQuestion](r, bContactQuestions, nil, nil, 0)
	if accountID != "" {
		all = slices.DeleteFunc(all, func(q *storage.ContactQuestion) bool { return q.AccountID != accountID })
	}
	slices.SortStableFunc(all, func(a, b *storage.ContactQuestion) int { return a.Since.Compare(b.Since) })
	return all, err
}

func (r *reader) ContactBook(accountID string) (*storage.ContactBook, error) {
	b, err := one[storage.ContactBook](r, bContactBooks, accountID)
	if exists, err := found(err); err != nil {
		return nil, err
	} else if !exists {
		return &storage.ContactBook{AccountID: accountID}, nil
	}
	return b, nil
}

func (w *writer) PutContactLink(l *storage.ContactLink) error {
	if err := checkIDs(l.ContactID, l.AccountID); err != nil {
		return err
	}
	if err := soundLink(l); err != nil {
		return fmt.Errorf("link of contact %s on %s: %w", l.ContactID, l.AccountID, err)
	}
	if w.in(bContacts).Get([]byte(l.ContactID)) == nil {
		return fmt.Errorf("contact %q: %w", l.ContactID, storage.ErrNotFound)
	}
	if err := w.accountExists(l.AccountID); err != nil {
		return err
	}
	if other := w.in(ixContactRemote).Get(join(l.AccountID, l.RemoteID)); other != nil && string(other) != l.ContactID {
		return fmt.Errorf("link of contact %s on %s: contact %s has it: %w", l.ContactID, l.AccountID, other, storage.ErrDuplicate)
	}
	for _, t := range []*time.Time{&l.RemoteAt, &l.SyncedAt, &l.CreatedHere, &l.LeftAt, &l.MissingSince} {
		utc(t)
	}
	var before []entry
	old, err := w.ContactLink(l.ContactID, l.AccountID)
	if exists, err := found(err); err != nil {
		return err
	} else if exists {
		before = contactLinkEntries(old)
	}
	if err := w.put(before, contactLinkEntries(l)); err != nil {
		return err
	}
	w.changes.ContactBooks = true
	if err := w.save(bContactLinks, join(l.ContactID, l.AccountID), l); err != nil {
		return err
	}
	return w.showLink(l.ContactID, l.AccountID, true)
}

// soundLink refuses what no address book can have said: a mistake of the caller.
func soundLink(l *storage.ContactLink) error {
	if l.RemoteID == "" || len(l.RemoteID) > maxRemote || strings.IndexByte(l.RemoteID, 0) >= 0 || !utf8.ValidString(l.RemoteID) {
		return fmt.Errorf("unusable name there %q", l.RemoteID)
	}
	if err := l.Ours.Sound(); err != nil {
		return err
	}
	return l.Theirs.Sound()
}

func (w *writer) DeleteContactLink(contactID, accountID string) error {
	l, err := w.ContactLink(contactID, accountID)
	if err != nil {
		return err
	}
	if err := w.put(contactLinkEntries(l), nil); err != nil {
		return err
	}
	w.changes.ContactBooks = true
	if err := w.in(bContactLinks).Delete(join(contactID, accountID)); err != nil {
		return err
	}
	return w.showLink(contactID, accountID, false)
}

func (w *writer) PutContactQuestion(q *storage.ContactQuestion) error {
	if err := w.identify(&q.ID); err != nil {
		return err
	}
	if err := w.accountExists(q.AccountID); err != nil {
		return err
	}
	utc(&q.Since)
	for i := range q.Conflicts {
		utc(&q.Conflicts[i].HereAt)
		utc(&q.Conflicts[i].ThereAt)
	}
	w.changes.ContactBooks = true
	return w.save(bContactQuestions, []byte(q.ID), q)
}

func (w *writer) DeleteContactQuestion(id string) error {
	w.changes.ContactBooks = true
	return w.remove(bContactQuestions, id)
}

func (w *writer) PutContactBook(b *storage.ContactBook) error {
	if err := w.accountExists(b.AccountID); err != nil {
		return err
	}
	utc(&b.FullAt)
	utc(&b.LastOK)
	w.changes.ContactBooks = true
	return w.save(bContactBooks, []byte(b.AccountID), b)
}

// dropContactBook forgets the address book of an account: its links, its questions, what waits to be sent there.
func (w *writer) dropContactBook(accountID string) error {
	linked, err := w.ids(ixContactAccount, prefix(accountID), 0, lastPart)
	if err != nil {
		return err
	}
	for _, id := range linked {
		if err := w.DeleteContactLink(id, accountID); err != nil {
			return err
		}
	}
	questions, err := w.ContactQuestions(accountID)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if err := w.DeleteContactQuestion(q.ID); err != nil {
			return err
		}
	}
	if _, err := w.deleteAll(bContactSends, prefix(accountID)); err != nil {
		return err
	}
	if w.in(bContactBooks).Get([]byte(accountID)) == nil {
		return nil
	}
	w.changes.ContactBooks = true
	return w.remove(bContactBooks, accountID)
}
