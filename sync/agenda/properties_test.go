package agenda_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

// all gives what is kept, without what keeping adds.
func (r *rig) all() map[string]string {
	r.Helper()
	all := map[string]string{}
	r.must(r.store.View(r.ctx, func(tx storage.Reader) error {
		list, err := tx.Reservations("", 0)
		for _, res := range list {
			res.Revision, res.Sequence, res.ChangedAt, res.CreatedAt = 0, 0, time.Time{}, time.Time{}
			raw, err := json.MarshalIndent(res, "", " ")
			if err != nil {
				return err
			}
			all[res.UID] = string(raw)
		}
		return err
	}))
	return all
}

// TestAnySequenceOfEditsIsTakenBackStepByStep edits occurrences at random, in any scope, and takes it all back: after each
// step there is what there was before it.
func TestAnySequenceOfEditsIsTakenBackStepByStep(t *testing.T) {
	r := newRig(t)
	rapid.Check(t, func(t *rapid.T) {
		series := r.reservation("Chœur", "2026-03-02T18:00")
		series.Recurrence = &storage.Recurrence{Rule: rapid.SampledFrom([]string{
			"FREQ=WEEKLY;COUNT=8", "FREQ=DAILY;UNTIL=20260320T170000Z", "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20260401T000000Z",
		}).Draw(t, "rule")}
		before := []map[string]string{r.all()}
		made, err := r.Save(r.ctx, series)
		if err != nil {
			t.Fatal(err)
		}
		changes := []agenda.Change{made}
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			page, err := r.Occurrences(r.ctx, agenda.Query{From: r.clock.Now(), To: r.clock.Now().AddDate(0, 2, 0)})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) == 0 {
				break
			}
			it := rapid.SampledFrom(page.Items).Draw(t, "occurrence")
			scope := rapid.SampledFrom(recurrence.Scopes).Draw(t, "scope")
			was := r.all()
			c, err := r.anyEdit(t, it, scope)
			if err != nil {
				t.Fatal(err)
			}
			before, changes = append(before, was), append(changes, c)
		}
		for i := len(changes) - 1; i >= 0; i-- {
			if err := r.Undo(r.ctx, changes[i]); err != nil {
				t.Fatal(err)
			}
			if now := r.all(); !cmp.Equal(before[i], now) {
				t.Fatal(cmp.Diff(before[i], now))
			}
		}
	})
}

// anyEdit moves, renames or removes.
func (r *rig) anyEdit(t *rapid.T, it agenda.Item, scope recurrence.Scope) (agenda.Change, error) {
	switch rapid.IntRange(0, 2).Draw(t, "edit") {
	case 0:
		return r.Delete(r.ctx, it.Reservation.ID, it.Original, scope)
	case 1:
		return r.Edit(r.ctx, it.Reservation.ID, it.Original, scope, func(d *recurrence.Draft) { d.Title += " bis" })
	}
	minutes := time.Duration(rapid.IntRange(-300, 300).Draw(t, "minutes")) * time.Minute
	return r.Edit(r.ctx, it.Reservation.ID, it.Original, scope, func(d *recurrence.Draft) {
		d.Start, d.End = d.Start.Add(minutes), d.End.Add(minutes)
	})
}

func TestTheWindowMovesWithTheDayAndTheBytesDoNotWithTheHour(t *testing.T) {
	r := newRig(t)
	r.save(r.reservation("Ancien", "2026-02-10T18:00"))
	r.save(r.reservation("Lointain", "2027-03-20T18:00"))
	l := r.link("Lien")
	morning, told := r.render(l)
	if told.Events != 1 || r.events(morning)[0] != "Ancien 2026-02-10T17:00UTC" {
		t.Fatalf("%+v\n%s", told, morning)
	}
	r.clock.advance(14 * time.Hour) // the same day in Paris
	if evening, _ := r.render(l); evening != morning {
		t.Errorf("the evening's differs:\n%s", cmp.Diff(morning, evening))
	}
	r.clock.advance(20 * 24 * time.Hour)
	later, _ := r.render(l)
	if got := r.events(later); len(got) != 1 || got[0] != "Lointain 2027-03-20T17:00UTC" {
		t.Errorf("twenty days later: %v", got)
	}
}
