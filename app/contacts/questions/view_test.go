package questions

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/merge"
	"diapason/widgets"
	"diapason/widgets/look"
)

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time { return now }

// host records what the view asks of the window.
type host struct {
	toasts   []string
	action   func()
	failures []error
}

func (h *host) Toast(text, _ string, do func()) { h.toasts, h.action = append(h.toasts, text), do }
func (h *host) Failure(err error)               { h.failures = append(h.failures, err) }

// bench is the view in a test window, over a real workspace with one account, and a queue in the place of Fyne's.
type bench struct {
	*View
	t       *testing.T
	store   *bolt.Store
	service *contacts.Service
	account *storage.Account
	queue   apptest.Queue
	host    *host
	window  fyne.Window
	opened  []string // contacts whose pane was asked for
	changed int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: apptest.Store(t), queue: apptest.NewQueue(), host: &host{}}
	b.service = contacts.New(contacts.Params{Store: b.store, Clock: clock{}, Kinds: []contacts.Kind{{
		ID: "contacts.google", Fields: fieldmap.Google,
		Open: func(*storage.Account, map[string]string) (book.Book, error) {
			return nil, errors.New("not in this test")
		},
	}}})
	b.account = &storage.Account{Kind: "contacts.google", Name: "direction@lumen.test", Enabled: true}
	b.update(func(w storage.Writer) error { return w.PutAccount(b.account) })
	return b
}

// open shows the view once everything is kept.
func (b *bench) open(p Params) {
	b.t.Helper()
	test.NewTempApp(b.t).Settings().SetTheme(look.NewTheme(look.Light))
	p.Store, p.Service, p.Host, p.Now, p.UI = b.store, b.service, b.host, clock{}.Now, b.queue.UI
	p.OpenContact = func(id string) { b.opened = append(b.opened, id) }
	p.Changed = func() { b.changed++ }
	p.Later = func(_ time.Duration, f func()) { go f() }
	b.View = New(p)
	b.window = test.NewTempWindow(b.t, b.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 660))
	b.t.Cleanup(b.Close)
	b.Shown()
	b.until("the questions", func() bool { return b.known })
}

func (b *bench) update(f func(storage.Writer) error) {
	b.t.Helper()
	if err := b.store.Update(context.Background(), f); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string { return strings.Join(b.host.toasts, ", ") })
}

func (b *bench) toast(text string) {
	b.t.Helper()
	b.until("the message "+text, func() bool { return slices.Contains(b.host.toasts, text) })
}

func (b *bench) save(c storage.Card) *storage.Contact {
	b.t.Helper()
	change, err := b.service.Save(b.t.Context(), &storage.Contact{Card: c})
	if err != nil {
		b.t.Fatal(err)
	}
	return change.Contact
}

func values(kind, value string) []storage.CardValue {
	return []storage.CardValue{{Type: kind, Value: value}}
}

// conflicted keeps a contact in tune but for two fields, and the question about them.
func (b *bench) conflicted(id, name string) *storage.Contact {
	b.t.Helper()
	c := b.save(storage.Card{
		Organization: name, Phones: values(storage.TypeProfessional, "+33261914022"), Emails: values(storage.TypePersonal, name+"@lumen.test"),
	})
	shown := storage.Card{
		Organization: name, Phones: values("work", "+33261914000"), Emails: values("home", name+"@lumen.test"), Title: "Libraire",
	}
	b.update(func(w storage.Writer) error {
		if err := w.PutContactLink(&storage.ContactLink{
			ContactID: c.ID, AccountID: b.account.ID, RemoteID: "people/" + id, Ours: shown, Theirs: shown, SyncedAt: now.Add(-48 * time.Hour),
		}); err != nil {
			return err
		}
		return w.PutContactQuestion(&storage.ContactQuestion{
			ID: id, Kind: storage.QuestionConflict, AccountID: b.account.ID, ContactIDs: []string{c.ID}, RemoteIDs: []string{"people/" + id},
			Since: now, Name: name, Conflicts: []storage.ContactConflict{
				{Field: "phone.work", Base: "+33261914000", Here: "+33261914022", There: "+33261914028", HereAt: now.Add(-16 * time.Hour), ThereAt: now.Add(-50 * time.Minute)},
				{Field: storage.FieldTitle, Base: "Libraire", Here: "", There: "Gérante"},
			},
		})
	})
	return c
}

// question reads one; nil when it is gone.
func (b *bench) question(id string) (q *storage.ContactQuestion) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx storage.Reader) (err error) {
		if q, err = tx.ContactQuestion(id); errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return q
}

