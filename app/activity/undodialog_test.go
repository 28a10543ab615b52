package activity

import (
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
)

// archived is a run that archived three establishments, one of which was made a draft since.
func archived(t *testing.T, s *shownScreen) *storage.Run {
	t.Helper()
	engine := s.p.Engine.(*sync.Engine)
	var ids []string
	for _, name := range []string{"Abri", "Bois", "Cale"} {
		e := &storage.Establishment{Name: name, Status: storage.StatusActive}
		if err := engine.Create(t.Context(), e, storage.ActorUser); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	id, err := engine.BulkEdit(t.Context(), ids, sync.BulkEdit{Status: storage.StatusArchived}, storage.ActorUser)
	if err != nil {
		t.Fatal(err)
	}
	draft := map[storage.Field]string{storage.FieldStatus: string(storage.StatusDraft)}
	if _, err := engine.Edit(t.Context(), ids[1], draft, storage.ActorUser); err != nil {
		t.Fatal(err)
	}
	var run *storage.Run
	if err := s.p.Store.View(t.Context(), func(tx storage.Reader) (err error) {
		run, err = tx.Run(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestUndoListsWhatItLeavesBeforeItIsDone(t *testing.T) {
	s := newShownScreen(t)
	run := archived(t, s)
	plan, err := s.p.Engine.UndoPlan(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	d := showUndo(s.window.Canvas(), s.Screen, run, plan)
	if len(d.left) != 1 || d.note.Text() != "1 valeur reste telle quelle, parce qu’elle a changé depuis ou ne peut pas revenir." {
		t.Fatalf("%d left, said %q", len(d.left), d.note.Text())
	}
	row := &widgets.ListRow{}
	d.fill(0, row)
	want := []widgets.ListCell{{Text: "Bois", Sub: "Statut", Bold: true}, {Text: "Archivé"}, {Text: "Brouillon"}}
	if diff := cmp.Diff(want, row.Cells); diff != "" {
		t.Error(diff)
	}
	test.Tap(d.do)
	if s.window.Canvas().Overlays().Top() != nil || len(s.host.failures) != 0 {
		t.Errorf("the question stays; failures %v", s.host.failures)
	}
	now := map[string]storage.Status{}
	if err := s.p.Store.View(t.Context(), func(tx storage.Reader) error {
		all, err := tx.Establishments("", 10)
		for _, e := range all {
			now[e.Name] = e.Status
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]storage.Status{"Abri": storage.StatusActive, "Bois": storage.StatusDraft, "Cale": storage.StatusActive}, now); diff != "" {
		t.Error(diff)
	}
}

func TestUndoThatLeavesNothingHasNoList(t *testing.T) {
	s := newShownScreen(t)
	d := showUndo(s.window.Canvas(), s.Screen, s.runs[1], sync.UndoPlan{Restore: 3})
	if d.list != nil || d.dialog == nil {
		t.Error("a list of nothing")
	}
}

func TestLineOfWhatAnUndoLeavesSaysWhyItCannotComeBack(t *testing.T) {
	d := &undoDialog{left: []sync.UndoConflict{
		{Name: "Abri", Problem: storage.NewProblem("undo.edited")},
		{Name: "Bois", Field: storage.FieldPhone, Problem: storage.NewProblem("undo.decisionSent").On(storage.FieldPhone)},
	}}
	for i, why := range []func(r *widgets.ListRow) string{
		func(r *widgets.ListRow) string { return r.Cells[2].Text },
		func(r *widgets.ListRow) string { return r.Cells[2].Sub },
	} {
		row := &widgets.ListRow{}
		d.fill(i, row)
		if len(row.Cells) != 3 || why(row) == "" || row.Cells[1].Text == "" {
			t.Errorf("%+v", row.Cells)
		}
	}
}

func TestLineOfWhatTheUndoOfAPassLeavesIsInTheWordsOfContacts(t *testing.T) {
	d := &undoDialog{left: []sync.UndoConflict{
		{ContactID: "c", Name: "Zoé Morel", Field: storage.FieldTitle, Put: "Directrice", Problem: storage.NewProblem("undo.changedSince").On(storage.FieldTitle)},
		{ContactID: "d", Name: "Ali Ben Salah", Problem: storage.NewProblem("contacts.changed", "name", "Ali Ben Salah")},
	}}
	row := &widgets.ListRow{}
	d.fill(0, row)
	want := []widgets.ListCell{{Text: "Zoé Morel", Sub: "Fonction", Bold: true}, {Text: "Directrice"}, {Text: "Vide"}}
	if diff := cmp.Diff(want, row.Cells); diff != "" {
		t.Error(diff)
	}
	row = &widgets.ListRow{}
	d.fill(1, row)
	if len(row.Cells) != 3 || row.Cells[1].Text != "Changé par ce passage" || row.Cells[2].Text == "" {
		t.Errorf("%+v", row.Cells)
	}
}
