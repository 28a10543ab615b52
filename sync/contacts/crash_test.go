package contacts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// TestACrashAroundAWritingDoesItOnce crashes before and after each call that writes, and again at what follows.
func TestACrashAroundAWritingDoesItOnce(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"create", "update", "delete"} {
		for _, when := range []string{"before", "after"} {
			t.Run(when+" "+call, func(t *testing.T) {
				r := newRig(t)
				all := r.tuned(6)
				r.save(person(100))
				r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Directrice" })
				r.trash(all[1].ID)
				r.shelf.edit(r.cardOf(all[2].ID).ID, func(c *storage.Card) { c.Note = "Clef au bar" })
				crash := func(now string) error {
					if now == call {
						panic(errCrash)
					}
					return nil
				}
				if when == "before" {
					r.shelf.before = crash
				} else {
					r.shelf.after = crash
				}
				r.syncOK()
				if r.shelf.created != 7 || r.shelf.updated != 1 || r.shelf.deleted != 1 {
					t.Fatalf("%d created, %d updated, %d deleted", r.shelf.created, r.shelf.updated, r.shelf.deleted)
				}
				if r.contact(all[2].ID).Note != "Clef au bar" || r.cardOf(all[0].ID).Card.Title != "Directrice" {
					t.Error("an edit is lost")
				}
				r.clock.now = r.clock.now.Add(2 * time.Hour)
				r.syncOK() // asks once for what the crash left
				r.still()
			})
		}
	}
}

// TestACallWithoutAnAnswerIsLookedForBeforeItIsMadeAgain has calls applied or not, and their answers lost.
func TestACallWithoutAnAnswerIsLookedForBeforeItIsMadeAgain(t *testing.T) {
	t.Parallel()
	lost := &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreachable"), Err: errors.New("cut")}
	for _, call := range []string{"create", "update", "delete"} {
		for _, applied := range []bool{false, true} {
			t.Run(call, func(t *testing.T) {
				r := newRig(t)
				r.shelf.caps.Delay = 5 * time.Minute
				all := r.tuned(4)
				r.save(person(100))
				r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Directrice" })
				r.trash(all[1].ID)
				fail := func(now string) error {
					if now != call {
						return nil
					}
					r.shelf.before, r.shelf.after = nil, nil
					return lost
				}
				if applied {
					r.shelf.after = fail
				} else {
					r.shelf.before = fail
				}
				r.syncOK()
				if r.shelf.created != 5 || r.shelf.updated != 1 || r.shelf.deleted != 1 {
					t.Fatalf("%d created, %d updated, %d deleted", r.shelf.created, r.shelf.updated, r.shelf.deleted)
				}
				r.syncOK()
				r.still()
			})
		}
	}
}

// What we wrote is not taken for somebody's edit because they changed another field of the card before we could look.
func TestAWritingWithoutAnAnswerIsKnownThoughOthersEditTheCardSince(t *testing.T) {
	t.Parallel()
	for _, clocks := range []time.Duration{0, time.Hour} { // with clocks that differ, the last change is not known
		r := newRig(t)
		c := r.tuned(2)[0]
		r.shelf.clock = func() time.Time { return r.clock.now.Add(clocks) }
		r.edit(c.ID, func(c *storage.Card) { c.Title = "Directrice" })
		r.clock.now = r.clock.now.Add(2 * time.Hour)
		if _, err := r.service.Sync(r.ctx, r.account, storage.ActorUser); err != nil {
			t.Fatal(err)
		}
		r.shelf.after = func(string) error { panic(errCrash) }
		if r.carry() {
			t.Fatal("it did not crash")
		}
		r.shelf.after = nil
		r.restart()
		r.edit(c.ID, func(c *storage.Card) { c.Title = "Présidente" })
		r.clock.now = r.clock.now.Add(time.Hour)
		r.shelf.edit(r.cardOf(c.ID).ID, func(c *storage.Card) { c.Nickname = "Zo" })
		r.syncOK()
		r.syncOK()
		if got, card := r.contact(c.ID), r.cardOf(c.ID).Card; got.Title != "Présidente" || card.Title != "Présidente" ||
			got.Nickname != "Zo" || card.Nickname != "Zo" || len(r.questions()) > 0 {
			t.Errorf("clocks %s apart: here %+v, there %+v, %d questions", clocks, got.Card, card, len(r.questions()))
		}
		r.still()
	}
}

