package agenda_test

import (
	"strings"
	"testing"

	"diapason/storage"
)

// establish keeps an establishment under a name and at a street.
func (r *rig) establish(id, name, street string) {
	r.Helper()
	r.must(r.store.Update(r.ctx, func(w storage.Writer) error {
		e, err := w.Establishment(id)
		if err != nil {
			e = &storage.Establishment{ID: id, Identifier: id, Status: storage.StatusActive}
		}
		e.Name, e.Address.Street, e.Address.Zip, e.Address.City, e.Address.Country = name, street, "76000", "Rouen", "FR"
		return w.PutEstablishment(e)
	}))
}

func TestReadersSeeThatAnEstablishmentWasRenamedOrMoved(t *testing.T) {
	r := newRig(t)
	r.establish("mairie", "Mairie", "1 rue Neuve")
	r.establish("halle", "Halle", "2 rue Neuve")
	at := func(title, place, address string) *storage.Reservation {
		res := r.reservation(title, "2026-03-04T10:00")
		res.EstablishmentID, res.Address = place, address
		return r.save(res)
	}
	here, own, elsewhere := at("Conseil", "mairie", ""), at("Vœux", "mairie", "Salle des fêtes"), at("Marché", "halle", "")
	series := r.reservation("Chorale", "2026-03-05T18:00")
	series.EstablishmentID, series.Recurrence = "halle", &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=4"}
	original := local("2026-03-12T18:00")
	series.Overrides = []storage.Override{{
		Original: original, Start: original, End: local("2026-03-12T19:00"),
		Details: storage.Details{Title: "Chorale", EstablishmentID: "mairie", Status: storage.ReservationConfirmed},
	}}
	r.save(series)
	link := r.link("Équipe")
	wantRaised := func(what string, want ...int) {
		t.Helper()
		for i, res := range []*storage.Reservation{here, own, elsewhere, series} {
			if got := r.kept(res.ID).Sequence; got != want[i] {
				t.Errorf("%s: %q has sequence %d, want %d", what, res.Title, got, want[i])
			}
		}
	}
	shows := func(text string) answer {
		t.Helper()
		return r.until(link, func(a answer) bool { return strings.Contains(strings.ReplaceAll(a.body, "\r\n ", ""), text) })
	}
	r.must(r.Start(r.ctx))
	shows(`Mairie\, 1 rue Neuve`)
	wantRaised("as made", 0, 0, 0, 0)

	r.establish("mairie", "Hôtel de ville", "1 rue Neuve")
	if body := shows(`Hôtel de ville\, 1 rue Neuve`).body; !strings.Contains(body, "SEQUENCE:1") {
		t.Errorf("the renamed place came without a higher sequence:\n%s", body)
	}
	wantRaised("renamed", 1, 1, 0, 1)

	r.Stop() // what is changed meanwhile is seen at the next start
	r.establish("mairie", "Hôtel de ville", "9 quai Vieux")
	r.restart()
	before := shows("9 quai Vieux")
	wantRaised("moved", 2, 1, 0, 2) // one has an address of its own
	r.restart()
	if after := shows("9 quai Vieux"); after.body != before.body || after.header.Get("ETag") != before.header.Get("ETag") {
		t.Errorf("a restart changed the feed:\n%s\n%s", before.body, after.body)
	}
	wantRaised("after a restart", 2, 1, 0, 2)
}
