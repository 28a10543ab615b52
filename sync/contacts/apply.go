package contacts

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// acknowledge keeps that a card was written there: link, contact, journal, report, in the transaction of the caller.
func (r *report) acknowledge(l *line, s *sending, receipt *book.Receipt) error {
	c, link, err := r.p.standing(r.Writer, l.contactID)
	if err != nil {
		return err
	}
	r.count(l, true)
	if err := r.sent(l, receipt); err != nil {
		return err
	}
	if l.there == deleteThere || c == nil {
		return r.let(c, link, l.contactID, receipt.Entry.ID, l.there == createThere)
	}
	if l.there == updateThere && c.Revision != s.Revision {
		return r.adoptUpdate(s, c, link, receipt.Entry) // it was edited meanwhile
	}
	now := r.p.s.p.Clock.Now().UTC()
	fresh := l.linkOf(link, c.ID, r.p.account.ID, &receipt.Entry, now)
	if l.there == createThere {
		fresh.CreatedHere = now
		fresh.Ours, fresh.Theirs = s.Wanted.Clone(), receipt.Entry.Card.Clone()
	}
	if err := r.putLink(link, fresh, c); err != nil {
		return err
	}
	if l.keep != nil && c.Revision == s.Revision {
		if err := r.keep(l, c); err != nil {
			return err
		}
	} else if err := r.mark(c.ID, s.Revision); err != nil { // an edit made meanwhile stays to be sent
		return err
	}
	return r.conflicts(l, c)
}

// sent tells the journal and the report what was written there.
func (r *report) sent(l *line, receipt *book.Receipt) error {
	entry := &storage.JournalEntry{
		Actor: storage.ActorUser, Action: storage.JournalSend, ContactID: l.contactID, Name: l.name, Created: l.there == createThere,
		Reason: l.reason,
	}
	if l.there == updateThere {
		entry.Changes = differences(&r.p.entries[l.remoteID].Card, &l.send)
	}
	if entry.Reason == nil && l.there == deleteThere {
		entry.Reason = storage.NewProblem("contacts.deletedHere")
	}
	if receipt.Answer != "" {
		entry.Answer = &storage.Answer{Text: receipt.Answer}
	}
	if err := r.tell(entry); err != nil {
		return err
	}
	r.wrote(l.there)
	if err := r.line(l.contactID, l.name, storage.ItemSent, storage.NewProblem("contacts.there."+string(l.there))); err != nil {
		return err
	}
	if receipt.Left == nil {
		return nil
	}
	return r.skipped(true, l.contactID, l.name, receipt.Left)
}

// let ends the link of a contact whose card is gone. A card that was created for a contact that is no more is left alone
// for ever: it must not come back as somebody new.
func (r *report) let(c *storage.Contact, link *storage.ContactLink, contactID, remoteID string, created bool) error {
	for _, kind := range []storage.ContactQuestionKind{storage.QuestionRefused, storage.QuestionConflict} { // nothing is left to ask
		if err := r.settled(&storage.ContactQuestion{Kind: kind, ContactIDs: []string{contactID}}); err != nil {
			return err
		}
	}
	if c == nil {
		if created {
			r.book.Ignored = append(r.book.Ignored, remoteID)
		}
		return nil
	}
	if link != nil {
		if err := r.DeleteContactLink(contactID, r.p.account.ID); err != nil {
			return err
		}
	}
	return r.mark(c.ID, c.Revision)
}

// mark takes a contact out of those to be sent, as of a revision, or of the present one when this very transaction wrote it.
func (r *report) mark(contactID string, revision int) error {
	return r.MarkContactSent(contactID, r.p.account.ID, revision)
}

// keep writes what the book changes in a contact.
func (r *report) keep(l *line, c *storage.Contact) error {
	after := l.verdict.keep.Clone()
	after.Revision = c.Revision
	before := c.Clone()
	if c.ID != "" {
		after.ID = c.ID
	} else {
		before = nil
	}
	by := cause{actor: storage.ActorProvider, run: r.runID(), account: r.p.account.ID, reason: l.reason}
	by.made = r.p.rules.madeAt(r.p.entries[l.remoteID])
	if by.reason == nil {
		by.reason = storage.NewProblem("contacts.changedThere", "account", r.p.account.Name)
	}
	if err := r.p.s.write(r.Writer, before, after, by); err != nil {
		return err
	}
	r.count(l, false)
	r.received(l.here)
	result := storage.ItemUpdated
	if l.here == createHere {
		result = storage.ItemCreated
	}
	if err := r.line(after.ID, after.FullName(), result, storage.NewProblem("contacts.here."+string(l.here))); err != nil {
		return err
	}
	if err := r.lost(after, l.verdict.plan.Settled); err != nil {
		return err
	}
	*c = *after
	return r.mark(after.ID, after.Revision)
}

