package book

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

// now is a Thursday.
var now = time.Date(2026, 11, 19, 9, 45, 0, 0, paris)

type clock struct{}

func (clock) Now() time.Time { return now }

// bench is a book over a real workspace, with a queue in the place of the interface's goroutine.
type bench struct {
	*Book
	t        *testing.T
	queue    apptest.Queue
	agenda   *agenda.Agenda
	shown    int
	done     []string
	undone   int
	failures []error
}

func open(t *testing.T) *bench {
	t.Helper()
	french(t)
	store := apptest.Store(t)
	b := &bench{t: t, queue: apptest.NewQueue()}
	b.agenda = agenda.New(agenda.Params{
		Store: store, Clock: clock{}, Log: slog.New(slog.DiscardHandler), Zone: "Europe/Paris", Words: words.In, Language: words.Lang,
	})
	if err := b.agenda.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []storage.Resource{{ID: "belvedere", Name: "Belvédère"}, {ID: "atelier", Name: "Atelier"}} {
		if err := b.agenda.SaveResource(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
	}
	b.Book = New(Params{
		Store: store, Service: b.agenda, Now: func() time.Time { return now }, UI: b.queue.UI,
		Later: func(_ time.Duration, f func()) { go f() },
		Shown: func() { b.shown++ }, Done: func(text string) { b.done = append(b.done, plain(text)) }, Undone: func() { b.undone++ },
		Failed: func(err error) { b.failures = append(b.failures, err) },
	})
	t.Cleanup(b.Close)
	b.Follow()
	b.settle()
	return b
}

// settle runs what is queued until the book shows the answer to its latest question.
func (b *bench) settle() {
	b.t.Helper()
	b.queue.Until(b.t, "the book settles", b.Settled, nil)
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, nil)
}

// put keeps a reservation: "2026-11-19T10:00" for two hours.
func (b *bench) put(title, typeID, start, rule, resource string) *storage.Reservation {
	b.t.Helper()
	r := &storage.Reservation{TypeID: typeID, Start: local(b.t, start), Zone: "Europe/Paris"}
	r.Title, r.Status, r.ResourceID = title, storage.ReservationConfirmed, resource
	if r.End = r.Start.Add(2 * time.Hour); r.Start.IsDay() {
		r.End = r.Start.AddDays(2)
	}
	if rule != "" {
		r.Recurrence = &storage.Recurrence{Rule: rule}
	}
	if _, err := b.agenda.Save(context.Background(), r); err != nil {
		b.t.Fatal(err)
	}
	b.until(title, func() bool { return b.Settled() && b.find(title) != nil || !b.Period().Shows(r.Start.Date()) })
	return r
}

// find gives the first entry of a title, nil without one.
func (b *bench) find(title string) *Entry {
	for _, e := range b.Entries() {
		if e.Title == title {
			return e
		}
	}
	return nil
}

func TestBookShowsThePeriodAsPeopleSayIt(t *testing.T) {
	b := open(t)
	if b.Ever() || len(b.Entries()) != 0 || len(b.Names().Types) != 6 {
		t.Fatalf("an empty agenda has %d entries, %d types", len(b.Entries()), len(b.Names().Types))
	}
	b.put("Chorale", "rehearsal", "2026-11-19T10:00", "", "belvedere")
	b.put("Chambre 12", "stay", "2026-11-20", "", "")
	e := b.find("Chorale")
	if plain(e.Line) != "10 h – 12 h" || e.Kind != "Répétition" || e.Place != "Belvédère" || plain(e.When()) != "jeudi 19 novembre 2026, 10 h – 12 h" {
		t.Errorf("%q, %q, %q, %q", plain(e.Line), e.Kind, e.Place, plain(e.When()))
	}
	if e := b.find("Chambre 12"); !e.Days || plain(e.When()) != "20 – 21 novembre 2026" {
		t.Errorf("the stay: %v, %q", e.Days, plain(e.When()))
	}
	if b.Count("rehearsal") != 1 || b.Count("stay") != 1 || b.Count("event") != 0 {
		t.Error("the types are not counted")
	}
	b.Turn(b.Period().Step(1))
	b.settle()
	if len(b.Entries()) != 0 || !b.Ever() {
		t.Errorf("the next week shows %d", len(b.Entries()))
	}
	b.Today()
	b.settle()
	if len(b.Entries()) != 2 {
		t.Errorf("today's week shows %d", len(b.Entries()))
	}
}

func TestTypeThatIsSwitchedOffKeepsItsCount(t *testing.T) {
	b := open(t)
	b.put("Chorale", "rehearsal", "2026-11-19T10:00", "", "")
	b.put("Visite", "meeting", "2026-11-19T15:00", "", "")
	b.Toggle("rehearsal")
	b.settle()
	if b.find("Chorale") != nil || b.find("Visite") == nil || b.Count("rehearsal") != 1 {
		t.Errorf("%d entries, %d rehearsals", len(b.Entries()), b.Count("rehearsal"))
	}
	if fresh := b.Fresh(now, now.Add(time.Hour), false); fresh.TypeID == "rehearsal" {
		t.Error("a new reservation is of a type that is not shown")
	}
	b.Toggle("rehearsal")
	b.settle()
	if b.find("Chorale") == nil {
		t.Error("it did not come back")
	}
}

