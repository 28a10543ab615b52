package agenda_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diapason/storage"
	"diapason/sync/agenda/ical/icaltest"
	"diapason/sync/agenda/recurrence"
)

// demanding keeps an agenda with all that readers stumble over.
func (r *rig) demanding() {
	r.Helper()
	choir := r.reservation("Chœur 👩‍👩‍👧‍👦, « salle ; B » : \"haut\" d’Éléonore", "2026-03-05T18:00")
	choir.PublicNotes = "Apporter les partitions ; accès par la cour, à gauche.\n" + strings.Repeat("e\u0301", 90)
	choir.Address, choir.Link = "12, rue de l’Exemple", "https://www.example.com/agenda?id=1;2,3&t=été"
	choir.ResourceID, choir.InCharge = r.room.ID, []string{r.owner.ID}
	r.save(choir)
	stay := r.reservation("Stage", "2026-03-28")
	stay.End = local("2026-03-31")
	r.save(stay)
	gap := r.reservation("Dans l’heure qui n’existe pas", "2026-03-29T02:30")
	gap.End = local("2026-03-29T05:00")
	r.save(gap)
	off := r.reservation("Concert", "2026-04-01T20:00")
	off.Status = storage.ReservationCancelled
	r.save(off)
	series := r.reservation("Cours", "2026-03-02T09:00")
	series.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=40", Except: []storage.LocalTime{local("2026-04-06T09:00")}}
	r.save(series)
	r.edit(series.ID, "2026-10-26T09:00", recurrence.This, func(d *recurrence.Draft) {
		d.Title, d.Start, d.End = "Nuit du cours", local("2026-10-25T02:30"), local("2026-10-25T04:00")
	})
	far := r.reservation("À Saint-Denis", "2026-03-04T08:30")
	far.Zone, far.Recurrence = "Indian/Reunion", &storage.Recurrence{Rule: "FREQ=MONTHLY;BYDAY=1WE"}
	r.save(far)
}

// whatTheyTell is what everybody must say of it: title, SEQUENCE, start, end, and what it replaces, each in UTC but for days.
var whatTheyTell = []string{
	"Cours 1 20260302T080000Z 20260302T090000Z COUNT=40;FREQ=WEEKLY not 20260406T070000Z",
	"Nuit du cours 1 20261025T003000Z 20261025T030000Z instead of 20261026T080000Z",
	"À Saint-Denis 0 20260304T043000Z 20260304T053000Z BYDAY=1WE;FREQ=MONTHLY",
	"Chœur 👩‍👩‍👧‍👦, « salle ; B » : \"haut\" d’Éléonore 0 20260305T170000Z 20260305T180000Z",
	"Stage 0 20260328 20260331",
	"Dans l’heure qui n’existe pas 0 20260329T013000Z 20260329T030000Z",
	"fr:feed.cancelled Concert 0 20260401T180000Z 20260401T190000Z",
}

// brief puts what a reader tells of an event into a line.
func brief(e icaltest.Told) string {
	line := e.Summary + " " + itoa(e.Sequence)
	say := func(word string, all []icaltest.Moment) {
		for _, m := range all {
			if m.UTC == "" {
				m.UTC = m.Wall // a day
			}
			line += word + m.UTC
		}
	}
	say(" ", e.Start)
	say(" ", e.End)
	if e.Rule != "" {
		line += " " + e.Rule
	}
	say(" not ", e.Except)
	say(" instead of ", e.Recurrence)
	return line
}

func TestOtherReadersReadTheSameFromTheServer(t *testing.T) {
	readers := icaltest.Readers(t)
	r := newRig(t)
	r.demanding()
	r.must(r.Start(r.ctx))
	l := r.Draft(r.owner.ID)
	l.Label, l.Detail, l.Reminders, l.KeepCancelled = "Agenda : « salles », l’étage", storage.FeedFull, []int{30, 1440}, true
	r.must(r.AddLink(r.ctx, l))
	plain := r.until(l, func(a answer) bool { return a.status == http.StatusOK }).body
	for _, encoding := range []string{"gzip", "identity"} {
		a := r.get(l, "Accept-Encoding", encoding)
		if got := a.header.Get("Content-Encoding"); a.status != http.StatusOK || got != strings.TrimPrefix(encoding, "identity") {
			t.Fatalf("%s: %d, encoded as %q", encoding, a.status, got)
		}
		if encoding == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(a.body))
			r.must(err)
			body, err := io.ReadAll(z)
			r.must(err)
			a.body = string(body)
		}
		if a.body != plain {
			t.Errorf("%s gives another feed", encoding)
		}
		var first []icaltest.Told
		for _, reader := range readers {
			name, events := reader.Read(t, a.body)
			if name != l.Label {
				t.Errorf("%s, %s: the calendar is called %q", reader.Name, encoding, name)
			}
			var lines []string
			for _, e := range events {
				lines = append(lines, brief(e))
			}
			if diff := cmp.Diff(whatTheyTell, lines); diff != "" {
				t.Errorf("%s, %s:\n%s", reader.Name, encoding, diff)
			}
			if first == nil {
				first = events
			}
			if diff := cmp.Diff(first, events, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s and %s differ, %s:\n%s", readers[0].Name, reader.Name, encoding, diff)
			}
		}
	}
}
