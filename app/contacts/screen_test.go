package contacts

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/app/contacts/roster"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time { return now }

// host records what the screen asks of the window.
type host struct {
	toasts   []string
	action   func()
	failures []error
	changed  int    // how often the foot was asked for again
	chosen   string // in a file dialog
	held     string // run whose plan was asked for
}

func (h *host) Toast(text, _ string, do func()) { h.toasts, h.action = append(h.toasts, text), do }
func (h *host) Failure(err error)               { h.failures = append(h.failures, err) }
func (h *host) Integrations() bool              { return true }
func (h *host) StatusChanged()                  { h.changed++ }
func (h *host) OpenRun(string) bool             { return true }
func (h *host) OpenURL(string)                  {}

func (h *host) OpenFile(_, _ string, _ []string, done func(string, error)) { done(h.chosen, nil) }
func (h *host) SaveFile(_, _ string, _ []string, done func(string, error)) { done(h.chosen, nil) }
func (h *host) ShowHeld(run string)                                        { h.held = run }

// bench is the screen in a test window, over a real workspace, with a queue in the place of Fyne's.
type bench struct {
	*Screen
	t       *testing.T
	store   *bolt.Store
	service *contacts.Service
	queue   apptest.Queue
	host    *host
	window  fyne.Window
}

func open(t *testing.T, people ...storage.Card) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: apptest.Store(t), queue: apptest.NewQueue(), host: &host{}}
	b.service = contacts.New(contacts.Params{Store: b.store, Clock: clock{}})
	for _, c := range people {
		if _, err := b.service.Save(t.Context(), &storage.Contact{Card: c}); err != nil {
			t.Fatal(err)
		}
	}
	engine := sync.New(sync.Params{Store: b.store})
	t.Cleanup(engine.Stop)
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	b.Screen = New(Params{
		Store: b.store, Service: b.service, Host: b.host, Jobs: engine.Jobs(), AsksConsent: func(string) bool { return true }, Now: clock{}.Now, UI: b.queue.UI,
		Later: func(_ time.Duration, f func()) { go f() },
	})
	b.window = test.NewTempWindow(t, b.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 764))
	t.Cleanup(b.Close)
	b.Shown()
	b.until("the contacts", func() bool { return b.roster.Read() && b.roster.Len() == len(people) })
	return b
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string { return strings.Join(b.host.toasts, ", ") })
}

// toast waits for a message.
func (b *bench) toast(text string) {
	b.t.Helper()
	b.until("the message "+text, func() bool { return slices.Contains(b.host.toasts, text) })
}

// openFirst opens the first contact of the list.
func (b *bench) openFirst() {
	b.t.Helper()
	b.list.rows.OnOpen(0)
	b.until("the pane", b.pane.shown)
}