func TestConflictOfAResourceNamesWhoHasIt(t *testing.T) {
	b := open(t)
	b.put("Chorale", "rehearsal", "2026-11-19T10:00", "", "belvedere")
	b.put("Séminaire", "room", "2026-11-19T11:00", "", "belvedere")
	b.put("Gravure", "room", "2026-11-19T11:00", "", "atelier")
	e := b.find("Chorale")
	if !e.Conflict || b.find("Gravure").Conflict {
		t.Fatal("the overlap is not found where it is")
	}
	if got, want := plain(b.Taken(e)), "La ressource « Belvédère » est déjà prise : « Séminaire », jeudi 19 novembre 2026, 11 h – 13 h."; got != want {
		t.Errorf("said %q", got)
	}
}

func TestMoveIsKeptInTheZoneOfTheReservationAndTakenBack(t *testing.T) {
	b := open(t)
	r := b.put("Visioconférence", "meeting", "2026-11-19T14:00", "", "")
	if _, err := b.agenda.Edit(t.Context(), r.ID, storage.LocalTime{}, recurrence.All, func(d *recurrence.Draft) { d.Zone = "Indian/Reunion" }); err != nil {
		t.Fatal(err)
	}
	// 14 h on La Réunion is 11 h in Paris.
	b.until("it shows in the person's zone", func() bool { e := b.find("Visioconférence"); return e != nil && plain(e.Line) == "11 h – 13 h" })
	e := b.find("Visioconférence")
	b.Move(e, e.Start.Add(time.Hour), e.End.Add(time.Hour), false, recurrence.All)
	b.until("the move", func() bool { return len(b.done) > 0 && plain(b.find("Visioconférence").Line) == "12 h – 14 h" })
	if kept := b.find("Visioconférence").Item.Reservation; kept.Start != local(t, "2026-11-19T15:00") {
		t.Errorf("kept at %s", kept.Start)
	}
	if len(b.done) != 1 || b.done[0] != "« Visioconférence » déplacé" {
		t.Errorf("said %q", b.done)
	}
	if !b.Undo() {
		t.Fatal("nothing to take back")
	}
	b.until("it is back", func() bool { return b.undone == 1 && plain(b.find("Visioconférence").Line) == "11 h – 13 h" })
	if b.Undo() {
		t.Error("it was taken back twice")
	}
}

func TestFormOfOneOccurrenceChangesThatOne(t *testing.T) {
	b := open(t)
	b.put("Voile", "teaching", "2026-11-16T17:00", "FREQ=DAILY", "")
	all := b.Entries()
	if len(all) != 7 {
		t.Fatalf("%d occurrences", len(all))
	}
	e := all[2]
	f := e.Form()
	f.Title, f.Start, f.End = "Voile, finale", "18h", "20h"
	if e.WholeSeries(f) {
		t.Error("a title is the whole series' affair")
	}
	var trouble error
	b.SaveForm(e, nil, f, recurrence.This, func(wrong []*Wrong, err error) {
		trouble = err
		if wrong != nil {
			t.Errorf("wrong: %v", wrong[0].Problem)
		}
	})
	b.until("the occurrence", func() bool { return trouble != nil || b.find("Voile, finale") != nil })
	if trouble != nil {
		t.Fatal(trouble)
	}
	changed := b.find("Voile, finale")
	if plain(changed.Line) != "18 h – 20 h" || len(b.Entries()) != 7 || b.find("Voile") == nil {
		t.Errorf("%q among %d", plain(changed.Line), len(b.Entries()))
	}
	g := changed.Form()
	g.TypeID = "event"
	if !changed.WholeSeries(g) {
		t.Error("a type is one occurrence's affair")
	}
}

func TestFormTellsWhatIsWrongBeforeAnythingIsKept(t *testing.T) {
	b := open(t)
	fresh := b.Fresh(now, now.Add(time.Hour), false)
	for _, c := range []struct {
		name   string
		change func(*Form)
		part   Part
	}{
		{"no title", func(f *Form) { f.Title = " " }, PartTitle},
		{"no day", func(f *Form) { f.StartDay = "" }, PartStartDay},
		{"an hour in words", func(f *Form) { f.Start = "midi" }, PartStart},
		{"an end before the start", func(f *Form) { f.End = "8h" }, PartEnd},
		{"a last day before the first", func(f *Form) { f.WholeDays, f.EndDay = true, "18/11/2026" }, PartEndDay},
	} {
		f := FormOf(DraftOf(fresh), paris)
		f.Title = "Visite"
		c.change(&f)
		var found []*Wrong
		b.SaveForm(nil, fresh, f, recurrence.All, func(wrong []*Wrong, _ error) { found = wrong })
		if len(found) != 1 || found[0].Part != c.part {
			t.Errorf("%s: %v", c.name, found)
		}
	}
	if len(b.done) > 0 {
		t.Errorf("kept: %q", b.done)
	}
}

func TestEndFollowsTheStart(t *testing.T) {
	b := open(t)
	before := FormOf(DraftOf(b.Fresh(now, now.Add(90*time.Minute), false)), paris)
	f := before
	f.StartDay, f.Start = "20/11/2026", "23h"
	f.Moved(before)
	if f.EndDay != "21/11/2026" || plain(f.End) != "0 h 30" {
		t.Errorf("ends %s, %s", f.EndDay, plain(f.End))
	}
	days := FormOf(DraftOf(b.Fresh(now, now.AddDate(0, 0, 3), true)), paris)
	if days.StartDay != "19/11/2026" || days.EndDay != "21/11/2026" {
		t.Errorf("whole days: %s to %s", days.StartDay, days.EndDay)
	}
}
