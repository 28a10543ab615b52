package integrations

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/google"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
	"diapason/widgets"
	"diapason/widgets/look"
)

// texts gives the words of what is above the window.
func (s *shownScreen) texts() (all []string) {
	for _, o := range test.LaidOutObjects(s.window.Canvas().Overlays().Top()) {
		if text, ok := o.(*canvas.Text); ok && text.Visible() && text.Text != "" {
			all = append(all, text.Text)
		}
	}
	return all
}

func TestAnAddressBookIsFilledInWithoutRawSettings(t *testing.T) {
	b := newBookScreen(t)
	b.ask(b.books["contacts.carddav"], nil)
	f := b.form
	for _, name := range []string{contacts.SettingFields, contacts.SettingNeverDelete, google.SettingUnits} {
		if f.fields[name] != nil {
			t.Errorf("%s is a text to be typed", name)
		}
	}
	f.name.OnChanged("Nuage")
	for name, value := range map[string]string{"base-url": "http://127.0.0.1:1/dav", "user": "zoe", "password": "secret"} {
		f.fields[name].OnChanged(value)
	}
	f.book.label.SetValue("Chorale")
	f.book.label.OnChanged("Chorale")
	test.Tap(f.book.never)
	f.submit()
	if b.Shown(); len(b.accounts) != 1 {
		t.Fatalf("%d accounts, the form says %q", len(b.accounts), b.texts())
	}
	a := b.accounts[0]
	if contacts.LabelOf(a) != "Chorale" || a.Settings[contacts.SettingNeverDelete] != "true" {
		t.Errorf("kept %v", a.Settings)
	}

	b.ask(b.books["contacts.carddav"], a)
	f = b.form
	if !f.book.never.On() || f.book.label.Value() != "Chorale" || f.book.scope.Value() != scopeLabel {
		t.Error("the form does not show what was kept")
	}
	f.book.scope.SetValue(scopeAll)
	f.book.scope.OnChosen(scopeAll)
	if f.book.label.Visible() || !strings.Contains(strings.Join(b.texts(), " "), "repartira comme un premier") {
		t.Errorf("the form does not say what the change leads to: %q", b.texts())
	}
	test.Tap(f.book.never)
	f.submit()
	b.Shown()
	a = b.accounts[0]
	if contacts.LabelOf(a) != "" || a.Settings[contacts.SettingNeverDelete] != "" {
		t.Errorf("kept %v", a.Settings)
	}
	b.ask(b.books["contacts.carddav"], a)
	if b.form.book.scope.Value() != scopeAll || b.form.book.label.Visible() {
		t.Error("all cards are not shown as all")
	}
	b.form.dialog.Close()
}

func TestALabelLeftEmptyIsTheUsualOne(t *testing.T) {
	b := newBookScreen(t)
	b.ask(b.books["contacts.carddav"], nil)
	b.form.book.label.SetValue("")
	b.form.book.changed()
	if a := b.form.draft.account("contacts.carddav", nil); contacts.LabelOf(a) != contacts.DefaultLabel {
		t.Errorf("kept in tune: %q", contacts.LabelOf(a))
	}
}

func TestUnitsAreRefusedBeforeTheBrowserIsOpened(t *testing.T) {
	b := newBookScreen(t)
	b.p.Host = browsing{b.host, func(string) { t.Error("the browser was opened") }}
	b.ask(b.books["contacts.google"], nil)
	f := b.form
	if f.fields[oauth.SettingBaseURL] != nil || f.book.folded.Visible() {
		t.Error("the form shows what only tests need, or what is seldom changed")
	}
	f.submit()
	if f.fields[oauth.SettingClientID].Error() == "" || f.fields[oauth.SecretClientSecret].Error() == "" {
		t.Error("this build is registered nowhere, and the form does not ask for a client")
	}
	f.fields[oauth.SettingClientID].OnChanged("own")
	f.fields[oauth.SecretClientSecret].OnChanged("GOCSPX-own")
	f.fields[google.SettingUnits].OnChanged("5")
	f.submit()
	if !strings.Contains(f.fields[google.SettingUnits].Error(), "6 au moins") || !f.book.folded.Visible() {
		t.Errorf("the field says %q, shown: %v", f.fields[google.SettingUnits].Error(), f.book.folded.Visible())
	}
	if len(b.accounts) != 0 || b.waiting != nil {
		t.Error("it went on all the same")
	}
}

