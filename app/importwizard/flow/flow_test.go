package flow_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/app/apptest"
	"diapason/app/importwizard/flow"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// bench is an assistant over a real workspace and the real engine. What it asks of the interface's goroutine waits in
// a queue that the test runs itself.
type bench struct {
	*flow.Flow
	t      *testing.T
	store  storage.Store
	queue  apptest.Queue
	errs   []error
	params flow.Params
}

func newBench(t *testing.T) *bench {
	t.Helper()
	store := apptest.Store(t)
	engine := sync.New(sync.Params{Store: store})
	b := &bench{t: t, store: store, queue: apptest.NewQueue()}
	b.params = flow.Params{
		Store: store, Jobs: engine.Jobs(), Undo: engine.Undo, Now: time.Now,
		UI: b.queue.UI,
		Importer: establishments.NewImporter(establishments.ImporterParams{
			Store: store, Editor: engine, Jobs: engine.Jobs(), TempDir: t.TempDir(),
		}),
	}
	b.restart()
	t.Cleanup(func() {
		b.Close()
		engine.Stop()
	})
	return b
}

// restart opens a fresh assistant on the same workspace.
func (b *bench) restart() {
	if b.Flow != nil {
		b.Close()
	}
	b.Flow = flow.New(b.params)
	b.OnError = func(err error) { b.errs = append(b.errs, err) }
}

// until runs what waits for the interface until the condition holds.
func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string {
		return fmt.Sprintf("step %d, work %d, error %v", b.Step(), b.Work(), b.Err())
	})
}

func (b *bench) idle() {
	b.t.Helper()
	b.until("idle", func() bool { return b.Work() == flow.Idle && !b.Looking() && !b.Amending() })
}

func (b *bench) open(path string) {
	b.t.Helper()
	b.Open(path)
	b.idle()
}

// next goes on and waits.
func (b *bench) next() {
	b.t.Helper()
	b.Next()
	b.idle()
}

// line gives a line of the preview, once it has been read.
func (b *bench) line(i int) (row *establishments.PlanRow, remark bool) {
	b.t.Helper()
	b.until("row", func() bool {
		row, remark = b.Line(i)
		return row != nil
	})
	return row, remark
}

func csv(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reseau.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const header = "Code;Nom;Adresse;Code postal;Ville;Pays"

func code(err error) string {
	var p *storage.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

func TestCertainColumnsGoStraightToThePreview(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, header, "MRS-001;Hôtel du Vieux Port;12 quai du Port;13002;Marseille;FR"))
	if b.Step() != flow.StepPreview || b.Counts().Create != 1 {
		t.Fatalf("step %d, counts %+v, error %v", b.Step(), b.Counts(), b.Err())
	}
	row, _ := b.line(0)
	if row.Values[storage.FieldName] != "Hôtel du Vieux Port" {
		t.Errorf("the first row is %q", row.Values)
	}
}

func TestUncertainColumnsAreShownFirst(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, "Nom;Machin", "Hôtel;12"))
	if b.Step() != flow.StepColumns {
		t.Fatalf("step %d", b.Step())
	}
	cols := b.Columns()
	if cols[0].Field != storage.FieldName || cols[1].Field != "" || !slices.Equal(cols[1].Samples, []string{"12"}) {
		t.Errorf("columns %+v", cols)
	}
}

func TestAFieldBelongsToOneColumnOrOneValue(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, "Nom;Machin;Truc", "Hôtel;12;Nice"))
	b.SetConstant(storage.FieldCity, "Lyon")
	b.SetColumn(1, storage.FieldCity)
	b.SetColumn(2, storage.FieldCity)
	if got := b.Columns(); got[1].Field != "" || got[2].Field != storage.FieldCity {
		t.Errorf("columns %+v", got)
	}
	for _, v := range b.Values() {
		if v.Field == storage.FieldCity {
			t.Error("the constant stays beside the column")
		}
	}
	if slices.Contains(b.FreeFields(), storage.FieldCity) {
		t.Error("the city is offered again")
	}
}

func TestWithoutNameOrCodeTheColumnsCannotBeLeft(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, "Nom;Machin", "Hôtel;12"))
	b.SetColumn(0, "")
	if b.Ready() || code(b.Missing()) != "import.noName" {
		t.Fatalf("ready %v, missing %v", b.Ready(), b.Missing())
	}
	b.Next()
	if b.Step() != flow.StepColumns {
		t.Error("the preview opened all the same")
	}
}

