package sync

import (
	"fmt"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
)

// A lane takes several calls' worth of operations from its queue at once: they are marked as under way in one
// transaction and acknowledged in few, because a durable transaction costs more than most calls. What has not left
// when the group must end goes back to the queue.

const (
	// groupMost is the largest group, in operations; groupFor what may be sent at the directory's rate, and how long a
	// group goes on: a user's publication, a cancellation or the end of the program waits no longer.
	groupMost = 500
	groupFor  = time.Second
)

// groupSize is how many operations the lane takes at once.
func (l *lane) groupSize() int {
	batch := max(l.caps.BatchSize, 1)
	if l.caps.RatePerSecond <= 0 {
		return max(batch, groupMost)
	}
	return max(batch, min(batch*int(l.caps.RatePerSecond*groupFor.Seconds()), groupMost))
}

// group is what was taken, what of it was answered and not kept yet, and what has not left.
type group struct {
	l        *lane
	begun    time.Time
	left     []sending // not sent
	sent     []sending // in order; receipts has as many
	receipts []directory.Receipt
	kept     int // of those sent, how many are acknowledged
	keptAt   time.Time
	failed   bool             // the last call had no answer
	pause    *directory.Error // what makes the whole lane wait
}

// publish sends a group: in flight on the disk, then the calls, then the acknowledgements, then the re-reading.
func (l *lane) publish(ops []*storage.Operation) error {
	if !l.pace(ops[0]) {
		return nil
	}
	taken, err := l.take(ops)
	if err != nil || len(taken) == 0 {
		return err
	}
	// gofail: var afterInflight struct{}
	// dies()
	g := &group{l: l, begun: l.e.clock.Now(), left: taken}
	g.keptAt = g.begun
	for on := true; on && len(g.left) > 0; {
		if err := g.call(); err != nil {
			return err
		}
		if on, err = g.goesOn(); err != nil {
			return err
		}
	}
	if err := g.keep(); err != nil {
		return err
	}
	if err := g.putBack(); err != nil {
		return err
	}
	stop := g.pause != nil || l.breaker.tripped != nil
	if err := l.after(g.pause); err != nil || stop {
		return err
	}
	return l.reread(g.sent, g.receipts)
}

// call makes the next call, and keeps the answers when there are enough of them, or old ones.
func (g *group) call() error {
	l := g.l
	batch := g.left[:min(max(l.caps.BatchSize, 1), len(g.left))]
	changes := make([]directory.Change, len(batch))
	for i, s := range batch {
		changes[i] = s.change
	}
	sent := l.e.clock.Now()
	var receipts []directory.Receipt
	err := l.identify()
	if err == nil {
		receipts, err = l.dir.Push(l.call(), changes)
	}
	if err == nil && len(receipts) != len(changes) {
		err = fmt.Errorf("%d receipts for %d changes", len(receipts), len(changes))
	}
	if err != nil {
		receipts = make([]directory.Receipt, len(changes))
		for i := range receipts {
			receipts[i].Err = err
		}
	}
	// gofail: var beforeAcknowledgement struct{}
	// dies()
	now := l.e.clock.Now()
	l.count(outcome(receipts))
	l.clock.add(serverTime(receipts), sent, now)
	g.left, g.sent, g.receipts = g.left[len(batch):], append(g.sent, batch...), append(g.receipts, receipts...)
	for _, r := range receipts {
		class := directory.Ambiguous
		if r.Err != nil {
			class = directory.Classify(r.Err).Class
		}
		g.failed = r.Err != nil && (class == directory.Ambiguous || waits(class))
		if g.failed {
			break
		}
	}
	if len(g.sent)-g.kept >= ackSlice || now.Sub(g.keptAt) >= keepAfter {
		return g.keep()
	}
	return nil
}

// goesOn reports whether the next call may be made now: not after one without an answer, nor when the run was
// cancelled, nor for longer than a group lasts.
func (g *group) goesOn() (bool, error) {
	l := g.l
	if len(g.left) == 0 || g.failed || l.breaker.tripped != nil || l.e.clock.Now().Sub(g.begun).Abs() > groupFor {
		return false, nil
	}
	stopped := false
	err := l.e.store.View(l.call(), func(tx storage.Reader) (err error) {
		stopped, err = cancelled(tx, g.left[0].op.RunID)
		return err
	})
	return err == nil && !stopped && l.pace(g.left[0].op), err
}

// keep acknowledges what was answered since the last time.
func (g *group) keep() error {
	for g.kept < len(g.sent) {
		to := min(g.kept+ackSlice, len(g.sent))
		pause, err := g.l.acknowledge(g.sent[g.kept:to], g.receipts[g.kept:to])
		if err != nil {
			return err
		}
		// gofail: var afterAcknowledgement struct{}
		// dies()
		g.kept = to
		if pause != nil {
			g.pause = pause
		}
	}
	g.keptAt = g.l.e.clock.Now()
	return nil
}

// putBack returns what has not left to the queue.
func (g *group) putBack() error {
	for part := range slices.Chunk(g.left, slice) {
		err := g.l.e.update(g.l.call(), func(w *writer) error {
			for _, s := range part {
				op, err := operation(w, g.l.account, s.op.EstablishmentID)
				if err != nil {
					return err
				}
				if op == nil || op.State != storage.OpInflight || !op.StartedAt.Equal(s.op.StartedAt) {
					continue
				}
				op.State, op.Attempt = storage.OpPending, op.Attempt-1
				if err := w.PutOperation(op); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
