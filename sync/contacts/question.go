package contacts

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/merge"
)

// Answer is what a person says to a question. Exactly one part of it is set.
type Answer struct {
	// Sides says, of a conflict, which side each field takes.
	Sides map[storage.Field]merge.Side
	// SameAs is the contact that the card is about; Somebody that it is about nobody here.
	SameAs   string
	Somebody bool
	// Ignore leaves the card, or the refusal, alone.
	Ignore bool
}

// FieldHere gives the field of a contact that a field of an account's book is about: what people know it by. A field that
// the account's table does not speak of is given as it is, and so is every one of an account whose table cannot be read.
func (s *Service) FieldHere(a *storage.Account, theirs storage.Field) storage.Field {
	kind, known := s.kinds[a.Kind]
	if !known {
		return theirs
	}
	m, err := fieldmap.Parse(a.Settings[SettingFields], kind.Fields())
	if err != nil { // the pass says so
		return theirs
	}
	return m.Here(theirs)
}

// Decide answers a question. What follows from it is brought about by the next pass, except for somebody new, who is
// there at once.
func (s *Service) Decide(ctx context.Context, questionID string, answer Answer) error {
	return s.update(ctx, func(w storage.Writer) error {
		q, err := w.ContactQuestion(questionID)
		if err != nil {
			return err
		}
		switch {
		case q.Kind == storage.QuestionConflict && len(answer.Sides) > 0:
			return s.decideFields(w, q, answer.Sides)
		case q.Kind == storage.QuestionMatch && answer.SameAs != "":
			return s.decideSame(w, q, answer.SameAs)
		case q.Kind == storage.QuestionMatch && answer.Somebody:
			return s.decideSomebody(w, q)
		case q.Kind == storage.QuestionMatch && answer.Ignore:
			return s.decideIgnore(w, q)
		case q.Kind == storage.QuestionRefused && answer.Ignore:
			return w.DeleteContactQuestion(q.ID)
		}
		return storage.NewProblem("contacts.answer.unfit")
	})
}

// decideFields keeps the side of each field; the question goes once a pass has brought it about.
func (s *Service) decideFields(w storage.Writer, q *storage.ContactQuestion, sides map[storage.Field]merge.Side) error {
	if q.Decided == nil {
		q.Decided = map[storage.Field]string{}
	}
	for f, side := range sides {
		asked := slices.ContainsFunc(q.Conflicts, func(c storage.ContactConflict) bool { return c.Field == f })
		if !asked || side != merge.SideHere && side != merge.SideThere {
			return storage.NewProblem("contacts.answer.unfit")
		}
		q.Decided[f] = string(side)
	}
	return w.PutContactQuestion(q)
}

// decideSame ties a card to a contact; the next pass merges them as at a first time, so that nothing is taken from either.
func (s *Service) decideSame(w storage.Writer, q *storage.ContactQuestion, contactID string) error {
	c, err := w.Contact(contactID)
	if err != nil {
		return err
	}
	_, link, err := (&pass{account: &storage.Account{ID: q.AccountID}}).standing(w, contactID)
	if err != nil {
		return err
	}
	if !c.TrashedAt.IsZero() || link != nil && link.LeftAt.IsZero() {
		return storage.NewProblem("contacts.answer.linked", "contact", c.ID)
	}
	if link != nil {
		if err := w.DeleteContactLink(contactID, q.AccountID); err != nil {
			return err
		}
	}
	if err := w.PutContactLink(&storage.ContactLink{ContactID: c.ID, AccountID: q.AccountID, RemoteID: q.RemoteIDs[0]}); err != nil {
		return err
	}
	if err := askNext(w, q.AccountID, c.ID); err != nil {
		return err
	}
	return w.DeleteContactQuestion(q.ID)
}

// decideSomebody makes a contact of a card.
func (s *Service) decideSomebody(w storage.Writer, q *storage.ContactQuestion) error {
	a, err := w.Account(q.AccountID)
	if err != nil {
		return err
	}
	p, err := s.newPassOf(a)
	if err != nil {
		return err
	}
	if err := p.rules.learn(func(f func(storage.Reader) error) error { return f(w) }); err != nil {
		return err
	}
	v := p.rules.taken(&book.Entry{ID: q.RemoteIDs[0], Card: *q.There, InScope: true})
	if v.keep == nil {
		return storage.NewProblem("contacts.empty")
	}
	by := cause{actor: storage.ActorUser, account: a.ID, reason: storage.NewProblem("contacts.somebodyNew")}
	if err := s.write(w, nil, v.keep, by); err != nil {
		return err
	}
	err = w.PutContactLink(&storage.ContactLink{
		ContactID: v.keep.ID, AccountID: a.ID, RemoteID: q.RemoteIDs[0], Ours: v.wanted, Theirs: *q.There, SyncedAt: s.p.Clock.Now().UTC(),
	})
	if err != nil {
		return err
	}
	if err := askNext(w, a.ID, v.keep.ID); err != nil {
		return err
	}
	return w.DeleteContactQuestion(q.ID)
}

// decideIgnore leaves a card alone for ever.
func (s *Service) decideIgnore(w storage.Writer, q *storage.ContactQuestion) error {
	b, st, err := bookOf(w, q.AccountID)
	if err != nil {
		return err
	}
	b.Ignored = append(b.Ignored, q.RemoteIDs...)
	if err := putBook(w, b, st); err != nil {
		return err
	}
	return w.DeleteContactQuestion(q.ID)
}

// AskAgain takes back that a question was left alone: it is asked as it was, and its card is looked at again.
func (s *Service) AskAgain(ctx context.Context, q *storage.ContactQuestion) error {
	return s.update(ctx, func(w storage.Writer) error {
		if _, err := w.ContactQuestion(q.ID); !errors.Is(err, storage.ErrNotFound) {
			return err // it is asked already
		}
		b, st, err := bookOf(w, q.AccountID)
		if err != nil {
			return err
		}
		if q.Kind == storage.QuestionMatch {
			b.Ignored = slices.DeleteFunc(b.Ignored, func(id string) bool { return slices.Contains(q.RemoteIDs, id) })
		}
		if err := putBook(w, b, st); err != nil {
			return err
		}
		return w.PutContactQuestion(q)
	})
}

// askNext has the next pass ask for the card of a contact.
func askNext(w storage.Writer, accountID, contactID string) error {
	b, st, err := bookOf(w, accountID)
	if err != nil {
		return err
	}
	if !slices.Contains(st.Ask, contactID) {
		st.Ask = append(st.Ask, contactID)
	}
	return putBook(w, b, st)
}