// conflicts keeps the fields that a person must decide about, or forgets the question once there are none.
func (r *report) conflicts(l *line, c *storage.Contact) error {
	q := &storage.ContactQuestion{Kind: storage.QuestionConflict, ContactIDs: []string{c.ID}, Name: c.FullName()}
	if len(l.verdict.plan.Conflicts) == 0 {
		if err := r.settled(&storage.ContactQuestion{Kind: storage.QuestionRefused, ContactIDs: q.ContactIDs}); err != nil {
			return err
		}
		return r.settled(q)
	}
	q.Conflicts, q.RemoteIDs = l.verdict.plan.Conflicts, []string{l.remoteID}
	old, err := r.questionLike(q)
	if err != nil || old != nil && slices.EqualFunc(old.Conflicts, q.Conflicts, sameConflict) {
		return err
	}
	why := storage.NewProblem("contacts.conflict")
	if slices.ContainsFunc(q.Conflicts, func(x storage.ContactConflict) bool { return x.Frozen }) {
		why = storage.NewProblem(codeFrozen)
		q.Reason = why
	}
	if err := r.question(q); err != nil || old != nil && slices.EqualFunc(old.Conflicts, q.Conflicts, bothFrozen) {
		return err // what another program writes meanwhile is no news
	}
	r.side(wantedThere(q.Conflicts)).Conflicts++
	return r.line(c.ID, c.FullName(), storage.ItemConflict, why)
}

func sameConflict(a, b storage.ContactConflict) bool {
	return a.Field == b.Field && a.Base == b.Base && a.Here == b.Here && a.There == b.There && a.Frozen == b.Frozen
}

func bothFrozen(a, b storage.ContactConflict) bool { return a.Field == b.Field && a.Frozen && b.Frozen }

// adopt keeps that a card without an answer was written there after all.
func (r *report) adopt(op there, s *sending, e book.Entry) error {
	c, link, err := r.p.standing(r.Writer, s.ContactID)
	if err != nil {
		return err
	}
	name := ""
	if c != nil {
		name = c.FullName()
	}
	l := &line{contactID: s.ContactID, remoteID: s.RemoteID, name: name}
	l.there = op
	r.count(l, true)
	if err := r.tell(&storage.JournalEntry{
		Actor: storage.ActorUser, Action: storage.JournalSend, ContactID: s.ContactID, Name: name, Created: op == createThere,
		Reason: storage.NewProblem("contacts.foundAfterwards"),
	}); err != nil {
		return err
	}
	r.wrote(op)
	if err := r.line(s.ContactID, name, storage.ItemSent, storage.NewProblem("contacts.there."+string(op))); err != nil {
		return err
	}
	if op == deleteThere || c == nil {
		return r.let(c, link, s.ContactID, e.ID, op == createThere)
	}
	if op == updateThere {
		return r.adoptUpdate(s, c, link, e)
	}
	now := r.p.s.p.Clock.Now().UTC()
	if err := r.PutContactLink(&storage.ContactLink{
		ContactID: c.ID, AccountID: r.p.account.ID, RemoteID: e.ID, ETag: e.ETag, RemoteAt: e.At, Ours: s.Wanted, Theirs: s.Card,
		SyncedAt: now, CreatedHere: now,
	}); err != nil {
		return err
	}
	r.ask(c.ID)
	return r.mark(c.ID, s.Revision)
}

// adoptUpdate moves the base of what we changed, and of nothing else: what changed there is still to be received, and what
// changed here since is still to be sent.
func (r *report) adoptUpdate(s *sending, c *storage.Contact, link *storage.ContactLink, e book.Entry) error {
	r.ask(c.ID)
	if link == nil || link.SyncedAt.IsZero() {
		return nil // it is merged as at a first time
	}
	for _, f := range s.Fields {
		link.Ours.SetValues(f, s.Wanted.Values(f))
		link.Theirs.SetValues(f, e.Card.Values(f))
	}
	link.ETag, link.RemoteAt = e.ETag, e.At
	return r.PutContactLink(link)
}

