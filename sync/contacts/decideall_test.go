package contacts_test

import (
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
)

// clash has both sides change the titles of contacts, and gives the questions that a pass asks.
func (r *rig) clash(of []*storage.Contact) []*storage.ContactQuestion {
	r.Helper()
	for _, c := range of {
		r.edit(c.ID, func(c *storage.Card) { c.Title = "D’ici" })
		r.shelf.edit(r.link(c.ID).RemoteID, func(c *storage.Card) { c.Title = "De là-bas" })
	}
	r.clock.now = r.clock.now.Add(2 * time.Hour)
	if run := r.sync(); run.State != storage.RunDone || run.Totals.Failed != 0 { // a question is no failure
		r.Fatalf("the pass that asks is %s: %+v", run.State, run.Totals)
	}
	asked := r.questions()
	if len(asked) != len(of) {
		r.Fatalf("%d questions about %d contacts", len(asked), len(of))
	}
	return asked
}

func TestAllConflictsAreDecidedAlikeButThoseDecidedAlready(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	of := r.tuned(3)
	asked := r.clash(of)
	if err := r.service.Decide(r.ctx, asked[0].ID, contacts.Answer{Sides: map[storage.Field]merge.Side{storage.FieldTitle: merge.SideHere}}); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{"another", r.account, ""} {
		n, err := r.service.DecideAll(r.ctx, account, merge.SideThere)
		if want := map[string]int{r.account: 2}[account]; err != nil || n != want {
			t.Errorf("account %q: %d conflicts decided, %v, want %d", account, n, err, want)
		}
	}
	r.syncOK()
	titles := map[string]int{}
	for _, c := range r.all() {
		titles[c.Title]++
		if there := r.cardOf(c.ID).Card.Title; there != c.Title {
			t.Errorf("%s: %q here and %q there", c.FullName(), c.Title, there)
		}
	}
	if titles["D’ici"] != 1 || titles["De là-bas"] != 2 || len(r.questions()) != 0 {
		t.Errorf("%v, %d questions", titles, len(r.questions()))
	}
}

func TestOnlyASideAnswersAllConflicts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.clash(r.tuned(1))
	if n, err := r.service.DecideAll(r.ctx, "", merge.SideNone); err == nil || n != 0 {
		t.Errorf("%d conflicts decided for neither side, %v", n, err)
	}
	if open := contacts.OpenFields(r.questions()[0]); len(open) != 1 || open[0] != storage.FieldTitle {
		t.Errorf("open are %v", open)
	}
}
