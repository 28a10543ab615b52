package contacts_test

import (
	"testing"
	"time"

	"diapason/storage"
)

func TestNewContactsOfBothSidesAreCreatedOnTheOtherAndASecondPassIsEmpty(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 120 {
		r.save(person(i))
	}
	for i := range 130 {
		r.shelf.put("theirs"+person(i+200).FamilyName, there(i+200), "")
	}
	run := r.syncOK()
	if len(r.shelf.cards) != 250 || len(r.living()) != 250 || r.shelf.created != 120 {
		t.Fatalf("%d cards there, %d contacts here, %d created", len(r.shelf.cards), len(r.living()), r.shelf.created)
	}
	if run.Totals.Sent != 120 || run.Totals.Created != 130 {
		t.Errorf("%+v", run.Totals)
	}
	r.still()
}

func TestEditsOfBothSidesMeetFieldByField(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(3)[1]
	r.edit(c.ID, func(card *storage.Card) { card.Title = "Directrice" })
	id := r.cardOf(c.ID).ID
	r.shelf.edit(id, func(card *storage.Card) {
		card.Phones = append(card.Phones, storage.CardValue{Type: "cell", Value: "+33612345678"})
	})
	r.syncOK()
	now := r.contact(c.ID)
	if now.Title != "Directrice" || len(now.Phones) != 1 || now.Phones[0].Type != storage.TypePersonalMobile {
		t.Errorf("here: %+v", now.Card)
	}
	if card := r.shelf.cards[id].Card; card.Title != "Directrice" || len(card.Phones) != 1 {
		t.Errorf("there: %+v", card)
	}
	r.still()
}

func TestTheLastEditOfAFieldWinsAndCloseOnesAreAQuestion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(4)
	title := func(text string) func(*storage.Card) { return func(c *storage.Card) { c.Title = text } }
	later, close := all[0], all[1]
	r.edit(later.ID, title("ici"))
	r.clock.now = r.clock.now.Add(time.Minute)
	r.shelf.edit(r.cardOf(later.ID).ID, title("là-bas"))
	r.edit(close.ID, title("ici"))
	r.clock.now = r.clock.now.Add(time.Second)
	r.shelf.edit(r.cardOf(close.ID).ID, title("là-bas"))
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	r.sync()
	if got := r.contact(later.ID).Title; got != "là-bas" {
		t.Errorf("the last edit did not win: %q", got)
	}
	if got := r.contact(close.ID).Title; got != "ici" || r.cardOf(close.ID).Card.Title != "là-bas" {
		t.Errorf("nobody was asked: %q", got)
	}
	q := r.questions()
	if len(q) != 1 || q[0].Kind != storage.QuestionConflict || len(q[0].Conflicts) != 1 || q[0].Conflicts[0].Field != storage.FieldTitle {
		t.Fatalf("%+v", q)
	}
	r.still()
}
