package google

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

var (
	errCard    = errors.New("the card as it was read is not readable")
	errMissing = errors.New("the answer lacks the card")
)

// failed fills the receipts of cards that share a failure.
func failed(receipts []book.Receipt, err error, at ...int) {
	for _, i := range at {
		receipts[i] = book.Receipt{Err: err}
	}
}

// Create makes the cards, with their key and under the account's label. When a batch is refused, the cards that Google
// names are refused, and nothing is known of the others: whether it writes the rest of such a batch is not documented.
func (b *Book) Create(ctx context.Context, cards []book.New) ([]book.Receipt, error) {
	if err := b.needScope(ctx); err != nil {
		return nil, err
	}
	receipts := make([]book.Receipt, len(cards))
	var persons []map[string]any
	var at []int
	for i, card := range cards {
		body, err := b.newPerson(ctx, card)
		if err != nil {
			return nil, err
		}
		if body == nil {
			failed(receipts, wrong(directory.Refused, errors.New("nothing in the card"), "google.empty"), i)
			continue
		}
		persons, at = append(persons, body), append(at, i)
	}
	if len(persons) == 0 {
		return receipts, nil
	}
	made, err := b.create(ctx, persons)
	var said *refused
	if err != nil && len(persons) > 1 && errors.As(err, &said) && len(said.contacts) > 0 {
		b.blame(receipts, at, said, err)
		b.spare(ctx, receipts, func(i int) bool { return slices.Contains(at, i) })
		return receipts, nil
	}
	if err != nil {
		return nil, b.spared(ctx, err)
	}
	entries := make([]book.Entry, len(made))
	err = onAllProcessors(len(made), func(i int) error {
		if e, err := b.responded(made[i]); err == nil { // else its receipt says that nothing is known of it
			entries[i] = e
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	byKey := map[string]*book.Entry{}
	for i := range entries {
		byKey[entries[i].Key] = &entries[i]
	}
	for _, i := range at {
		if e := byKey[cards[i].Key]; e != nil && e.ID != "" {
			receipts[i] = book.Receipt{Entry: *e, Answer: "200"}
		} else {
			failed(receipts, wrong(directory.Ambiguous, errMissing, "google.unreadable"), i)
		}
	}
	return receipts, nil
}

// create makes the call; one card alone is a call that counts for less.
func (b *Book) create(ctx context.Context, persons []map[string]any) ([]response, error) {
	if len(persons) == 1 {
		var made json.RawMessage
		q := url.Values{"personFields": {readFields}, "sources": {contactSource}}
		_, err := b.call(ctx, request{method: http.MethodPost, path: "/v1/people:createContact", query: q, body: persons[0]}, &made)
		return []response{{Person: made}}, err
	}
	contacts := make([]map[string]any, len(persons))
	for i, p := range persons {
		contacts[i] = map[string]any{"contactPerson": p}
	}
	body := map[string]any{"contacts": contacts, "readMask": readFields, "sources": []string{contactSource}}
	var answer struct{ CreatedPeople []response }
	_, err := b.call(ctx, request{method: http.MethodPost, path: "/v1/people:batchCreateContacts", body: body}, &answer)
	return answer.CreatedPeople, err
}

// blame fills the receipts of a refused batch: those that are named are at fault, of the others nothing is known.
func (b *Book) blame(receipts []book.Receipt, at []int, said *refused, whole error) {
	unknown := wrong(directory.Ambiguous, whole, "google.unknown")
	failed(receipts, unknown, at...)
	for place, one := range said.contacts {
		if n, err := strconv.Atoi(place); err == nil && n >= 0 && n < len(at) {
			failed(receipts, one.classed(0), at[n])
		}
	}
}

// newPerson gives the body of a creation; nil when nothing is in the card.
func (b *Book) newPerson(ctx context.Context, card book.New) (map[string]any, error) {
	none, body := person{}, map[string]any{}
	for _, field := range ownFields {
		if values, changed, _ := none.change(field, &storage.Card{}, &card.Card); changed {
			body[field] = values
		}
	}
	if len(body) == 0 {
		return nil, nil
	}
	groups := []string{allContactsGroup}
	if b.labels.scope != "" {
		groups = append(groups, b.labels.scope)
	}
	groups, err := b.regrouped(ctx, groups, card.Card.Labels, nil)
	if err != nil {
		return nil, err
	}
	body["memberships"], body["clientData"] = memberships(groups), none.keyed(card.Key)
	return body, nil
}

// Update changes the cards, those that change in the same fields in one call. Each is written only over the card that
// was read.
func (b *Book) Update(ctx context.Context, cards []book.Update) ([]book.Receipt, error) {
	if err := b.needLabels(ctx); err != nil {
		return nil, err
	}
	receipts := make([]book.Receipt, len(cards))
	groups := map[string][]*change{}
	var masks []string
	for i, u := range cards {
		c, err := b.changeOf(ctx, u)
		var own *directory.Error
		switch {
		case errors.As(err, &own) && own.Class == directory.Refused:
			failed(receipts, err, i)
			continue
		case err != nil:
			return nil, err
		}
		receipts[i] = book.Receipt{Entry: u.Entry, Left: c.left}
		if c.at = i; len(c.mask) == 0 {
			continue
		}
		mask := strings.Join(c.mask, ",")
		if groups[mask] == nil {
			masks = append(masks, mask)
		}
		groups[mask] = append(groups[mask], c)
	}
	for n, mask := range masks {
		err := b.update(ctx, mask, groups[mask], receipts)
		if err == nil {
			continue
		}
		isTold := func(c *change) bool { return c.told }
		if n == 0 && len(masks) == 1 && !slices.ContainsFunc(groups[mask], isTold) {
			return nil, err
		}
		for _, rest := range masks[n:] { // written only over what was read: it does no harm to send them again
			for _, c := range groups[rest] {
				if !c.told {
					failed(receipts, err, c.at)
				}
			}
		}
		break
	}
	b.spare(ctx, receipts, func(i int) bool {
		in, out := labelsBetween(cards[i].Entry.Card.Labels, cards[i].Card.Labels)
		return len(in)+len(out) > 0
	})
	return receipts, nil
}

// update writes cards that change in the same fields. A refusal of one card is in its receipt; the error is one of all.
func (b *Book) update(ctx context.Context, mask string, changes []*change, receipts []book.Receipt) error {
	for part := range slices.Chunk(changes, writeMax) {
		answers, err := b.replace(ctx, mask, part)
		if told(err) {
			if err := b.isolate(ctx, mask, part, err, receipts); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		for _, c := range part {
			b.settle(c, answers[c.name], receipts)
		}
	}
	return nil
}

// told reports whether an error is about a card, and not about the account or the way to Google.
func told(err error) bool {
	var e *directory.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Class == directory.Refused || e.Class == directory.Stale || e.Class == directory.Gone
}

// settle fills the receipt of a card that was written.
func (b *Book) settle(c *change, answer response, receipts []book.Receipt) {
	c.told = true
	if answer.Person == nil && answer.Status.Code == 0 {
		failed(receipts, wrong(directory.Ambiguous, errMissing, "google.unreadable"), c.at)
		return
	}
	e, err := b.responded(answer)
	if err != nil {
		failed(receipts, err, c.at)
		return
	}
	receipts[c.at].Entry, receipts[c.at].Answer = e, "200"
}

// replace makes the call; one card alone is a call that counts for less.
func (b *Book) replace(ctx context.Context, mask string, changes []*change) (map[string]response, error) {
	if len(changes) == 1 {
		c := changes[0]
		q := url.Values{"updatePersonFields": {mask}, "personFields": {readFields}, "sources": {contactSource}}
		var now json.RawMessage
		_, err := b.call(ctx, request{method: http.MethodPatch, path: "/v1/" + c.name + ":updateContact", query: q, body: c.body}, &now)
		return map[string]response{c.name: {Person: now, RequestedResourceName: c.name}}, err
	}
	contacts := map[string]any{}
	for _, c := range changes {
		contacts[c.name] = c.body
	}
	body := map[string]any{"contacts": contacts, "updateMask": mask, "readMask": readFields, "sources": []string{contactSource}}
	var answer struct{ UpdateResult map[string]response }
	_, err := b.call(ctx, request{method: http.MethodPost, path: "/v1/people:batchUpdateContacts", body: body}, &answer)
	return answer.UpdateResult, err
}

// isolate finds who is at fault in a refused batch. What became of it is not documented, so the cards are read again:
// those that show what was wanted are written, those of another version have changed, the others are sent again in
// smaller batches.
func (b *Book) isolate(ctx context.Context, mask string, changes []*change, why error, receipts []book.Receipt) error {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.name
	}
	there, err := b.Get(ctx, names)
	if err != nil {
		return err
	}
	var again []*change
	for i, c := range changes {
		if i >= len(there) {
			failed(receipts, wrong(directory.Ambiguous, errMissing, "google.unreadable"), c.at)
			continue
		}
		c.told = there[i].Deleted || there[i].ETag != c.etag
		switch e := there[i]; {
		case e.Deleted:
			failed(receipts, (&refused{http: http.StatusNotFound}).classed(0), c.at)
		case e.ETag == c.etag:
			again = append(again, c)
		case c.done(e):
			receipts[c.at].Entry = e
		default:
			receipts[c.at] = book.Receipt{Entry: e, Err: book.ErrChanged}
		}
	}
	if len(again) == 0 {
		return nil
	}
	if len(again) < len(changes) {
		return b.update(ctx, mask, again, receipts)
	}
	return b.divide(ctx, mask, again, why, receipts)
}

// done reports whether a card shows what was to be written.
func (c *change) done(e book.Entry) bool {
	if c.key != "" && e.Key != c.key {
		return false
	}
	for _, field := range c.mask {
		if differs(field, &e.Card, &c.wanted) {
			return false
		}
	}
	in, out := labelsBetween(e.Card.Labels, c.wanted.Labels)
	return !slices.Contains(c.mask, "memberships") || len(in)+len(out) == 0
}

// divide settles a refused batch of which nothing was written.
func (b *Book) divide(ctx context.Context, mask string, changes []*change, why error, receipts []book.Receipt) error {
	if len(changes) == 1 {
		var said *refused
		if errors.As(why, &said) && said.stale { // what was read again is not yet what is there
			why = book.ErrChanged
		}
		changes[0].told = true
		failed(receipts, why, changes[0].at)
		return nil
	}
	var said *refused
	var good []*change
	if errors.As(why, &said) {
		for _, c := range changes {
			one := said.contacts[c.name]
			c.told = one != nil
			switch {
			case one == nil:
				good = append(good, c)
			case one.stale:
				failed(receipts, book.ErrChanged, c.at)
			default:
				failed(receipts, one.classed(0), c.at)
			}
		}
	}
	if len(good) < len(changes) && said != nil {
		return b.update(ctx, mask, good, receipts)
	}
	half := len(changes) / 2
	if err := b.update(ctx, mask, changes[:half], receipts); err != nil {
		return err
	}
	return b.update(ctx, mask, changes[half:], receipts)
}

// Delete removes the cards, whatever their version: the API knows no condition. They must have been read just before.
func (b *Book) Delete(ctx context.Context, cards []book.Entry) ([]book.Receipt, error) {
	receipts := make([]book.Receipt, len(cards))
	names := make([]string, len(cards))
	for i, e := range cards {
		names[i], receipts[i] = e.ID, book.Receipt{Entry: book.Entry{ID: e.ID, Deleted: true}, Answer: "200"}
	}
	for len(names) > 0 {
		err := b.delete(ctx, names)
		var e *directory.Error
		if !errors.As(err, &e) || e.Class != directory.Gone {
			if err != nil {
				return nil, err
			}
			return receipts, nil
		}
		left, err := b.remaining(ctx, names)
		if err != nil {
			return nil, err
		}
		if len(left) == len(names) {
			return nil, wrong(directory.Ambiguous, e, "google.unknown")
		}
		names = left
	}
	return receipts, nil
}

func (b *Book) delete(ctx context.Context, names []string) error {
	r := request{method: http.MethodPost, path: "/v1/people:batchDeleteContacts", body: map[string]any{"resourceNames": names}}
	if len(names) == 1 {
		r = request{method: http.MethodDelete, path: "/v1/" + names[0] + ":deleteContact"}
	}
	_, err := b.call(ctx, r, nil)
	return err
}

// remaining gives those of some cards that are still there.
func (b *Book) remaining(ctx context.Context, names []string) (left []string, err error) {
	for part := range slices.Chunk(names, getMax) {
		there, err := b.Get(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, e := range there {
			if !e.Deleted {
				left = append(left, e.ID)
			}
		}
	}
	return left, nil
}
