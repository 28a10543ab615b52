package profile

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// host records what the pane asks of the window.
type host struct {
	toasts   []string
	undo     func()
	failures []error
	urls     []string
}

func (h *host) Toast(text, _ string, do func()) { h.toasts, h.undo = append(h.toasts, text), do }
func (h *host) Failure(err error)               { h.failures = append(h.failures, err) }
func (h *host) Integrations() bool              { return true }
func (h *host) OpenURL(address string)          { h.urls = append(h.urls, address) }
func (h *host) Copy(string)                     {}

// shownPane is a pane in a test window, on a real workspace and a real engine. Everything runs on the test's goroutine.
type shownPane struct {
	*Pane
	host   *host
	store  *bolt.Store
	window fyne.Window
	id     string
}

var paneKinds = directory.NewKinds(
	directory.Kind{ID: "directory.pages", Capabilities: directory.Capabilities{
		Mode: directory.Direct, MinDelay: 72 * time.Hour, MaxDelay: 168 * time.Hour, MaxPeriodsPerDay: 1,
		Fields:   []storage.Field{storage.FieldName, storage.FieldPhone, storage.FieldOpeningHours, storage.FieldWebsite, storage.FieldCategories, storage.FieldEmail},
		Readable: []storage.Field{storage.FieldName, storage.FieldPhone, storage.FieldOpeningHours, storage.FieldWebsite, storage.FieldCategories, storage.FieldEmail},
	}},
	directory.Kind{ID: "directory.files", Capabilities: directory.Capabilities{
		Mode: directory.File, Mandatory: []storage.Field{storage.FieldIdentifier}, NeedsConfirmation: true,
		Fields:   []storage.Field{storage.FieldName, storage.FieldIdentifier},
		Settings: []directory.Setting{{Name: "folder", Folder: true}},
	}},
)

func newShownPane(t testing.TB) *shownPane {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	store := apptest.Store(t)
	engine := sync.New(sync.Params{Store: store, Kinds: paneKinds})
	s := &shownPane{host: &host{}, store: store}
	now := func(f func()) { f() }
	s.Pane = New(Params{
		Store: store, Engine: engine, Kinds: paneKinds, Host: s.host, Now: func() time.Time { return noon.Add(time.Hour) },
		UI: now, Background: now,
	})
	s.session.after = func(time.Duration, func()) {} // the test reads again when it wants to
	s.keep(t)
	s.window = test.NewTempWindow(t, s.Content())
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(744, 800))
	s.Show(s.id)
	return s
}

