package agenda_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/agenda"
	"diapason/sync/agenda/ical"
	"diapason/sync/agenda/recurrence"
	"diapason/sync/directory"
)

func itoa(n int) string { return strconv.Itoa(n) }

// file writes an .ics file of events.
func file(events ...string) string {
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Test//FR", "X-WR-CALNAME:École"}
	for _, e := range events {
		lines = append(lines, "BEGIN:VEVENT")
		lines = append(lines, strings.Split(strings.TrimSpace(e), "\n")...)
		lines = append(lines, "END:VEVENT")
	}
	return strings.Join(append(lines, "END:VCALENDAR", ""), "\r\n")
}

func (r *rig) bring(text string, p agenda.ImportParams) agenda.ImportReport {
	r.Helper()
	report, err := r.ImportFile(r.ctx, "école.ics", strings.NewReader(text), p)
	r.must(err)
	return report
}

func (r *rig) byUID(uid string) (res *storage.Reservation) {
	r.Helper()
	err := r.store.View(r.ctx, func(tx storage.Reader) (err error) {
		res, err = tx.ReservationByUID(uid)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	r.must(err)
	return res
}

const (
	single = `UID:single@example.com
DTSTAMP:20260101T000000Z
SEQUENCE:3
DTSTART:20260305T170000Z
DTEND:20260305T180000Z
SUMMARY:Réunion
LOCATION:Préau
CATEGORIES:fr:agenda.type.meeting
STATUS:TENTATIVE`
	weekly = `UID:weekly@example.com
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Paris:20260302T180000
DTEND;TZID=Europe/Paris:20260302T190000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Paris:20260309T180000
SUMMARY:Chœur`
	moved = `UID:weekly@example.com
DTSTAMP:20260101T000000Z
RECURRENCE-ID;TZID=Europe/Paris:20260316T180000
DTSTART;TZID=Europe/Paris:20260317T200000
DTEND;TZID=Europe/Paris:20260317T210000
SUMMARY:Chœur déplacé`
	lone = `UID:lone@example.com
DTSTAMP:20260101T000000Z
RECURRENCE-ID:20260316T180000Z
DTSTART:20260317T200000Z
SUMMARY:Sans série`
	never = `UID:never@example.com
DTSTAMP:20260101T000000Z
DTSTART:20260302T180000Z
RRULE:FREQ=YEARLY;BYEASTER=1
SUMMARY:Pâques`
)

func TestAFileIsTakenOverOnceAndUpdatedByWhatIsNewer(t *testing.T) {
	r := newRig(t)
	text := file(single, weekly, moved, lone, never)
	if dry := r.bring(text, agenda.ImportParams{DryRun: true}); dry.Created != 2 || len(dry.Rejected) != 2 || dry.Run != nil || r.byUID("single@example.com") != nil {
		t.Errorf("a dry run: %+v", dry)
	}
	first := r.bring(text, agenda.ImportParams{TypeID: "event"})
	if first.Created != 2 || len(first.Rejected) != 2 || first.Name != "École" || first.Run.State != storage.RunDone || first.Run.Totals.Rejected != 2 {
		t.Fatalf("%+v, %+v", first, first.Run)
	}
	one := r.byUID("single@example.com")
	if one.Start != local("2026-03-05T18:00") || one.Zone != "Europe/Paris" || one.TypeID != "meeting" || one.Status != storage.ReservationOption || one.Sequence != 3 || one.Address != "Préau" {
		t.Errorf("%+v", one)
	}
	series := r.byUID("weekly@example.com")
	got := starts(r, series)
	want := "2026-03-02T18:00 2026-03-17T20:00 2026-03-23T18:00"
	if strings.Join(got, " ") != want || series.TypeID != "event" {
		t.Errorf("%v", got)
	}
	var lines []*storage.RunItem
	r.must(r.store.View(r.ctx, func(tx storage.Reader) (err error) {
		lines, err = tx.RunItems(first.Run.ID, 0, 10)
		return err
	}))
	if len(lines) != 2 || len(lines[0].Problems) == 0 || lines[0].Row != 33 || lines[1].Row != 40 {
		t.Errorf("lines of the run: %v", lines)
	}

	// What people added here stays; the same file again changes nothing.
	r.edit(one.ID, "", recurrence.All, func(d *recurrence.Draft) { d.PrivateNotes, d.ResourceID = "Code 1234", r.room.ID })
	if again := r.bring(text, agenda.ImportParams{TypeID: "event"}); again.Unchanged != 2 || again.Created+again.Updated != 0 {
		t.Errorf("again: %+v", again)
	}
	r.clock.advance(time.Hour)
	newer := strings.Replace(strings.Replace(single, "SEQUENCE:3", "SEQUENCE:9", 1), "Réunion", "Assemblée", 1)
	if updated := r.bring(file(newer), agenda.ImportParams{}); updated.Updated != 1 {
		t.Errorf("newer: %+v", updated)
	}
	now := r.byUID("single@example.com")
	if now.Title != "Assemblée" || now.Sequence != 9 || now.ResourceID != r.room.ID || now.PrivateNotes != "Code 1234" || r.byUID("weekly@example.com") == nil {
		t.Errorf("%+v", now)
	}
	if older := r.bring(file(single), agenda.ImportParams{}); older.Unchanged != 1 || r.byUID("single@example.com").Title != "Assemblée" {
		t.Errorf("an older file: %+v", older)
	}
}

func TestAnOccurrenceKeepsItsOwnSequence(t *testing.T) {
	r := newRig(t)
	l := r.link("Famille")
	counting := func(series, occurrence int, title string) string {
		return file(weekly+"\nSEQUENCE:"+itoa(series), moved+title+"\nSEQUENCE:"+itoa(occurrence))
	}
	// told is what the feed tells: the SEQUENCE of the series, that of the occurrence, and its title.
	told := func() (all []string) {
		var body bytes.Buffer
		_, err := r.Render(r.ctx, l.ID, &body)
		r.must(err)
		calendar, faults, err := ical.Read(&body, ical.ReadParams{})
		r.must(err)
		for e := range calendar.Events {
			all = append(all, itoa(e.Sequence))
			if e.RecurrenceID != nil {
				all = append(all, e.Summary)
			}
		}
		if len(faults) > 0 {
			t.Error(faults)
		}
		return all
	}
	id := ""
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"the occurrence is ahead", func() { r.bring(counting(2, 5, ""), agenda.ImportParams{}) }, "2 5 Chœur déplacé"},
		{"the same file again", func() { r.bring(counting(2, 5, ""), agenda.ImportParams{}) }, "2 5 Chœur déplacé"},
		{"it is changed there alone", func() { r.bring(counting(2, 6, " encore"), agenda.ImportParams{}) }, "3 7 Chœur déplacé encore"},
		{"an older file", func() { r.bring(counting(2, 5, ""), agenda.ImportParams{}) }, "3 7 Chœur déplacé encore"},
		{"it is changed here", func() {
			r.edit(id, "2026-03-16T18:00", recurrence.This, func(d *recurrence.Draft) { d.Title = "Chœur, salle B" })
		}, "4 8 Chœur, salle B"},
		{"the series is changed there", func() { r.bring(counting(9, 5, ""), agenda.ImportParams{}) }, "9 8 Chœur déplacé"},
		{"both", func() { r.bring(counting(10, 12, " enfin"), agenda.ImportParams{}) }, "10 12 Chœur déplacé enfin"},
	} {
		r.clock.advance(time.Hour)
		step.do()
		id = r.byUID("weekly@example.com").ID
		if got := strings.Join(told(), " "); got != step.want {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
}

// starts lists when a reservation takes place in 2026.
func starts(r *rig, res *storage.Reservation) (all []string) {
	r.Helper()
	occurrences, err := recurrence.Expand(res, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	r.must(err)
	for _, o := range occurrences {
		all = append(all, o.Start.String())
	}
	return all
}

func TestACutFileIsNoCalendar(t *testing.T) {
	r := newRig(t)
	text := file(single, weekly)
	for _, bad := range []string{"", text[:len(text)/2], "<html></html>"} {
		_, err := r.ImportFile(r.ctx, "x.ics", strings.NewReader(bad), agenda.ImportParams{})
		var p *storage.Problem
		if !errors.As(err, &p) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	r.must(r.store.View(r.ctx, func(tx storage.Reader) error {
		n, err := tx.CountReservations()
		if n != 0 {
			t.Errorf("%d reservations of half a file", n)
		}
		return err
	}))
}

func TestNoPrivateNoteLeavesInASupportFile(t *testing.T) {
	r := newRig(t)
	engine := sync.New(sync.Params{Store: r.store, Kinds: directory.NewKinds(), Clock: r.clock, Reservations: r.Agenda})
	res := r.reservation("Chœur", "2026-03-05T18:00")
	res.PrivateNotes = "Clé sous le paillasson"
	r.save(res)
	r.edit(res.ID, "", recurrence.All, func(d *recurrence.Draft) { d.PrivateNotes = "Paillasson changé" })
	var out bytes.Buffer
	r.must(engine.SupportFile(r.ctx, &out, time.Time{}))
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	r.must(err)
	for _, f := range archive.File {
		part, err := f.Open()
		r.must(err)
		text, err := io.ReadAll(part)
		r.must(err)
		r.must(part.Close())
		if strings.Contains(strings.ToLower(string(text)), "paillasson") {
			t.Errorf("%s tells it:\n%s", f.Name, text)
		}
	}
}

func TestAnImportIsUndoneAsAWhole(t *testing.T) {
	r := newRig(t)
	engine := sync.New(sync.Params{
		Store: r.store, Kinds: directory.NewKinds(), Clock: r.clock, Log: slog.New(slog.DiscardHandler), Reservations: r.Agenda,
	})
	r.must(engine.Start(r.ctx))
	t.Cleanup(engine.Stop)
	r.bring(file(single), agenda.ImportParams{})
	before := r.byUID("single@example.com")
	newer := strings.Replace(strings.Replace(single, "SEQUENCE:3", "SEQUENCE:9", 1), "Réunion", "Assemblée", 1)
	third := `UID:third@example.com
DTSTAMP:20260101T000000Z
DTSTART:20260305T170000Z
SUMMARY:Changé ensuite`
	run := r.bring(file(newer, weekly, third), agenda.ImportParams{})
	changed := r.byUID("third@example.com")
	r.edit(changed.ID, "", recurrence.All, func(d *recurrence.Draft) { d.Title = "Par une personne" })

	plan, err := engine.UndoPlan(r.ctx, run.Run.ID)
	r.must(err)
	if plan.Restore != 1 || plan.Delete != 1 || plan.Conflicts != 1 {
		t.Errorf("the plan: %+v", plan)
	}
	_, err = engine.Undo(r.ctx, run.Run.ID)
	r.must(err)
	now := r.byUID("single@example.com")
	if now.Title != "Réunion" || now.UID != before.UID || now.Sequence <= 9 || r.byUID("weekly@example.com") != nil {
		t.Errorf("undone: %+v", now)
	}
	if r.byUID("third@example.com").Title != "Par une personne" {
		t.Error("what a person changed since was taken back")
	}
}
