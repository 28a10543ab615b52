package book

import (
	"fmt"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

func TestHistoryOfAReservationIsInWords(t *testing.T) {
	b := open(t)
	b.put("Gravure", "room", "2026-11-20T10:00", "", "atelier") // of another one, nothing is told
	r := b.put("Chorale", "rehearsal", "2026-11-19T10:00", "", "belvedere")
	if err := b.agenda.SavePerson(t.Context(), &storage.Person{ID: "ines", Name: "Inès Exemple"}); err != nil {
		t.Fatal(err)
	}
	b.until("the person", func() bool { return b.Names().Person("ines") != "" })
	change := func(f func(*recurrence.Draft)) {
		t.Helper()
		if _, err := b.agenda.Edit(t.Context(), r.ID, r.Start, recurrence.All, f); err != nil {
			t.Fatal(err)
		}
	}
	change(func(d *recurrence.Draft) { d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1) })
	change(func(d *recurrence.Draft) {
		d.ResourceID, d.Status = "", storage.ReservationOption
		d.Participants = []storage.Participant{{PersonID: "ines", Answer: storage.AttendancePresent}}
		d.PrivateNotes = "secret"
	})
	entries, more, err := History(t.Context(), b.p.Store, r.ID, "")
	if err != nil || more || len(entries) != 3 {
		t.Fatalf("read %d entries, more %t, %v", len(entries), more, err)
	}
	want := [][]HistoryChange{
		{
			{"Ressource", "Belvédère", "Vide"},
			{"Statut", "Confirmée", "Option"},
			{"Participants", "Vide", "Inès Exemple (Présent)"},
			{"Notes privées", "", ""},
		},
		{{"Début", "19/11/2026, 10 h", "20/11/2026, 10 h"}, {"Fin", "19/11/2026, 12 h", "20/11/2026, 12 h"}},
		nil,
	}
	for i, j := range entries {
		line := b.Names().HistoryLine(j, now)
		for k := range line.Changes {
			line.Changes[k].Before, line.Changes[k].After = plain(line.Changes[k].Before), plain(line.Changes[k].After)
		}
		if fmt.Sprint(line.Changes) != fmt.Sprint(want[i]) || line.Who != "Vous" || plain(line.When) != "Aujourd’hui, 9 h 45" {
			t.Errorf("entry %d: %+v, want %v", i, line, want[i])
		}
	}
}
