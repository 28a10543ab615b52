package sync

import (
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/merge"
)

// reversalPages walks through what a run did, a slice of its journal at a time, one reversal per establishment.
type reversalPages struct {
	after string          // the last entry read
	seen  map[string]bool // establishments of a publication or of decisions, contacts of a pass: read together
	over  bool
}

// next gives the next slice; over tells that there is none after it.
func (p *reversalPages) next(tx storage.Reader, run *storage.Run) ([]*reversal, error) {
	entries, err := tx.RunJournal(run.ID, p.after, slice)
	if err != nil {
		return nil, err
	}
	p.over = len(entries) < slice
	if len(entries) > 0 {
		p.after = entries[len(entries)-1].ID
	}
	switch run.Kind {
	case storage.RunImport, storage.RunEdit:
		return edits(entries), nil
	case storage.RunContacts:
		return p.ofContacts(tx, run, entries)
	}
	var page []*reversal
	for _, j := range entries {
		if j.EstablishmentID == "" || p.seen[j.EstablishmentID] {
			continue
		}
		p.seen[j.EstablishmentID] = true
		all, err := entriesOf(tx, storage.JournalQuery{RunID: run.ID, EstablishmentID: j.EstablishmentID})
		if err != nil {
			return nil, err
		}
		r := sendings(all)
		if run.Kind == storage.RunDecide {
			r = decisions(all)
		}
		if r != nil {
			page = append(page, r)
		}
	}
	return page, nil
}

