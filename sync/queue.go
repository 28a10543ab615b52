package sync

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
)

// queueRun makes a run of the pairs of requests. The first slice is queued at once; what a large request asks for
// beyond it is kept on the disk in the same transaction and queued slice by slice, so that others read and write
// meanwhile, and that a crash loses nothing of it. A publication that might be out of the ordinary is kept whole and
// judged before anything of it is queued.
func (e *Engine) queueRun(
	ctx context.Context, kind storage.RunKind, actor storage.Actor, requests []Request,
) (string, error) {
	if actor == "" {
		actor = storage.ActorUser
	}
	if actor == storage.ActorUser {
		e.urge()
	}
	var run *storage.Run
	err := e.update(ctx, func(w *writer) (err error) {
		run, err = e.enqueue(w, kind, actor, "", requests)
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
// queueRest go on after the commit. Without a subject the run bears the name of its one establishment.
func (e *Engine) enqueue(
	w *writer, kind storage.RunKind, actor storage.Actor, subject string, requests []Request,
) (*storage.Run, error) {
	run, err := w.newRun(kind, actor, subject)
	if err != nil {
		return nil, err
	}
	parts, err := split(w, requests)
	if err != nil {
		return nil, err
	}
	run.Queueing = len(parts)
	if kind == storage.RunSync {
		if run.Unjudged, err = e.suspect(w, parts); err != nil {
			return nil, err
		}
	}
	now := parts[:1]
	if run.Unjudged {
		now = nil
	}
	run.Queueing -= len(now)
	if err := w.PutRun(run); err != nil {
		return nil, err
	}
	for i, part := range parts[len(now):] {
		if err := w.keepPart(run.ID, run.Queueing-i, part); err != nil {
			return nil, err
		}
	}
	for _, part := range now {
		if err := e.queuePart(w, run, part); err != nil {
			return nil, err
		}
	}
	return run, w.putRun(run)
}

// split cuts requests into slices of establishments, each asked for once per request. There is always one.
func split(tx storage.Reader, requests []Request) ([][]Request, error) {
	var parts [][]Request
	room := 0 // establishments that the last part still takes
	for _, r := range requests {
		ids := distinct(r.EstablishmentIDs)
		if r.All {
			var err error
			if ids, err = published(tx); err != nil {
				return nil, err
			}
		}
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

// distinct gives each identifier once, where it stands first.
func distinct(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// queuePart gives a run the lines and operations of one slice. A run of one establishment bears its name, unless it was
// given another subject. Of a large publication what is as it should be has no line: it is counted.
func (e *Engine) queuePart(w *writer, run *storage.Run, part []Request) error {
	names, given := 0, run.Subject
	named := func(name string) {
		if run.Subject != name {
			run.Subject = name
			names++
		}
	}
	add, still := e.addPublication, func(row *storage.Row, a *storage.Account) error {
		if named(row.Name); run.Queueing > 0 || run.Lines() < run.Totals.Total {
			countOnly(run, storage.ItemUnchanged)
			return nil
		}
		return w.addItem(run, &storage.RunItem{
			EstablishmentID: row.ID, AccountID: a.ID, Name: row.Name, Result: storage.ItemUnchanged,
		})
	}
	if run.Kind == storage.RunCheck {
		add, still = e.addCheck, nil
	}
	for _, r := range part {
		err := e.each(w, r, still, func(p *pair) error {
			named(p.est.Name)
			return add(r, w, run, p)
		})
		if err != nil {
			return err
		}
	}
	if names > 1 || run.Queueing > 0 || given != "" {
		run.Subject = given
	}
	return nil
}

// queueRest queues the slices of a run that wait on the disk, until there are none, the run is cancelled or the engine
// stops; then the next start goes on. A run that the guard has not judged yet is judged first, as a whole.
func (e *Engine) queueRest(runID string) {
	if err := e.settleGuard(runID); err != nil {
		e.log.Error("run not judged", "run", runID, "error", err)
		return // the next start judges it
	}
	for more := true; more; {
		if e.stopping() {
			return
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

// queueNext queues one slice of a run, after those in which nothing is to be done; it reports whether more wait.
func (e *Engine) queueNext(w *writer, runID string) (more bool, err error) {
	run, err := w.Run(runID)
	if err != nil || run.Queueing == 0 || run.Unjudged || run.State != storage.RunRunning {
		return false, err
	}
	first, given := run.Totals.Total == 0, run.Subject
	for looked := 0; run.Queueing > 0 && looked < lookedAtOnce; looked++ {
		lines := run.Lines()
		if err := e.queueOne(w, run); err != nil {
			return false, err
		}
		if run.Lines() > lines {
			break
		}
		first = false
	}
	if !first {
		run.Subject = given
	}
	if run.Queueing == 0 {
		if err := w.forgetAgreement(run.ID); err != nil {
			return false, err
		}
	}
	return run.Queueing > 0, w.putRun(run)
}

// lookedAtOnce is the number of slices without work whose rows one transaction reads: some tens of milliseconds.
const lookedAtOnce = 40

// queueOne queues the next slice of a run. Establishments deleted meanwhile are left out; a request that has become
// impossible, because its accounts are gone, ends the queueing.
func (e *Engine) queueOne(w *writer, run *storage.Run) error {
	part, err := w.takePart(run)
	if err != nil {
		return err
	}
	agreed, err := e.agreedPart(w, run, part)
	if err != nil {
		return err
	}
	w.agreed = agreed
	var refused *storage.Problem
	err = e.queuePart(w, run, part)
	w.agreed = false
	if errors.As(err, &refused) {
		run.Problem = refused
		return w.forget(run)
	}
	return err
}

// takePart gives the next slice of a run, without the establishments that are no more, and forgets it.
func (w *writer) takePart(run *storage.Run) ([]Request, error) {
	part, err := readPart(w, run.ID, run.Queueing)
	if err != nil {
		return nil, err
	}
	key := partKey(run.ID, run.Queueing)
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
	run.Unjudged = false
	return w.forgetAgreement(run.ID)
}
