// Command worker is the process that the tests of package crashtest kill: the engine on a real workspace, which edits
// without a pause and publishes by itself, or keeps contacts in tune with two address books. It says on standard output what it is about to edit ("try H003 a@example.org") and what
// is kept ("ack H003 a@example.org"). It is never shipped.
package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
)

// autoSyncDelay is short, so that publications and edits are always mixed.
const autoSyncDelay = 5 * time.Millisecond

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run reads its arguments: the workspace's folder, the number of establishments, a seed, and "settle" to bring
// everything in tune and end. With contacts (see their modes) the number is that of hours by which the clock is ahead.
func run(ctx context.Context) error {
	if len(os.Args) != 5 {
		return errors.New("usage: worker FOLDER NUMBER SEED MODE")
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Args[3], 10, 64)
	if err != nil {
		return err
	}
	store, err := bolt.Open(ctx, bolt.Params{Dir: os.Args[1]})
	if err != nil {
		return err
	}
	if strings.HasPrefix(os.Args[4], modeContacts) {
		return runContacts(ctx, store, n, seed, os.Args[4])
	}
	w := &worker{
		store: store, dice: rand.New(rand.NewPCG(seed, 0)), seed: seed, n: n,
		engine: sync.New(sync.Params{
			Store: store, Kinds: directory.NewKinds(trial.Kind()), AutoSyncDelay: autoSyncDelay,
		}),
	}
	if err := w.engine.Start(ctx); err != nil {
		return err
	}
	if os.Args[4] == "work" {
		return w.work(ctx)
	}
	err = w.settle(ctx)
	w.engine.Stop()
	return errors.Join(err, store.Close())
}

type worker struct {
	store  *bolt.Store
	engine *sync.Engine
	dice   *rand.Rand
	seed   uint64
	n      int
	edits  int
}

// work edits until it is killed; now and then it asks for a publication, a re-reading or a bulk edit of everything.
func (w *worker) work(ctx context.Context) error {
	for {
		var err error
		switch w.dice.IntN(12) {
		case 0:
			err = w.publish(ctx)
		case 1:
			_, err = w.engine.Check(ctx, sync.Request{All: true})
		case 2:
			err = w.label(ctx)
		default:
			err = w.edit(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// publish asks for a publication of everything, and every other time waits for its end.
func (w *worker) publish(ctx context.Context) error {
	run, err := w.engine.Sync(ctx, sync.Request{All: true})
	if err == nil && w.dice.IntN(2) == 0 {
		_, err = w.engine.Wait(ctx, run)
	}
	return err
}

// edit changes an address to one that was never used before.
func (w *worker) edit(ctx context.Context) error {
	identifier := fmt.Sprintf("H%03d", w.dice.IntN(w.n))
	id, err := w.id(ctx, identifier)
	if err != nil {
		return err
	}
	w.edits++
	email := fmt.Sprintf("accueil-%d-%d@example.org", w.seed, w.edits)
	fmt.Println("try", identifier, email)
	values := map[storage.Field]string{storage.FieldEmail: email}
	if _, err := w.engine.Edit(ctx, id, values, storage.ActorUser); err != nil {
		return err
	}
	fmt.Println("ack", identifier, email)
	return nil
}

// label puts a label on every establishment or takes it off, as one run.
func (w *worker) label(ctx context.Context) error {
	ids := make([]string, w.n)
	for i := range ids {
		var err error
		if ids[i], err = w.id(ctx, fmt.Sprintf("H%03d", i)); err != nil {
			return err
		}
	}
	edit := sync.BulkEdit{AddLabels: []string{"parisien"}}
	if w.dice.IntN(2) == 0 {
		edit = sync.BulkEdit{RemoveLabels: []string{"parisien"}}
	}
	_, err := w.engine.BulkEdit(ctx, ids, edit, storage.ActorUser)
	return err
}

func (w *worker) id(ctx context.Context, identifier string) (string, error) {
	var id string
	err := w.store.View(ctx, func(tx storage.Reader) error {
		e, err := tx.EstablishmentByIdentifier(identifier)
		if err == nil {
			id = e.ID
		}
		return err
	})
	return id, err
}

// settle lets everything that waits leave, publishes what is left, and waits until it is so.
func (w *worker) settle(ctx context.Context) error {
	for range 3 {
		run, err := w.engine.Sync(ctx, sync.Request{All: true})
		if err != nil {
			return err
		}
		if _, err := w.engine.Wait(ctx, run); err != nil {
			return err
		}
		if err := w.idle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// idle waits until no operation waits and no run goes on.
func (w *worker) idle(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	defer w.store.OnChange(func(storage.Changes) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for {
		busy := 0
		err := w.store.View(ctx, func(tx storage.Reader) error {
			counts, err := tx.CountOperations()
			for _, n := range counts {
				busy += n
			}
			if err != nil {
				return err
			}
			runs, err := tx.Runs("", 0)
			for _, r := range runs {
				if r.State == storage.RunRunning {
					busy++
				}
			}
			return err
		})
		if err != nil || busy == 0 {
			return err
		}
		<-changed
	}
}