func TestAContactEditedWhileItIsSentIsNotOverwritten(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(3)
	r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Directrice" })
	r.shelf.edit(r.cardOf(all[0].ID).ID, func(c *storage.Card) { c.Nickname = "Zo" })
	fresh := r.save(person(50))
	r.shelf.after = func(string) error { // while the answer is on its way
		r.shelf.after = nil
		r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Présidente" })
		r.edit(fresh.ID, func(c *storage.Card) { c.Title = "Stagiaire" })
		return nil
	}
	r.syncOK()
	r.syncOK()
	r.syncOK()
	if c := r.contact(all[0].ID); c.Title != "Présidente" || c.Nickname != "Zo" || r.cardOf(c.ID).Card.Title != "Présidente" {
		t.Errorf("%+v, %+v", c.Card, r.cardOf(c.ID).Card)
	}
	if r.cardOf(fresh.ID).Card.Title != "Stagiaire" || r.shelf.created != 4 {
		t.Errorf("%+v, %d created", r.cardOf(fresh.ID).Card, r.shelf.created)
	}
	r.still()
}

func TestACardThatChangesThereWhileItIsWrittenIsMergedAnew(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.tuned(2)[0]
	id := r.cardOf(c.ID).ID
	r.edit(c.ID, func(card *storage.Card) { card.Title = "Directrice" })
	rounds := 0
	r.shelf.before = func(call string) error {
		if rounds++; call == "update" && rounds <= 2 {
			r.shelf.edit(id, func(card *storage.Card) { card.Note = strings.Repeat("x", rounds) })
		}
		return nil
	}
	r.syncOK()
	if r.contact(c.ID).Note != "xx" || r.shelf.cards[id].Card.Title != "Directrice" || r.shelf.updated != 1 {
		t.Errorf("%+v, %+v, %d updates", r.contact(c.ID).Card, r.shelf.cards[id].Card, r.shelf.updated)
	}
	r.shelf.before = nil
	r.still()
}

func TestOneRefusedCardStopsNoOtherAndIsAQuestion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.shelf.caps.Delay = 10 * time.Minute
	for i := range 120 {
		r.save(person(i))
	}
	bad := person(7).FamilyName
	r.shelf.refuse = func(c storage.Card) bool { return c.FamilyName == bad }
	r.shelf.strict = true // refuses the whole batch without a word of which card is at fault
	r.clock.now = r.clock.now.Add(time.Hour)
	run := r.sync()
	if len(r.shelf.cards) != 119 || r.shelf.created != 119 || run.Totals.Failed != 1 || run.Totals.Sent != 119 {
		t.Fatalf("%d cards, %+v", len(r.shelf.cards), run.Totals)
	}
	// One delay of the book, during which a refused batch that was applied all the same would show; then its fifty cards
	// one by one, and the others in two batches.
	if took := run.EndedAt.Sub(run.StartedAt); took < r.shelf.caps.Delay || took > r.shelf.caps.Delay+time.Minute || r.shelf.writes != 1+50+2 {
		t.Errorf("it took %s and %d writing calls", took, r.shelf.writes)
	}
	q := r.questions()
	if len(q) != 1 || q[0].Kind != storage.QuestionRefused || q[0].Reason.Code != "test.refused" {
		t.Fatalf("%+v", q)
	}
	r.still() // it is not sent again before somebody changes it
	r.shelf.refuse = nil
	r.edit(q[0].ContactIDs[0], func(c *storage.Card) { c.Title = "Directrice" })
	r.syncOK()
	if len(r.shelf.cards) != 120 || len(r.questions()) != 0 {
		t.Fatalf("%d cards, %+v", len(r.shelf.cards), r.questions())
	}
	r.still()
}

func TestABatchOfChangesRefusedAsAWholeStopsNoOtherChange(t *testing.T) {
	t.Parallel()
	for call, trashed := range map[string]bool{"update": false, "delete": true} {
		t.Run(call, func(t *testing.T) {
			r := newRig(t)
			all := r.tuned(60)
			for _, c := range all[:5] {
				if r.edit(c.ID, func(card *storage.Card) { card.Title = "Directrice" }); trashed {
					r.edit(c.ID, func(card *storage.Card) { card.Title = "" })
					r.trash(c.ID)
				}
			}
			r.shelf.refuse = func(c storage.Card) bool { return c.FamilyName == all[3].FamilyName }
			r.shelf.strict, r.shelf.writes = true, 0
			r.clock.now = r.clock.now.Add(time.Hour)
			run := r.sync()
			if run.Totals.Sent != 4 || run.Totals.Failed != 1 || r.shelf.updated+r.shelf.deleted != 4 || r.shelf.writes != 1+5 {
				t.Fatalf("%+v, %d written in %d calls", run.Totals, r.shelf.updated+r.shelf.deleted, r.shelf.writes)
			}
			if q := r.questions(); len(q) != 1 || q[0].Kind != storage.QuestionRefused || q[0].ContactIDs[0] != all[3].ID {
				t.Fatalf("%+v", q)
			}
			r.still()
		})
	}
}

