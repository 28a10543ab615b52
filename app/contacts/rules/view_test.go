package rules

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
	"diapason/widgets"
	"diapason/widgets/look"
)

// host records what the dialog asks of the window.
type host struct {
	toasts   []string
	failures []error
}

func (h *host) Toast(text, _ string, _ func()) { h.toasts = append(h.toasts, text) }
func (h *host) Failure(err error)              { h.failures = append(h.failures, err) }

// zoe is whose account it is at the emulator.
const zoe = "zoe@example.com"

// signed signs calls as sync/oauth's client does.
type signed struct{ over http.RoundTripper }

// RoundTrip makes one call with a token.
func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+zoe)
	return s.over.RoundTrip(r)
}

// bench is the dialog over a real workspace whose accounts are at Google's emulator.
type bench struct {
	*Rules
	t      *testing.T
	store  *bolt.Store
	people *contacts.Service
	engine *sync.Engine
	at     func(label string) *google.Book // another application of the same person
	queue  apptest.Queue
	host   *host
	window fyne.Window
}

func newBench(t *testing.T, accounts ...string) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	b := &bench{t: t, store: apptest.Store(t), queue: apptest.NewQueue(), host: &host{}}
	emulator := sandbox.NewPeople(sandbox.PeopleParams{Now: time.Now})
	open := func(label string) (*google.Book, error) {
		return google.Open(google.Params{
			BaseURL: "https://people.example", Client: &http.Client{Transport: signed{sandbox.Transport{Handler: emulator}}},
			Label: label, Name: zoe, Now: time.Now,
		})
	}
	b.at = func(label string) *google.Book {
		t.Helper()
		there, err := open(label)
		if err != nil {
			t.Fatal(err)
		}
		return there
	}
	b.people = contacts.New(contacts.Params{Store: b.store, Kinds: []contacts.Kind{
		{ID: "contacts.google", Fields: fieldmap.Google, Open: func(a *storage.Account, _ map[string]string) (book.Book, error) {
			return open(contacts.LabelOf(a))
		}},
		{ID: "contacts.carddav", Fields: fieldmap.VCard, Open: func(*storage.Account, map[string]string) (book.Book, error) {
			return open(contacts.AllCards)
		}},
	}})
	b.engine = sync.New(sync.Params{Store: b.store, Kinds: directory.NewKinds(), Couriers: b.people.CourierKinds(), Contacts: b.people})
	t.Cleanup(b.engine.Stop)
	if err := b.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, kind := range accounts {
		if err := b.engine.AddAccountWith(t.Context(), &storage.Account{Kind: kind, Name: "Compte " + kind}, nil); err != nil {
			t.Fatal(err)
		}
	}
	b.window = test.NewTempWindow(t, widgets.NewColumn(0))
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1280, 800))
	b.Rules = New(Params{Service: b.people, Engine: b.engine, Host: b.host, Canvas: b.window.Canvas, UI: b.queue.UI})
	return b
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string { return fmt.Sprint(b.host.toasts, b.host.failures) })
}

