package contacts

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// roundsAllowed is how often a card may change there while we write it, before a person is told.
const roundsAllowed = 3

// order is that in which a pass writes there.
var order = []there{createThere, updateThere, deleteThere}

// pending gives the next cards to write there, in order and of one kind; nil when nothing is left.
func (p *pass) pending() []*line {
	for _, op := range order {
		var batch []*line
		for _, l := range p.lines {
			if l.there != op || l.done || l.fetch || l.alone && len(batch) > 0 {
				continue
			}
			if batch = append(batch, l); l.alone || len(batch) == p.most(op) {
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
	return max(min(n, batchSize), 1)
}

// again gives the lines whose cards changed there meanwhile and are to be read again.
func (p *pass) again() []*line {
	return slices.DeleteFunc(slices.Clone(p.lines), func(l *line) bool { return !l.fetch || l.done })
}

// send writes the next batch there: on the disk first, then the call, then what came of it.
func (p *pass) send(ctx context.Context) error {
	if again := p.again(); len(again) > 0 {
		return p.readAgain(ctx, again)
	}
	batch, err := p.depart(ctx, p.pending())
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

// applied reports whether a failure may have been applied all the same.
func applied(e *directory.Error) bool {
	switch e.Class {
	case directory.Throttled, directory.Auth, directory.Refused, directory.Stale, directory.Gone:
		return false
	case directory.Offline:
		return e.Sent
	}
	return true
}

// unanswered keeps what a batch comes to whose call failed as a whole. What may have been applied stays in flight.
func (p *pass) unanswered(ctx context.Context, batch []*line, err error) error {
	failure := directory.Classify(err)
	ctx = context.WithoutCancel(ctx)
	switch refused := failure.Class == directory.Refused; {
	case refused && len(batch) == 1:
		return p.settleReceipts(ctx, batch, []book.Receipt{{Err: failure}})
	case refused:
		// One of them is at fault. Each goes alone once it is known what was applied: smaller and smaller batches would be
		// refused too, and each refusal has the book looked at again, after its delay.
		for _, l := range batch {
			l.alone = true
		}
		return nil
	case !applied(failure):
		if err := p.landed(ctx); err != nil {
			return err
		}
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
	var wait *directory.Error
	outcomes := make([]outcome, len(batch))
	err := p.s.update(ctx, func(w storage.Writer) error {
		wait = nil
		return p.transact(w, func(r *report) (err error) {
			fl := r.st.Inflight
			var doubtful []sending
			decided, refused := 0, 0
			for i, l := range batch {
				o := &outcomes[i]
				if *o, err = r.settleCard(l, &fl.Items[i], &receipts[i]); err != nil {
					return err
				}
				switch {
				case o.failed == nil:
					if decided++; o.refused {
						refused++
					}
				case o.again:
				default:
					if wait == nil || o.failed.Class == directory.Auth || o.failed.Class == directory.Throttled {
						wait = o.failed
					}
					if applied(o.failed) {
						doubtful = append(doubtful, fl.Items[i])
					}
				}
			}
			r.batch(decided, refused)
			if r.st.Inflight = nil; len(doubtful) > 0 {
				r.st.Inflight = &inflight{Op: fl.Op, Since: fl.Since, Items: doubtful}
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
	if wait != nil {
		return theirs(wait)
	}
	return nil
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

// doubt finds out what became of a batch whose answer never came, before anything is sent again.
func (p *pass) doubt(ctx context.Context) error {
	var fl *inflight
	err := p.s.view(ctx, func(tx storage.Reader) error {
		_, st, err := bookOf(tx, p.account.ID)
		fl = st.Inflight
		return err
	})
	if err != nil || fl == nil {
		return err
	}
	found, err := p.find(ctx, fl)
	if err != nil {
		return err
	}
	again := false // what is not found may only not show yet
	if fl.Op == createThere && len(found) < len(fl.Items) {
		ago := p.s.p.Clock.Now().Sub(fl.Since)
		again = ago >= 0 && ago < p.caps.Delay
	}
	ctx = context.WithoutCancel(ctx)
	var done []string
	err = p.s.update(ctx, func(w storage.Writer) error {
		done = done[:0]
		return p.transact(w, func(r *report) error {
			var rest []sending
			for i := range fl.Items {
				s := &fl.Items[i]
				e, is := found[s.ContactID]
				switch {
				case is:
					if err := r.adopt(fl.Op, s, e); err != nil {
						return err
					}
					done = append(done, s.ContactID)
				case again:
					rest = append(rest, *s)
				case fl.Op != createThere:
					r.ask(s.ContactID)
				}
			}
			if r.st.Inflight = nil; len(rest) > 0 {
				r.st.Inflight = &inflight{Op: fl.Op, Since: fl.Since, Items: rest}
				r.st.NotBefore = fl.Since.Add(p.caps.Delay)
			}
			r.batch(len(done), 0)
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, id := range done {
		if l := p.byID[id]; l != nil {
			l.done, l.dropped = true, true
		}
	}
	for _, s := range fl.Items { // what was not applied is read again before it is sent again
		if l := p.byID[s.ContactID]; l != nil && !l.done && fl.Op != createThere {
			p.changed(l)
		}
	}
	return nil
}

// find looks for what a batch would have left, by contact.
func (p *pass) find(ctx context.Context, fl *inflight) (map[string]book.Entry, error) {
	found := map[string]book.Entry{}
	if fl.Op == createThere {
		keys := make([]string, len(fl.Items))
		for i, s := range fl.Items {
			keys[i] = s.ContactID
		}
		found, err := p.book.Probe(ctx, keys)
		return found, theirs(err)
	}
	for part := range slices.Chunk(fl.Items, max(p.caps.GetMax, 1)) {
		ids := make([]string, len(part))
		for i, s := range part {
			ids[i] = s.RemoteID
		}
		entries, err := p.book.Get(ctx, ids)
		if err != nil {
			return nil, theirs(err)
		}
		for _, e := range entries {
			i := slices.IndexFunc(part, func(s sending) bool { return s.RemoteID == e.ID || slices.Contains(e.Former, s.RemoteID) })
			if i < 0 {
				continue
			}
			deleted := fl.Op == deleteThere
			if deleted == e.Deleted && (deleted || e.Fault == nil && p.rules.shows(&e.Card, &part[i])) {
				found[part[i].ContactID] = e
			}
		}
	}
	return found, nil
}

// shows reports whether a card says what was on its way. Other fields may have been changed there since: what we wrote is
// ours all the same, and not somebody's edit against what is edited here next.
func (r *rules) shows(c *storage.Card, s *sending) bool {
	if len(s.Fields) == 0 { // all that it changes was merged with what others changed
		return r.same(c, &s.Card)
	}
	return !slices.ContainsFunc(s.Fields, func(f storage.Field) bool { return !slices.Equal(r.keys(f, c), r.keys(f, &s.Card)) })
}