// finish applies what came from the book, slice by slice, and ends the pass: only then is its cursor kept, so that a crash
// before has everything read again.
func (c *courier) finish(ctx context.Context) error {
	p := c.pass
	ctx = context.WithoutCancel(ctx)
	rest := slices.DeleteFunc(slices.Clone(p.lines), func(l *line) bool {
		settled := l.done && !l.dropped && l.refused == nil // with the answer to its writing
		return l.applied || settled
	})
	parts := slices.Collect(slices.Chunk(rest, slice))
	if len(parts) == 0 && len(p.lines) > 0 {
		parts = [][]*line{nil} // somebody may have had the pass wait, or end, since its last card was written
	}
	for _, part := range parts {
		stop := false
		err := c.s.update(ctx, func(w storage.Writer) error {
			return p.transact(w, func(r *report) error {
				if stop = r.run == nil || cancelled(r.run) || r.st.waits(); stop {
					return nil
				}
				return r.apply(part)
			})
		})
		if err != nil {
			return err
		}
		if stop {
			return nil // the next errand ends the run, or goes on once it may
		}
		// gofail: var sliceApplied struct{}
		// dies()
		for _, l := range part {
			l.applied = true
		}
		c.progress()
	}
	// gofail: var passApplied struct{}
	// dies()
	return c.conclude(ctx)
}

