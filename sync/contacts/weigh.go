package contacts

import (
	"maps"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/merge"
)

// there is what a pass does to a card of the book, here what it does to a contact.
type (
	there string
	here  string
)

const (
	createThere there = "create"
	updateThere there = "update"
	deleteThere there = "delete"

	createHere  here = "create"
	updateHere  here = "update"
	trashHere   here = "trash"
	restoreHere here = "restore"
)

// Times of a pass.
const (
	// grace is how long a contact is in the trash before its card is deleted there.
	grace = 10 * time.Minute
	// settling is how long a card that we created may not be found there without anybody having deleted it.
	settling = time.Hour
	// tolerance is the least time between two changes of a field of which one was the last.
	tolerance = 2 * time.Second
	// clocksDiffer is the difference of the clocks from which times of the two sides are no longer compared.
	clocksDiffer = 5 * time.Minute
)

// codeNeverDelete says that an account deletes nothing there.
const codeNeverDelete = "contacts.neverDelete"

// rules are what weighing obeys: an account's settings, and what the pass knows of its clock.
type rules struct {
	fields      fieldmap.Params
	lacks       []storage.Field
	first       bool // a union: nothing is deleted
	neverDelete bool
	offset      time.Duration // of the book's clock, ahead of ours
	now         time.Time
}

// verdict is what a contact and a card come to.
type verdict struct {
	there there
	here  here
	send  storage.Card // what the book shall show
	// wanted is what the contact says afterwards, in the book's types; keep the contact afterwards, nil when it stays.
	wanted storage.Card
	keep   *storage.Contact
	// link tells that the two are in tune once all is done; unlink that nothing is there any more; leave that they are no
	// longer kept in tune though both stand.
	link, unlink, leave bool
	cards               *merge.Cards
	plan                merge.CardPlan
	reason              *storage.Problem
	fetch               bool // the card is to be read before anything can be said
	later               bool // not now: the next pass looks again
}

// weigh says what is to be done about a contact, its link and its card; each may be nil. asked tells that the card was read
// by its name; decided holds the fields that a person was asked about, with the side chosen. It changes nothing.
func (r *rules) weigh(
	c *storage.Contact, l *storage.ContactLink, e *book.Entry, asked bool, decided map[storage.Field]merge.Side,
) verdict {
	switch {
	case e != nil && e.Fault != nil:
		return verdict{later: true, reason: e.Fault}
	case c == nil && (e == nil || e.Deleted || !e.InScope):
		return verdict{}
	case c == nil:
		return r.taken(e)
	case l == nil && (e == nil || e.Deleted):
		return r.fresh(c)
	case e == nil:
		return r.unread(c, l, answered(decided))
	case e.Deleted:
		return r.gone(c, l, asked)
	case !e.InScope:
		return verdict{leave: l == nil || l.LeftAt.IsZero(), reason: storage.NewProblem("contacts.left")}
	case !c.TrashedAt.IsZero():
		return r.trashed(c, l, e, decided)
	}
	return r.merged(c, l, e, decided)
}

// out gives what the book shall show of a contact, as far as it can.
func (r *rules) out(c *storage.Card) storage.Card {
	card := fieldmap.Out(c, r.fields.Map)
	for _, f := range storage.CardFields(&card) {
		if family, _ := f.Family(); slices.Contains(r.lacks, family) {
			card.SetValues(f, nil)
		}
	}
	return card
}

// fresh is a contact without a card there.
func (r *rules) fresh(c *storage.Contact) verdict {
	card := r.out(&c.Card)
	if !c.TrashedAt.IsZero() || len(storage.CardFields(&card)) == 0 {
		return verdict{}
	}
	return verdict{there: createThere, send: card, wanted: card, link: true}
}

// taken is a card of somebody new.
func (r *rules) taken(e *book.Entry) verdict {
	keep := &storage.Contact{}
	var all []merge.Delta
	for _, f := range storage.CardFields(&e.Card) {
		all = append(all, merge.Delta{Field: f, Added: e.Card.Values(f)})
	}
	if !fieldmap.In(&keep.Card, &e.Card, all, r.fields) {
		return verdict{reason: storage.NewProblem("contacts.empty")}
	}
	wanted := r.out(&keep.Card)
	return verdict{
		here: createHere, keep: keep, wanted: wanted, send: e.Card, link: true,
		cards: &merge.Cards{First: true, Here: wanted, There: e.Card, Region: r.fields.Region},
	}
}

