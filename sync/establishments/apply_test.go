package establishments_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/establishments"
)

func TestACancelledImportSaysExactlyWhatItDid(t *testing.T) {
	w := newWorkshop(t)
	lines := []string{"Identifiant;Nom"}
	for i := range 2500 {
		lines = append(lines, fmt.Sprintf("A%d;Nom %d", i, i))
	}
	p := w.plan(csv(t, lines...), establishments.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer w.store.OnChange(func(c storage.Changes) {
		if len(c.Establishments) > 0 || c.All {
			cancel()
		}
	})()
	run, err := w.Apply(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if run.State != storage.RunCancelled || run.Totals != (storage.Totals{Total: 2500, Created: 1000, Skipped: 1500}) {
		t.Errorf("%s %+v", run.State, run.Totals)
	}
	if n := len(w.all()); n != 1000 {
		t.Errorf("%d establishments", n)
	}
}

// failing is an editor whose disk is full after some rows.
type failing struct {
	establishments.Editor
	left int
}

func (f *failing) WriteEstablishment(tx storage.Writer, before, after *storage.Establishment, c sync.Cause) error {
	if f.left--; f.left < 0 {
		return storage.NewProblem("disk.full").Because(storage.ErrDiskFull)
	}
	return f.Editor.WriteEstablishment(tx, before, after, c)
}

func TestAnImportThatFailsHalfwayKeepsWhatWasWrittenAndSaysSo(t *testing.T) {
	w := newWorkshop(t)
	w.Importer = establishments.NewImporter(establishments.ImporterParams{
		Store: w.store, Editor: &failing{w.engine, 1500}, Jobs: w.engine.Jobs(), TempDir: t.TempDir(),
	})
	lines := []string{"Identifiant;Nom"}
	for i := range 2500 {
		lines = append(lines, fmt.Sprintf("A%d;Nom %d", i, i))
	}
	run, err := w.Apply(t.Context(), w.plan(csv(t, lines...), establishments.Options{}))
	if !errors.Is(err, storage.ErrDiskFull) {
		t.Fatal(err)
	}
	if run.State != storage.RunFailed || run.Problem.Code != "disk.full" ||
		run.Totals != (storage.Totals{Total: 2500, Created: 1000, Skipped: 1500}) || len(w.all()) != 1000 {
		t.Errorf("%s %v %+v", run.State, run.Problem, run.Totals)
	}
	if jobs := w.engine.Jobs().List(); len(jobs) != 0 {
		t.Errorf("a job goes on: %+v", jobs)
	}
}

func TestAChangeSinceThePlanIsSeenWhenTheRowIsWritten(t *testing.T) {
	w := newWorkshop(t)
	p := w.plan(csv(t, "Identifiant;Nom;Ville", "A1;Un;Lyon", "A2;Deux;Lyon"), establishments.Options{})
	w.importFile(csv(t, "Identifiant;Nom;Ville;Tél", "A1;Un;Lyon;04 91 00 00 01", "A2;Autre;Paris;04 91 00 00 02"))
	run := w.apply(p)
	if run.Totals != (storage.Totals{Total: 2, Updated: 1, Unchanged: 1}) {
		t.Errorf("%+v", run.Totals)
	}
	if e := w.byIdentifier("A2"); e.Name != "Deux" || e.Phone != "+33491000002" {
		t.Errorf("%+v", e)
	}
}

func TestGivenCodesSkipTheStoresAndTheFiles(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom", "ETB-00002;Pris"))
	w.importFile(csv(t, "Identifiant;Nom", ";Un", ";Deux", "ETB-00003;Trois"))
	var codes []string
	for _, e := range w.all() {
		codes = append(codes, e.Name+" "+e.Identifier)
	}
	if diff := cmp.Diff([]string{"Pris ETB-00002", "Un ETB-00001", "Deux ETB-00004", "Trois ETB-00003"}, codes); diff != "" {
		t.Error(diff)
	}
}