// keep fills the workspace with one establishment, drifted on one directory and blocked on another.
func (s *shownPane) keep(t testing.TB) {
	t.Helper()
	const hours = "Mo=08:00-12:00&14:00-20:00;Tu=08:00-20:00;We=08:00-20:00;Th=08:00-20:00;Fr=18:00-02:00;Sa=00:00-24:00;Su=08:00-20:00"
	e := &storage.Establishment{Status: storage.StatusActive}
	for f, v := range map[storage.Field]string{
		storage.FieldName: "Hôtel du Vieux Port", storage.FieldStreet: "12 quai du Port", storage.FieldZip: "13002",
		storage.FieldCity: "Marseille", storage.FieldCountry: "FR", storage.FieldPhone: "04 65 71 12 30",
		storage.FieldWebsite: "https://hvp.example/fr", storage.FieldCategories: "Hôtel de charme;Hôtel",
		storage.FieldOpeningHours: hours, storage.FieldSpecialHours: "2026-12-24=09:00-14:00;2026-12-25",
		storage.FieldEmail: "accueil@hvp.example", storage.FieldStars: "4",
	} {
		if err := e.SetValue(f, v); err != nil {
			t.Fatal(err)
		}
	}
	e.Origins = map[storage.Field]storage.Origin{
		storage.FieldPhone: {At: noon.Add(-20 * time.Hour), Actor: storage.ActorUser},
		storage.FieldName:  {At: noon.Add(-48 * time.Hour), Actor: storage.ActorImport},
	}
	err := s.store.Update(context.Background(), func(w storage.Writer) error {
		if err := w.PutEstablishment(e); err != nil {
			return err
		}
		for _, a := range []*storage.Account{
			{ID: "pages", Kind: "directory.pages", Name: "PagesJaunes", Enabled: true},
			{ID: "files", Kind: "directory.files", Name: "Google", Enabled: true, Settings: map[string]string{"folder": "/tmp"}},
		} {
			if err := w.PutAccount(a); err != nil {
				return err
			}
		}
		there := e.Snapshot(paneKinds["directory.pages"].Capabilities.Fields)
		base := e.Snapshot(paneKinds["directory.pages"].Capabilities.Fields)
		there[storage.FieldPhone] = "+33465711203"
		there[storage.FieldWebsite], base[storage.FieldWebsite] = "https://hvp2.example", "https://hvp.example"
		there[storage.FieldOpeningHours] = hours[:len(hours)-len("=08:00-20:00")]
		return w.PutListing(&storage.Listing{
			EstablishmentID: e.ID, AccountID: "pages", Desired: e.Snapshot(paneKinds["directory.pages"].Capabilities.Fields),
			Accepted: base, Observed: there, Sync: storage.SyncNotInSync, CheckedAt: noon, URL: "https://pages.example/1",
			Matches: map[storage.Field]storage.FieldMatch{
				storage.FieldPhone: storage.MatchRemoteChanged, storage.FieldWebsite: storage.MatchBothChanged,
				storage.FieldOpeningHours: storage.MatchRemoteChanged, storage.FieldName: storage.MatchSame,
				storage.FieldCategories: storage.MatchSame, storage.FieldEmail: storage.MatchSame,
			},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.id = e.ID
}

func (s *shownPane) est(t *testing.T) *storage.Establishment {
	t.Helper()
	var e *storage.Establishment
	err := s.store.View(t.Context(), func(r storage.Reader) error {
		var err error
		e, err = r.Establishment(s.id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// typeInto replaces what a field holds and leaves the field.
func (s *shownPane) typeInto(f storage.Field, text string) *fieldView {
	v := s.profile.views[f]
	s.window.Canvas().Focus(v.field.Focusable())
	v.field.Focusable().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	test.Type(v.field.Focusable(), text)
	s.window.Canvas().Unfocus()
	return v
}

func TestTypingIntoAFieldSavesItWhenItIsLeftAndUndoTakesItBack(t *testing.T) {
	s := newShownPane(t)
	s.typeInto(storage.FieldPhone, "01 42 88 89 85")
	if got := s.est(t).Phone; got != "+33142888985" {
		t.Fatalf("kept %q; %v", got, s.host.failures)
	}
	if got := s.profile.views[storage.FieldPhone].field.Value(); got != "01 42 88 89 85" {
		t.Errorf("shown %q", got)
	}
	if len(s.host.toasts) != 1 || s.host.undo == nil {
		t.Fatalf("toasts %v", s.host.toasts)
	}
	s.host.undo()
	if got := s.est(t).Phone; got != "+33465711230" {
		t.Errorf("after undo %q", got)
	}
	if got := s.profile.views[storage.FieldPhone].field.Value(); got != "04 65 71 12 30" {
		t.Errorf("shown after undo %q", got)
	}
}

func TestWrongTextStaysWithItsMessageAndNothingIsKept(t *testing.T) {
	s := newShownPane(t)
	v := s.typeInto(storage.FieldEmail, "accueil")
	if v.field.Error() == "" || v.field.Value() != "accueil" || s.est(t).Email != "accueil@hvp.example" {
		t.Errorf("error %q, shown %q, kept %q", v.field.Error(), v.field.Value(), s.est(t).Email)
	}
	s.typeInto(storage.FieldEmail, "b@hvp.example")
	if v.field.Error() != "" || s.est(t).Email != "b@hvp.example" {
		t.Errorf("corrected: error %q, kept %q", v.field.Error(), s.est(t).Email)
	}
}

func TestRefreshLeavesAFieldThatIsBeingTypedIn(t *testing.T) {
	s := newShownPane(t)
	v := s.profile.views[storage.FieldCity]
	s.window.Canvas().Focus(v.field.Focusable())
	test.Type(v.field.Focusable(), "X")
	s.session.refresh()
	if got := v.field.Value(); got != "XMarseille" && got != "MarseilleX" {
		t.Errorf("shown %q", got)
	}
}

func TestHoursAreSavedDayByDayAndCopied(t *testing.T) {
	s := newShownPane(t)
	s.ShowField(storage.FieldOpeningHours)
	d := s.hours.days[1]
	s.window.Canvas().Focus(d.fields[0][0].Focusable())
	d.fields[0][0].Focusable().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	test.Type(d.fields[0][0].Focusable(), "9 h 30")
	s.window.Canvas().Unfocus()
	if got := s.est(t).Hours.Days[1]; len(got) != 1 || got[0] != (storage.Period{Open: 570, Close: 1200}) {
		t.Fatalf("kept %v; %v", got, s.host.failures)
	}
	if got := d.fields[0][0].Value(); got != "09:30" {
		t.Errorf("shown %q", got)
	}
	s.hours.copy(1, allDays)
	if got := s.est(t).Hours.Days[6]; len(got) != 1 || got[0].Open != 570 {
		t.Errorf("copied %v", got)
	}
	test.Tap(d.add)
	if got := s.est(t).Hours.Days[1]; len(got) != 1 {
		t.Errorf("an unfinished range was saved: %v", got)
	}
	s.session.refresh()
	if len(d.fields) != 2 {
		t.Error("a refresh lost the unfinished range")
	}
}

func TestHolidayIsSettledWithOnePress(t *testing.T) {
	s := newShownPane(t)
	date := storage.Date{Year: 2027, Month: 5, Day: 1}
	s.hours.specials.set(specialDraft{Date: date})
	days := s.est(t).SpecialHours
	if len(days) != 3 || days[2].Date != date || len(days[2].Periods) != 0 {
		t.Errorf("kept %v", days)
	}
}

func TestAcceptedValueBecomesOursAndCanBeTakenBack(t *testing.T) {
	s := newShownPane(t)
	s.directories.decide(s.state.Directories[s.row("pages")], []storage.Field{storage.FieldPhone}, sync.AcceptTheirs)
	if got := s.est(t).Phone; got != "+33465711203" {
		t.Fatalf("kept %q; %v", got, s.host.failures)
	}
	s.session.refresh()
	var undo string
	d := s.state.Directories[s.row("pages")]
	for _, line := range compare(s.state.Est, d.Listing, d.Capabilities.Fields, s.state.Decisions).Open {
		if line.Field == storage.FieldPhone && line.Verdict == verdictAccepted {
			undo = line.EntryID
		}
	}
	if undo == "" {
		t.Fatal("the acceptance cannot be taken back")
	}
	s.session.undoEntry(undo, nil)
	if got := s.est(t).Phone; got != "+33465711230" {
		t.Errorf("after undo %q; %v", got, s.host.failures)
	}
}

func (s *shownPane) row(account string) int {
	for i, d := range s.state.Directories {
		if d.Account.ID == account {
			return i
		}
	}
	return -1
}

func TestAutoSyncSwitchIsSaved(t *testing.T) {
	s := newShownPane(t)
	test.Tap(s.header.autoSync)
	if !s.est(t).AutoSync {
		t.Error("auto-sync is off")
	}
}

// The pane is 744 wide beside the list in a window of 1280, and less in smaller ones.
func TestHeaderShowsTheWholeNameAtEveryWidth(t *testing.T) {
	s := newShownPane(t)
	s.session.set(map[storage.Field]string{storage.FieldName: "Hôtel du Vieux Port Imaginaire", storage.FieldStatus: string(storage.StatusTemporarilyClosed)}, nil)
	for _, width := range []float32{744, 652, 492, 392} {
		s.window.Resize(fyne.NewSize(width, 800))
		if got, want := s.header.name.Size().Width, s.header.name.MinSize().Width; got < want {
			t.Errorf("%v wide: the name has %v, wants %v", width, got, want)
		}
		if got, want := s.header.status.Size().Width, s.header.status.MinSize().Width; got < want {
			t.Errorf("%v wide: the status has %v, wants %v", width, got, want)
		}
		if got := s.header.object.MinSize().Width; got > width {
			t.Errorf("%v wide: the header wants %v", width, got)
		}
	}
}

func TestTitlesOfTheComparisonAreWholeBesideTheList(t *testing.T) {
	s := newShownPane(t)
	s.ShowDirectories()
	s.directories.open["pages"] = true
	s.directories.show(s.state)
	s.window.Resize(fyne.NewSize(742, 800)) // a window of 1280 less its borders
	found := 0
	for _, o := range test.LaidOutObjects(s.directories.content()) {
		text, ok := o.(*widgets.Text)
		if !ok || text.Text() != words.T("profile.compare.published") {
			continue
		}
		found++
		if want := fyne.MeasureText(text.Text(), look.SizeSmall, fyne.TextStyle{}).Width; text.Size().Width < want {
			t.Errorf("%q has %v, wants %v", text.Text(), text.Size().Width, want)
		}
	}
	if found == 0 {
		t.Fatal("no title found")
	}
}

func TestHistoryIsReadWhenItsTabIsOpenedAndWhenSomethingHappens(t *testing.T) {
	s := newShownPane(t)
	var waiting []func()
	s.session.background = func(f func()) { waiting = append(waiting, f) }
	s.Show("")
	s.Show(s.id)
	s.choose(tabHistory) // before the establishment was read
	for len(waiting) > 0 {
		waiting[0]()
		waiting = waiting[1:]
	}
	s.session.background = func(f func()) { f() }
	before := len(s.history.entries)
	s.session.set(map[storage.Field]string{storage.FieldPhone: "01 42 88 89 85"}, nil)
	s.session.refresh()
	if got := len(s.history.entries); got != before+1 || !s.history.column.Visible() {
		t.Errorf("%d entries after %d", got, before)
	}
}

func TestPaneFitsBesideTheListInANarrowWindow(t *testing.T) {
	s := newShownPane(t)
	s.directories.open["pages"] = true
	s.directories.show(s.state)
	const width = 364 // what a window of 900 leaves
	s.window.Resize(fyne.NewSize(width, 800))
	for _, tab := range tabs {
		s.choose(tab)
		if got := s.Content().MinSize().Width; got > width {
			t.Errorf("%s wants %v", tab, got)
		}
		for _, o := range test.LaidOutObjects(s.bodies[tab]) {
			if b, ok := o.(*widgets.Button); ok && b.Visible() {
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
				if at.X+b.Size().Width > width {
					t.Errorf("%s: %q ends at %v", tab, b.AccessibilityLabel(), at.X+b.Size().Width)
				}
			}
		}
	}
}

func TestADateThatIsNoneIsToldAsPeopleWriteDates(t *testing.T) {
	s := newShownPane(t)
	if v := s.typeInto(storage.FieldReopenDate, "31/02/2026"); !strings.Contains(v.field.Error(), "31/12/2026") {
		t.Errorf("told %q", v.field.Error())
	}
	s.hours.specials.add()
	if got := s.hours.specials.date.Error(); got != words.T("problem.date.missing") {
		t.Errorf("told %q", got)
	}
}

// BenchmarkOpenPane is what the interface's goroutine does when a row is pressed for the first time: the pane made, filled
// and laid out (goal: 100 ms, painting included).
func BenchmarkOpenPane(b *testing.B) {
	s := newShownPane(b)
	for b.Loop() {
		pane := New(s.p)
		s.window.SetContent(pane.Content())
		pane.Show(s.id)
		pane.Close()
	}
}
