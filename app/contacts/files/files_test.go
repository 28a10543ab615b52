package files

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// host records what is asked of the window, and answers file dialogs with chosen.
type host struct {
	toasts   []string
	action   func()
	failures []error
	runs     []string
	folders  []string
	chosen   string
}

func (h *host) Toast(text, _ string, do func()) { h.toasts, h.action = append(h.toasts, text), do }
func (h *host) Failure(err error)               { h.failures = append(h.failures, err) }
func (h *host) OpenURL(address string)          { h.folders = append(h.folders, address) }

func (h *host) OpenRun(id string) bool {
	h.runs = append(h.runs, id)
	return true
}

func (h *host) OpenFile(_, _ string, _ []string, done func(string, error)) { done(h.chosen, nil) }
func (h *host) SaveFile(_, _ string, _ []string, done func(string, error)) { done(h.chosen, nil) }

// bench is a window over a real workspace, with a queue in the place of Fyne's.
type bench struct {
	*Files
	t      *testing.T
	store  *bolt.Store
	engine *sync.Engine
	queue  apptest.Queue
	host   *host
	window fyne.Window
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	b := &bench{t: t, store: apptest.Store(t), queue: apptest.NewQueue(), host: &host{}}
	service := contacts.New(contacts.Params{Store: b.store})
	b.engine = sync.New(sync.Params{Store: b.store, Contacts: service})
	t.Cleanup(b.engine.Stop)
	service.ReportTo(b.engine.Jobs())
	b.window = test.NewTempWindow(t, widgets.NewColumn(0))
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 764))
	b.Files = New(Params{Service: service, Undo: b.engine.Undo, Host: b.host, Canvas: b.window.Canvas, UI: b.queue.UI})
	return b
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string { return fmt.Sprint(b.host.toasts, b.host.failures) })
}

// toast waits for a message.
func (b *bench) toast(text string) {
	b.t.Helper()
	b.until("the message "+text, func() bool { return slices.Contains(b.host.toasts, text) })
}