// unread is a link whose card this pass has not read.
func (r *rules) unread(c *storage.Contact, l *storage.ContactLink, answered bool) verdict {
	card := r.out(&c.Card)
	switch trashed := !c.TrashedAt.IsZero(); {
	case trashed && !l.LeftAt.IsZero():
		return verdict{}
	case trashed && r.neverDelete:
		return verdict{leave: true, reason: storage.NewProblem(codeNeverDelete)}
	case trashed && (r.first || r.inGrace(c)):
		return verdict{later: true}
	}
	fetch := answered || !c.TrashedAt.IsZero() || !l.LeftAt.IsZero() || l.SyncedAt.IsZero() || !r.same(&card, &l.Ours)
	return verdict{fetch: fetch}
}

func (r *rules) inGrace(c *storage.Contact) bool {
	ago := r.now.Sub(c.TrashedAt)
	return ago >= 0 && ago < grace
}

// gone is a card that was deleted there. asked tells that the book did not say so by itself.
func (r *rules) gone(c *storage.Contact, l *storage.ContactLink, asked bool) verdict {
	card := r.out(&c.Card)
	switch ago := r.now.Sub(l.CreatedHere); {
	case asked && !l.CreatedHere.IsZero() && ago >= 0 && ago < settling, r.first:
		return verdict{later: true}
	case !c.TrashedAt.IsZero():
		return verdict{unlink: true}
	case !l.LeftAt.IsZero():
		return verdict{unlink: true}
	case !r.same(&card, &l.Ours) || editedAfter(c, l.SyncedAt):
		v := r.fresh(c)
		v.reason = storage.NewProblem("contacts.editBeatsDeletion")
		v.unlink = v.there == ""
		return v
	}
	keep := c.Clone()
	keep.TrashedAt = r.now
	return verdict{here: trashHere, keep: keep, unlink: true, reason: storage.NewProblem("contacts.deletedThere")}
}

// editedAfter reports whether a person changed a contact after a moment, be it in a field that does not travel.
func editedAfter(c *storage.Contact, t time.Time) bool {
	for _, change := range c.Changed {
		if change.By == storage.ActorUser && change.At.After(t) {
			return true
		}
	}
	return false
}

// trashed is a contact of the trash whose card stands there.
func (r *rules) trashed(
	c *storage.Contact, l *storage.ContactLink, e *book.Entry, decided map[storage.Field]merge.Side,
) verdict {
	switch {
	case l == nil:
		return verdict{leave: true, reason: storage.NewProblem("contacts.inTrash")}
	case !l.LeftAt.IsZero():
		return verdict{}
	case r.neverDelete:
		return verdict{leave: true, reason: storage.NewProblem(codeNeverDelete)}
	case r.first || r.inGrace(c):
		return verdict{later: true}
	case !r.same(&e.Card, &l.Theirs):
		back := c.Clone()
		back.TrashedAt, back.MergedInto = time.Time{}, ""
		v := r.merged(back, l, e, decided)
		if v.keep == nil {
			v.keep = back
		}
		v.here, v.reason = restoreHere, storage.NewProblem("contacts.editBeatsTrash")
		return v
	}
	return verdict{there: deleteThere, unlink: true}
}

// merged is a contact and its card.
func (r *rules) merged(
	c *storage.Contact, l *storage.ContactLink, e *book.Entry, decided map[storage.Field]merge.Side,
) verdict {
	if l != nil && e.ETag != "" && !l.RemoteAt.IsZero() && e.At.Before(l.RemoteAt) && !e.At.IsZero() && e.ETag != l.ETag {
		return verdict{later: true} // a reading of before our own writing
	}
	cards := &merge.Cards{
		First: r.first || l == nil || l.SyncedAt.IsZero(), Here: r.out(&c.Card), There: e.Card,
		OneWay: r.fields.OneWay(&e.Card), Tolerance: tolerance, Decided: decided, Region: r.fields.Region,
	}
	if l != nil {
		cards.Ours, cards.Theirs, cards.Frozen = l.Ours, l.Theirs, l.Frozen
	}
	if at := r.madeAt(e); !at.IsZero() {
		cards.ThereAt = at
		cards.HereAt = func(f storage.Field) time.Time {
			if _, asked := decided[f]; asked {
				return time.Time{} // a person was asked: clocks do not answer for them
			}
			return r.changedAt(c, f)
		}
	}
	v := verdict{plan: cards.Plan(), cards: cards, link: true}
	keep := c.Clone()
	if fieldmap.In(&keep.Card, &e.Card, v.plan.Received, r.fields) {
		v.here, v.keep = updateHere, keep
	}
	v.send, v.wanted = v.plan.Send, r.out(&keep.Card)
	if len(v.plan.Sent) > 0 {
		v.there = updateThere
	}
	return v
}

