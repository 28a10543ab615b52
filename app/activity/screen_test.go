package activity

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"diapason/app/apptest"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/tabular"
	"diapason/widgets/look"
)

// host records what the screen asks of the window, and saves where it is told.
type host struct {
	folder   string
	saved    string
	opened   string
	held     string
	failures []error
}

func (h *host) Toast(string, string, func()) {}
func (h *host) Failure(err error)            { h.failures = append(h.failures, err) }
func (h *host) OpenURL(string)               {}
func (h *host) OpenEstablishment(id string)  { h.opened = id }
func (h *host) ShowHeld(id string)           { h.held = id }
func (h *host) SaveFile(_, name string, _ []string, done func(string, error)) {
	h.saved = filepath.Join(h.folder, name)
	done(h.saved, nil)
}

// shownScreen is the screen in a test window, on a real workspace and engine; everything runs on the test's goroutine.
type shownScreen struct {
	*Screen
	host   *host
	window fyne.Window
}

func newShownScreen(t *testing.T) *shownScreen {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	store := apptest.Store(t)
	if err := store.Update(context.Background(), fill); err != nil {
		t.Fatal(err)
	}
	s := &shownScreen{host: &host{folder: t.TempDir()}}
	direct := func(f func()) { f() }
	kinds := directory.NewKinds(directory.Kind{ID: "directory.pages"})
	s.Screen = New(Params{
		Store: store, Engine: sync.New(sync.Params{Store: store, Kinds: kinds}), Kinds: kinds, Host: s.host,
		Now: func() time.Time { return now }, UI: direct, Background: direct,
		Later: func(time.Duration, func()) {}, // a test that wants what was written meanwhile asks for it
	})
	t.Cleanup(s.Close)
	s.window = test.NewTempWindow(t, s.Content())
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1072, 764))
	s.Shown()
	return s
}

// fill keeps four runs: one running, one with failures, an import of yesterday, one of long ago.
func fill(w storage.Writer) error {
	if err := w.PutAccount(&storage.Account{ID: "pages", Kind: "directory.pages", Name: "PagesJaunes", Enabled: true}); err != nil {
		return err
	}
	runs := []*storage.Run{
		{ID: "4", Kind: storage.RunSync, State: storage.RunRunning, Actor: storage.ActorAutoSync, StartedAt: now.Add(-7 * time.Minute), Totals: storage.Totals{Total: 38}},
		{ID: "3", Kind: storage.RunSync, State: storage.RunFailed, Actor: storage.ActorUser, StartedAt: now.Add(-33 * time.Minute), EndedAt: now.Add(-31 * time.Minute), Totals: storage.Totals{Total: 40, Failed: 3, Sent: 37}},
		{ID: "2", Kind: storage.RunImport, State: storage.RunDone, Actor: storage.ActorUser, StartedAt: now.Add(-16 * time.Hour), EndedAt: now.Add(-16*time.Hour + 41*time.Second), Subject: "reseau-lumen-2026.xlsx", Totals: storage.Totals{Total: 310, Created: 310}},
		{ID: "1", Kind: storage.RunEdit, State: storage.RunUndone, Actor: storage.ActorUser, StartedAt: now.Add(-40 * 24 * time.Hour), EndedAt: now.Add(-40 * 24 * time.Hour), Totals: storage.Totals{Total: 52}},
	}
	for _, r := range runs {
		if err := w.PutRun(r); err != nil {
			return err
		}
	}
	for i := range 40 {
		item := &storage.RunItem{RunID: "3", Seq: i, Name: fmt.Sprintf("Hôtel %02d", i), EstablishmentID: "e", AccountID: "pages", Result: storage.ItemSent, At: now}
		if i%15 == 7 {
			item.Result, item.Problems = storage.ItemFailed, storage.Problems{storage.NewProblem("blocker.tooManyPeriods", "count", "3", "limit", "2").On(storage.FieldOpeningHours)}
		}
		if err := w.PutRunItem(item); err != nil {
			return err
		}
	}
	return w.AppendJournal(&storage.JournalEntry{
		ID: "j1", At: now.Add(-time.Hour), Actor: storage.ActorUser, Action: storage.JournalUpdate, Name: "Hôtel 01",
		Changes: []storage.FieldChange{{Field: storage.FieldName, Before: "=1+1", After: "Hôtel 01"}},
	})
}

