package sync

import (
	"errors"

	"diapason/storage"
)

// An import or an edit of several establishments causes publications. They are gathered as the lines of one run, without
// operations, until that cause ends; then the guard judges them as a whole, and they are queued or held.

// watchGathering starts to wait for the causes of the runs of a commit that gather; the caller holds e.mu.
func (e *Engine) watchGathering(c storage.Changes) {
	if len(e.gathering) == 0 || e.stopped {
		return
	}
	watch := func(id string) {
		if cause, ours := e.gathering[id]; ours {
			delete(e.gathering, id)
			e.wg.Go(func() { e.letGo(id, cause) })
		}
	}
	if c.All {
		for id := range e.gathering {
			watch(id)
		}
		return
	}
	for _, id := range c.Runs {
		watch(id)
	}
}

// letGo waits until the cause of a gathering run has ended, has the run judged as a whole, and queues it unless it is
// held. When the engine stops meanwhile, the next start goes on.
func (e *Engine) letGo(runID, cause string) {
	if cause != "" {
		_, err := e.Wait(e.calls, cause)
		if errors.Is(err, errStopped) || e.calls.Err() != nil {
			return
		}
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			e.log.Error("publications not released", "run", runID, "error", err)
			return
		}
	}
	if err := e.settleGuard(runID); err != nil {
		if !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, errStopped) {
			e.log.Error("run not judged", "run", runID, "error", err)
		}
		return
	}
	e.queueLines(runID)
}

// queueLines gives the lines of a run their operations, slice by slice.
func (e *Engine) queueLines(runID string) {
	for more := true; more && !e.stopping(); {
		err := e.update(e.calls, func(w *writer) (err error) {
			more, err = e.releaseNext(w, runID)
			return err
		})
		if err != nil {
			e.log.Error("publications not released", "run", runID, "error", err)
			return // the next start goes on
		}
	}
}

// releaseNext gives a slice of lines their operations; it reports whether there are more.
func (e *Engine) releaseNext(w *writer, runID string) (more bool, err error) {
	run, err := w.Run(runID)
	if err != nil || run.Gathering == nil || run.Unjudged || run.State != storage.RunRunning || isCancelled(run) {
		return false, err
	}
	from := run.Gathering.From
	lines, err := w.RunItems(runID, from, slice)
	if err != nil {
		return false, err
	}
	if w.agreed, err = e.agreedLines(w, run, lines); err != nil {
		return false, err
	}
	for _, line := range lines {
		if line.Result != storage.ItemPending {
			continue
		}
		if err := e.releaseLine(w, run, line); err != nil {
			return false, err
		}
	}
	w.agreed = false
	if run, err = w.Run(runID); err != nil { // its totals changed with the lines
		return false, err
	}
	if run.Gathering.From = from + len(lines); run.Gathering.From >= run.Totals.Total {
		run.Gathering = nil
		if err := w.forgetAgreement(runID); err != nil {
			return false, err
		}
	}
	return run.Gathering != nil, w.putRun(run)
}

// agreedLines reports whether a slice of lines is still what the user agreed to.
func (e *Engine) agreedLines(w *writer, run *storage.Run, lines []*storage.RunItem) (bool, error) {
	hashes, err := w.agreements(run.ID)
	n := run.Gathering.From / slice
	if err != nil || n >= len(hashes) || len(lines) == 0 {
		return false, err
	}
	k := keptLines{run: run.ID, from: run.Gathering.From, seen: map[[2]string]bool{}}
	part, _, err := k.part(w, 0)
	if err != nil {
		return false, err
	}
	return e.stillAgreed(w, hashes[n], part)
}

// releaseLine queues the publication of one line, or decides it when there is nothing to send any more.
func (e *Engine) releaseLine(w *writer, run *storage.Run, line *storage.RunItem) error {
	done := func(result storage.ItemResult, why *storage.Problem) error {
		var problems storage.Problems
		if why != nil {
			problems = storage.Problems{why}
		}
		return w.settle(run.ID, line.Seq, result, problems)
	}
	account, err := w.Account(line.AccountID)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !account.Enabled {
		return done(storage.ItemSkipped, storage.NewProblem("sync.accountOff", "account", ""))
	}
	if err != nil {
		return err
	}
	est, err := w.Establishment(line.EstablishmentID)
	if errors.Is(err, storage.ErrNotFound) {
		return done(storage.ItemSkipped, storage.NewProblem("undo.deleted"))
	}
	if err != nil {
		return err
	}
	p := &pair{est: est, account: account, caps: e.capabilities(account)}
	if p.listing, p.exists, err = listing(w, est.ID, account.ID); err != nil {
		return err
	}
	if p.op, err = operation(w, account.ID, est.ID); err != nil {
		return err
	}
	e.judge(p, false)
	switch {
	case p.item.Intent == IntentBlocked:
		return w.settle(run.ID, line.Seq, storage.ItemFailed, p.item.Blockers)
	case !p.item.sends():
		return done(storage.ItemUnchanged, nil)
	case !est.AutoSync && run.Actor == storage.ActorAutoSync:
		return done(storage.ItemSkipped, storage.NewProblem("sync.autoSyncOff"))
	case p.op != nil && p.op.Kind == storage.OpPublish:
		return done(storage.ItemSkipped, storage.NewProblem("sync.takenOver")) // it takes this along
	}
	p.listing.Flow = storage.FlowQueued
	if err := w.PutListing(p.listing); err != nil {
		return err
	}
	return w.queue(p.op, &storage.Operation{
		AccountID: account.ID, EstablishmentID: est.ID, Kind: storage.OpPublish, Actor: run.Actor, RunID: run.ID,
		Item: line.Seq, NotBefore: w.now.Add(e.delay), Agreed: w.agreement(p.listing),
	})
}

// reweighSoon brings a held run that got more lines up to date, in the background; what comes meanwhile is one more
// turn, not one each.
func (e *Engine) reweighSoon(runID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	turns, busy := e.reweighing[runID]
	e.reweighing[runID] = turns + 1
	if busy || e.stopped {
		return
	}
	e.wg.Go(func() {
		for seen := 0; ; {
			e.mu.Lock()
			if e.reweighing[runID] == seen {
				delete(e.reweighing, runID)
				e.mu.Unlock()
				return
			}
			seen = e.reweighing[runID]
			e.mu.Unlock()
			var p *storage.Problem
			err := e.reweigh(e.calls, runID, nil)
			if err != nil && !errors.As(err, &p) && !errors.Is(err, errStopped) {
				e.log.Error("held run not weighed", "run", runID, "error", err)
			}
		}
	})
}