// madeAt gives when a card was last changed there, by our clock; zero when that cannot be told.
func (r *rules) madeAt(e *book.Entry) time.Time {
	if e == nil || e.At.IsZero() || r.offset.Abs() > clocksDiffer {
		return time.Time{}
	}
	return e.At.Add(-r.offset)
}

// changedAt gives when the contact's side of a field of the book was last changed.
func (r *rules) changedAt(c *storage.Contact, theirs storage.Field) time.Time {
	at := c.Changed[theirs].At
	for _, row := range r.fields.Map.Rows {
		if row.Theirs == theirs && c.Changed[row.Ours].At.After(at) {
			at = c.Changed[row.Ours].At
		}
	}
	return at
}

// same reports whether two cards of the book say the same, whatever the writing.
func (r *rules) same(a, b *storage.Card) bool {
	return len(r.differing(a, b)) == 0
}

// differing lists the fields in which two cards of the book differ by more than their writing.
func (r *rules) differing(a, b *storage.Card) []storage.Field {
	var fields []storage.Field
	for _, f := range storage.CardFields(a, b) {
		if !slices.Equal(r.keys(f, a), r.keys(f, b)) {
			fields = append(fields, f)
		}
	}
	return fields
}

func (r *rules) keys(f storage.Field, c *storage.Card) []string {
	values := c.Values(f)
	for i, s := range values {
		values[i] = f.ValueKey(s, r.fields.Region)
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// linkOf gives the link to keep once a verdict was carried out; card is the card as it stands there now.
func (v *verdict) linkOf(old *storage.ContactLink, contactID, accountID string, e *book.Entry, now time.Time) *storage.ContactLink {
	l := &storage.ContactLink{ContactID: contactID, AccountID: accountID}
	if old != nil {
		*l = *old
	}
	l.RemoteID, l.ETag, l.RemoteAt, l.SyncedAt = e.ID, e.ETag, e.At, now
	l.MissingSince, l.LeftAt = time.Time{}, time.Time{}
	l.Ours, l.Theirs = v.wanted.Clone(), e.Card.Clone()
	if v.cards != nil {
		l.Ours, l.Theirs = v.cards.Bases(v.plan, v.wanted, e.Card)
		v.turn(l, now)
	}
	return l
}

// turn notes on a link which side wrote which fields, and freezes those that change hands for ever. One that a person has
// decided about begins anew.
func (v *verdict) turn(l *storage.ContactLink, now time.Time) {
	if v.cards.First { // a union is no fight
		return
	}
	l.Frozen = slices.Clone(l.Frozen)
	pass := func(deltas []merge.Delta, theirs bool) {
		for _, d := range deltas {
			if v.cards.Decided[d.Field] != merge.SideNone || v.cards.OneWay(d.Field) {
				continue
			}
			var endless bool
			if l.Turns, endless = merge.Turn(l.Turns, d.Field, theirs, now); endless && !slices.Contains(l.Frozen, d.Field) {
				l.Frozen = append(l.Frozen, d.Field)
			}
		}
	}
	pass(v.plan.Received, true)
	pass(v.plan.Sent, false)
	l.Turns = maps.Clone(l.Turns)
	for f, side := range v.cards.Decided {
		if side != merge.SideNone {
			delete(l.Turns, f)
			l.Frozen = slices.DeleteFunc(l.Frozen, func(other storage.Field) bool { return other == f })
		}
	}
}

// answered reports whether a person has decided about a field.
func answered(decided map[storage.Field]merge.Side) bool {
	for _, side := range decided {
		if side != merge.SideNone {
			return true
		}
	}
	return false
}
