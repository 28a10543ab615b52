package command

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
)

// contactsDecide answers a question about a contact, or all conflicts alike.
type contactsDecide struct {
	Question string   `arg:"" name:"question" optional:""`
	Keep     string   `name:"keep" enum:"here,there," default:"" placeholder:"command.value.side"`
	Field    []string `name:"field" placeholder:"command.value.fieldside" sep:"none"`
	SameAs   string   `name:"same-as" placeholder:"command.value.contact"`
	New      bool     `name:"new"`
	Ignore   bool     `name:"ignore"`
	All      bool     `name:"all"`
	Account  string   `name:"account" placeholder:"command.value.account"`
}

// The options that answer a question.
const (
	answerKeep   = "keep"
	answerField  = "field"
	answerSameAs = "same-as"
	answerNew    = "new"
	answerIgnore = "ignore"
)

// answersTo tells the options that fit a question.
var answersTo = map[storage.ContactQuestionKind][]string{
	storage.QuestionConflict: {answerKeep, answerField},
	storage.QuestionMatch:    {answerSameAs, answerNew, answerIgnore},
	storage.QuestionRefused:  {answerIgnore},
}

// given lists the answers of the command line.
func (c contactsDecide) given() []string {
	var names []string
	for name, there := range map[string]bool{
		answerKeep: c.Keep != "", answerField: len(c.Field) > 0, answerSameAs: c.SameAs != "", answerNew: c.New, answerIgnore: c.Ignore,
	} {
		if there {
			names = append(names, name)
		}
	}
	return names
}

// Run notes the answer. Nothing leaves: what follows from it is brought about by the next pass.
func (c contactsDecide) Run(s *session) error {
	given := c.given()
	switch {
	case c.All && (c.Question != "" || len(given) != 1 || c.Keep == ""):
		return storage.NewProblem("command.contacts.decideAll")
	case !c.All && (c.Question == "" || c.Account != ""):
		return storage.NewProblem("command.contacts.decideWhat")
	case len(given) != 1:
		return storage.NewProblem("command.contacts.decideHow")
	}
	return s.withWorkspace(func(w *Workspace) error {
		if c.All {
			return c.all(s, w)
		}
		return c.one(s, w, given[0])
	})
}

// all answers every conflict alike.
func (c contactsDecide) all(s *session, w *Workspace) error {
	account := ""
	if c.Account != "" {
		a, err := findAccount(s, w.Store, c.Account)
		if err != nil {
			return err
		}
		account = a.ID
	}
	n, err := w.Contacts.DecideAll(s.ctx, account, merge.Side(c.Keep))
	if err != nil {
		return err
	}
	s.say(words.N("command.contacts.decidedAll", n))
	return s.document(map[string]any{"decided": n, "keep": c.Keep})
}

// one answers one question.
func (c contactsDecide) one(s *session, w *Workspace, how string) error {
	var q *storage.ContactQuestion
	var account *storage.Account
	var contact string
	err := w.Store.View(s.ctx, func(tx storage.Reader) (err error) {
		if q, err = tx.ContactQuestion(c.Question); err != nil {
			return err
		}
		account, err = tx.Account(q.AccountID)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return storage.NewProblem("command.contacts.unknownQuestion", "question", c.Question).Because(err)
	}
	if err != nil {
		return err
	}
	if !slices.Contains(answersTo[q.Kind], how) {
		return storage.NewProblem("command.contacts.unfit", "question", say.ContactQuestion(q.Kind), "answer", "--"+how,
			"answers", "--"+strings.Join(answersTo[q.Kind], ", --"))
	}
	answer := contacts.Answer{Somebody: c.New, Ignore: c.Ignore}
	switch how {
	case answerKeep, answerField:
		answer.Sides, err = c.sides(q)
	case answerSameAs:
		contact, err = findContact(s, w.Store, c.SameAs)
		answer.SameAs = contact
	}
	if err != nil {
		return err
	}
	if err := w.Contacts.Decide(s.ctx, q.ID, answer); err != nil {
		return err
	}
	s.sayT("command.contacts.answered."+how, "name", q.Name, "account", account.Name)
	return s.document(map[string]any{
		"question": q.ID, "answer": how, "sides": sidesOf(answer.Sides), "contact": contact,
	})
}

// sidesOf gives sides for the document: never null.
func sidesOf(sides map[storage.Field]merge.Side) map[storage.Field]merge.Side {
	if sides == nil {
		return map[storage.Field]merge.Side{}
	}
	return sides
}

// sides reads --keep, which is of all fields, or each --field.
func (c contactsDecide) sides(q *storage.ContactQuestion) (map[storage.Field]merge.Side, error) {
	sides := map[storage.Field]merge.Side{}
	if c.Keep != "" {
		for _, f := range q.Conflicts {
			sides[f.Field] = merge.Side(c.Keep)
		}
		return sides, nil
	}
	named := map[string]storage.Field{}
	for _, f := range q.Conflicts {
		named[storage.SearchKey(string(f.Field))], named[storage.SearchKey(say.ContactField(f.Field))] = f.Field, f.Field
	}
	for _, text := range c.Field {
		name, side, _ := strings.Cut(text, "=")
		field, asked := named[storage.SearchKey(name)]
		if !asked || side != string(merge.SideHere) && side != string(merge.SideThere) {
			var fields []string
			for _, f := range q.Conflicts {
				fields = append(fields, string(f.Field))
			}
			return nil, storage.NewProblem("command.contacts.fieldSide", "value", text, "fields", strings.Join(fields, ", "))
		}
		sides[field] = merge.Side(side)
	}
	return sides, nil
}

// findContact finds a contact outside the trash by its id, or by an e-mail or its name when exactly one bears it.
func findContact(s *session, store storage.Store, text string) (string, error) {
	found := map[string]bool{}
	err := store.View(s.ctx, func(tx storage.Reader) error {
		c, err := tx.Contact(text)
		if err == nil {
			found[c.ID] = true
			return nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		ids, err := tx.ContactIDsByEmail(storage.EmailKey(text))
		for _, id := range ids {
			found[id] = true
		}
		return err
	})
	for last := ""; err == nil && len(found) == 0; {
		var rows []storage.ContactRow
		err = store.View(s.ctx, func(tx storage.Reader) (err error) {
			rows, err = tx.ContactRows(last, page)
			return err
		})
		for i := range rows {
			if last = rows[i].ID; !rows[i].Trashed && storage.SearchKey(rows[i].Name) == storage.SearchKey(text) {
				found[last] = true
			}
		}
		if len(rows) < page {
			break
		}
	}
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", storage.NewProblem("command.contacts.unknown", "contact", text)
	case len(found) > 1:
		return "", storage.NewProblem("command.contacts.ambiguous", "contact", text,
			"ids", strings.Join(slices.Sorted(maps.Keys(found)), ", "))
	}
	for id := range found {
		return id, nil
	}
	return "", nil
}
