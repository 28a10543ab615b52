package command

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	stdsync "sync"

	"diapason/app/demo"
	"diapason/app/instance"
	"diapason/assets/words"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda"
	"diapason/sync/agenda/publication"
	"diapason/sync/contacts"
	"diapason/sync/establishments"
)

const isMac = runtime.GOOS == "darwin"

// Workspace is one open workspace, as main composes it. Nothing leaves it before Start: commands that only look or edit
// do not start it.
type Workspace struct {
	Store  *bolt.Store
	Engine *sync.Engine
	// Agenda is started by the window and by « serve » only: other commands edit and ask.
	Agenda *agenda.Agenda
	// Contacts answers at once; passes over address books go through the engine's lanes.
	Contacts *contacts.Service
	// Secrets are where the accounts' passwords and accesses are kept.
	Secrets secrets.Store
	// Publications are the feeds on the user's web space; the engine's lanes carry them.
	Publications *publication.Office
	Clock        sync.Clock
	Log          *slog.Logger
	// Release closes what main opened beside the store: log and crash file. May be nil.
	Release func() error
	// Language is the one asked for with --lang, "" without it: the window then speaks the one chosen there.
	Language string
	// StartFolder is where the window's first file dialog opens; "": where the last one ended.
	StartFolder string
	// StartedAgain is signalled when the user starts the program on the workspace of a window again; nil without one.
	StartedAgain <-chan struct{}

	mu    stdsync.Mutex   // the window demonstrates on a goroutine of its own
	trial *demo.Directory // served while the workspace is open, nil without
	books *demo.Books     // idem
	ended bool

	holder *instance.Listener // nil unless other processes can reach this one; of the goroutine that closes it
}

// Start lets the engine work. In a workspace that was a demonstration's, the trial directory answers again first.
func (w *Workspace) Start(ctx context.Context) error {
	if demo.Kept(w.Store.Path()) {
		d, err := w.demonstration()
		if err != nil {
			return err
		}
		if _, err := demo.Connect(ctx, d); err != nil {
			return err
		}
	}
	if demo.Marked(w.Store.Path()) || demo.BooksKept(w.Store.Path()) {
		d, books, err := w.addressBooks()
		if err != nil {
			return err
		}
		if err := demo.Join(ctx, d, books); err != nil {
			return err
		}
	}
	return w.Engine.Start(ctx)
}

// Populate gives a demonstration's workspace its contacts and puts them in tune with its address books; it does nothing in
// a workspace of one's own. The engine runs.
func (w *Workspace) Populate(ctx context.Context) error {
	if !demo.Marked(w.Store.Path()) {
		return nil
	}
	return w.populate(ctx)
}

func (w *Workspace) populate(ctx context.Context) error {
	d, books, err := w.addressBooks()
	if err != nil {
		return err
	}
	return demo.Contacts(ctx, d, books)
}

// DemonstrateNow does what Demonstrate and Populate do, in a workspace of one's own whose window is open already.
func (w *Workspace) DemonstrateNow(ctx context.Context) error {
	if err := w.Demonstrate(ctx); err != nil {
		return err
	}
	d, books, err := w.addressBooks()
	if err != nil {
		return err
	}
	if err := demo.Join(ctx, d, books); err != nil {
		return err
	}
	return w.populate(ctx)
}

// Demonstrate fills the workspace with what the demonstration begins with, and serves its trial directory.
func (w *Workspace) Demonstrate(ctx context.Context) error {
	d, err := w.demonstration()
	if err == nil {
		_, err = demo.Prepare(ctx, d)
	}
	return err
}

// Name tells a demonstration's workspace from one's own, which has no name: "".
func (w *Workspace) Name() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trial == nil {
		return ""
	}
	return words.T("command.demo.name")
}

// Simulation gives the demonstration's trial directory, which can be made to go wrong; nil in a workspace of one's own.
func (w *Workspace) Simulation() *demo.Directory {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trial
}

// addressBooks gives what the demonstration's contacts work on; the address books answer.
func (w *Workspace) addressBooks() (demo.Workspace, *demo.Books, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.books == nil {
		served, err := demo.StartBooks(w.Store.Path())
		if err != nil {
			return demo.Workspace{}, nil, err
		}
		w.books = served
	}
	return demo.Workspace{Store: w.Store, Engine: w.Engine, Contacts: w.Contacts, Clock: w.Clock}, w.books, nil
}

// demonstration gives what the demonstration works on; the trial directory answers.
func (w *Workspace) demonstration() (demo.Workspace, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trial == nil {
		served, err := demo.Start(w.Store.Path())
		if err != nil {
			return demo.Workspace{}, err
		}
		w.trial = served
	}
	return demo.Workspace{
		Store: w.Store, Engine: w.Engine, Importer: w.Importer(), Agenda: w.Agenda, Clock: w.Clock, TrialURL: w.trial.URL,
	}, nil
}

// Close stops the agenda and the engine, then what answers it, then closes the store and the log. Closing again does nothing.
func (w *Workspace) Close() error {
	err := w.closeHolder() // first: nothing is carried out, and no window comes to the front, any more
	if w.Agenda != nil {
		w.Agenda.Stop()
	}
	w.Engine.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return err
	}
	w.ended = true
	if w.trial != nil {
		err = errors.Join(err, w.trial.Stop())
	}
	if w.books != nil {
		err = errors.Join(err, w.books.Stop())
	}
	err = errors.Join(err, w.Store.Close())
	if w.Release != nil {
		err = errors.Join(err, w.Release())
	}
	return err
}

// Importer makes the importer of establishments of this workspace.
func (w *Workspace) Importer() *establishments.Importer {
	return establishments.NewImporter(establishments.ImporterParams{
		Store: w.Store, Editor: w.Engine, Jobs: w.Engine.Jobs(), Clock: w.Clock, TempDir: os.TempDir(),
	})
}

// DefaultDir is where a workspace lives when nothing else is said: the data folder of the operating system's
// convention.
func DefaultDir(getenv func(string) string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "windows":
		if local := getenv("LOCALAPPDATA"); local != "" {
			return filepath.Join(local, "Diapason"), nil
		}
		return filepath.Join(home, "AppData", "Local", "Diapason"), nil
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Diapason"), nil
	}
	if data := getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "diapason"), nil
	}
	return filepath.Join(home, ".local", "share", "diapason"), nil
}

// folder gives the workspace's folder: --workspace, DIAPASON_WORKSPACE or the convention.
func (s *session) folder() (string, error) {
	if s.dir != "" {
		return filepath.Abs(s.dir)
	}
	return DefaultDir(s.program.Getenv)
}

// open opens the workspace. When it is damaged, it says what was done and names the newest good backup: it is offered,
// never taken by itself.
func (s *session) open() (*Workspace, error) {
	dir, err := s.folder()
	if err != nil {
		return nil, err
	}
	w, err := s.program.Open(s.ctx, dir)
	if err != nil {
		s.offerBackup(err)
		return nil, err
	}
	w.Language = givenLanguage(s.program.Args)
	return w, nil
}
