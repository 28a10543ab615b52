package demo

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"diapason/sync/sandbox"
)

// moderation is how long the trial directory thinks before it shows a change: long enough to be seen on screen.
const moderation = 1500 * time.Millisecond

// directoryFile keeps the trial directory's listings, in the workspace's folder.
const directoryFile = "annuaire-essai.json"

// Serve runs the trial directory on this machine for as long as use works with its address.
func Serve(ctx context.Context, dir string, use func(url string) error) error {
	t, err := sandbox.NewTrial(sandbox.TrialParams{File: filepath.Join(dir, directoryFile), Moderation: moderation})
	if err != nil {
		return err
	}
	// The directory outlives an interruption: what is in flight when the user stops must still be answered.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	server, err := t.Serve(serving, "127.0.0.1:0")
	if err != nil {
		stop()
		return err
	}
	err = use(server.URL)
	stop()
	return errors.Join(err, server.Wait())
}
