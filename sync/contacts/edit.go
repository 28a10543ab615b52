package contacts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"diapason/storage"
)

// Change is an edit that was kept, with what takes it back (Undo).
type Change struct {
	Contact *storage.Contact // as it is kept now; of an edit of several, the first; nil when none was written
	steps   []step
	// markings are the marks that it gave, by which contacts are apart.
	markings []marking
}

// step is what an edit did to one contact.
type step struct {
	before, after *storage.Contact // before is nil when it was created
	// moved are the links that a merge of duplicates gave to the contact that is kept, as they were.
	moved []*storage.ContactLink
}

// Save keeps a new contact, or one as it was read and changed. What cannot be kept comes back as storage.Problems and
// nothing is changed.
func (s *Service) Save(ctx context.Context, c *storage.Contact) (Change, error) {
	return s.edit(ctx, func(w storage.Writer, change *Change) error {
		now := c.Clone()
		before, err := existing(w, now)
		if err != nil {
			return err
		}
		return s.put(w, change, before, now)
	})
}

// existing gives the contact that an edit starts from; nil for a new one.
func existing(tx storage.Reader, c *storage.Contact) (*storage.Contact, error) {
	if c.ID == "" || c.Revision == 0 {
		return nil, nil
	}
	return tx.Contact(c.ID)
}

// Trash puts contacts in the trash, where they stay for storage.TrashKept. Their cards in the address books follow after
// a grace, through the guard.
func (s *Service) Trash(ctx context.Context, ids ...string) (Change, error) {
	return s.editEach(ctx, ids, func(c *storage.Contact, now time.Time) {
		if c.TrashedAt.IsZero() {
			c.TrashedAt = now
		}
	})
}

// Restore takes contacts out of the trash.
func (s *Service) Restore(ctx context.Context, ids ...string) (Change, error) {
	return s.editEach(ctx, ids, func(c *storage.Contact, _ time.Time) { c.TrashedAt, c.MergedInto = time.Time{}, "" })
}

// Merge has one contact take the place of another: it says what the card says, and the other one goes to the trash.
func (s *Service) Merge(ctx context.Context, keptID, otherID string, card storage.Card) (Change, error) {
	return s.edit(ctx, func(w storage.Writer, change *Change) error {
		kept, err := w.Contact(keptID)
		if err != nil {
			return err
		}
		other, err := w.Contact(otherID)
		if err != nil {
			return err
		}
		if keptID == otherID || !kept.TrashedAt.IsZero() || !other.TrashedAt.IsZero() {
			return storage.NewProblem("contacts.merge.trashed")
		}
		now := kept.Clone()
		now.Card = card.Clone()
		if err := s.put(w, change, kept, now); err != nil {
			return err
		}
		gone := other.Clone()
		gone.TrashedAt, gone.MergedInto = s.now(), keptID
		if err := s.put(w, change, other, gone); err != nil {
			return err
		}
		if change.steps[len(change.steps)-1].moved, err = moveLinks(w, otherID, keptID); err != nil {
			return err
		}
		return change.inheritApart(w, keptID, otherID)
	})
}

// moveLinks gives a contact the links of another one in the books where it has none: its card there is changed then,
// and not deleted and created again. It gives them as they were.
func moveLinks(w storage.Writer, from, to string) ([]*storage.ContactLink, error) {
	links, err := w.ContactLinksOf(from)
	if err != nil {
		return nil, err
	}
	var moved []*storage.ContactLink
	for _, l := range links {
		if _, err := w.ContactLink(to, l.AccountID); !errors.Is(err, storage.ErrNotFound) {
			if err != nil {
				return nil, err
			}
			continue
		}
		if err := moveLink(w, l, to); err != nil {
			return nil, err
		}
		moved = append(moved, l)
	}
	return moved, nil
}

func moveLink(w storage.Writer, l *storage.ContactLink, to string) error {
	if err := w.DeleteContactLink(l.ContactID, l.AccountID); err != nil {
		return err
	}
	now := *l
	now.ContactID = to
	return w.PutContactLink(&now)
}

