package contacts

import (
	"context"
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

const (
	// roundsAllowed is how often a card may change there while we write it, before a person is told.
	roundsAllowed = 3
	// lossesAllowed is how often a card may be in a batch that comes to nothing, before the others go on without it.
	lossesAllowed = 3
	// seenFor is how long ago a card was read that is deleted whatever its version.
	seenFor = 5 * time.Minute
)

// order is that in which a pass writes there.
var order = []there{createThere, updateThere, deleteThere}

// pending gives the next cards to write there, in order and of one kind; nil when nothing is left. Those of a batch that
// came to nothing go after the others, each in a call of its own: one of them may be what the other side cannot bear.
func (p *pass) pending() []*line {
	for _, op := range order {
		var batch []*line
		for _, l := range p.lines {
			switch {
			case l.there != op || l.done || l.fetch:
			case l.lost > 0:
				if len(batch) == 0 || l.lost < batch[0].lost {
					batch = []*line{l}
				}
			case len(batch) > 0 && batch[0].lost > 0:
				batch = []*line{l}
			default:
				batch = append(batch, l)
			}
			if len(batch) == p.most(op) && batch[0].lost == 0 {
				break
			}
		}
		if len(batch) > 0 {
			return batch
		}
	}
	return nil
}

// most is how many cards one call may write.
func (p *pass) most(op there) int {
	n := map[there]int{createThere: p.caps.CreateMax, updateThere: p.caps.UpdateMax, deleteThere: p.caps.DeleteMax}[op]
	if op == createThere && p.caps.CreateBest > 0 {
		return max(min(n, p.caps.CreateBest), 1)
	}
	return max(min(n, batchSize), 1)
}

// again gives the lines whose cards changed there meanwhile and are to be read again.
func (p *pass) again() []*line {
	return slices.DeleteFunc(slices.Clone(p.lines), func(l *line) bool { return !l.fetch || l.done })
}

// send writes the next batch there: on the disk first, then the call, then what came of it.
func (p *pass) send(ctx context.Context) error {
	pending := p.pending()
	p.look(pending)
	if again := p.again(); len(again) > 0 {
		return p.readAgain(ctx, again)
	}
	batch, err := p.depart(ctx, pending)
	if err != nil || len(batch) == 0 {
		return err
	}
	// gofail: var batchDeparted struct{}
	// dies()
	receipts, err := p.call(ctx, batch)
	if err != nil {
		return p.unanswered(ctx, batch, err)
	}
	// gofail: var batchAnswered struct{}
	// dies()
	return p.answered(ctx, batch, receipts)
}

// look has cards read again that are about to be deleted by a book that asks for no version: what somebody wrote there since
// they were read, maybe an hour ago and before a thousand creations, would be lost.
func (p *pass) look(batch []*line) {
	now := p.s.p.Clock.Now()
	for _, l := range batch {
		if ago := now.Sub(l.seenAt); l.there == deleteThere && p.caps.BlindDeletions && (ago < 0 || ago > seenFor) {
			l.fetch = true
			delete(p.fetched, l.remoteID)
		}
	}
}

// readAgain reads the cards that changed there while we wrote, and merges anew.
func (p *pass) readAgain(ctx context.Context, again []*line) error {
	again = again[:min(len(again), max(p.caps.GetMax, 1))]
	ids := make([]string, len(again))
	for i, l := range again {
		ids[i] = l.remoteID
	}
	if err := p.fetchSome(ctx, ids); err != nil {
		return err
	}
	judged := make([]line, len(again))
	for i, l := range again {
		judged[i] = *l
	}
	if err := p.reweigh(ctx, again); err != nil {
		return err
	}
	for i, l := range again {
		worse := l.there != updateThere && l.there != judged[i].there || l.here == trashHere && judged[i].here != trashHere
		l.seenAt = p.s.p.Clock.Now()
		if l.fetch = false; worse && (l.there != "" || l.here == trashHere) {
			l.drop() // what the guard has not judged waits for the next pass
		}
	}
	return nil
}

// drop leaves a line as it is; the next pass asks for its card.
func (l *line) drop() { l.done, l.dropped, l.there, l.here, l.fetch = true, true, "", "", false }

// depart keeps that a batch is on its way. A contact that changed here since it was judged stays behind.
func (p *pass) depart(ctx context.Context, batch []*line) ([]*line, error) {
	var leaving []*line
	err := p.s.update(ctx, func(w storage.Writer) error {
		leaving = leaving[:0]
		return p.transact(w, func(r *report) error {
			if r.run == nil { // the pass was ended meanwhile
				return nil
			}
			fl := &inflight{Op: batch[0].there, Since: p.s.p.Clock.Now().UTC()}
			for _, l := range batch {
				c, _, err := p.standing(w, l.contactID)
				if err != nil {
					return err
				}
				if c == nil || c.Revision != l.revision {
					l.drop()
					continue
				}
				s := sending{ContactID: l.contactID, Revision: l.revision, RemoteID: l.remoteID, Card: l.send, Wanted: l.wanted}
				for _, d := range l.verdict.plan.Sent {
					if !slices.ContainsFunc(l.verdict.plan.Received, func(other merge.Delta) bool { return other.Field == d.Field }) {
						s.Fields = append(s.Fields, d.Field)
					}
				}
				fl.Items, leaving = append(fl.Items, s), append(leaving, l)
			}
			if len(leaving) > 0 {
				r.st.Inflight = fl
			}
			return nil
		})
	})
	return leaving, err
}

// call makes the one call that writes a batch.
func (p *pass) call(ctx context.Context, batch []*line) ([]book.Receipt, error) {
	switch batch[0].there {
	case createThere:
		cards := make([]book.New, len(batch))
		for i, l := range batch {
			cards[i] = book.New{Key: l.contactID, Card: l.send}
		}
		return p.book.Create(ctx, cards)
	case updateThere:
		cards := make([]book.Update, len(batch))
		for i, l := range batch {
			cards[i] = book.Update{Entry: *p.entries[l.remoteID], Card: l.send, Key: l.contactID}
		}
		return p.book.Update(ctx, cards)
	}
	cards := make([]book.Entry, len(batch))
	for i, l := range batch {
		cards[i] = *p.entries[l.remoteID]
	}
	return p.book.Delete(ctx, cards)
}

// applied reports whether a writing that failed may have been applied all the same. A creation that is answered as if the
// card had changed met a card: ours, maybe, when something on the way made the call twice.
func applied(op there, e *directory.Error) bool {
	switch e.Class {
	case directory.Throttled, directory.Auth, directory.Refused, directory.Gone:
		return false
	case directory.Stale:
		return op == createThere
	case directory.Offline:
		return e.Sent
	}
	return true
}

// unanswered keeps what a batch comes to whose call failed as a whole. What may have been applied stays in flight.
func (p *pass) unanswered(ctx context.Context, batch []*line, err error) error {
	failure := directory.Classify(err)
	ctx, p.blamed = context.WithoutCancel(ctx), false
	switch refused := failure.Class == directory.Refused; {
	case refused && len(batch) == 1:
		return p.settleReceipts(ctx, batch, []book.Receipt{{Err: failure}})
	case refused: // one of them is at fault: each goes alone once it is known what was applied
		return nil
	case !applied(batch[0].there, failure):
		if err := p.landed(ctx); err != nil {
			return err
		}
		return theirs(failure)
	}
	return p.silence(failure)
}

// silence notes a call of which nothing is known, and gives the failure that makes the pass wait. After several in a row
// it is no card's fault, and the pass ends.
func (p *pass) silence(failure *directory.Error) error {
	p.cause = failure.Problem
	if p.silent++; p.silent >= tries {
		return failure.Problem
	}
	return theirs(failure)
}

// landed forgets the batch in flight: none of it was applied, or all of it is settled.
func (p *pass) landed(ctx context.Context) error {
	return p.s.update(ctx, func(w storage.Writer) error {
		return p.transact(w, func(r *report) error {
			r.st.Inflight = nil
			return nil
		})
	})
}

// answered keeps what came of a batch, and gives the failure that makes the lane wait, when there is one.
func (p *pass) answered(ctx context.Context, batch []*line, receipts []book.Receipt) error {
	if len(receipts) != len(batch) {
		return errors.New("the book answered another number of cards than it was given")
	}
	return p.settleReceipts(context.WithoutCancel(ctx), batch, receipts)
}

// settleReceipts keeps what came of each card of a batch, in one transaction.
func (p *pass) settleReceipts(ctx context.Context, batch []*line, receipts []book.Receipt) error {
	var all settlement
	outcomes := make([]outcome, len(batch))
	err := p.s.update(ctx, func(w storage.Writer) error {
		all = settlement{}
		return p.transact(w, func(r *report) (err error) {
			fl := r.st.Inflight
			for i, l := range batch {
				if outcomes[i], err = r.settleCard(l, &fl.Items[i], &receipts[i]); err != nil {
					return err
				}
				all.add(&outcomes[i], fl, i)
			}
			r.batch(all.decided, all.refused)
			if r.st.Inflight = nil; len(all.doubtful) > 0 {
				r.st.Inflight = &inflight{Op: fl.Op, Since: fl.Since, Items: all.doubtful}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	// gofail: var batchSettled struct{}
	// dies()
	for i := range outcomes { // once it is on the disk
		outcomes[i].mark()
	}
	if p.blamed = all.refused > 0; len(all.doubtful) > 0 && all.decided == 0 {
		return p.silence(all.wait)
	}
	if p.silent = 0; all.wait == nil {
		return nil
	}
	p.cause = all.wait.Problem
	return theirs(all.wait)
}

// settlement sums up what came of a batch: the failure that makes the lane wait, what may have been applied or not, and how
// many cards are decided, those that were refused among them.
type settlement struct {
	wait             *directory.Error
	doubtful         []sending
	decided, refused int
}

// add enters the outcome of one card of a batch.
func (s *settlement) add(o *outcome, fl *inflight, i int) {
	switch {
	case o.failed == nil:
		if s.decided++; o.refused {
			s.refused++
		}
	case o.again:
	default:
		if s.wait == nil || o.failed.Class == directory.Auth || o.failed.Class == directory.Throttled {
			s.wait = o.failed
		}
		if applied(fl.Op, o.failed) {
			s.doubtful = append(s.doubtful, fl.Items[i])
		}
	}
}

// outcome is what came of one card of a batch.
type outcome struct {
	mark    func() // notes it in the pass, once it is on the disk
	refused bool
	failed  *directory.Error // it is not decided; nil: it is
	again   bool             // it is read again at once, nothing waits
}

// settleCard keeps what came of one card.
func (r *report) settleCard(l *line, s *sending, receipt *book.Receipt) (outcome, error) {
	failure := failureOf(receipt.Err)
	switch {
	case receipt.Err == nil, failure.Class == directory.Gone && l.there == deleteThere:
		return outcome{mark: func() { l.done = true }}, r.acknowledge(l, s, receipt)
	case errors.Is(receipt.Err, book.ErrChanged) && l.there == createThere:
		taken := &directory.Error{Class: directory.Stale, Problem: storage.NewProblem("contacts.nameTaken"), Err: receipt.Err}
		return outcome{mark: func() {}, failed: taken}, nil
	case l.there == createThere && failure.Class == directory.Stale:
	case errors.Is(receipt.Err, book.ErrChanged), failure.Class == directory.Stale:
		return outcome{mark: func() { r.p.changed(l) }, failed: failure, again: true}, nil
	case failure.Class == directory.Gone:
		return outcome{mark: l.drop}, nil
	case failure.Class == directory.Refused:
		return outcome{mark: func() { l.done, l.refused = true, failure.Problem }, refused: true}, nil
	}
	return outcome{mark: func() {}, failed: failure}, nil
}

// failureOf gives the class of a receipt's error.
func failureOf(err error) *directory.Error {
	if err == nil {
		return &directory.Error{}
	}
	return directory.Classify(err)
}

// changed has a card read again that changed there while we wrote it; after some rounds a person is told.
func (p *pass) changed(l *line) {
	if l.rounds++; l.rounds > roundsAllowed {
		l.done, l.dropped, l.refused = true, true, storage.NewProblem("contacts.keepsChanging")
		return
	}
	l.fetch = true
	delete(p.fetched, l.remoteID)
}
