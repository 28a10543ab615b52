package contacts_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// withinReason bounds how long a pass may take that meets one fault: two delays of the book's readings, with room.
const withinReason = 30 * time.Minute

// faulty is a pass at Google's emulator in which one operation meets a fault.
type faulty struct {
	*rig
	people *sandbox.People
	other  *google.Book
	here   map[string]*storage.Contact // by family name, before the pass
}

func newFaulty(t *testing.T) *faulty {
	t.Helper()
	f := &faulty{here: map[string]*storage.Contact{}}
	f.rig, f.people, f.other = atGoogle(t)
	for i := range 24 {
		f.save(person(i))
	}
	f.syncOK()
	for _, c := range f.all() {
		f.here[c.FamilyName] = c
	}
	cards := shown(t, f.other)
	// Of each kind of writing a batch, and something to receive.
	for i := range 4 {
		f.save(person(100 + i))
		f.edit(f.here[person(i).FamilyName].ID, func(c *storage.Card) { c.Title = "Directrice" })
		f.trash(f.here[person(5+i).FamilyName].ID)
		f.people.Edit(anne, cards[person(10+i).FamilyName].ID, `{"nicknames":[{"value":"Zo"}]}`)
	}
	f.people.Assume(func(a *sandbox.PeopleAssumptions) { a.Lag, a.PlainLag = 3*time.Minute, true })
	f.clock.now = f.clock.now.Add(2 * time.Hour)
	return f
}

// wrong tells what has not come about, or twice; "" when all is as it was wanted.
func (f *faulty) wrong() string {
	f.Helper()
	var wrong []string
	want := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	f.clock.now = f.clock.now.Add(10 * time.Minute)
	f.people.Assume(func(a *sandbox.PeopleAssumptions) { a.Lag, a.PlainLag = 0, false })
	cards := map[string]book.Entry{}
	for c := (book.Cursor{}); ; {
		page, err := f.other.Read(f.ctx, c)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range page.Entries {
			_, twice := cards[e.Card.FamilyName]
			want(!twice, "%s is there twice", e.Card.FamilyName)
			cards[e.Card.FamilyName] = e
		}
		if c.Page = page.Next; c.Page == "" {
			break
		}
	}
	want(len(cards) == 24, "%d cards", len(cards))
	want(len(f.living()) == 24, "%d contacts", len(f.living()))
	for i := range 4 {
		_, created := cards[person(100+i).FamilyName]
		want(created, "%d is not created", 100+i)
		want(cards[person(i).FamilyName].Card.Title == "Directrice", "%d is not changed there", i)
		_, stands := cards[person(5+i).FamilyName]
		want(!stands, "%d is not deleted there", 5+i)
		want(f.contact(f.here[person(10+i).FamilyName].ID).Nickname == "Zo", "%d is not changed here", 10+i)
	}
	for _, c := range f.all() {
		n := f.people.Created(anne, c.ID)
		want(n <= 1, "%s was created %d times", c.FullName(), n)
	}
	return strings.Join(wrong, "; ")
}

func TestAnOperationThatMeetsAFaultAtGoogleIsMadeOnceAndThePassEndsSoon(t *testing.T) {
	t.Parallel()
	operations := map[string]string{
		"create": "/v1/people:batchCreateContacts", "update": "/v1/people:batchUpdateContacts", "delete": "/v1/people:batchDeleteContacts",
	}
	answers := func(status, times int) sandbox.Fault {
		return sandbox.Fault{Kind: sandbox.Answer, Status: status, Times: times}
	}
	faults := map[string]sandbox.Fault{
		"400 that names nobody": answers(http.StatusBadRequest, 1), "409": answers(http.StatusConflict, 1),
		"429": {Kind: sandbox.TooManySeconds, Delay: 2 * time.Minute}, "503": answers(http.StatusServiceUnavailable, 1),
		"500": answers(http.StatusInternalServerError, 1), "500 twice": answers(http.StatusInternalServerError, 2),
		"cut": {Kind: sandbox.Cut}, "half of the answer": {Kind: sandbox.CutBody}, "half applied, then 500": {Kind: sandbox.HalfApplied},
		"applied, then 500": {Kind: sandbox.ApplyThen500}, "applied, then cut": {Kind: sandbox.ApplyThenCut},
	}
	for operation, path := range operations {
		for name, fault := range faults {
			t.Run(operation+" meets "+name, func(t *testing.T) {
				t.Parallel()
				f := newFaulty(t)
				fault := fault
				fault.Path = path
				f.people.Misbehave(fault)
				run := f.sync()
				if took := run.EndedAt.Sub(run.StartedAt); took > withinReason {
					t.Errorf("it took %s", took)
				}
				if run.State != storage.RunDone {
					t.Errorf("%s: %v %+v", run.State, run.Problem, run.Totals)
				}
				if wrong := f.wrong(); wrong != "" {
					t.Error(wrong)
				}
				if q := f.questions(); len(q) > 0 {
					t.Errorf("%+v", q[0])
				}
				f.syncOK() // asks once for what was in doubt
				f.still()
			})
		}
	}
}

// silent makes calls that write unanswered, as a service does that chokes on something: nothing of them is applied.
func (s *shelf) silent(when func(cards []storage.Card) bool) {
	s.choke = func(cards []storage.Card) error {
		if when(cards) {
			return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("test.broken"), Err: errors.New("500")}
		}
		return nil
	}
}

func TestACardThatTheServiceChokesOnKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"create", "update", "delete"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.shelf.caps.Delay = 10 * time.Minute
			all := r.tuned(60)
			var ids []string
			for i := range 5 {
				switch id := all[i].ID; op {
				case "create":
					id = r.save(person(100 + i)).ID
					ids = append(ids, id)
				case "update":
					r.edit(id, func(c *storage.Card) { c.Title = "Directrice" })
					ids = append(ids, id)
				case "delete":
					r.trash(id)
					ids = append(ids, id)
				}
			}
			r.shelf.edit(r.cardOf(all[20].ID).ID, func(c *storage.Card) { c.Nickname = "Zo" })
			bad := r.contact(ids[0]).FamilyName // the first in its batch
			r.shelf.silent(func(cards []storage.Card) bool {
				return slices.ContainsFunc(cards, func(c storage.Card) bool { return c.FamilyName == bad })
			})
			r.clock.now = r.clock.now.Add(time.Hour)
			run := r.sync()
			if took := run.EndedAt.Sub(run.StartedAt); took > 2*withinReason {
				t.Errorf("it took %s", took)
			}
			if run.Totals.Sent != 4 || run.Totals.Failed != 1 || r.contact(all[20].ID).Nickname != "Zo" {
				t.Fatalf("%s %v %+v", run.State, run.Problem, run.Totals)
			}
			q := r.questions()
			if len(q) != 1 || q[0].ContactIDs[0] != ids[0] || q[0].Reason.Code != "test.broken" {
				t.Fatalf("%+v", q)
			}
			// What was wrong there is repaired: the next pass sends it, although nobody edits it again.
			r.shelf.choke = nil
			if run := r.syncOK(); run.Totals.Sent != 1 || len(r.questions()) != 0 {
				t.Fatalf("%+v, %+v", run.Totals, r.questions())
			}
			r.syncOK()
			r.still()
		})
	}
}

func TestAServiceThatAnswersNoWritingEndsThePassAndNothingIsForgotten(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.shelf.caps.Delay = 10 * time.Minute
	all := r.tuned(60)
	r.save(person(100))
	r.edit(all[0].ID, func(c *storage.Card) { c.Title = "Directrice" })
	r.trash(all[1].ID)
	r.shelf.silent(func([]storage.Card) bool { return true })
	r.clock.now = r.clock.now.Add(time.Hour)
	run := r.sync()
	if took := run.EndedAt.Sub(run.StartedAt); run.State != storage.RunFailed || run.Problem == nil || run.Problem.Code != "test.broken" || took > 2*withinReason {
		t.Fatalf("%s after %s: %v %+v", run.State, took, run.Problem, run.Totals)
	}
	r.shelf.choke = nil
	if run := r.syncOK(); run.Totals.Sent != 3 || r.shelf.created != 61 || r.shelf.updated != 1 || r.shelf.deleted != 1 {
		t.Fatalf("%+v, %d created", run.Totals, r.shelf.created)
	}
	r.syncOK()
	r.still()
}

func TestACancelledPassDoesNotWaitForWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.shelf.caps.Delay = 10 * time.Minute
	r.save(person(1))
	id, err := r.service.Sync(r.ctx, r.account, storage.ActorUser)
	if err != nil {
		t.Fatal(err)
	}
	r.shelf.after = func(string) error { // applied, shown later, and nobody was told
		r.shelf.after = nil
		for id := range r.shelf.cards {
			r.shelf.hidden[id] = true
		}
		if err := r.service.Cancel(r.ctx, id); err != nil {
			t.Error(err)
		}
		return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("test.broken"), Err: errors.New("500")}
	}
	r.carry()
	if run := r.run(id); run.State != storage.RunCancelled || run.EndedAt.Sub(run.StartedAt) > time.Minute {
		t.Fatalf("%s after %s", run.State, run.EndedAt.Sub(run.StartedAt))
	}
	clear(r.shelf.hidden)
	r.syncOK()
	r.syncOK()
	if r.shelf.created != 1 || len(r.living()) != 1 {
		t.Fatalf("%d created, %d contacts", r.shelf.created, len(r.living()))
	}
	r.still()
}

func TestAClockSetBackDoesNotCutTheWaitForWhatIsInDoubtShort(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.shelf.caps.Delay = 10 * time.Minute
	r.save(person(1))
	if _, err := r.service.Sync(r.ctx, r.account, storage.ActorUser); err != nil {
		t.Fatal(err)
	}
	shown := r.clock.now.Add(24 * time.Hour)
	r.shelf.after = func(string) error {
		r.shelf.after = nil
		for id := range r.shelf.cards {
			r.shelf.hidden[id] = true
		}
		r.clock.now = r.clock.now.Add(-5 * time.Hour)
		shown = r.clock.now.Add(5 * time.Minute)
		return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("test.broken"), Err: errors.New("500")}
	}
	r.shelf.looked = func() {
		if r.clock.now.After(shown) {
			clear(r.shelf.hidden)
		}
	}
	r.carry()
	r.syncOK()
	if r.shelf.created != 1 || len(r.shelf.cards) != 1 {
		t.Fatalf("%d created", r.shelf.created)
	}
	r.syncOK()
	r.still()
}