// Delete removes contacts of the trash for good. It cannot be taken back. Those that an address book still shows, or is
// being told of, are refused: they would come back as new ones.
func (s *Service) Delete(ctx context.Context, ids ...string) error {
	return s.update(ctx, func(w storage.Writer) error {
		for _, id := range ids {
			c, err := w.Contact(id)
			if err != nil {
				return err
			}
			if c.TrashedAt.IsZero() {
				return storage.NewProblem("contacts.delete.notTrashed", "contact", c.ID)
			}
			if err := s.forget(w, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// forget removes a contact for good, so that nothing of an address book brings it back.
func (s *Service) forget(w storage.Writer, c *storage.Contact) error {
	links, err := w.ContactLinksOf(c.ID)
	if err != nil {
		return err
	}
	awaited, err := awaitsAnswer(w, c.ID)
	if err != nil {
		return err
	}
	if awaited || slices.ContainsFunc(links, func(l *storage.ContactLink) bool { return l.LeftAt.IsZero() }) {
		return storage.NewProblem("contacts.delete.linked", "contact", c.ID) // before anything is written
	}
	for _, l := range links {
		b, err := w.ContactBook(l.AccountID)
		if err != nil {
			return err
		}
		b.AccountID, b.Ignored = l.AccountID, append(b.Ignored, l.RemoteID)
		if err := w.PutContactBook(b); err != nil {
			return err
		}
	}
	if err := w.DeleteContact(c.ID); err != nil {
		return err
	}
	return s.journal(w, &storage.JournalEntry{
		Actor: storage.ActorUser, Action: storage.JournalDelete, ContactID: c.ID, Name: c.FullName(),
		Reason: storage.NewProblem("contacts.forgotten"),
	})
}

// Undo takes an edit back, whole or not at all: storage.ErrConflict when one of its contacts says something else since. A
// created contact that an address book knows already goes to the trash; the others are forgotten.
func (s *Service) Undo(ctx context.Context, change Change) error {
	return s.update(ctx, func(w storage.Writer) error {
		for _, m := range change.markings {
			if err := w.DeleteContactApart(m.contactID, m.mark); err != nil {
				return err
			}
		}
		for _, st := range slices.Backward(change.steps) {
			if err := s.takeBack(w, st); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) takeBack(w storage.Writer, st step) error {
	now, err := w.Contact(st.after.ID)
	if err != nil {
		return err
	}
	if !sameContact(now, st.after) {
		return storage.NewProblem("contacts.changed", "contact", now.ID).Because(storage.ErrConflict)
	}
	for _, l := range st.moved {
		now, err := w.ContactLinkByRemote(l.AccountID, l.RemoteID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := moveLink(w, now, l.ContactID); err != nil {
			return err
		}
	}
	return s.back(w, now, st.before, cause{actor: storage.ActorUser})
}

// back brings a contact to what it was before; nil: it was created.
func (s *Service) back(w storage.Writer, now, before *storage.Contact, by cause) error {
	if before != nil {
		back := before.Clone()
		back.Revision = now.Revision
		return s.write(w, now, back, by)
	}
	links, err := w.ContactLinksOf(now.ID)
	if err != nil {
		return err
	}
	awaited, err := awaitsAnswer(w, now.ID)
	if err != nil {
		return err
	}
	if len(links) > 0 || awaited {
		back := now.Clone()
		back.TrashedAt = s.now()
		return s.write(w, now, back, by)
	}
	if err := w.DeleteContact(now.ID); err != nil {
		return err
	}
	return s.journal(w, &storage.JournalEntry{
		Actor: by.actor, RunID: by.run, Action: storage.JournalDelete, ContactID: now.ID, Name: now.FullName(), ContactBefore: now,
	})
}

// sameContact reports whether two states of a contact say the same to people.
func sameContact(a, b *storage.Contact) bool {
	return len(differences(&a.Card, &b.Card)) == 0 && a.TrashedAt.Equal(b.TrashedAt) && a.MergedInto == b.MergedInto
}

// edit runs f in one transaction and gives what takes it back.
func (s *Service) edit(ctx context.Context, f func(storage.Writer, *Change) error) (Change, error) {
	var change Change
	err := s.update(ctx, func(w storage.Writer) error {
		change = Change{}
		return f(w, &change)
	})
	if err != nil {
		return Change{}, err
	}
	if len(change.steps) > 0 && change.Contact == nil {
		change.Contact = change.steps[0].after.Clone()
	}
	return change, nil
}

// editEach changes several contacts in one transaction.
func (s *Service) editEach(ctx context.Context, ids []string, f func(*storage.Contact, time.Time)) (Change, error) {
	return s.edit(ctx, func(w storage.Writer, change *Change) error {
		for _, id := range ids {
			before, err := w.Contact(id)
			if err != nil {
				return err
			}
			now := before.Clone()
			f(now, s.now())
			if err := s.put(w, change, before, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// put writes one contact of a user's edit and notes how to take it back.
func (s *Service) put(w storage.Writer, change *Change, before, now *storage.Contact) error {
	if before != nil {
		before = before.Clone()
	}
	if err := s.write(w, before, now, cause{actor: storage.ActorUser}); err != nil {
		return err
	}
	change.steps = append(change.steps, step{before: before, after: now.Clone()})
	return nil
}

// cause tells who changed a contact, in which run, from where and why.
type cause struct {
	actor   storage.Actor
	run     string
	account string
	reason  *storage.Problem
	// made is when somebody made the change in an address book, by our clock; zero when it is made here and now, or not
	// known. Another book's change of the same field is older or newer than that, whenever passes bring the two here.
	made time.Time
}

// write keeps a contact inside the caller's transaction, with its journal entry. before is as it is kept, nil for a new
// one. Without a difference nothing is written.
func (s *Service) write(w storage.Writer, before, after *storage.Contact, by cause) error {
	at := s.now()
	entry := &storage.JournalEntry{
		At: at, Actor: by.actor, RunID: by.run, AccountID: by.account, Reason: by.reason, Action: storage.JournalCreate,
	}
	was := &storage.Card{}
	if before != nil {
		was = &before.Card
		entry.Action, entry.ContactBefore = storage.JournalUpdate, before.Clone()
		if !after.TrashedAt.IsZero() && before.TrashedAt.IsZero() {
			entry.Action = storage.JournalDelete
		}
	}
	entry.Changes = differences(was, &after.Card)
	if before != nil && sameContact(before, after) {
		after.Revision = before.Revision
		return nil
	}
	made := by.made
	if made.IsZero() || made.After(at) {
		made = at
	}
	for _, d := range entry.Changes {
		if after.Changed == nil {
			after.Changed = map[storage.Field]storage.CardChange{}
		}
		after.Changed[d.Field] = storage.CardChange{At: made, By: by.actor, AccountID: by.account}
	}
	if before == nil && after.CreatedAt.IsZero() {
		after.CreatedAt = at
	}
	if err := w.PutContact(after); err != nil {
		return err
	}
	entry.ContactID, entry.Name, entry.Hash = after.ID, after.FullName(), contentHash(after)
	return s.journal(w, entry)
}

// journal appends an entry.
func (s *Service) journal(w storage.Writer, entry *storage.JournalEntry) error {
	if entry.At.IsZero() {
		entry.At = s.p.Clock.Now().UTC()
	}
	return w.AppendJournal(entry.Masked())
}

// differences lists the fields in which two cards differ, with their texts.
func differences(before, after *storage.Card) []storage.FieldChange {
	var list []storage.FieldChange
	for _, f := range storage.CardFields(before, after) {
		was, is := before.Values(f), after.Values(f)
		if !slices.Equal(was, is) {
			list = append(list, storage.FieldChange{Field: f, Before: strings.Join(was, "\n"), After: strings.Join(is, "\n")})
		}
	}
	return list
}
