//go:build linux

package crashtest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/storagetest"
)

// perish starts a worker whose clock is some hours later than that of the one before, lets others edit what is in its address
// books, and waits until it is dead and the workspace sound. Doom is given the worker, and sees to its death.
func (r *contactsRig) perish(mode, seam string, doom func(*victim)) {
	r.Helper()
	r.later(step)
	r.serial++
	for range r.dice.IntN(3) {
		r.edit(atGoogle)
		r.edit(atRadicale)
	}
	v := r.spawn(r.hours, r.serial, mode, seam)
	if doom(v); mode == "contacts" {
		for range r.dice.IntN(4) { // while it works
			r.edit([]string{atGoogle, atRadicale}[r.dice.IntN(2)])
		}
	}
	r.dead(v)
	r.survived()
}

// soon kills a worker at a random moment.
func (r *contactsRig) soon(v *victim) {
	time.AfterFunc(time.Duration(50+r.dice.IntN(600))*time.Millisecond, func() {
		v.Process.Kill() //nolint:errcheck // dead already is what is wanted
	})
}

// gone takes somebody away at each service, whom nobody edits.
func (r *contactsRig) gone() {
	r.Helper()
	first := func(names []string) string {
		for _, name := range slices.Sorted(slices.Values(names)) {
			if strings.HasPrefix(name, "D") {
				return name
			}
		}
		r.Fatal("nobody is left to be deleted")
		return ""
	}
	at := map[string]string{}
	for _, c := range r.people.Contacts(anne) {
		at[c.First("names", "familyName")] = c.Name
	}
	victim := first(slices.Collect(maps.Keys(at)))
	r.people.Remove(anne, at[victim])
	delete(r.wanted, victim)
	name := first(slices.Collect(maps.Keys(r.wanted)))
	if status, answer := r.radicale.Call(http.MethodDelete, r.path(name), "", nil); status/100 != 2 {
		r.Fatal(status, answer)
	}
	delete(r.wanted, name)
}

// path gives where the card of somebody is.
func (r *contactsRig) path(family string) string {
	r.Helper()
	for name, c := range r.cards() {
		if strings.Contains(c.text, "\nN:"+family+";") {
			return name
		}
	}
	r.Fatalf("%s has no card", family)
	return ""
}

// inTune lets everything come to rest and compares the three sides with what each of them wrote: nobody is lost, nobody is
// there twice, every edit stands everywhere, and a further pass does nothing.
func (r *contactsRig) inTune() {
	r.Helper()
	r.settle()
	store := r.open()
	defer store.Close() //nolint:errcheck // only read from
	storagetest.Verify(r.T, store)
	for side, found := range r.sides(store) {
		for name, w := range r.wanted {
			if found[name] != w {
				r.Errorf("%s: %s is %+v, want %+v", side, name, found[name], w)
			}
		}
		if len(found) != len(r.wanted) {
			r.Errorf("%s: %d contacts of %d: %v", side, len(found), len(r.wanted), slices.Sorted(maps.Keys(found)))
		}
	}
	for _, c := range r.cards() {
		if name := between(c.text+"</", "\nN:"); strings.HasPrefix(name, "R") && !strings.Contains(c.text, "X-OURS-NOT:") {
			r.Errorf("a line that is not ours is lost: %s", c.text)
		}
	}
	for path, n := range r.created {
		if n > 1 {
			r.Errorf("%s was created %d times", path, n)
		}
	}
	r.once(store)
}

// once looks that no contact was created twice at Google, that there are no questions, and that the last passes did nothing.
func (r *contactsRig) once(store storage.Store) {
	r.Helper()
	err := store.View(context.Background(), func(tx storage.Reader) error {
		all, err := tx.Contacts("", 0)
		if err != nil {
			return err
		}
		for _, c := range all {
			if n := r.people.Created(anne, c.ID); n > 1 {
				r.Errorf("%s was created %d times at Google", c.FamilyName, n)
			}
		}
		accounts, err := tx.Accounts()
		if err != nil {
			return err
		}
		for _, a := range accounts {
			questions, err := tx.ContactQuestions(a.ID)
			if err != nil {
				return err
			}
			for _, q := range questions {
				r.Errorf("%s: %s is asked about: %s, %+v", a.Name, q.Name, q.Kind, q.Conflicts)
			}
			b, err := tx.ContactBook(a.ID)
			if err != nil {
				return err
			}
			run, err := tx.Run(b.LastPass)
			if err != nil {
				return err
			}
			if run.State != storage.RunDone || run.Totals.Total != 0 {
				r.Errorf("%s: a further pass did something: %s, %+v", a.Name, run.State, run.Totals)
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	if v := r.people.Violations(anne); len(v) > 0 {
		r.Errorf("what Google asks not to do: %v", v)
	}
}

func TestKilledAtAnyMomentOfAPassContactsAreInTuneInTheEnd(t *testing.T) {
	t.Parallel()
	r := newContactsRig(t)
	n := kills(t, 6)
	for i := range n {
		if i == n/2 {
			r.gone()
		}
		r.perish("contacts", "", r.soon)
	}
	r.inTune()
	r.Logf("%d kills, %d contacts", n, len(r.wanted))
}

// passSeams are the named moments of a pass: a batch is marked as on its way and not sent; its answer is there and not kept;
// the answer is kept; a slice of what came from the book is kept; everything is, and the pass is not over.
var passSeams = []string{"batchDeparted", "batchAnswered", "batchSettled", "sliceApplied", "passApplied"}

func TestKilledAtEachStepOfAPassContactsAreInTuneInTheEnd(t *testing.T) {
	t.Parallel()
	r := newContactsRig(t)
	for range kills(t, 1) {
		for _, seam := range passSeams {
			r.perish("contacts", fmt.Sprintf("%s=%d*off->return", seam, r.dice.IntN(4)), func(*victim) {})
		}
	}
	r.inTune()
}

func TestKilledAroundAWritingToABookItTakesEffectOnce(t *testing.T) {
	t.Parallel()
	r := newContactsRig(t)
	for range kills(t, 1) {
		for service, g := range r.gates {
			for _, when := range outsideSeams {
				if when == halfOfABatch && service == atRadicale {
					continue // each of its cards is a call
				}
				killing := make(chan func(), 1)
				g.set(&trap{when: when, after: r.dice.IntN(3), kill: func() { (<-killing)() }})
				r.perish("contacts", "", func(v *victim) {
					killing <- func() {
						if err := v.Process.Kill(); err != nil {
							t.Error(err)
						}
					}
				})
				g.set(nil)
			}
		}
	}
	r.inTune()
}

// A trash that would empty both books is held by the guard, however often the program is killed and started again.
func TestKilledWhileTheGuardHoldsNothingIsDeleted(t *testing.T) {
	t.Parallel()
	r := newContactsRig(t)
	google, radicale := len(r.people.Contacts(anne)), len(r.cards())
	for range kills(t, 4) {
		r.later(1)
		r.serial++
		v := r.spawn(r.hours, r.serial, "contacts-trash", "")
		r.soon(v)
		r.dead(v)
		store := r.open()
		storagetest.Verify(r.T, store)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r.later(1)
	select {
	case err := <-r.spawn(r.hours, 0, "contacts-settle", "").ended:
		if err == nil || !strings.Contains(err.Error(), "the pass is held") {
			t.Errorf("it is not held: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it never comes to rest")
	}
	if n, m := len(r.people.Contacts(anne)), len(r.cards()); n != google || m != radicale {
		t.Errorf("%d cards of %d at Google, %d of %d at Radicale", n, google, m, radicale)
	}
}