// kept gives all contacts.
func (b *bench) kept() []*storage.Contact {
	b.t.Helper()
	var all []*storage.Contact
	err := b.store.View(context.Background(), func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func TestANewContactIsFilledInKeptAndTakenBack(t *testing.T) {
	b := open(t)
	if b.face != faceEmpty {
		t.Errorf("face %d of an empty workspace", b.face)
	}
	b.Do(shortcuts.New)
	b.pane.fields[storage.FieldGivenName].SetValue("Zo\u00e9")
	b.pane.fields[storage.FieldGivenName].OnChanged("Zo\u00e9")
	b.pane.fields["email.professional"].OnChanged("zoe@lumen.test")
	b.pane.fields[storage.FieldLabels].OnChanged("Presse")
	b.pane.save.OnTapped()
	b.toast("Zo\u00e9 est ajout\u00e9.")
	b.until("the list", func() bool { return b.roster.Len() == 1 && b.face == faceList })
	c := b.kept()[0]
	if c.GivenName != "Zo\u00e9" || c.Emails[0] != (storage.CardValue{Type: storage.TypeProfessional, Value: "zoe@lumen.test"}) || c.Labels[0] != "Presse" {
		t.Errorf("kept %+v", c.Card)
	}
	if b.pane.shown() {
		t.Error("the pane is still open")
	}
	b.host.action()
	b.toast("C\u2019est annul\u00e9.")
	b.until("the empty list", func() bool { return b.roster.Len() == 0 })
}

func TestAnEmptyContactIsRefusedInThePane(t *testing.T) {
	b := open(t)
	b.create()
	b.pane.save.OnTapped()
	b.until("a word about it", func() bool {
		if b.pane.wrong.Text() != "" {
			return true
		}
		for _, f := range b.pane.fields {
			if f.Error() != "" {
				return true
			}
		}
		return false
	})
	if len(b.kept()) != 0 || !b.pane.shown() || len(b.host.failures) != 0 {
		t.Errorf("kept %d, shown %v, failures %v", len(b.kept()), b.pane.shown(), b.host.failures)
	}
}

func TestAContactGoesToTheTrashAndComesBack(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zo\u00e9", FamilyName: "Morel"}, storage.Card{FamilyName: "Arc"})
	b.list.rows.OnOpen(1)
	b.until("the pane", b.pane.shown)
	b.pane.remove.OnTapped()
	b.toast("Zo\u00e9 Morel est dans la corbeille.")
	b.until("the shorter list", func() bool { return b.roster.Len() == 1 })
	b.filter.trash.OnTapped()
	b.until("the trash", func() bool { return b.roster.Len() == 1 && b.roster.Row(0).Name == "Zo\u00e9 Morel" })
	b.openFirst()
	if !b.pane.banner.Visible() || !strings.Contains(b.pane.banner.Text(), "corbeille") || b.pane.remove.Text != "Sortir de la corbeille" {
		t.Errorf("banner %q, button %q", b.pane.banner.Text(), b.pane.remove.Text)
	}
	b.pane.remove.OnTapped()
	b.toast("Zo\u00e9 Morel est de nouveau dans les contacts.")
	b.until("the empty trash", func() bool { return b.roster.Len() == 0 && b.face == faceTrash })
}

func TestWhatWasWrittenSurvivesTheClosingOfThePaneAndAChangeElsewhere(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zo\u00e9", FamilyName: "Morel"})
	b.openFirst()
	b.pane.fields[storage.FieldFamilyName].OnChanged("Martin")
	elsewhere := b.kept()[0]
	elsewhere.Note = "changed elsewhere"
	if _, err := b.service.Save(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	b.Do(shortcuts.Escape)
	if b.pane.shown() || b.host.toasts[len(b.host.toasts)-1] != "Le contact n\u2019est pas enregistr\u00e9." {
		t.Errorf("shown %v, %v", b.pane.shown(), b.host.toasts)
	}
	changed := b.host.changed
	b.host.action()
	if b.Foot() == 0 || b.host.changed == changed {
		t.Error("toasts would stand over the foot of the pane")
	}
	if !b.pane.shown() || b.pane.form.Card().FamilyName != "Martin" {
		t.Fatalf("not taken up again: %v", b.pane.shown())
	}
	b.until("what changed elsewhere", func() bool { return b.pane.fields[storage.FieldNote].Value() == "changed elsewhere" })
	b.pane.save.OnTapped()
	b.toast("Zo\u00e9 Martin est enregistr\u00e9.")
	if c := b.kept()[0]; c.FamilyName != "Martin" || c.Note != "changed elsewhere" {
		t.Errorf("kept %+v", c.Card)
	}
}

func TestAPaneInWhichNothingWasWrittenFollowsTheContact(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zo\u00e9", FamilyName: "Morel"})
	b.openFirst()
	c := b.kept()[0]
	c.FamilyName = "Martin"
	if _, err := b.service.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	b.until("the new name", func() bool { return b.pane.title.Text() == "Zo\u00e9 Martin" })
}

func TestALineIsAddedAndTheNarrowWindowShowsThePaneAlone(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zo\u00e9", FamilyName: "Morel"})
	b.openFirst()
	n := len(b.pane.form.Lines)
	b.pane.form.Add("address.personal")
	b.pane.build()
	if len(b.pane.form.Lines) != n+1 {
		t.Errorf("%d lines, %d before", len(b.pane.form.Lines), n)
	}
	b.window.Resize(fyne.NewSize(640, 600))
	if b.stage.Visible() || !b.back.Visible() || !b.pane.object.Visible() {
		t.Errorf("list %v, back %v", b.stage.Visible(), b.back.Visible())
	}
	b.back.OnTapped()
	if b.pane.shown() || !b.stage.Visible() {
		t.Error("no way back")
	}
	if b.header.fresh.Kind != widgets.Primary {
		t.Error("the screen has no primary button")
	}
}

func TestTheContactsShownAreExportedApart(t *testing.T) {
	b := open(t, storage.Card{GivenName: "Zoé", Labels: []string{"Presse"}}, storage.Card{GivenName: "Noé"})
	ids := func() (ids []string) {
		for _, item := range b.moreItems() {
			ids = append(ids, item.ID)
		}
		return ids
	}
	if got := ids(); !slices.Equal(got, []string{"import", "export"}) {
		t.Errorf("offered %v", got)
	}
	b.roster.SetFilter(roster.Filter{Label: "Presse"})
	if got := ids(); !slices.Equal(got, []string{"import", "shown", "export"}) {
		t.Errorf("offered %v", got)
	}
	b.host.chosen = filepath.Join(t.TempDir(), "presse.vcf")
	b.chooseMore("shown")
	b.toast("1 contact exporté dans presse.vcf")
	text, err := os.ReadFile(b.host.chosen)
	if err != nil || !strings.Contains(string(text), "Zoé") || strings.Contains(string(text), "Noé") {
		t.Errorf("%s, %v", text, err)
	}
	b.chooseMore("export")
	b.toast("2 contacts exportés dans presse.vcf")
	b.roster.SetFilter(roster.Filter{Trash: true})
	if got := ids(); !slices.Equal(got, []string{"import", "export"}) {
		t.Errorf("offered in the trash %v", got)
	}
}