// apply carries out what of some lines concerns this side.
func (r *report) apply(lines []*line) error {
	decided, err := r.p.decisions(r.Writer)
	if err != nil {
		return err
	}
	for _, l := range lines {
		switch {
		case len(l.candidates) > 0:
			err = r.askWho(l)
		case l.done:
			err = r.afterwards(l)
		case l.contactID == "": // somebody new: nothing that is kept here, and may have changed, decides about it
			err = r.applyLine(l, l)
		default:
			judged := *l
			if err = r.p.weighLine(r.Writer, l, decided[l.contactID]); err == nil {
				err = r.applyLine(l, &judged)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// afterwards looks after a line that is done with: what was refused is told, what was left out is asked for next time.
func (r *report) afterwards(l *line) error {
	c, link, err := r.p.standing(r.Writer, l.contactID)
	if err != nil || c == nil {
		return err
	}
	if l.refused != nil {
		if err := r.question(&storage.ContactQuestion{
			Kind: storage.QuestionRefused, ContactIDs: []string{c.ID}, Name: c.FullName(), Reason: l.refused,
		}); err != nil {
			return err
		}
		if err := r.tell(&storage.JournalEntry{
			Actor: storage.ActorProvider, Action: storage.JournalRefuse, ContactID: c.ID, Name: c.FullName(), Reason: l.refused,
		}); err != nil {
			return err
		}
		r.side(true).Skipped++
		if err := r.line(c.ID, c.FullName(), storage.ItemFailed, l.refused); err != nil {
			return err
		}
		if l.dropped { // not for what it says: the next pass tries again
			r.ask(c.ID)
			return nil
		}
		r.st.Ask = slices.DeleteFunc(r.st.Ask, func(id string) bool { return id == c.ID }) // it would be refused again
		return r.mark(c.ID, l.revision)
	}
	if link == nil {
		return nil
	}
	r.ask(c.ID)
	if r.p.entries[l.remoteID] == nil && r.p.whole && link.MissingSince.IsZero() {
		link.MissingSince = r.p.s.p.Clock.Now().UTC()
		return r.PutContactLink(link)
	}
	return nil
}

// applyLine carries out one line, weighed again within the transaction. What the guard has not judged is left to the next
// pass.
func (r *report) applyLine(l, judged *line) error {
	if l.there != "" || l.fetch || (l.here == trashHere) != (judged.here == trashHere) {
		return r.putOff(l)
	}
	c, link, err := r.p.standing(r.Writer, l.contactID)
	if err != nil {
		return err
	}
	e := r.p.entries[l.remoteID]
	switch {
	case l.here == createHere:
		c = &storage.Contact{}
		if err := r.keep(l, c); err != nil {
			return r.unkeepable(l, err)
		}
	case c == nil:
		return r.orphan(l)
	case l.keep != nil:
		if err := r.keep(l, c); err != nil {
			return r.unkeepable(l, err)
		}
	}
	if l.later {
		return r.later(l, c, link)
	}
	if err := r.relink(l, c, link, e); err != nil {
		return err
	}
	if err := r.conflicts(l, c); err != nil {
		return err
	}
	return r.mark(c.ID, c.Revision)
}

// later leaves a line to the next pass: the contact stays among those to be sent.
func (r *report) later(l *line, c *storage.Contact, link *storage.ContactLink) error {
	if e := r.p.entries[l.remoteID]; link == nil || e != nil && e.Deleted {
		r.ask(c.ID)
	}
	if l.reason == nil {
		return nil
	}
	return r.skipped(false, c.ID, c.FullName(), l.reason)
}

// relink keeps what a line makes of a link.
func (r *report) relink(l *line, c *storage.Contact, link *storage.ContactLink, e *book.Entry) error {
	now := r.p.s.p.Clock.Now().UTC()
	switch {
	case l.unlink && link != nil:
		return r.DeleteContactLink(c.ID, r.p.account.ID)
	case l.leave:
		fresh := &storage.ContactLink{ContactID: c.ID, AccountID: r.p.account.ID, RemoteID: l.remoteID}
		if link != nil {
			*fresh = *link
		}
		fresh.LeftAt = now
		if err := r.PutContactLink(fresh); err != nil {
			return err
		}
		return r.skipped(l.reason.Code == codeNeverDelete, c.ID, c.FullName(), l.reason)
	case !l.link || e == nil:
		return nil
	}
	fresh := l.linkOf(link, c.ID, r.p.account.ID, e, now)
	if link != nil && sameLink(link, fresh) {
		return nil
	}
	if err := r.settled(&storage.ContactQuestion{Kind: storage.QuestionMatch, RemoteIDs: []string{e.ID}}); err != nil {
		return err
	}
	return r.putLink(link, fresh, c)
}

// sameLink reports whether a link would only get another time.
func sameLink(a, b *storage.ContactLink) bool {
	return a.RemoteID == b.RemoteID && a.ETag == b.ETag && a.RemoteAt.Equal(b.RemoteAt) && a.LeftAt.Equal(b.LeftAt) &&
		a.MissingSince.Equal(b.MissingSince) && !a.SyncedAt.IsZero() && slices.Equal(a.Frozen, b.Frozen) &&
		len(differences(&a.Ours, &b.Ours)) == 0 && len(differences(&a.Theirs, &b.Theirs)) == 0
}

// putOff leaves a line to the next pass, which asks for its card. A pair that was recognised and not merged yet is tied
// all the same, or the next pass would not know of it.
func (r *report) putOff(l *line) error {
	l.dropped = true
	if l.contactID == "" {
		return nil
	}
	c, link, err := r.p.standing(r.Writer, l.contactID)
	if err != nil || c == nil {
		return err
	}
	if e := r.p.entries[l.remoteID]; link == nil && e != nil && !e.Deleted {
		if err := r.PutContactLink(&storage.ContactLink{ContactID: c.ID, AccountID: r.p.account.ID, RemoteID: l.remoteID}); err != nil {
			return err
		}
	}
	r.ask(c.ID)
	return nil
}

// orphan looks after a card whose contact is no more: nothing is known of it but its link, which went with the contact.
func (r *report) orphan(l *line) error {
	e := r.p.entries[l.remoteID]
	if e == nil || !e.Deleted {
		return nil
	}
	return r.settled(&storage.ContactQuestion{Kind: storage.QuestionMatch, RemoteIDs: []string{l.remoteID}})
}

// unkeepable tells of a card that cannot be kept here as it is, and lets the others go on.
func (r *report) unkeepable(l *line, err error) error {
	var problems storage.Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		return err
	}
	r.side(false).Skipped++
	return r.line(l.contactID, l.name, storage.ItemFailed, problems[0])
}

// askWho keeps the question whom a card is about.
func (r *report) askWho(l *line) error {
	e := r.p.entries[l.remoteID]
	there := e.Card.Clone()
	q := &storage.ContactQuestion{
		Kind: storage.QuestionMatch, ContactIDs: l.candidates, RemoteIDs: []string{l.remoteID}, Name: l.name, There: &there,
		Reason: storage.NewProblem("contacts.ask." + l.why),
	}
	old, err := r.questionLike(q)
	if err != nil {
		return err
	}
	if err := r.question(q); err != nil || old != nil {
		return err
	}
	r.side(false).Conflicts++
	return r.line("", l.name, storage.ItemConflict, q.Reason)
}