func TestACancelledPassStopsBetweenTwoBatchesAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 130 {
		r.save(person(i))
	}
	id, err := r.service.Sync(r.ctx, r.account, storage.ActorUser)
	if err != nil {
		t.Fatal(err)
	}
	r.shelf.after = func(string) error {
		r.shelf.after = nil
		return r.service.Cancel(r.ctx, id)
	}
	r.carry()
	if run := r.run(id); run.State != storage.RunCancelled || r.shelf.created != 50 || run.Totals.Sent != 50 {
		t.Fatalf("%s, %d created, %+v", run.State, r.shelf.created, run.Totals)
	}
	r.syncOK()
	if r.shelf.created != 130 {
		t.Fatalf("%d created", r.shelf.created)
	}
	r.still()
}

func TestADryRunWritesNothingAndItsPlanIsThatOfThePass(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(4)
	r.save(person(9))
	r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Directrice" })
	r.shelf.put("new", there(70), "")
	r.clock.now = r.clock.now.Add(time.Hour)
	var before, after *storage.ContactBook
	r.view(func(tx storage.Reader) (err error) {
		before, err = tx.ContactBook(r.account)
		return err
	})
	plan, err := r.service.Plan(r.ctx, r.account)
	if err != nil || len(plan.Lines) != 3 || plan.Guard != nil {
		t.Fatalf("%+v, %v", plan, err)
	}
	r.view(func(tx storage.Reader) (err error) {
		after, err = tx.ContactBook(r.account)
		return err
	})
	if len(r.all()) != 5 || len(r.shelf.cards) != 5 || after.Cursor != before.Cursor || len(after.Pass) != len(before.Pass) {
		t.Error("a dry run wrote something")
	}
	run := r.syncOK()
	if run.Totals.Total != 3 {
		t.Errorf("%+v", run.Totals)
	}
}

func TestAnswersToQuestionsAreBroughtAbout(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := r.tuned(3)
	title := func(text string) func(*storage.Card) { return func(c *storage.Card) { c.Title = text } }
	for i, c := range all[:2] {
		r.edit(c.ID, title([]string{"ici", "aussi"}[i]))
		r.shelf.edit(r.cardOf(c.ID).ID, title("là-bas"))
	}
	twin := r.cardOf(all[2].ID)
	for _, id := range []string{"same", "new", "ignored"} {
		r.shelf.put(id, twin.Card, "")
	}
	r.clock.now = r.clock.now.Add(time.Hour)
	r.sync()
	r.clock.now = r.clock.now.Add(time.Hour)
	sides := map[string]merge.Side{all[0].ID: merge.SideHere, all[1].ID: merge.SideThere}
	for _, q := range r.questions() {
		var answer contacts.Answer
		switch {
		case q.Kind == storage.QuestionConflict:
			answer.Sides = map[storage.Field]merge.Side{storage.FieldTitle: sides[q.ContactIDs[0]]}
		case q.RemoteIDs[0] == "same":
			answer.SameAs = r.save(person(60)).ID
		case q.RemoteIDs[0] == "new":
			answer.Somebody = true
		default:
			answer.Ignore = true
		}
		if err := r.service.Decide(r.ctx, q.ID, answer); err != nil {
			t.Fatal(err)
		}
	}
	r.sync()
	if got := r.cardOf(all[0].ID).Card.Title; got != "ici" {
		t.Errorf("our side: %q", got)
	}
	if got := r.contact(all[1].ID).Title; got != "là-bas" {
		t.Errorf("their side: %q", got)
	}
	if len(r.living()) != 5 || len(r.shelf.cards) != 6 || len(r.questions()) != 1 { // « same » bears another name: asked
		t.Errorf("%d contacts, %d cards, %+v", len(r.living()), len(r.shelf.cards), r.questions())
	}
	r.shelf.expired = true
	r.still()
}

func TestAPassThatTheEndOfTheProgramInterruptsGoesOnAtTheNextStart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 60 {
		r.save(person(i))
	}
	engine := sync.New(sync.Params{Store: r.store, Kinds: directory.NewKinds()})
	r.service.ReportTo(engine.Jobs())
	id, err := r.service.Sync(r.ctx, r.account, storage.ActorUser)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // who it is, what stands there, the first batch
		if _, err := r.courier.Carry(r.ctx, "pass", nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(engine.Jobs().List()); n != 1 || r.shelf.created != 50 {
		t.Fatalf("%d jobs, %d created", n, r.shelf.created)
	}
	engine.Stop()
	r.restart()
	r.carry()
	if run := r.run(id); run.State != storage.RunDone || r.shelf.created != 60 {
		t.Fatalf("%s, %v, %d created", run.State, run.Problem, r.shelf.created)
	}
	r.still()
}
