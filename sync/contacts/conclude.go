package contacts

import (
	"context"
	"slices"

	"diapason/storage"
)

// conclude ends a pass that went through: its cursor, its counts, its run.
func (c *courier) conclude(ctx context.Context) error {
	p := c.pass
	complete, err := p.verified(ctx)
	if err != nil {
		return err
	}
	as := storage.RunDone
	err = c.s.update(ctx, func(w storage.Writer) error {
		return p.transact(w, func(r *report) error {
			if err := r.forgetMoot(); err != nil {
				return err
			}
			now := c.s.p.Clock.Now().UTC()
			b := r.book
			b.Pair, b.Cursor = p.pair.String(), p.state
			if p.whole {
				b.FullAt, b.Count = now, p.present()
			}
			if !complete {
				b.Cursor = "" // the next reading is a complete one, and finds out
			}
			b.LastOK = now
			r.st.Ask = slices.DeleteFunc(r.st.Ask, func(id string) bool { return slices.Contains(p.ask, id) && !p.stillAsked(id) })
			r.st.begin("")
			if r.run == nil {
				return nil
			}
			if r.run.Totals.Failed > 0 {
				as = storage.RunFailed
			}
			r.run.State, r.run.EndedAt, b.LastPass = as, now, r.run.ID
			return nil
		})
	})
	if err != nil {
		return err
	}
	c.leave(as)
	_, err = c.s.Tidy(ctx) // what a pass has deleted there may be forgotten here
	return err
}

// stillAsked reports whether this pass left a line that an earlier one asked for to the next one again.
func (p *pass) stillAsked(contactID string) bool {
	l := p.byID[contactID]
	return l != nil && (l.dropped || l.later || l.fetch)
}

// verified counts, after a complete reading, the links that are in tune against the cards that are to be: a difference is
// never repaired by guessing, it has everything read again.
func (p *pass) verified(ctx context.Context) (bool, error) {
	if !p.whole {
		return true, nil
	}
	links, err := p.links(ctx)
	if err != nil {
		return false, err
	}
	tied := map[string]bool{}
	for _, l := range links {
		tied[l.RemoteID] = true
	}
	untied := 0
	for _, l := range p.lines {
		e := p.entries[l.remoteID]
		if e == nil || e.Deleted || e.Fault != nil || !e.InScope || len(l.candidates) > 0 || l.refused != nil || tied[e.ID] {
			continue
		}
		if l.there != deleteThere && l.here != createHere { // a card that could not be kept here was told of
			untied++
		}
	}
	if untied > 0 {
		p.s.p.Log.Warn("cards are not tied after a pass", "account", p.account.ID, "cards", untied)
	}
	return untied == 0, nil
}