func TestAccountOfAnEmulatorShowsItsAddressAndLeadsToItsRules(t *testing.T) {
	b := newBookScreen(t)
	b.add(t)
	b.ask(b.books["contacts.google"], b.accounts[0])
	f := b.form
	if f.fields[oauth.SettingBaseURL] == nil || f.fields[oauth.SettingBaseURL].Value() != b.url {
		t.Error("an address that is set is hidden")
	}
	f.book.fold.OnTapped()
	press(t, b.window, words.T("integrations.rules"))
	if len(b.rules) != 1 || b.rules[0] != b.accounts[0].ID || b.window.Canvas().Overlays().Top() != nil {
		t.Errorf("led to %v", b.rules)
	}
}

// press presses the button that bears a word.
func press(t *testing.T, w fyne.Window, word string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(w.Canvas().Overlays().Top()) {
		if button, ok := o.(*widgets.Button); ok && button.Text == word {
			button.OnTapped()
			return
		}
	}
	t.Fatalf("there is no button %q", word)
}

func TestTheStepsToAClientOfOnesOwnAreInTheProgram(t *testing.T) {
	for _, lang := range words.Languages {
		b := newBookScreen(t)
		if err := words.Use(lang); err != nil {
			t.Fatal(err)
		}
		b.ask(b.books["contacts.google"], nil)
		press(t, b.window, words.T("integrations.help"))
		said := strings.Join(b.texts(), " ")
		for _, want := range []string{"People API", "Testing", "1", "6"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the steps do not say %q: %s", lang, want, said)
			}
		}
		var opened string
		b.p.Host = browsing{b.host, func(address string) { opened = address }}
		press(t, b.window, words.T("integrations.help.console"))
		if opened != googleConsole {
			t.Errorf("led to %q", opened)
		}
		press(t, b.window, words.T("integrations.help.close"))
		if b.form.dialog == nil || b.window.Canvas().Overlays().Top() == nil {
			t.Error("the form behind the steps is gone")
		}
	}
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
}

func TestNoLabelOfAFormIsCutAndEveryFormFits(t *testing.T) {
	t.Cleanup(func() {
		if err := words.Use("fr"); err != nil {
			t.Error(err)
		}
	})
	for _, lang := range words.Languages {
		if err := words.Use(lang); err != nil {
			t.Fatal(err)
		}
		b := newBookScreen(t)
		for id, kind := range b.books {
			b.checkForm(t, lang+" "+id, func() { b.ask(kind, &storage.Account{ID: "a", Kind: id, Name: "Compte"}) })
		}
		s, _ := newAgendaScreen(t)
		for id, kind := range s.agendas {
			s.checkForm(t, lang+" "+id, func() { s.ask(kind, nil) })
		}
	}
}

// checkForm opens a form, unfolds it, and looks whether every label is whole and the buttons are in the window.
func (s *shownScreen) checkForm(t *testing.T, what string, open func()) {
	t.Helper()
	open()
	f := s.form
	if f.book != nil {
		f.book.open(true)
	}
	said := s.texts()
	for name := range f.fields {
		label, whole := words.T("setting."+name), false
		for _, text := range said {
			whole = whole || text == label
		}
		if !whole {
			t.Errorf("%s: the label %q is cut: %q", what, label, said)
		}
	}
	bottom := fyne.CurrentApp().Driver().AbsolutePositionForObject(f.do).Y + f.do.Size().Height
	if height := s.window.Canvas().Size().Height; bottom <= 0 || bottom > height-look.Margin {
		t.Errorf("%s: its buttons end at %v of %v", what, bottom, height)
	}
	f.dialog.Close()
}

func TestAnAccessThatCouldNotBeTakenBackIsToldWhenAnAccountGoes(t *testing.T) {
	b := newBookScreen(t)
	b.add(t)
	b.google.Behave(func(g *sandbox.GoogleBehaviour) { g.RevokeFails = true })
	b.askRemove(b.accounts[0])
	press(t, b.window, words.T("integrations.removeDo", "name", b.accounts[0].Name))
	b.Shown()
	if len(b.accounts) != 0 || len(b.host.failures) != 1 || !sync.NotRevoked(b.host.failures[0]) {
		t.Errorf("%d accounts, failures %v", len(b.accounts), b.host.failures)
	}
}

func TestPasswordsInAFileAreTold(t *testing.T) {
	b := newBookScreen(t)
	if len(b.inFile()) != 0 {
		t.Error("it is said before there is a password")
	}
	b.add(t)
	told := b.inFile()
	if len(told) != 1 || !strings.Contains(told[0].(*widgets.Banner).Text(), secrets.FileName) {
		t.Fatalf("it is not said where passwords are: %v", told)
	}
	place, _ := secrets.InFile(b.kept)
	for _, path := range []string{place.File, place.Key} {
		if _, err := os.Stat(path); err != nil || !filepath.IsAbs(path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