// file writes a file of cards, each given by its lines.
func (b *bench) file(name string, cards ...string) string {
	b.t.Helper()
	var text strings.Builder
	for _, c := range cards {
		text.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\n" + c + "\r\nEND:VCARD\r\n")
	}
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// preview opens the dialog of a file and waits for what it says; done counts how often the file was dealt with.
func (b *bench) preview(path string) (in *intake, done *int) {
	b.t.Helper()
	done = new(int)
	in = newIntake(b.Files, path, func() { *done++ })
	in.open(b.window.Canvas())
	b.until("the preview", in.settled)
	return in, done
}

// settled reports whether the dialog shows more than that it reads.
func (in *intake) settled() bool { return in.seen != nil || in.do.Hidden }

// said gives the texts of the dialog.
func (b *bench) said() string {
	var texts []string
	for _, o := range test.LaidOutObjects(b.window.Canvas().Overlays().Top()) {
		if text, ok := o.(*widgets.Text); ok {
			texts = append(texts, text.Text())
		}
	}
	return strings.Join(texts, "\n")
}

func (b *bench) names() []string {
	b.t.Helper()
	var names []string
	err := b.store.View(context.Background(), func(tx storage.Reader) error {
		all, err := tx.Contacts("", 0)
		for _, c := range all {
			names = append(names, c.FullName())
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

const (
	zoe    = "N:Morel;Zoé;;;\r\nEMAIL;TYPE=HOME:zoe@example.com"
	zoeToo = "N:Morel;Zoé;;;\r\nEMAIL;TYPE=HOME:zoe@example.com\r\nTEL;TYPE=CELL:0612345678"
	noe    = "N:Petit;Noé;;;\r\nEMAIL;TYPE=HOME:famille@example.com"
	alix   = "N:Durand;Alix;;;\r\nEMAIL;TYPE=HOME:famille@example.com"
	group  = "N:Chorale;;;;\r\nX-ADDRESSBOOKSERVER-KIND:group"
)

func TestAFileIsPreviewedImportedAndTakenBack(t *testing.T) {
	b := newBench(t)
	in, done := b.preview(b.file("carnet.vcf", zoe, noe, group))
	for _, want := range []string{"2 nouveaux contacts", "1 carte mise de côté", "Cette carte est une liste", "Chorale (ligne 11)"} {
		if !strings.Contains(b.said(), want) {
			t.Errorf("the preview does not say %q:\n%s", want, b.said())
		}
	}
	if len(b.names()) != 0 || in.do.Text != "Importer 2 contacts" {
		t.Errorf("before: %v, button %q", b.names(), in.do.Text)
	}
	in.do.OnTapped()
	b.toast("2 contacts importés de «\u00a0carnet.vcf\u00a0»")
	if got := b.names(); !slices.Equal(got, []string{"Noé Petit", "Zoé Morel"}) || *done != 1 {
		t.Errorf("imported %v, dealt with %d times", got, *done)
	}
	if b.window.Canvas().Overlays().Top() != nil {
		t.Error("the dialog is still open")
	}
	b.host.action()
	b.toast("L’import de «\u00a0carnet.vcf\u00a0» est annulé.")
	if got := b.names(); len(got) != 0 {
		t.Errorf("taken back, but there are %v", got)
	}
	b.host.action()
	if len(b.host.runs) != 1 || len(b.host.failures) > 0 {
		t.Errorf("reports %v, failures %v", b.host.runs, b.host.failures)
	}
}

func TestWhatIsHereAlreadyIsTold(t *testing.T) {
	b := newBench(t)
	in, _ := b.preview(b.file("a.vcf", zoe, alix))
	in.do.OnTapped()
	b.toast("2 contacts importés de «\u00a0a.vcf\u00a0»")
	in, done := b.preview(b.file("b.vcf", zoeToo, alix, noe))
	for _, want := range []string{"1 contact déjà là, à compléter", "1 contact déjà là, sans changement", "Noé Petit (ligne 12), comme Alix Durand"} {
		if !strings.Contains(b.said(), want) {
			t.Errorf("the preview does not say %q:\n%s", want, b.said())
		}
	}
	in.doubtful.OnChanged(true)
	b.until("the doubtful card", func() bool { return in.do.Text == "Importer 2 contacts" })
	in.cancel.OnTapped()
	if *done != 1 || len(b.names()) != 2 {
		t.Errorf("given up: dealt with %d times, %v", *done, b.names())
	}
	again, _ := b.preview(b.file("c.vcf", zoe))
	if !strings.Contains(b.said(), "tout ce que dit ce fichier est déjà là") || !again.do.Disabled() {
		t.Errorf("nothing to do, but it says:\n%s", b.said())
	}
}

func TestFilesThatCannotBeImportedAreExplained(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	large := write("large.vcf", "BEGIN:VCARD\r\n")
	if err := os.Truncate(large, 200<<20); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ path, says string }{
		"an empty file":     {write("vide.vcf", ""), "est vide"},
		"a picture":         {write("photo.vcf", "\x89PNG\r\n\x1a\n\x00\x01"), "aucune carte de contact"},
		"a folder":          {dir, "ne peut pas être lu"},
		"a file that left":  {filepath.Join(dir, "parti.vcf"), "ne peut pas être lu"},
		"200 MB":            {large, "dépasse 128"},
		"a card cut in two": {write("coupe.vcf", "BEGIN:VCARD\r\nN:Morel;Zoé"), "le fichier a été coupé"},
	} {
		in, done := b.preview(tt.path)
		if said := b.said(); !strings.Contains(said, tt.says) {
			t.Errorf("%s: it says %q", name, said)
		}
		if !in.do.Hidden && !in.do.Disabled() {
			t.Errorf("%s: it can be imported", name)
		}
		in.cancel.OnTapped()
		if *done != 1 || len(b.host.failures) > 0 {
			t.Errorf("%s: dealt with %d times, failures %v", name, *done, b.host.failures)
		}
	}
}

func TestAFileThatChangedSinceItsPreviewIsShownAgain(t *testing.T) {
	b := newBench(t)
	path := b.file("carnet.vcf", zoe)
	in, _ := b.preview(path)
	other, err := os.ReadFile(b.file("autre.vcf", zoe, noe))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	in.do.OnTapped()
	b.until("another preview", func() bool { return in.do.Text == "Importer 2 contacts" })
	if len(b.names()) != 0 || !strings.Contains(b.said(), "Le fichier a changé") {
		t.Errorf("there are %v, and it says:\n%s", b.names(), b.said())
	}
}

func TestAnImportIsCancelledInTheListOfJobs(t *testing.T) {
	b := newBench(t)
	cancelled := false
	jobs := b.engine.Jobs()
	t.Cleanup(jobs.OnChange(func(p sync.Progress) {
		if p.Kind == storage.RunImport && !cancelled {
			cancelled = true
			jobs.Cancel(p.RunID)
		}
	}))
	in, done := b.preview(b.file("carnet.vcf", zoe, noe))
	in.do.OnTapped()
	b.toast("Import arrêté\u00a0: 0 contact importé de «\u00a0carnet.vcf\u00a0»")
	if *done != 1 || len(b.host.failures) > 0 || len(b.names()) != 0 || len(jobs.List()) != 0 {
		t.Errorf("dealt with %d times, failures %v, contacts %v, jobs %v", *done, b.host.failures, b.names(), jobs.List())
	}
}

func TestWhatIsExportedIsKnownAgain(t *testing.T) {
	b := newBench(t)
	in, _ := b.preview(b.file("carnet.vcf", zoe, noe))
	in.do.OnTapped()
	b.toast("2 contacts importés de «\u00a0carnet.vcf\u00a0»")
	b.host.chosen = filepath.Join(t.TempDir(), "sortie") // without its ending
	b.Export(nil)
	b.toast("2 contacts exportés dans sortie.vcf")
	b.host.action()
	if len(b.host.folders) != 1 || !strings.HasPrefix(b.host.folders[0], "file://") {
		t.Errorf("folders %v", b.host.folders)
	}
	b.host.chosen += ".vcf"
	b.Choose()
	b.until("that it says nothing new", func() bool { return strings.Contains(b.said(), "2 contacts déjà là, sans changement") })

	var one string
	err := b.store.View(t.Context(), func(tx storage.Reader) error {
		all, err := tx.Contacts("", 1)
		one = all[0].ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.host.chosen = filepath.Join(t.TempDir(), "un.vcf")
	b.Export([]string{one})
	b.toast("1 contact exporté dans un.vcf")
	b.host.chosen = filepath.Join(t.TempDir(), "absent", "un.vcf")
	b.Export(nil)
	b.until("why it is not written", func() bool { return len(b.host.failures) == 1 })
}

func TestLongListsAreCutAndCounted(t *testing.T) {
	var aside []contacts.ImportAside
	for i := range 9 {
		aside = append(aside, contacts.ImportAside{Line: i + 1, Name: fmt.Sprint("Carte ", i), Problem: storage.NewProblem("contacts.import.group")})
	}
	for _, code := range []string{"contact.empty", "contacts.import.doubtful", "contacts.conflict"} {
		aside = append(aside, contacts.ImportAside{Line: 20, Problem: storage.NewProblem(code)})
	}
	groups := grouped(aside)
	if len(groups) != 4 || len(groups[0].cards) != 9 {
		t.Fatalf("%d reasons", len(groups))
	}
	if got := listed(groups[0].cards); got != "Carte 0 (ligne 1), Carte 1 (ligne 2), Carte 2 (ligne 3), Carte 3 (ligne 4) et 5 autres" {
		t.Errorf("listed %q", got)
	}
	if n := len(reasons(aside)); n != mostReasons+1 {
		t.Errorf("%d lines", n)
	}
}