func TestCorrectedMappingIsRememberedForTheNextFile(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, "Nom;Machin", "Hôtel;Nice"))
	b.SetColumn(1, storage.FieldCity)
	b.next()
	b.restart()
	b.open(csv(t, "Nom;Machin", "Auberge;Lyon"))
	if b.Step() != flow.StepPreview || !b.Remembered() {
		t.Fatalf("step %d, remembered %v", b.Step(), b.Remembered())
	}
	if row, _ := b.line(0); row.Values[storage.FieldCity] != "Lyon" {
		t.Errorf("the remembered column was not read: %q", row.Values)
	}
}

func TestOptionsAreRememberedWithTheMapping(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, "Nom;Machin", "Hôtel;Nice"))
	chosen := establishments.Options{UpdateOnly: true, EmptyErases: true}
	b.SetColumn(1, storage.FieldCity)
	b.SetOptions(chosen)
	b.next()
	b.restart()
	b.open(csv(t, "Nom;Machin", "Auberge;Lyon"))
	if b.Options() != chosen || b.Counts().Skipped != 1 {
		t.Errorf("options %+v, counts %+v", b.Options(), b.Counts())
	}
	b.open(csv(t, "Nom;Ville", "Auberge;Lyon"))
	if b.Options() != (establishments.Options{}) || b.Counts().Create != 1 {
		t.Errorf("another kind of file: options %+v, counts %+v", b.Options(), b.Counts())
	}
}

func TestRejectedRowIsCorrectedOrLeftOut(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, header, "MRS-007;Boutique Lumen Prado;31 avenue du Prado;130066;Marseille;FR", "NTE-014;;3 rue Crébillon;44000;Nantes;FR"))
	if c := b.Counts(); c.Rejected != 2 || b.Ready() {
		t.Fatalf("counts %+v, ready %v", c, b.Ready())
	}
	if b.Len() != 4 || !b.HasRemark(0) || b.HasRemark(1) {
		t.Fatalf("%d lines", b.Len())
	}
	row, remark := b.line(1)
	if !remark || len(row.Problems) == 0 || row.Problems[0].Field != storage.FieldZip {
		t.Fatalf("remark %v, problems %v", remark, row.Problems)
	}
	b.Correct(0, storage.FieldZip, "13006")
	b.until("correction", func() bool { return b.Counts().Create == 1 })
	b.Ignore(1, true)
	b.until("ignored", func() bool { return b.Counts().Ignored == 1 })
	b.idle()
	if !b.Ready() {
		t.Error("nothing can be imported although a row was corrected")
	}
	b.Ignore(1, false)
	b.until("taken in again", func() bool { return b.Counts().Rejected == 1 })
}

func TestTilesFilterAndSearchNarrows(t *testing.T) {
	b := newBench(t)
	b.open(csv(
		t, header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR", "A2;Café Zuydcoote;2 rue B;59123;Zuydcoote;FR",
		"A3;;3 rue C;75001;Paris;FR",
	))
	b.ToggleOutcome(establishments.OutcomeRejected)
	b.until("filtered", func() bool { return !b.Looking() })
	if b.Len() != 2 {
		t.Errorf("%d lines for one rejected row and its remark", b.Len())
	}
	b.ToggleOutcome(establishments.OutcomeRejected)
	b.until("all again", func() bool { return !b.Looking() })
	b.SetQuery(establishments.Query{Text: "cafe"})
	b.until("searched", func() bool { return !b.Looking() })
	if row, _ := b.line(0); b.Len() != 1 || row.Values[storage.FieldIdentifier] != "A2" {
		t.Errorf("%d lines", b.Len())
	}
}

func TestAFasterQueryWins(t *testing.T) {
	b := newBench(t)
	lines := []string{header}
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("A%d;Hôtel %d;1 rue A;13002;Marseille;FR", i, i))
	}
	b.open(csv(t, lines...))
	for i := range 20 {
		b.SetQuery(establishments.Query{Text: fmt.Sprintf("Hôtel %d", i)})
	}
	b.SetQuery(establishments.Query{Text: "Hôtel 299"})
	b.until("searched", func() bool { return !b.Looking() })
	if b.Len() != 1 {
		t.Errorf("%d lines for the last query", b.Len())
	}
}

