package command

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/establishments"
)

const isMac = runtime.GOOS == "darwin"

// Workspace is one open workspace, as main composes it. Its engine is not started: a command starts it when it sends,
// the window at once.
type Workspace struct {
	Store  *bolt.Store
	Engine *sync.Engine
	Clock  sync.Clock
	Log    *slog.Logger
	// Release closes what main opened beside the store: log and crash file. May be nil.
	Release func() error
}

// Close stops the engine, then closes the store and the log.
func (w *Workspace) Close() error {
	w.Engine.Stop()
	err := w.Store.Close()
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
		s.offerBackup(dir, err)
	}
	return w, err
}