// says reports whether a text stands in the panel in front.
func (b *bench) says(text string) bool {
	text = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
	found := false
	for _, o := range test.LaidOutObjects(b.Content()) {
		if w, ok := o.(*widgets.Text); ok {
			found = found || strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(w.Text()) == text
		}
	}
	return found
}

func (b *bench) sees(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !b.says(text) {
			b.t.Errorf("nothing says « %s »", text)
		}
	}
}

// button finds a button by its word.
func (b *bench) button(text string) *widgets.Button {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.Content()) {
		if w, ok := o.(*widgets.Button); ok && w.AccessibilityLabel() == text {
			return w
		}
	}
	b.t.Fatalf("no button « %s »", text)
	return nil
}

func TestConflictIsShownFieldByFieldAndItsAnswerWaitsForTheNextPass(t *testing.T) {
	b := newBench(t)
	b.conflicted("1", "Deux Rives")
	b.open(Params{})
	b.sees("Deux Rives", "direction@lumen.test : 2 champs diffèrent, 2 sont identiques", "modifié hier à 17 h 45", "modifié aujourd’hui à 8 h 55",
		"Téléphone professionnel", "02 61 91 40 22", "02 61 91 40 28", "Fonction", "(vide)", "Gérante", "Choisir une valeur pour chaque champ")
	if !b.apply.Disabled() {
		t.Error("it can be applied before anything is chosen")
	}
	b.compare.ChooseAll(1)
	if b.apply.Disabled() || b.apply.Text != "Appliquer" || b.remark.Text() != "L’ancienne valeur reste dans l’historique" {
		t.Fatalf("disabled %v, %q, %q", b.apply.Disabled(), b.apply.Text, b.remark.Text())
	}
	test.Tap(b.apply)
	b.toast("Prendra effet au prochain passage.")
	b.until("the decision", func() bool { return b.Count() == 0 && b.detail.answered() })
	if q := b.question("1"); q.Decided["phone.work"] != "there" || q.Decided[storage.FieldTitle] != "there" {
		t.Errorf("kept %v", q.Decided)
	}
	b.sees("Décidé. Prendra effet au prochain passage.", "1\u00a0décision attend le prochain passage.")
	if !b.apply.Disabled() || b.apply.Text != "Changer la décision" {
		t.Errorf("%q, disabled %v", b.apply.Text, b.apply.Disabled())
	}
	b.desk.choose(&b.detail.item, storage.FieldTitle, merge.SideHere)
	b.ready()
	test.Tap(b.apply)
	b.until("the other decision", func() bool { return b.question("1").Decided[storage.FieldTitle] == "here" })
}

func TestPersonGoesThroughTheConflictsOneByOneAndChoicesStay(t *testing.T) {
	b := newBench(t)
	b.conflicted("1", "Deux Rives")
	b.conflicted("2", "Atelier")
	b.conflicted("3", "Comptoir")
	b.open(Params{})
	b.until("the first", func() bool { return b.desk.current == "1" })
	if b.Count() != 3 || b.changed == 0 {
		t.Fatalf("%d wait, told %d times", b.Count(), b.changed)
	}
	b.sees("1 sur 3")
	b.compare.ChooseAll(0)
	test.Tap(b.button("Suivant"))
	b.until("the second", func() bool { return b.desk.current == "2" })
	b.compare.ChooseAll(1)
	test.Tap(b.button("Précédent"))
	b.until("the first again", func() bool { return b.desk.current == "1" })
	if b.compare.Chosen(0) != 0 || b.compare.Chosen(1) != 0 {
		t.Fatal("the choices were forgotten")
	}
	if b.apply.Text != "Appliquer et passer au suivant" {
		t.Errorf("the button says %q", b.apply.Text)
	}
	test.Tap(b.apply)
	b.until("the second, in front", func() bool { return b.desk.current == "2" && b.Count() == 2 })
	if b.compare.Chosen(0) != 1 {
		t.Error("the choices about the second were forgotten")
	}
	test.Tap(b.button("Plus tard"))
	b.until("the third", func() bool { return b.desk.current == "3" })
}