func (b *bench) accounts() []*storage.Account {
	b.t.Helper()
	standings, err := b.people.Standings(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	var all []*storage.Account
	for _, s := range standings {
		all = append(all, s.Account)
	}
	return all
}

// dialog opens the rules of the first account.
func (b *bench) dialog() *view {
	b.t.Helper()
	return b.open(b.window.Canvas(), b.accounts(), "")
}

// choose picks an item of a list as a person would.
func choose(list *widgets.SelectField, id string) {
	list.SetValue(id)
	list.OnChosen(id)
}

// texts gives the words on screen.
func (b *bench) texts() string {
	var all []string
	for _, o := range test.LaidOutObjects(b.window.Canvas().Overlays().Top()) {
		if text, ok := o.(*canvas.Text); ok && text.Visible() {
			all = append(all, text.Text)
		}
	}
	return strings.Join(all, " ")
}

// pass has the account synchronised to its end.
func (b *bench) pass(a *storage.Account) *storage.Run {
	b.t.Helper()
	ended := make(chan struct{}, 1)
	remove := b.store.OnChange(func(storage.Changes) {
		select {
		case ended <- struct{}{}:
		default:
		}
	})
	defer remove()
	id, err := b.people.Sync(b.t.Context(), a.ID, storage.ActorUser)
	if err != nil {
		b.t.Fatal(err)
	}
	late := time.After(time.Minute)
	for {
		var run *storage.Run
		err := b.store.View(context.Background(), func(tx storage.Reader) (err error) {
			run, err = tx.Run(id)
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
		if run.State != storage.RunRunning {
			return run
		}
		select {
		case <-ended:
		case <-late:
			b.t.Fatal("the pass does not end")
		}
	}
}

// cards reads what stands at Google.
func (b *bench) cards() []storage.Card {
	b.t.Helper()
	page, err := b.at(contacts.AllCards).Read(b.t.Context(), book.Cursor{})
	if err != nil {
		b.t.Fatal(err)
	}
	var all []storage.Card
	for _, e := range page.Entries {
		all = append(all, e.Card)
	}
	return all
}

func TestARuleThatIsChangedIsObeyedByTheNextPass(t *testing.T) {
	b := newBench(t, "contacts.google")
	c := storage.Card{
		GivenName: "Zoé", FamilyName: "Morel", Organization: "Lumen",
		Phones: []storage.CardValue{{Type: storage.TypeProfessionalMobile, Value: "+33612345678"}},
	}
	if _, err := b.people.Save(t.Context(), &storage.Contact{Card: c}); err != nil {
		t.Fatal(err)
	}
	if run := b.pass(b.accounts()[0]); run.State != storage.RunDone {
		t.Fatalf("first pass: %+v", run)
	}
	if got := b.cards(); len(got) != 1 || len(got[0].Values("phone.main")) != 1 {
		t.Fatalf("there: %+v", got)
	}

	v := b.dialog()
	if !v.save.Disabled() {
		t.Error("what nobody changed can be kept")
	}
	choose(v.rows["phone.professionalMobile"], "phone.workMobile")
	if v.save.Disabled() || !strings.Contains(b.texts(), "repartira comme un premier") {
		t.Errorf("the dialog says %q", b.texts())
	}
	v.save.OnTapped()
	b.until("the word that it is kept", func() bool { return len(b.host.toasts) == 1 })
	if b.window.Canvas().Overlays().Top() != nil || len(b.host.failures) > 0 {
		t.Errorf("still open, or %v", b.host.failures)
	}
	if run := b.pass(b.accounts()[0]); run.State != storage.RunDone {
		t.Fatalf("second pass: %+v", run)
	}
	got := b.cards() // a first pass again: what was sent before is not taken away
	if len(got) != 1 || len(got[0].Values("phone.workMobile")) != 1 || len(got[0].Values("phone.main")) != 1 {
		t.Errorf("there now: %+v", got)
	}
}

func TestProfessionalFieldsOfTheBookGoWhereTheRulesSay(t *testing.T) {
	b := newBench(t, "contacts.google")
	v := b.dialog()
	if v.company.Value() != string(fieldmap.ReceiveNote) {
		t.Errorf("at first they go to %q", v.company.Value())
	}
	choose(v.company, string(fieldmap.ReceiveField))
	v.tabs.Select(inward)
	v.turn(inward)
	if got := v.rows["phone.work"].Value(); got != intoField+"phone.professional" {
		t.Errorf("the table shows %q", got)
	}
	choose(v.rows["email.work"], string(fieldmap.ReceiveIgnore))
	if v.company.Value() != "" {
		t.Errorf("mixed, but shown as %q", v.company.Value())
	}
	v.save.OnTapped()
	b.until("the word that it is kept", func() bool { return len(b.host.toasts) == 1 })

	work := storage.Card{
		GivenName: "Noé", FamilyName: "Petit", Organization: "Lumen", Labels: []string{contacts.DefaultLabel},
		Phones: []storage.CardValue{{Type: "work", Value: "+33491000001"}}, Emails: []storage.CardValue{{Type: "work", Value: "noe@example.com"}},
	}
	if receipts, err := b.at(contacts.DefaultLabel).Create(t.Context(), []book.New{{Key: "elsewhere", Card: work}}); err != nil || receipts[0].Err != nil {
		t.Fatal(err, receipts)
	}
	if run := b.pass(b.accounts()[0]); run.State != storage.RunDone {
		t.Fatalf("pass: %+v", run)
	}
	var here []*storage.Contact
	err := b.store.View(t.Context(), func(tx storage.Reader) (err error) {
		here, err = tx.Contacts("", 0)
		return err
	})
	if err != nil || len(here) != 1 {
		t.Fatalf("%d contacts, %v", len(here), err)
	}
	got := here[0]
	if got.Organization != "Lumen" || len(got.Values("phone.professional")) != 1 || len(got.Emails) != 0 || got.Note != "" {
		t.Errorf("here: %+v", got.Card)
	}
}

func TestTwoFieldsOfOneTypeAreRefusedInTheirLine(t *testing.T) {
	b := newBench(t, "contacts.google")
	v := b.dialog()
	choose(v.rows["email.professional"], "email.home")
	if got := v.rows["email.professional"].Error(); !strings.Contains(got, "E-mail personnel") || !v.save.Disabled() {
		t.Errorf("the line says %q", got)
	}
	v.original()
	if v.rows["email.professional"].Error() != "" || !v.save.Disabled() || v.draft.changed() {
		t.Error("the original rules do not come back")
	}
}

func TestEachAccountHasItsOwnRulesAndOneSwitchedOffStaysOff(t *testing.T) {
	b := newBench(t, "contacts.carddav", "contacts.google")
	second := b.accounts()[1]
	if err := b.engine.SetAccountEnabled(t.Context(), second.ID, false); err != nil {
		t.Fatal(err)
	}
	v := b.dialog()
	if !strings.Contains(b.texts(), "De CardDAV vers Diapason") {
		t.Errorf("the first account is shown as %q", b.texts())
	}
	v.change(second.ID)
	if v.rows["phone.professionalMobile"].Value() != "phone.main" {
		t.Errorf("the second one sends to %q", v.rows["phone.professionalMobile"].Value())
	}
	choose(v.rows[storage.FieldNote], string(storage.FieldNote))
	v.save.OnTapped()
	b.until("the word that it is kept", func() bool { return len(b.host.toasts) == 1 })
	accounts := b.accounts()
	i := slices.IndexFunc(accounts, func(a *storage.Account) bool { return a.ID == second.ID })
	if accounts[i].Enabled || accounts[i].Settings[contacts.SettingFields] == "" || accounts[1-i].Settings[contacts.SettingFields] != "" {
		t.Errorf("kept %+v", accounts)
	}

	v = b.open(b.window.Canvas(), accounts, second.ID)
	v.original()
	v.save.OnTapped()
	b.until("the word that it is kept", func() bool { return len(b.host.toasts) == 2 })
	if text, set := b.accounts()[i].Settings[contacts.SettingFields]; set {
		t.Errorf("the original rules are kept as a setting: %s", text)
	}
}

func TestRulesThatCannotBeReadAreReplacedByTheOriginalOnes(t *testing.T) {
	b := newBench(t, "contacts.google")
	a := *b.accounts()[0]
	a.Settings = map[string]string{contacts.SettingFields: "{"}
	v := b.open(b.window.Canvas(), []*storage.Account{&a}, "")
	if !strings.Contains(v.remark.Text(), "illisibles") || v.save.Disabled() {
		t.Errorf("the dialog says %q", v.remark.Text())
	}
	v.save.OnTapped()
	b.until("the word that it is kept", func() bool { return len(b.host.toasts) == 1 })
	if b.accounts()[0].Settings[contacts.SettingFields] != "" {
		t.Error("what could not be read is still there")
	}
}

func TestTheDialogFitsIntoEveryWindow(t *testing.T) {
	b := newBench(t, "contacts.google", "contacts.carddav")
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 900, Height: 640}, {Width: 800, Height: 639}, {Width: 640, Height: 440}} {
		b.window.Resize(size)
		v := b.dialog()
		choose(v.rows["phone.professionalMobile"], "phone.workMobile") // with the remark
		d := fyne.CurrentApp().Driver()
		bottom, top := d.AbsolutePositionForObject(v.save).Y+v.save.Size().Height, d.AbsolutePositionForObject(v.scroll).Y
		if bottom > size.Height-8 || v.scroll.Size().Height < 100 || top < 0 {
			t.Errorf("%v: the buttons end at %v, the table is %v high from %v on", size, bottom, v.scroll.Size().Height, top)
		}
		v.dialog.Close()
	}
}

func TestOpenShowsNothingWithoutAnAccount(t *testing.T) {
	b := newBench(t)
	b.Open("")
	if b.Open(""); b.window.Canvas().Overlays().Top() != nil {
		t.Error("there is a dialog about nothing")
	}
	filled := newBench(t, "contacts.google")
	filled.Open("")
	filled.until("the dialog", func() bool { return filled.window.Canvas().Overlays().Top() != nil })
}

func TestEveryFieldHasAName(t *testing.T) {
	for _, lang := range words.Languages {
		if err := words.Use(lang); err != nil {
			t.Fatal(err)
		}
		for _, m := range []fieldmap.Map{fieldmap.Google(), fieldmap.VCard()} {
			for _, r := range m.Rows {
				if _, kind := r.Theirs.Family(); r.Theirs.Typed() && typeName(kind) == kind {
					t.Errorf("%s: %q has no name", lang, kind)
				}
			}
		}
	}
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
}
