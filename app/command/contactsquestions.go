package command

import (
	"errors"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// contactsQuestions lists what a person must decide about contacts.
type contactsQuestions struct {
	Account string `arg:"" name:"account" optional:""`
}

// contactsQuestion is one question in the document.
type contactsQuestion struct {
	ID          string                      `json:"id"`
	Kind        storage.ContactQuestionKind `json:"kind"`
	Account     string                      `json:"account"`
	AccountName string                      `json:"accountName"`
	Name        string                      `json:"name"`
	Since       time.Time                   `json:"since"`
	Contacts    []candidate                 `json:"contacts"` // here; of a doubtful card, those it may be about
	Fields      []contactsConflict          `json:"fields"`
	Card        map[storage.Field][]string  `json:"card"` // a doubtful one, as the address book shows it; else null
	Code        string                      `json:"code"`
	Reason      string                      `json:"reason"`
	Answers     []string                    `json:"answers"` // the options of "contacts decide" that fit
	order       []storage.Field             // of the card
}

// contactsConflict is a field that both sides changed.
type contactsConflict struct {
	Field   storage.Field `json:"field"`
	Base    string        `json:"base"` // as both sides said it last
	Here    string        `json:"here"`
	There   string        `json:"there"`
	HereAt  *time.Time    `json:"hereAt"` // null when not known
	ThereAt *time.Time    `json:"thereAt"`
	Decided string        `json:"decided"` // "here" or "there", until a pass brings it about; else ""
}

// Run lists the questions, oldest first.
func (c contactsQuestions) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		account := ""
		if c.Account != "" {
			a, err := findAccount(s, w.Store, c.Account)
			if err != nil {
				return err
			}
			account = a.ID
		}
		list := []contactsQuestion{}
		err := w.Store.View(s.ctx, func(tx storage.Reader) error {
			asked, err := tx.ContactQuestions(account)
			if err != nil {
				return err
			}
			list = list[:0]
			for _, q := range asked {
				one, err := questionOf(tx, q)
				if err != nil {
					return err
				}
				list = append(list, one)
			}
			return nil
		})
		if err != nil {
			return err
		}
		now := w.Clock.Now().Local()
		for i := range list {
			if err := list[i].tell(s, now); err != nil {
				return err
			}
		}
		s.say(words.N("command.contacts.questions", len(list)))
		return s.document(map[string]any{"questions": list})
	})
}

// questionOf puts a question into the document's form.
func questionOf(tx storage.Reader, q *storage.ContactQuestion) (contactsQuestion, error) {
	a, err := tx.Account(q.AccountID)
	if err != nil {
		return contactsQuestion{}, err
	}
	one := contactsQuestion{
		ID: q.ID, Kind: q.Kind, Account: a.ID, AccountName: a.Name, Name: q.Name, Since: q.Since, Contacts: []candidate{},
		Fields: []contactsConflict{}, Answers: answersTo[q.Kind],
	}
	for _, id := range q.ContactIDs {
		row, err := tx.ContactRow(id)
		if errors.Is(err, storage.ErrNotFound) {
			continue // forgotten since
		}
		if err != nil {
			return one, err
		}
		one.Contacts = append(one.Contacts, candidate{id, row.Name})
	}
	for _, f := range q.Conflicts {
		one.Fields = append(one.Fields, contactsConflict{
			Field: f.Field, Base: f.Base, Here: f.Here, There: f.There, HereAt: knownMoment(f.HereAt), ThereAt: knownMoment(f.ThereAt), Decided: q.Decided[f.Field],
		})
	}
	if q.There != nil {
		one.Card = map[storage.Field][]string{}
		one.order = storage.CardFields(q.There)
		for _, f := range one.order {
			one.Card[f] = q.There.Values(f)
		}
	}
	if q.Reason != nil {
		one.Code, one.Reason = q.Reason.Code, say.Problem(q.Reason)
	}
	return one, nil
}

// knownMoment gives nil for a moment that is not known.
func knownMoment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// tell writes a question for people: a line about whom, then one per field of a conflict, contact of a doubtful card, or
// value of its card.
func (q *contactsQuestion) tell(s *session, now time.Time) error {
	if err := s.line(q.ID, say.ContactQuestion(q.Kind), q.AccountName, q.Name, q.Reason); err != nil {
		return err
	}
	for _, f := range q.Fields {
		cells := []string{
			"", say.ContactField(f.Field), string(f.Field),
			words.T("command.contacts.here", "value", since(shown(f.Field, f.Here), f.HereAt, now)),
			words.T("command.contacts.there", "value", since(shown(f.Field, f.There), f.ThereAt, now)),
		}
		if f.Decided != "" {
			cells = append(cells, words.T("command.contacts.decided."+f.Decided))
		}
		if err := s.line(cells...); err != nil {
			return err
		}
	}
	for _, field := range q.order {
		if err := s.line("", say.ContactField(field), shown(field, strings.Join(q.Card[field], "\n"))); err != nil {
			return err
		}
	}
	if q.Kind != storage.QuestionMatch {
		return nil
	}
	for _, c := range q.Contacts {
		if err := s.line("", words.T("command.contacts.maybe"), c.ID, c.Name); err != nil {
			return err
		}
	}
	return nil
}

// shown gives the value of a field on one line.
func shown(f storage.Field, text string) string {
	if text == "" {
		return words.T("command.contacts.nothing")
	}
	return strings.ReplaceAll(say.ContactValues(f, strings.Split(text, "\n")), "\n", ", ")
}

// since adds to a value since when it is there, as far as that is known.
func since(value string, at *time.Time, now time.Time) string {
	if at == nil {
		return value
	}
	return words.T("command.contacts.since", "value", value, "at", say.Moment(at.Local(), now))
}