func TestAllConflictsAreDecidedAlikeAfterAConfirmationThatCountsThem(t *testing.T) {
	b := newBench(t)
	b.conflicted("1", "Deux Rives")
	b.conflicted("2", "Atelier")
	b.open(Params{})
	test.Tap(b.button("Tout décider de même…"))
	var keep *widgets.Button
	for _, o := range test.LaidOutObjects(b.window.Canvas().Overlays().Top()) {
		if w, ok := o.(*widgets.Button); ok && strings.HasPrefix(w.Text, "Garder Diapason pour les 2") {
			keep = w
		}
	}
	if keep == nil {
		t.Fatal("no such answer in the dialog")
	}
	test.Tap(keep)
	b.toast("2 conflits sont décidés. Prendra effet au prochain passage.")
	b.until("all decided", func() bool { return b.Count() == 0 })
	for _, id := range []string{"1", "2"} {
		if d := b.question(id).Decided; d["phone.work"] != "here" || d[storage.FieldTitle] != "here" {
			t.Errorf("%s: %v", id, d)
		}
	}
}

// doubted keeps a question about a card that resembles contacts.
func (b *bench) doubted(id string, there storage.Card, contacts ...*storage.Contact) {
	b.t.Helper()
	q := &storage.ContactQuestion{
		ID: id, Kind: storage.QuestionMatch, AccountID: b.account.ID, RemoteIDs: []string{"people/" + id}, Since: now,
		Name: there.FullName(), There: &there, Reason: storage.NewProblem("contacts.ask.severalEmails"),
	}
	for _, c := range contacts {
		q.ContactIDs = append(q.ContactIDs, c.ID)
	}
	b.update(func(w storage.Writer) error { return w.PutContactQuestion(q) })
}

