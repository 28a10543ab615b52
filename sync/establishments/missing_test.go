package establishments_test

import (
	"fmt"
	"testing"

	"diapason/sync/establishments"
)

// TestRowsThatAreMissingFromAFileDeleteNothing imports a network again without a hundred of its rows, and with one
// whose code stands there twice.
func TestRowsThatAreMissingFromAFileDeleteNothing(t *testing.T) {
	w := newWorkshop(t)
	lines := []string{"Identifiant;Nom;Rue;CP"}
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("A%03d;Hôtel %d;%d rue Bleue;13001", i, i, i+1))
	}
	w.importFile(csv(t, lines...))
	again := append(lines[:201:201], "A005;Autre;1 rue Rouge;13001")
	p := w.plan(csv(t, again...), establishments.Options{})
	if c := p.Counts(); c != (establishments.Counts{Total: 201, Unchanged: 199, Rejected: 2}) {
		t.Errorf("%+v", c)
	}
	w.apply(p)
	if n := len(w.all()); n != 300 {
		t.Errorf("%d establishments are left of 300", n)
	}
	if e := w.byIdentifier("A005"); e.Name != "Hôtel 5" {
		t.Errorf("the code that stands twice now means %q", e.Name)
	}
}
