package demo

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"diapason/sync/sandbox"
)

// moderation is how long the trial directory thinks before it shows a change: long enough to be seen on screen.
const moderation = 1500 * time.Millisecond

// directoryFile keeps the trial directory's listings, in the workspace's folder.
const directoryFile = "annuaire-essai.json"

// Directory is the trial directory, answering on this machine.
type Directory struct {
	URL    string
	trial  *sandbox.Trial
	stop   context.CancelFunc
	server *sandbox.Server
}

// Kept reports whether a workspace's folder holds a trial directory's listings.
func Kept(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, directoryFile))
	return err == nil
}

// Start serves the trial directory whose listings are kept in a workspace's folder, until Stop.
func Start(dir string) (*Directory, error) {
	t, err := sandbox.NewTrial(sandbox.TrialParams{File: filepath.Join(dir, directoryFile), Moderation: moderation})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	server, err := t.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		stop()
		return nil, err
	}
	return &Directory{URL: server.URL, trial: t, stop: stop, server: server}, nil
}

// Stop lets the calls in flight end and keeps the listings. The engine must have been stopped before.
func (d *Directory) Stop() error {
	d.stop()
	return d.server.Wait()
}
