package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/caldav"
	"diapason/sync/agenda/publication/sftp"
	"diapason/sync/agenda/publication/webdav"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"

	"diapason/sync/directory/geojson"
	"diapason/sync/directory/googlefile"
	"diapason/sync/directory/trial"
	"diapason/sync/directory/website"
)

// shell runs commands in this process, on one workspace in a temporary folder, as a terminal would.
type shell struct {
	t   *testing.T
	dir string
	env map[string]string
	// refused is what a window was asked to show.
	refused *Refusal
	// window stands for the real one; nil: it is closed at once.
	window func(context.Context, *Workspace) error
	// browse stands for the person's browser.
	browse func(address string) error
	// log is the workspace's; nil: there is none.
	log slog.Handler
	// unpaced has address books called as fast as they answer, and what was written there show at once, as it does at the
	// emulator: a call without an answer is waited for in real time otherwise.
	unpaced bool
}

func newShell(t *testing.T) *shell {
	t.Helper()
	t.Cleanup(func() {
		if err := words.Use("fr"); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	return &shell{t: t, dir: dir, env: map[string]string{"DIAPASON_WORKSPACE": filepath.Join(dir, "espace")}}
}

// outcome is what a command left behind.
type outcome struct {
	code           int
	stdout, stderr string
}

func (sh *shell) run(args ...string) outcome { return sh.runCtx(sh.t.Context(), args...) }

func (sh *shell) runCtx(ctx context.Context, args ...string) outcome {
	sh.t.Helper()
	var stdout, stderr bytes.Buffer
	code := Run(ctx, sh.program(&stdout, &stderr, args...))
	return outcome{code, stdout.String(), stderr.String()}
}

// program is what main would give for a command.
func (sh *shell) program(stdout, stderr io.Writer, args ...string) Program {
	return Program{
		Args: args, Stdout: stdout, Stderr: stderr, Version: "1.2.3",
		Getenv: func(name string) string { return sh.env[name] },
		Open:   sh.open,
		Browse: func(address string) error { return sh.browse(address) },
		Window: func(ctx context.Context, w *Workspace) error {
			if sh.window == nil {
				return nil
			}
			return sh.window(ctx, w)
		},
		Refuse: func(_ context.Context, r Refusal) error { sh.refused = &r; return nil },
	}
}

// openForTest composes a workspace as main does, without the log.
func openForTest(ctx context.Context, dir string) (*Workspace, error) {
	return (&shell{}).open(ctx, dir)
}

// open composes a workspace as main does.
func (sh *shell) open(ctx context.Context, dir string) (*Workspace, error) {
	store, err := bolt.Open(ctx, bolt.Params{Dir: dir, AppVersion: "1.2.3"})
	if err != nil {
		return nil, err
	}
	kinds := directory.NewKinds(googlefile.Kind(), website.Kind(), geojson.Kind(), trial.Kind())
	kept, err := secrets.Open(secrets.Params{Workspace: dir, KeyDir: dir + "-keys"})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	log := slog.New(cmp.Or[slog.Handler](sh.log, slog.DiscardHandler))
	calendar := agenda.New(agenda.Params{
		Store: store, Secrets: kept, Clock: sync.WallClock{}, Log: log, Zone: "Europe/Paris", Words: words.In, Language: words.Lang,
	})
	office := publication.NewOffice(publication.OfficeParams{Store: store, Feeds: calendar, Clock: sync.WallClock{}, Log: log})
	calendar.PublishTo(office)
	books := AddressBooks(kept, sync.WallClock{})
	for i := range books {
		if sh.unpaced {
			books[i].RatePerSecond, books[i].Open = 0, atOnce(books[i].Open)
		}
	}
	people := contacts.New(contacts.Params{
		Store: store, Secrets: kept, Clock: sync.WallClock{}, Log: log, Kinds: books,
	})
	engine := sync.New(sync.Params{
		Store: store, Kinds: kinds, Version: "1.2.3", Secrets: kept, Contacts: people, Log: log,
		Couriers: append(Couriers(office, webdav.Kind(), sftp.Kind(), caldav.Kind()), people.CourierKinds()...),
	})
	people.ReportTo(engine.Jobs())
	return &Workspace{
		Store: store, Clock: sync.WallClock{}, Log: log, Publications: office, Agenda: calendar, Contacts: people, Engine: engine, Secrets: kept,
	}, nil
}

// prompt is an address book that shows at once what was written.
type prompt struct{ book.Book }

// Capabilities are the book's.
func (b prompt) Capabilities() book.Capabilities {
	caps := b.Book.Capabilities()
	caps.Delay = 0
	return caps
}

// atOnce gives what opens such address books.
func atOnce(open func(*storage.Account, map[string]string) (book.Book, error)) func(*storage.Account, map[string]string) (book.Book, error) {
	return func(a *storage.Account, secrets map[string]string) (book.Book, error) {
		b, err := open(a, secrets)
		return prompt{b}, err
	}
}

// file writes a file into the shell's folder and gives its path.
func (sh *shell) file(name, content string) string {
	sh.t.Helper()
	path := filepath.Join(sh.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		sh.t.Fatal(err)
	}
	return path
}

// ok runs a command with --json, wants it to succeed, and reads its document.
func (sh *shell) ok(args ...string) map[string]any {
	sh.t.Helper()
	o := sh.run(append(args, "--json")...)
	if o.code != ExitDone {
		sh.t.Fatalf("diapason %s: exit %d\n%s", strings.Join(args, " "), o.code, o.stderr)
	}
	return o.document(sh.t)
}

// document reads standard output as exactly one JSON document.
func (o outcome) document(t *testing.T) map[string]any {
	t.Helper()
	in := json.NewDecoder(strings.NewReader(o.stdout))
	var doc map[string]any
	if err := in.Decode(&doc); err != nil {
		t.Fatalf("no document: %v\n%s", err, o.stdout)
	}
	if _, err := in.Token(); err != io.EOF {
		t.Fatalf("more than one document:\n%s", o.stdout)
	}
	return doc
}

const threeShops = "identifier;name;streetAndNumber;zip;city;country;phone;categories;autoSync\n" +
	"ETAB-1;Librairie Pages Perdues;17 rue des Chapitres;35000;Rennes;FR;02 61 91 10 06;Librairie;FALSE\n" +
	"ETAB-2;Fleuriste Mille Corolles;40 cours des Pivoines;33000;Bordeaux;FR;05 36 49 10 08;Fleuriste;FALSE\n" +
	"ETAB-3;Bar Le Dernier Quartier;9 passage de l’Éclipse;75011;Paris;FR;01 99 00 10 12;Bar;FALSE\n"