func TestOpenReportShowsItsFailuresFirst(t *testing.T) {
	s := newShownScreen(t)
	s.toggle(s.runs[1])
	rep := s.reports["3"]
	if !rep.loaded || len(rep.items) != firstPage || !rep.more || !failed(rep.items[2]) || failed(rep.items[3]) {
		t.Fatalf("loaded %v, %d items, more %v; %v", rep.loaded, len(rep.items), rep.more, s.host.failures)
	}
	s.toggle(s.runs[1])
	if len(s.reports) != 0 {
		t.Error("the report is still open")
	}
}

func TestPeriodReadsAgainAndFiltersCombine(t *testing.T) {
	s := newShownScreen(t)
	if len(s.runs) != 3 {
		t.Fatalf("%d runs of the week", len(s.runs))
	}
	s.refilter(filter{Period: periodAll, Outcome: outcomeUndone})
	if got := shown(lines(s.runs, s.found, s.filter, now)); len(s.runs) != 4 || len(got) != 2 || got[1] != "1" {
		t.Errorf("%d runs, shown %v", len(s.runs), got)
	}
}

func TestNoRunOfThePeriodIsToldFromNoRunAtAll(t *testing.T) {
	reading := func(store Store, since time.Time) reading {
		got, err := read(t.Context(), store, filter{}, since, runsPage)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	fresh, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := fresh.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := reading(fresh, time.Time{}); got.ever || len(got.runs) > 0 {
		t.Errorf("a new workspace: %+v", got)
	}
	if got := reading(newShownScreen(t).p.Store, now.Add(time.Hour)); !got.ever || len(got.runs) != 1 {
		t.Errorf("a period after the runs, save the one under way: %d runs, ever %t", len(got.runs), got.ever)
	}
}

func TestSavedReportHoldsEveryItem(t *testing.T) {
	s := newShownScreen(t)
	s.saveReport(s.runs[1])
	if s.host.failures != nil {
		t.Fatal(s.host.failures)
	}
	book, err := tabular.Open(t.Context(), s.host.saved)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := book.Rows(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	n := 0
	for rows.Next() {
		n++
	}
	if rows.Err() != nil || n != 41 {
		t.Errorf("%d rows, %v", n, rows.Err())
	}
}

func TestExportedJournalNeutralisesFormulas(t *testing.T) {
	s := newShownScreen(t)
	path := filepath.Join(s.host.folder, "journal.csv")
	err := saveJournal(t.Context(), s.p.Store, time.Time{}, s.accounts, path, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(raw); strings.Contains(text, ";=1+1") || !strings.Contains(text, "Hôtel 01") || strings.Count(text, "\n") != 2 {
		t.Errorf("written:\n%s", text)
	}
	left, err := filepath.Glob(filepath.Join(s.host.folder, ".diapason-*"))
	if err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestEffectOfUndoIsSaidInWords(t *testing.T) {
	for want, p := range map[string]sync.UndoPlan{
		"Annuler ce passage rétablit 37\u00a0établissements.":                                                                                                                              {Restore: 37},
		"Annuler ce passage supprime 1\u00a0établissement créé. 2\u00a0établissements modifiés depuis seront laissés tels quels.":                                                          {Delete: 1, Conflicts: 2},
		"Annuler ce passage rétablit 2\u00a0établissements. Les valeurs rétablies seront publiées de nouveau sur 2\u00a0fiches. 1\u00a0fiche créée par ce passage restera sur l’annuaire.": {Restore: 2, Republish: 2, Stays: 1},
		"Plus rien à annuler dans ce passage.": {},
		"Annuler ce passage remet 2 contacts comme avant. 3 contacts arrivés par ce passage vont à la corbeille ; leurs cartes restent là-bas, et rien " +
			"n’y est supprimé. Ce que le passage a écrit dans le carnet d’adresses y reste. Le prochain passage y portera ce qui revient ici, sous le " +
			"garde-fou. 1 contact modifié depuis : ce qui a changé est laissé tel quel.": {Pass: true, Restore: 2, Delete: 3, Conflicts: 1},
	} {
		if got := strings.ReplaceAll(effect(p), "\u00a0", " "); got != strings.ReplaceAll(want, "\u00a0", " ") {
			t.Errorf("%+v: %q", p, got)
		}
	}
}

func TestRunOpenedFromElsewhereShowsItsReportWhateverTheFilter(t *testing.T) {
	s := newShownScreen(t)
	s.refilter(filter{Period: periodToday, Outcome: outcomeUndone, Kind: storage.RunExport})
	s.OpenRun("3")
	if rep := s.reports["3"]; rep == nil || !rep.loaded || len(lines(s.runs, s.found, s.filter, now)) != 7 {
		t.Errorf("report %+v, shown %v", rep, shown(lines(s.runs, s.found, s.filter, now)))
	}
}

func TestRowsStayWhileNothingTheyShowChanges(t *testing.T) {
	s := newShownScreen(t)
	s.toggle(s.runs[1])
	built := s.chips
	s.chips["mark"] = nil
	s.reload()
	if _, kept := s.chips["mark"]; !kept || len(built) == 0 {
		t.Error("the rows were built again")
	}
}

func TestSearchAsksTheJournalAndFindsWhatBelongsToNoRun(t *testing.T) {
	s := newShownScreen(t)
	err := s.p.Store.(storage.Store).Update(t.Context(), func(w storage.Writer) error {
		return w.AppendJournal(&storage.JournalEntry{
			ID: "j2", At: now.Add(-15 * time.Hour), Actor: storage.ActorUser, Action: storage.JournalUpdate, RunID: "2",
			EstablishmentID: "villa", Name: "Villa Églantine",
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter filter
		want   []string
	}{
		"a value":                    {filter{Text: "=1+1", Outcome: outcomeAll, Period: periodWeek}, []string{"-- 19 Nov", "entry j1"}},
		"a name, through its run":    {filter{Text: "eglantine", Outcome: outcomeAll, Period: periodWeek}, []string{"-- 18 Nov", "2"}},
		"an establishment":           {filter{Establishment: "villa", Outcome: outcomeAll, Period: periodWeek}, []string{"-- 18 Nov", "2"}},
		"an establishment and a day": {filter{Establishment: "villa", Outcome: outcomeAll, Period: periodToday}, nil},
		"a kind leaves entries out":  {filter{Text: "hôtel", Kind: storage.RunSync, Outcome: outcomeAll, Period: periodWeek}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s.refilter(c.filter)
			if diff := cmp.Diff(c.want, shown(lines(s.runs, s.found, s.filter, now))); diff != "" {
				t.Error(diff)
			}
		})
	}
	s.refilter(filter{Text: "eglantine", Outcome: outcomeAll, Period: periodWeek})
	s.toggle(lines(s.runs, s.found, s.filter, now)[1].Run)
	if rep := s.reports["2"]; len(rep.items) != 1 || rep.items[0].Name != "Villa Églantine" {
		t.Errorf("what was sought does not come first: %+v", rep.items)
	}
}

func TestFilterOffersTheEstablishmentsOfTheJournal(t *testing.T) {
	s := newShownScreen(t)
	s.refilter(filter{Establishment: "gone", Name: "Parti", Outcome: outcomeAll, Period: periodAll})
	var texts []string
	for _, i := range s.filters.places() {
		texts = append(texts, i.Text)
	}
	if diff := cmp.Diff([]string{"Tous", "Parti"}, texts); diff != "" { // the entry of the journal names no establishment
		t.Error(diff)
	}
}