func TestImportTellsWhatItDidAndIsTakenBack(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR", "A2;Café Bêta;2 rue B;59000;Lille;FR"))
	b.next()
	if b.Step() != flow.StepImport || b.Run() == nil || b.Run().Totals.Created != 2 {
		t.Fatalf("step %d, run %+v, error %v", b.Step(), b.Run(), b.Err())
	}
	b.Undo()
	b.idle()
	if !b.Undone() || b.Err() != nil {
		t.Fatalf("undone %v, error %v", b.Undone(), b.Err())
	}
	if n := b.count(); n != 0 {
		t.Errorf("%d establishments are left", n)
	}
}

func (b *bench) count() (n int) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx storage.Reader) (err error) {
		n, err = tx.CountEstablishments()
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestBackAndForthKeepsThePlanUnlessSomethingChanged(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR"))
	b.Ignore(0, true)
	b.until("ignored", func() bool { return b.Counts().Ignored == 1 })
	b.Back()
	b.next()
	if b.Counts().Ignored != 1 {
		t.Error("going back and forth lost what was decided")
	}
	b.Back()
	b.SetOptions(establishments.Options{UpdateOnly: true})
	b.next()
	if c := b.Counts(); c.Skipped != 1 || b.Ready() {
		t.Errorf("counts %+v after « update only »", c)
	}
}

func TestBackupComesFirstAndItsFailureStopsTheImport(t *testing.T) {
	b := newBench(t)
	b.params.Backup = func(context.Context) error { return storage.ErrDiskFull }
	b.restart()
	lines := []string{header}
	for i := range 101 {
		lines = append(lines, fmt.Sprintf("A%d;Hôtel %d;%d rue A;13002;Marseille;FR", i, i, i))
	}
	b.open(csv(t, lines...))
	b.next()
	if b.Step() != flow.StepPreview || !errors.Is(b.Err(), storage.ErrDiskFull) || b.count() != 0 {
		t.Errorf("step %d, error %v, %d establishments", b.Step(), b.Err(), b.count())
	}
}

func TestTheReportOfRejectedRowsCanBeReadBack(t *testing.T) {
	b := newBench(t)
	b.open(csv(t, header, "A1;;1 rue A;13002;Marseille;FR"))
	path := filepath.Join(t.TempDir(), "rejets.xlsx")
	var done bool
	b.WriteReport(path, func(p *storage.Problem) string { return p.Code }, "fr", func(err error) {
		if err != nil {
			t.Error(err)
		}
		done = true
	})
	b.until("report", func() bool { return done })
	book, err := tabular.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Error(err)
	}
}

func TestANewFileDropsTheOneBeingRead(t *testing.T) {
	b := newBench(t)
	first := csv(t, header, "A1;Hôtel Alpha;1 rue A;13002;Marseille;FR")
	second := csv(t, header, "B1;Café Bêta;1 rue B;59000;Lille;FR", "B2;Café Gamma;2 rue B;59000;Lille;FR")
	b.Open(first)
	b.Open(second)
	b.idle()
	if b.Counts().Create != 2 {
		t.Errorf("counts %+v", b.Counts())
	}
}

func TestLeavingDoesNotStopARunningImport(t *testing.T) {
	b := newBench(t)
	lines := []string{header}
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("A%d;Hôtel %d;%d rue A;13002;Marseille;FR", i, i, i))
	}
	b.open(csv(t, lines...))
	b.Next()
	b.Close()
	b.until("import", func() bool { return b.Run() != nil })
	if n := b.count(); n != 3000 {
		t.Errorf("%d establishments", n)
	}
}

func TestCancellingAnImportTellsExactlyWhatWasDone(t *testing.T) {
	b := newBench(t)
	lines := []string{header}
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("A%d;Hôtel %d;%d rue A;13002;Marseille;FR", i, i, i))
	}
	b.open(csv(t, lines...))
	b.Next()
	b.Cancel()
	b.until("import", func() bool { return b.Work() == flow.Idle })
	if b.Run() == nil {
		if b.count() != 0 || b.Step() != flow.StepColumns {
			t.Errorf("no run, but %d establishments at step %d", b.count(), b.Step())
		}
		return
	}
	if n := b.count(); n != b.Run().Totals.Created {
		t.Errorf("%d establishments, the run tells %d", n, b.Run().Totals.Created)
	}
}