func TestDoubtfulCardIsTiedToThePersonChosen(t *testing.T) {
	b := newBench(t)
	zoe := b.save(storage.Card{GivenName: "Zoé", FamilyName: "Morel", Emails: values(storage.TypePersonal, "accueil@lumen.test")})
	zita := b.save(storage.Card{GivenName: "Zita", Organization: "Lumen", Emails: values(storage.TypePersonal, "accueil@lumen.test")})
	linked := b.save(storage.Card{GivenName: "Léo", Emails: values(storage.TypePersonal, "accueil@lumen.test")})
	b.update(func(w storage.Writer) error {
		return w.PutContactLink(&storage.ContactLink{ContactID: linked.ID, AccountID: b.account.ID, RemoteID: "people/leo"})
	})
	b.doubted("1", storage.Card{GivenName: "Z.", Emails: values("home", "accueil@lumen.test"), Phones: values("work", "+33612345678")}, zoe, zita, linked)
	b.open(Params{})
	b.sees("Fiche de Google Contacts", "Contact dans Diapason", "E-mail personnel", "Téléphone professionnel", "Léo a déjà une autre fiche dans ce carnet.")
	if b.picked().ID != zoe.ID {
		t.Errorf("set beside %s at first", b.picked().FullName())
	}
	b.desk.picks["1"] = zita.ID
	b.rebuild()
	test.Tap(b.button("C’est la même personne"))
	b.toast("Lié à Zita. Prendra effet au prochain passage.")
	b.until("the empty desk", func() bool { return b.Count() == 0 && b.detail == nil })
	err := b.store.View(context.Background(), func(tx storage.Reader) error {
		l, err := tx.ContactLink(zita.ID, b.account.ID)
		if err == nil && l.RemoteID != "people/1" {
			t.Errorf("tied to %s", l.RemoteID)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	b.sees("Rien n’attend de décision")
}

func TestDoubtfulCardOfPeopleWhoHaveOneEachSaysSo(t *testing.T) {
	b := newBench(t)
	linked := b.save(storage.Card{GivenName: "Léo", Emails: values(storage.TypePersonal, "accueil@lumen.test")})
	b.update(func(w storage.Writer) error {
		return w.PutContactLink(&storage.ContactLink{ContactID: linked.ID, AccountID: b.account.ID, RemoteID: "people/leo"})
	})
	b.doubted("1", storage.Card{GivenName: "L.", Emails: values("home", "accueil@lumen.test")}, linked)
	b.open(Params{})
	b.sees("Léo a déjà une autre fiche dans ce carnet.", "Chacun a déjà sa fiche\u00a0: celle-ci est en trop, ou celle de quelqu’un d’autre.")
	if b.Primary() || !b.button("Quelqu’un d’autre").Visible() {
		t.Error("the card can be tied to somebody who has one")
	}
}

func TestDoubtfulCardOfSomebodyElseBecomesAContact(t *testing.T) {
	b := newBench(t)
	zoe := b.save(storage.Card{GivenName: "Zoé", Emails: values(storage.TypePersonal, "accueil@lumen.test")})
	b.doubted("1", storage.Card{GivenName: "Zita", Emails: values("home", "accueil@lumen.test")}, zoe)
	b.open(Params{})
	test.Tap(b.button("Quelqu’un d’autre"))
	b.toast("Zita est ajouté aux contacts. Le carnet suivra au prochain passage.")
	err := b.store.View(context.Background(), func(tx storage.Reader) error {
		n, err := tx.CountContacts()
		if n != 2 {
			t.Errorf("%d contacts", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDoubtfulCardIsIgnoredAfterAConfirmation(t *testing.T) {
	b := newBench(t)
	zoe := b.save(storage.Card{GivenName: "Zoé", Emails: values(storage.TypePersonal, "accueil@lumen.test")})
	b.doubted("1", storage.Card{GivenName: "Zita", Emails: values("home", "accueil@lumen.test")}, zoe)
	b.open(Params{})
	test.Tap(b.button("Ignorer cette fiche"))
	if b.question("1") == nil {
		t.Fatal("ignored without a confirmation")
	}
	for _, o := range test.LaidOutObjects(b.window.Canvas().Overlays().Top()) {
		if w, ok := o.(*widgets.Button); ok && w.Kind == widgets.Danger {
			test.Tap(w)
		}
	}
	b.toast("Zita est laissé de côté.")
	if b.question("1") != nil || !slices.Contains(b.ignored(), "people/1") {
		t.Errorf("still asked, or not left alone: %v", b.ignored())
	}
	b.host.action() // « Annuler »
	b.toast("C’est annulé.")
	b.until("the question", func() bool { return b.Count() == 1 && b.says("Zita") })
	if q := b.question("1"); q == nil || q.There == nil || len(b.ignored()) > 0 {
		t.Errorf("asked again: %+v, left alone: %v", q, b.ignored())
	}
}

// ignored are the cards of the account that are left alone.
func (b *bench) ignored() (ids []string) {
	b.t.Helper()
	err := b.store.View(b.t.Context(), func(tx storage.Reader) error {
		book, err := tx.ContactBook(b.account.ID)
		if err == nil {
			ids = book.Ignored
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return ids
}

func TestRefusalIsToldInWordsAndLeadsToTheContact(t *testing.T) {
	b := newBench(t)
	c := b.save(storage.Card{GivenName: "Zoé"})
	b.update(func(w storage.Writer) error {
		return w.PutContactQuestion(&storage.ContactQuestion{
			ID: "1", Kind: storage.QuestionRefused, AccountID: b.account.ID, ContactIDs: []string{c.ID}, Since: now, Name: "Zoé",
			Reason: storage.NewProblem("contacts.empty"),
		})
	})
	b.open(Params{Embedded: true, Account: b.account.ID})
	b.sees("Zoé", "Corriger le contact : il est renvoyé au prochain passage.")
	test.Tap(b.button("Ouvrir le contact"))
	if !slices.Equal(b.opened, []string{c.ID}) {
		t.Errorf("opened %v", b.opened)
	}
	test.Tap(b.button("Ignorer"))
	b.until("nothing more", func() bool { return b.Count() == 0 && !b.Content().Visible() })
	b.host.action() // « Annuler »
	b.until("the refusal again", func() bool { return b.Count() == 1 && b.Content().Visible() })
}

func TestPanelOfOneAccountShowsNothingOfTheOthers(t *testing.T) {
	b := newBench(t)
	b.conflicted("1", "Deux Rives")
	other := &storage.Account{Kind: "contacts.google", Name: "reservations@lumen.test", Enabled: true}
	b.update(func(w storage.Writer) error { return w.PutAccount(other) })
	b.open(Params{Embedded: true, Account: other.ID})
	if b.Content().Visible() || b.Count() != 0 {
		t.Errorf("shown %v, %d wait", b.Content().Visible(), b.Count())
	}
	b.SetAccount(b.account.ID)
	b.until("the conflict", func() bool { return b.Content().Visible() && b.Count() == 1 })
	b.sees("2 champs diffèrent, 2 sont identiques")
}

func TestListStandsBesideThePanelWhereThereIsRoom(t *testing.T) {
	b := newBench(t)
	b.conflicted("1", "Deux Rives")
	b.conflicted("2", "Atelier")
	b.open(Params{})
	if !b.list.Visible() || b.scroll.Position().X < 300 {
		t.Errorf("list %v, panel at %v", b.list.Visible(), b.scroll.Position())
	}
	b.window.Resize(fyne.NewSize(560, 600))
	if b.list.Visible() || b.scroll.Position().X != 0 {
		t.Errorf("list %v, panel at %v", b.list.Visible(), b.scroll.Position())
	}
	b.list.OnOpen(1)
	b.until("the second", func() bool { return b.desk.current == "2" })
}
