package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"diapason/storage"
)

// queueRun makes a run of the pairs of requests. The first slice is queued at once; what a large request asks for
// beyond it is kept on the disk in the same transaction and queued slice by slice, so that others read and write
// meanwhile, and that a crash loses nothing of it.
func (e *Engine) queueRun(
	ctx context.Context, kind storage.RunKind, actor storage.Actor, requests []Request,
) (string, error) {
	if actor == "" {
		actor = storage.ActorUser
	}
	var run *storage.Run
	err := e.update(ctx, func(w *writer) (err error) {
		run, err = e.enqueue(w, kind, actor, requests)
		return err
	})
	if err != nil {
		return "", err
	}
	if run.Queueing > 0 {
		e.spawn(func() { e.queueRest(run.ID) })
	}
	return run.ID, nil
}

// enqueue makes a run of the pairs of requests within a transaction. When its Queueing is not zero, the caller has
// queueRest go on after the commit.
func (e *Engine) enqueue(
	w *writer, kind storage.RunKind, actor storage.Actor, requests []Request,
) (*storage.Run, error) {
	run, err := w.newRun(kind, actor, "")
	if err != nil {
		return nil, err
	}
	parts, err := split(w, requests)
	if err != nil {
		return nil, err
	}
	run.Queueing = len(parts) - 1
	if err := w.PutRun(run); err != nil {
		return nil, err
	}
	for i, part := range parts[1:] {
		if err := w.keepPart(run.ID, run.Queueing-i, part); err != nil {
			return nil, err
		}
	}
	if err := e.queuePart(w, run, parts[0]); err != nil {
		return nil, err
	}
	return run, w.putRun(run)
}

// split cuts requests into slices of establishments, each asked for once per request. There is always one.
func split(tx storage.Reader, requests []Request) ([][]Request, error) {
	var parts [][]Request
	room := 0 // establishments that the last part still takes
	for _, r := range requests {
		ids := r.EstablishmentIDs
		if r.All {
			var err error
			if ids, err = published(tx); err != nil {
				return nil, err
			}
		}
		seen := make(map[string]bool, len(ids))
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			again := seen[id]
			seen[id] = true
			return again
		})
		r.All = false
		for first := true; first || len(ids) > 0; first = false {
			if room == 0 {
				parts, room = append(parts, nil), slice
			}
			n := min(room, len(ids))
			r.EstablishmentIDs, ids = ids[:n], ids[n:]
			room -= n
			parts[len(parts)-1] = append(parts[len(parts)-1], r)
		}
	}
	return parts, nil
}

// queuePart gives a run the lines and operations of one slice. A run of one establishment bears its name.
func (e *Engine) queuePart(w *writer, run *storage.Run, part []Request) error {
	add := e.addPublication
	if run.Kind == storage.RunCheck {
		add = e.addCheck
	}
	names := 0
	for _, r := range part {
		err := e.each(w, r, func(p *pair) error {
			if run.Subject != p.est.Name {
				run.Subject = p.est.Name
				names++
			}
			return add(r, w, run, p)
		})
		if err != nil {
			return err
		}
	}
	if names > 1 || run.Queueing > 0 {
		run.Subject = ""
	}
	return nil
}

// queueRest queues the slices of a run that wait on the disk, until there are none, the run is cancelled or the engine
// stops; then the next start goes on.
func (e *Engine) queueRest(runID string) {
	for more := true; more; {
		select {
		case <-e.quit:
			return
		default:
		}
		err := e.update(e.calls, func(w *writer) (err error) {
			more, err = e.queueNext(w, runID)
			return err
		})
		if err != nil {
			e.log.Error("run not queued whole", "run", runID, "error", err)
			return // what waits is queued at the next start
		}
	}
}

// queueNext queues one slice of a run; it reports whether more wait. Establishments deleted meanwhile are left out; a
// request that has become impossible, because its accounts are gone, ends the queueing.
func (e *Engine) queueNext(w *writer, runID string) (more bool, err error) {
	run, err := w.Run(runID)
	if err != nil || run.Queueing == 0 {
		return false, err
	}
	part, err := w.takePart(run)
	if err != nil {
		return false, err
	}
	var refused *storage.Problem
	switch err := e.queuePart(w, run, part); {
	case errors.As(err, &refused):
		run.Problem = refused
		if err := w.forget(run); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	}
	run.Subject = ""
	return run.Queueing > 0, w.putRun(run)
}

// partKey names the setting that keeps a slice of a run until it is queued; they are numbered downwards.
func partKey(runID string, n int) string { return fmt.Sprintf("sync.queue/%s/%d", runID, n) }

func (w *writer) keepPart(runID string, n int, part []Request) error {
	raw, err := json.Marshal(part)
	if err != nil {
		return fmt.Errorf("slice of run %s: %w", runID, err)
	}
	return w.PutSetting(partKey(runID, n), string(raw))
}

// takePart gives the next slice of a run, without the establishments that are no more, and forgets it.
func (w *writer) takePart(run *storage.Run) ([]Request, error) {
	key := partKey(run.ID, run.Queueing)
	raw, err := w.Setting(key)
	if err != nil {
		return nil, err
	}
	var part []Request
	if err := json.Unmarshal([]byte(raw), &part); err != nil {
		return nil, fmt.Errorf("slice of run %s: %w", run.ID, err)
	}
	for i := range part {
		kept := part[i].EstablishmentIDs[:0]
		for _, id := range part[i].EstablishmentIDs {
			switch _, err := w.Row(id); {
			case err == nil:
				kept = append(kept, id)
			case !errors.Is(err, storage.ErrNotFound):
				return nil, err
			}
		}
		part[i].EstablishmentIDs = kept
	}
	part = slices.DeleteFunc(part, func(r Request) bool { return len(r.EstablishmentIDs) == 0 })
	run.Queueing--
	return part, w.PutSetting(key, "")
}

// forget drops the slices of a run that are not queued.
func (w *writer) forget(run *storage.Run) error {
	for ; run.Queueing > 0; run.Queueing-- {
		if err := w.PutSetting(partKey(run.ID, run.Queueing), ""); err != nil {
			return err
		}
	}
	return nil
}
