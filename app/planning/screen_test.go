package planning

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/carddav"
	"diapason/sync/directory"
	"diapason/sync/directory/website"
	"diapason/widgets"
	"diapason/widgets/look"
)

// host records what the page asks of the window.
type host struct {
	toasts   []string
	failures []error
	opened   string
}

func (h *host) Toast(text, _ string, _ func()) { h.toasts = append(h.toasts, text) }
func (h *host) Failure(err error)              { h.failures = append(h.failures, err) }
func (h *host) OpenRun(id string) bool         { h.opened = id; return true }

type shownPage struct {
	*Page
	host   *host
	window fyne.Window
	engine *sync.Engine
}

func newShownPage(t *testing.T) *shownPage {
	t.Helper()
	french(t)
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	kinds := directory.NewKinds(website.Kind())
	people := contacts.New(contacts.Params{Store: store, Kinds: []contacts.Kind{carddav.Kind()}})
	s := &shownPage{host: &host{}, engine: sync.New(sync.Params{
		Store: store, Kinds: kinds, Couriers: people.CourierKinds(), Contacts: people, Zone: "Europe/Paris",
	})}
	direct := func(f func()) { f() }
	s.Page = New(Params{
		Store: store, Engine: s.engine, Kinds: kinds, Host: s.host, Now: func() time.Time { return now }, UI: direct, Background: direct,
	})
	t.Cleanup(func() {
		s.Close()
		s.engine.Stop()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.window = test.NewTempWindow(t, s.Content())
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1072, 700))
	s.Shown()
	return s
}

// link adds an account; the page follows.
func (s *shownPage) link(t *testing.T) {
	t.Helper()
	a := &storage.Account{Kind: "directory.website", Name: "Mon site", Settings: map[string]string{"folder": t.TempDir(), "base-url": "https://example.fr"}}
	if err := s.engine.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if len(s.groups) != 1 {
		t.Fatalf("%d accounts shown; %v", len(s.groups), s.host.failures)
	}
}

// row gives the schedule of a kind as the page shows it.
func (s *shownPage) row(t *testing.T, kind storage.ScheduleKind) row {
	t.Helper()
	for _, r := range s.groups[0].rows {
		if r.schedule.Kind == kind {
			return r
		}
	}
	t.Fatalf("no %s among %+v", kind, s.groups[0].rows)
	return row{}
}

func TestRuleIsChangedInTheForm(t *testing.T) {
	s := newShownPage(t)
	s.link(t)
	s.change(s.row(t, storage.SchedulePublish))
	f := s.form
	if !f.hours.Hidden || f.at.Hidden {
		t.Error("the form asks for what the rule does not use")
	}
	f.at.SetValue("2h30")
	f.at.OnChanged("2h30")
	if f.hint.MinSize().Height < 3*16 {
		t.Errorf("hints of %v: want the night's, the holidays' and the first run's", f.hint.MinSize())
	}
	f.draft.at = "midi"
	f.submit()
	if f.at.Error() == "" || s.window.Canvas().Overlays().Top() == nil {
		t.Fatalf("error %q", f.at.Error())
	}
	f.draft = draft{kind: storage.RuleDaily, at: "7 h 15", zone: "Indian/Reunion"}
	f.submit()
	if s.window.Canvas().Overlays().Top() != nil || len(s.host.toasts) != 1 {
		t.Fatalf("still open: %q, %v", f.wrong.Text(), s.host.failures)
	}
	got := s.row(t, storage.SchedulePublish).schedule
	if got.Rule != (storage.Rule{Kind: storage.RuleDaily, At: 435}) || got.Zone != "Indian/Reunion" || got.Enabled {
		t.Errorf("kept %+v", got)
	}
}

func TestScheduleIsSwitchedOnAndOff(t *testing.T) {
	s := newShownPage(t)
	s.link(t)
	r := s.row(t, storage.SchedulePublish)
	s.enable(r, true)
	if r = s.row(t, storage.SchedulePublish); !r.schedule.Enabled || r.next == "" {
		t.Errorf("row %+v", r)
	}
	s.enable(r, false)
	if r = s.row(t, storage.SchedulePublish); r.schedule.Enabled || r.next != "" {
		t.Errorf("row %+v", r)
	}
}

func TestPassesOverAnAddressBookAreSwitchedOnHereAndLaunched(t *testing.T) {
	s := newShownPage(t)
	err := s.engine.AddAccount(t.Context(), &storage.Account{
		Kind: "contacts.carddav", Name: "Nextcloud", Settings: map[string]string{carddav.SettingURL: "https://nuage.example/dav", carddav.SettingUser: "zoe"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := s.row(t, storage.ScheduleContacts)
	if r.kind != "Synchronisation des contacts" || r.rule != "Toutes les heures" || r.schedule.Enabled || r.next != "" || r.about == "" {
		t.Errorf("before anybody chose: %+v", r)
	}
	s.enable(r, true)
	if r = s.row(t, storage.ScheduleContacts); !r.schedule.Enabled || r.next == "" {
		t.Errorf("switched on: %+v", r)
	}
	s.runNow(r)
	if r = s.row(t, storage.ScheduleContacts); r.schedule.Running() == nil || r.slot.RunID == "" || len(s.host.failures) > 0 {
		t.Errorf("launched: %+v, %v", r.slot, s.host.failures)
	}
}

func TestTheColumnsOfAScheduleStandBesideItsSwitch(t *testing.T) {
	s := newShownPage(t)
	r := row{schedule: &storage.Schedule{}, works: true, kind: "Synchronisation des contacts", rule: "Toutes les heures"}
	for _, width := range []float32{pageWidth - 2*look.Margin, narrow, 300, 500} {
		facts := s.facts(r)
		s.window.SetContent(widgets.NewLine(16, facts...))
		s.window.Resize(fyne.NewSize(width, 200))
		what := facts[0].Object
		end := what.Position().X + max(what.Size().Width, widgets.NewSwitch(r.kind, nil).MinSize().Width)
		if next := facts[1].Object.Position().X; next < end {
			t.Errorf("at %v the switch ends at %v, the next column begins at %v", width, end, next)
		}
	}
}

func TestScheduleIsLaunchedNow(t *testing.T) {
	s := newShownPage(t)
	s.link(t)
	s.runNow(s.row(t, storage.SchedulePublish))
	if len(s.host.toasts) != 1 || s.host.opened != "" {
		t.Errorf("toasts %v: there is nothing to do yet", s.host.toasts)
	}
	if r := s.row(t, storage.SchedulePublish); r.slot == nil || r.slot.Outcome != storage.OutcomeNothing {
		t.Errorf("slot %+v", r.slot)
	}
}

func TestPageThatIsHiddenReadsNothing(t *testing.T) {
	s := newShownPage(t)
	s.Hidden()
	before := s.read
	a := &storage.Account{Kind: "directory.website", Name: "Mon site", Settings: map[string]string{"folder": t.TempDir(), "base-url": "https://example.fr"}}
	if err := s.engine.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if s.read != before || len(s.groups) != 0 {
		t.Errorf("read %d times", s.read-before)
	}
}
