package contacts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync"
)

// contentHash tells states of a contact apart, as people see them.
func contentHash(c *storage.Contact) string {
	raw, err := json.Marshal(struct {
		Card       storage.Card
		TrashedAt  time.Time
		MergedInto string
	}{c.Card, c.TrashedAt.UTC(), c.MergedInto})
	if err != nil {
		panic("contacts: a card cannot be written as JSON: " + err.Error()) // texts and a time always can
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:16])
}

// TakeBack takes back what a run did to one contact, inside the caller's transaction, from its entry of the journal. What
// was changed since stays: field by field, or the contact as a whole where that cannot be told. A contact that a pass
// brought here goes to the trash, and its cards stay where they are.
func (s *Service) TakeBack(tx storage.Writer, entry *storage.JournalEntry, runID string) (sync.TakenBack, error) {
	b, err := s.weighBack(tx, entry)
	if b.now == nil || err != nil {
		return b.said, err
	}
	by := cause{actor: storage.ActorUser, run: runID}
	switch {
	case b.after != nil:
		err = s.write(tx, b.now, b.after, by)
	case entry.AccountID != "":
		err = s.sendAway(tx, b.now, by)
	default:
		err = s.back(tx, b.now, nil, by)
	}
	var invalid storage.Problems
	if errors.As(err, &invalid) { // refused before any write: together with what was changed since it is not valid
		return sync.AllOrNothing(changedSince(entry)), nil
	}
	return b.said, err
}

// CanTakeBack tells what TakeBack would say.
func (s *Service) CanTakeBack(tx storage.Reader, entry *storage.JournalEntry) (sync.TakenBack, error) {
	b, err := s.weighBack(tx, entry)
	return b.said, err
}

// backing is what taking an entry back comes to.
type backing struct {
	said  sync.TakenBack
	now   *storage.Contact // nil: nothing is left to do
	after *storage.Contact // nil: it was created, and goes
}

func changedSince(entry *storage.JournalEntry) *storage.Problem {
	return storage.NewProblem("contacts.changed", "contact", entry.ContactID)
}

// weighBack says what an entry comes to, given what the contact is now.
func (s *Service) weighBack(tx storage.Reader, entry *storage.JournalEntry) (backing, error) {
	now, err := tx.Contact(entry.ContactID)
	gone, before := errors.Is(err, storage.ErrNotFound), entry.ContactBefore
	if err != nil && !gone {
		return backing{}, err
	}
	all := backing{said: sync.AllOrNothing(nil), now: now}
	switch {
	case before == nil:
		if entry.AccountID != "" && !gone {
			if all.said.Notes, err = stays(tx, entry); err != nil {
				return backing{}, err
			}
		}
		switch {
		case gone, !now.TrashedAt.IsZero():
			all.now = nil // it went already
		case contentHash(now) != entry.Hash:
			return backing{said: sync.AllOrNothing(changedSince(entry))}, nil
		}
		return all, nil
	case gone:
		return backing{said: sync.AllOrNothing(changedSince(entry))}, nil
	case contentHash(now) == contentHash(before):
		all.now = nil // it is back already
		return all, nil
	case contentHash(now) == entry.Hash:
		all.after = before.Clone()
		all.after.Revision = now.Revision
		return all, nil
	case !now.TrashedAt.IsZero() || !before.TrashedAt.IsZero():
		return backing{said: sync.AllOrNothing(changedSince(entry))}, nil
	}
	return byField(now, entry), nil
}

// byField takes back the fields that still say what the run put there.
func byField(now *storage.Contact, entry *storage.JournalEntry) backing {
	b := backing{after: now.Clone()}
	b.said.Comes = len(entry.Changes) == 0 // it was in the trash, and was taken out
	changes := differences(&entry.ContactBefore.Card, &now.Card)
	for _, put := range entry.Changes {
		i := slices.IndexFunc(changes, func(c storage.FieldChange) bool { return c.Field == put.Field })
		switch {
		case i < 0: // back already
			b.said.Comes = true
		case changes[i].After == put.After:
			b.after.SetValues(put.Field, entry.ContactBefore.Values(put.Field))
			b.said.Comes, b.now = true, now
		default:
			b.said.Left = append(b.said.Left, sync.UndoConflict{
				Field: put.Field, Put: put.After, Now: changes[i].After, Problem: storage.NewProblem("undo.changedSince").On(put.Field),
			})
		}
	}
	return b
}

// stays says that the card of a contact that a pass brought here stays where it is.
func stays(tx storage.Reader, entry *storage.JournalEntry) (storage.Problems, error) {
	a, err := tx.Account(entry.AccountID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return storage.Problems{storage.NewProblem("contacts.undo.stays", "account", a.Name)}, nil
}

// sendAway puts a contact that a pass brought here in the trash, and no longer keeps it in tune with any book: nothing is
// deleted there by that, and a card does not come back as somebody new. Whoever takes it out of the trash has all of that
// again.
func (s *Service) sendAway(w storage.Writer, now *storage.Contact, by cause) error {
	back := now.Clone()
	back.TrashedAt = s.now()
	if err := s.write(w, now, back, by); err != nil {
		return err
	}
	links, err := w.ContactLinksOf(now.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.LeftAt.IsZero() {
			l.LeftAt = back.TrashedAt
			if err := w.PutContactLink(l); err != nil {
				return err
			}
		}
	}
	return nil
}