// entriesOf gives what a run wrote about one establishment or contact, oldest first.
func entriesOf(tx storage.Reader, q storage.JournalQuery) ([]*storage.JournalEntry, error) {
	q.Limit = slice
	var all []*storage.JournalEntry
	for {
		page, err := tx.Journal(q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < slice {
			slices.Reverse(all)
			return all, nil
		}
		q.Before = page[len(page)-1].ID
	}
}

// edits gives the reversals of creations and updates, one per establishment.
func edits(entries []*storage.JournalEntry) []*reversal {
	var page []*reversal
	byID := map[string]*reversal{}
	for _, j := range entries {
		if j.Action != storage.JournalCreate && j.Action != storage.JournalUpdate {
			continue
		}
		if j.ReservationID != "" || j.ContactID != "" {
			page = append(page, reversalOf(j))
			continue
		}
		r := byID[j.EstablishmentID]
		if r == nil {
			r = &reversal{id: j.EstablishmentID, name: j.Name, created: j.Action == storage.JournalCreate}
			byID[r.id] = r
			page = append(page, r)
		}
		r.hash = j.Hash
		r.changes = join(r.changes, j.Changes)
	}
	return page
}

// join adds later changes to earlier ones: the first before, the last after.
func join(earlier, later []storage.FieldChange) []storage.FieldChange {
	for _, c := range later {
		at := slices.IndexFunc(earlier, func(e storage.FieldChange) bool { return e.Field == c.Field })
		if at < 0 {
			earlier = append(earlier, c)
		} else {
			earlier[at].After = c.After
		}
	}
	return earlier
}

// sendings gives the reversal of what a publication sent of one establishment; nil when there is nothing to take back.
func sendings(entries []*storage.JournalEntry) *reversal {
	r := &reversal{}
	perAccount := map[string][]storage.FieldChange{}
	for _, j := range entries {
		if j.Action != storage.JournalSend {
			continue
		}
		r.id, r.name = j.EstablishmentID, j.Name
		switch {
		case slices.Contains(r.stays, j.AccountID):
		case createdThere(j):
			r.stays = append(r.stays, j.AccountID)
		case len(j.Changes) > 0:
			if perAccount[j.AccountID] == nil {
				r.accounts = append(r.accounts, j.AccountID)
			}
			perAccount[j.AccountID] = join(perAccount[j.AccountID], j.Changes)
		}
	}
	for _, account := range r.accounts {
		for _, c := range perAccount[account] {
			at := slices.IndexFunc(r.changes, func(e storage.FieldChange) bool { return e.Field == c.Field })
			switch {
			case at < 0:
				r.changes = append(r.changes, c)
			case r.changes[at] != c && !slices.Contains(r.several, c.Field):
				r.several = append(r.several, c.Field)
			}
		}
	}
	if len(r.changes)+len(r.stays) == 0 {
		return nil
	}
	return r
}

// createdThere reports whether a sending made the listing there. Every establishment has a name, so that the first
// sending of one shows even where it is not said.
func createdThere(j *storage.JournalEntry) bool {
	return j.Created || slices.ContainsFunc(j.Changes, func(c storage.FieldChange) bool {
		return c.Field == storage.FieldName && c.Before == ""
	})
}

// decisions gives the reversal of what was decided about one establishment.
func decisions(entries []*storage.JournalEntry) *reversal {
	page := edits(entries)
	r := &reversal{}
	if len(page) > 0 {
		r = page[0]
	}
	for _, j := range entries {
		if j.Action == storage.JournalKeep || j.Action == storage.JournalAccept {
			r.id, r.name = j.EstablishmentID, j.Name
			r.decisions = append(r.decisions, j)
		}
	}
	if len(r.decisions) == 0 {
		return nil
	}
	return r
}

// weigh decides what comes back: only what still holds what the run put there.
func (e *Engine) weigh(tx storage.Reader, r *reversal) (*undone, error) {
	if r.record != nil {
		return e.weighRecord(tx, r)
	}
	est, err := tx.Establishment(r.id)
	if errors.Is(err, storage.ErrNotFound) {
		return &undone{}, nil // deleted already
	}
	if err != nil {
		return nil, err
	}
	if r.created {
		return r.weighCreation(tx, est)
	}
	u := &undone{before: est, after: est.Clone()}
	values := map[storage.Field]string{}
	back := map[storage.Field]bool{} // comes back, or did already
	for _, c := range r.changes {
		switch {
		case slices.Contains(r.several, c.Field):
			u.conflicts = append(u.conflicts, storage.NewProblem("undo.several").On(c.Field))
		case est.Value(c.Field) == c.After:
			values[c.Field], back[c.Field] = c.Before, true
		case est.Value(c.Field) == c.Before:
			back[c.Field] = true
		default:
			u.conflicts = append(u.conflicts, conflict(c.Field))
		}
	}
	if len(values) > 0 {
		err := apply(u.after, values)
		var ps storage.Problems
		switch {
		case errors.As(err, &ps): // together with what changed since, the old values are not valid
			u.conflicts, u.after = append(u.conflicts, ps...), est.Clone()
			return u, nil
		case err != nil:
			return nil, err
		}
		u.restore = true
	}
	if len(back) > 0 {
		u.publish = r.accounts
	}
	return u, e.weighDecisions(tx, r, u, back)
}

// weighDecisions opens again what was decided, as long as nothing came of it.
func (e *Engine) weighDecisions(tx storage.Reader, r *reversal, u *undone, back map[storage.Field]bool) error {
	for _, j := range r.decisions {
		l, exists, err := listing(tx, r.id, j.AccountID)
		if err != nil {
			return err
		}
		account, err := tx.Account(j.AccountID)
		if errors.Is(err, storage.ErrNotFound) || err == nil && !exists {
			continue // the account was removed: there is nothing to decide any more
		}
		if err != nil {
			return err
		}
		changed := false
		for _, c := range j.Changes {
			switch {
			case j.Action == storage.JournalAccept:
				theirs := back[c.Field] && l.Accepted[c.Field] == c.After && l.Observed[c.Field] == c.After
				if theirs {
					l.Accepted[c.Field], changed = c.Before, true
				}
			case slices.Contains(l.Kept, c.Field):
				l.Kept, changed = without(l.Kept, []storage.Field{c.Field}), true
			case !slices.Contains(merge.Drift(l.Matches, l.Kept), c.Field): // sent since, or settled there
				u.conflicts = append(u.conflicts, storage.NewProblem("undo.decisionSent").On(c.Field))
			}
		}
		if !changed {
			continue
		}
		op, err := operation(tx, j.AccountID, r.id)
		if err != nil {
			return err
		}
		want(l, u.before, e.capabilities(account))
		edited(l, u.before.Status, op != nil)
		u.reopen = append(u.reopen, l)
	}
	return nil
}

// reopened writes into the journal that decisions wait again.
func (e *Engine) reopened(w *writer, run *storage.Run, u *undone) error {
	for _, l := range u.reopen {
		err := w.journal(&storage.JournalEntry{
			Actor: storage.ActorUser, Action: storage.JournalReopen, RunID: run.ID, EstablishmentID: l.EstablishmentID,
			AccountID: l.AccountID, Name: u.before.Name,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reversal) weighCreation(tx storage.Reader, est *storage.Establishment) (*undone, error) {
	u := &undone{before: est}
	if est.ContentHash() != r.hash {
		u.conflicts = storage.Problems{storage.NewProblem("undo.edited")}
		return u, nil
	}
	uses, err := tx.Uses(storage.ReferentEstablishment, est.ID)
	if err != nil {
		return nil, err
	}
	if uses.Any() {
		u.conflicts = storage.Problems{storage.NewProblem("undo.inAgenda")}
		return u, nil
	}
	listings, err := tx.Listings(est.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range listings {
		op, err := operation(tx, l.AccountID, est.ID)
		if err != nil {
			return nil, err
		}
		left := op != nil && op.State == storage.OpInflight
		if left || l.Accepted != nil || l.Written != nil || l.RemoteID != "" || !l.SentAt.IsZero() {
			u.conflicts = storage.Problems{storage.NewProblem("undo.published")}
			return u, nil
		}
	}
	u.remove = true
	return u, nil
}

func conflict(f storage.Field) *storage.Problem { return storage.NewProblem("undo.changedSince").On(f) }
