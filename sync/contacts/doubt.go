package contacts

import (
	"context"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

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
	if p.identity == "" { // what an earlier pass left: in another account nothing of it is there, and all is deleted
		if _, err := p.whose(ctx); err != nil {
			return err
		}
	}
	found, err := p.find(ctx, fl)
	if err != nil {
		return err
	}
	d := &doubt{inflight: fl, found: found, now: p.s.p.Clock.Now().UTC()}
	if d.Since.After(d.now) {
		d.Since = d.now // the clock was set back: how long ago it left is not known
	}
	d.wait = d.Since.Add(p.caps.Delay).Sub(d.now)
	ctx = context.WithoutCancel(ctx)
	err = p.s.update(ctx, func(w storage.Writer) error { return p.transact(w, d.settle) })
	if err != nil {
		return err
	}
	for _, id := range d.done {
		if l := p.byID[id]; l != nil {
			l.done, l.dropped = true, true
		}
	}
	for _, id := range d.lost {
		if l := p.byID[id]; l != nil && !l.done {
			p.lose(l)
		}
	}
	return nil
}

// doubt is a batch without an answer and what was found of it, by contact.
type doubt struct {
	*inflight
	found map[string]book.Entry
	now   time.Time
	wait  time.Duration // until what the batch left must show
	// done are the contacts whose cards were found, lost those of whose cards nothing was applied.
	done, lost []string
}

// settle keeps what was found out. What may only not show yet stays in flight.
func (d *doubt) settle(r *report) error {
	d.done, d.lost = nil, nil
	var rest []sending
	for i := range d.Items {
		s := &d.Items[i]
		e, found := d.found[s.ContactID]
		switch {
		case found:
			if err := r.adopt(d.Op, s, e); err != nil {
				return err
			}
			d.done = append(d.done, s.ContactID)
		case d.Op == createThere && d.wait > 0:
			rest = append(rest, *s)
		default:
			if d.Op != createThere {
				r.ask(s.ContactID)
			}
			d.lost = append(d.lost, s.ContactID)
		}
	}
	if r.st.Inflight = nil; len(rest) > 0 {
		r.st.Inflight = &inflight{Op: d.Op, Since: d.Since, Items: rest}
		r.st.NotBefore = d.now.Add(d.wait)
	}
	r.batch(len(d.done), 0)
	return nil
}

// lose notes that nothing of a batch with a card was applied. The card is read again before it is sent again, alone unless
// others of the batch were to blame; after some times the others go on without it, and the next pass tries anew.
func (p *pass) lose(l *line) {
	if !p.blamed {
		l.lost++
	}
	if l.lost >= lossesAllowed && p.cause != nil {
		l.done, l.dropped, l.refused = true, true, p.cause
		return
	}
	if l.there != createThere {
		l.fetch = true
		delete(p.fetched, l.remoteID)
	}
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
