package carddav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/vcard"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// fullFor is how long an account waits whose service has no room left: that is no card's fault.
const fullFor = 30 * time.Minute

// cardType is the type of what is written.
const cardType = "text/vcard; charset=utf-8"

// Create implements book.Book.
func (b *Book) Create(ctx context.Context, cards []book.New) ([]book.Receipt, error) {
	return b.each(ctx, len(cards), func(i int) (book.Entry, error) {
		n := cards[i]
		card := n.Card.Clone()
		card.Labels = b.labelled(card.Labels, b.label)
		var raw bytes.Buffer
		if err := vcard.Encode(&raw, vcard.New{UID: n.Key, Key: n.Key, Card: card}); err != nil {
			return book.Entry{}, err
		}
		return b.put(ctx, b.pathOf(n.Key), raw.Bytes(), http.Header{"If-None-Match": {"*"}})
	})
}

// labelled puts the account's label, as it is written there, to those of a card.
func (b *Book) labelled(labels []string, as string) []string {
	if b.label == "" || slices.ContainsFunc(labels, b.isLabel) {
		return labels
	}
	return append(slices.Clip(labels), as)
}

// isLabel reports whether a label is the account's.
func (b *Book) isLabel(label string) bool {
	return b.label != "" && storage.SearchKey(label) == storage.SearchKey(b.label)
}

// each makes the writes of a call, in their order, and reads what became of them. After one that does not concern its
// card alone none leaves any more.
func (b *Book) each(ctx context.Context, n int, write func(i int) (book.Entry, error)) ([]book.Receipt, error) {
	if err := b.find(ctx); err != nil {
		return nil, err
	}
	receipts := make([]book.Receipt, n)
	b.written, b.doubted = map[string]bool{}, false
	for i := range receipts {
		e, err := write(i)
		receipts[i].Entry = e
		if err == nil {
			continue
		}
		if receipts[i].Err = err; errors.Is(err, book.ErrChanged) {
			continue
		}
		failure := directory.Classify(err)
		receipts[i].Err, receipts[i].Answer = failure, failure.Answer
		if failure.Class == directory.Refused || failure.Class == directory.Gone {
			continue
		}
		kept := *failure
		if kept.Class == directory.Ambiguous { // of this one; the others stayed here
			kept.Class, kept.Sent = directory.Offline, false
		}
		for j := i + 1; j < n; j++ {
			receipts[j].Err = &kept
		}
		break
	}
	b.reread(ctx, receipts)
	return receipts, nil
}

// put writes a card and gives what stands there then, as far as the answer tells.
func (b *Book) put(ctx context.Context, path string, raw []byte, condition http.Header) (book.Entry, error) {
	condition.Set("Content-Type", cardType)
	answer, err := b.home.Send(ctx, http.MethodPut, path, raw, condition)
	if dav.IsStatus(err, dav.MayBeFull...) {
		err = b.doubt(ctx, err, len(raw))
	}
	if dav.IsStatus(err, http.StatusConflict) { // RFC 6352, 6.3.2.1: no-uid-conflict
		directory.Classify(err).Problem = storage.NewProblem(words+"conflict", "host", b.web.Host())
	}
	if err != nil {
		return book.Entry{}, told(err)
	}
	b.written[path] = true
	e, _ := b.entry(path, answer.Get("ETag"), raw)
	return e, nil
}

// trial is a list of nobody, which no reading of ours takes for a card.
const trial = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:diapason-essai\r\nN:Diapason;;;;\r\nFN:Diapason\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n%sEND:VCARD\r\n"

// doubt looks whose fault a failure is, once per call: it puts a trial of the size of what failed, in bytes, and takes it
// away again. When that is refused too no card is to blame, and it gives the error that makes the account wait.
func (b *Book) doubt(ctx context.Context, cause error, size int) error {
	if b.doubted {
		return cause
	}
	b.doubted = true
	const line = "X-DIAPASON-TRIAL:0123456789012345678901234567890123456789\r\n"
	path := b.pathOf("diapason-essai")
	_, err := b.home.Send(ctx, http.MethodPut, path, fmt.Appendf(nil, trial, strings.Repeat(line, size/len(line))),
		http.Header{"Content-Type": {cardType}})
	if dav.IsStatus(err, http.StatusInsufficientStorage) || dav.IsStatus(err, dav.MayBeFull...) {
		full := b.web.Wrong(directory.Throttled, err, "full", "host", b.web.Host())
		full.RetryAfter = fullFor
		return full
	}
	if err == nil {
		_, _ = b.home.Send(ctx, http.MethodDelete, path, nil, nil) // one that stays is replaced by the next
	}
	return cause
}

// told gives the error of one write in the words of the contract.
func told(err error) error {
	e := directory.Classify(err)
	switch {
	case e.Class == directory.Stale:
		return book.ErrChanged
	case dav.IsStatus(err, http.StatusInsufficientStorage):
		e.Class, e.RetryAfter = directory.Throttled, fullFor
	}
	return e
}

// reread reads what services made of what was written: many store it in another form, and some do not tell its version.
// Where that fails the writes stand all the same, without a version, and the next reading shows them.
func (b *Book) reread(ctx context.Context, receipts []book.Receipt) {
	stand := map[string]book.Entry{}
	if entries, _, err := b.cards(ctx, slices.Sorted(maps.Keys(b.written))); err == nil {
		for _, e := range entries {
			stand[e.ID] = e
		}
	}
	for i := range receipts {
		r := &receipts[i]
		if r.Err != nil || !b.written[r.Entry.ID] {
			continue
		}
		// Without a version it is ours only when it says what we wrote; else somebody was faster, and it is read as a change.
		e, ok := stand[r.Entry.ID]
		if ok && !e.Deleted && e.Fault == nil && (e.ETag == r.Entry.ETag || r.Entry.ETag == "" && same(&e.Card, &r.Entry.Card)) {
			r.Entry = e
		} else {
			r.Entry.ETag = ""
		}
	}
}

// same compares two cards, in whatever order their values stand.
func same(a, b *storage.Card) bool {
	return !slices.ContainsFunc(storage.CardFields(a, b), func(f storage.Field) bool {
		return !slices.Equal(slices.Sorted(slices.Values(a.Values(f))), slices.Sorted(slices.Values(b.Values(f))))
	})
}

// Update implements book.Book.
func (b *Book) Update(ctx context.Context, cards []book.Update) ([]book.Receipt, error) {
	return b.each(ctx, len(cards), func(i int) (book.Entry, error) {
		u := cards[i]
		raw, err := b.changed(&u)
		if err != nil {
			return book.Entry{}, err
		}
		if bytes.Equal(raw, u.Entry.Raw) {
			return u.Entry, nil
		}
		condition, err := b.condition(ctx, &u.Entry)
		if err != nil {
			return book.Entry{}, err
		}
		e, err := b.put(ctx, u.Entry.ID, raw, condition)
		return e, gone(err)
	})
}

// gone gives its class to the error of a card that is not there any more.
func gone(err error) error {
	if dav.IsStatus(err, http.StatusNotFound, http.StatusGone) {
		directory.Classify(err).Class = directory.Gone
	}
	return err
}

// changed gives a card's text with what differs. The account's label stays as it is there.
func (b *Book) changed(u *book.Update) ([]byte, error) {
	before, after := u.Entry.Card.Clone(), u.Card.Clone()
	if u.Entry.InScope && b.label != "" {
		there := vcard.Parse(u.Entry.Raw).Card.Labels
		if at := slices.IndexFunc(there, b.isLabel); at >= 0 {
			before.Labels, after.Labels = b.labelled(before.Labels, there[at]), b.labelled(after.Labels, there[at])
		}
	}
	raw, err := vcard.Merge(u.Entry.Raw, before, after)
	if err != nil || u.Key == "" || u.Key == u.Entry.Key {
		return raw, err
	}
	return vcard.Mark(raw, u.Key), nil
}

// condition lets a write through only when the card is the one that was read. A service that does not name versions
// exactly is asked just before.
func (b *Book) condition(ctx context.Context, e *book.Entry) (http.Header, error) {
	if exact(e.ETag) {
		return http.Header{"If-Match": {e.ETag}}, nil
	}
	now, _, err := b.card(ctx, e.ID)
	switch {
	case err != nil:
		return nil, err
	case now.Deleted, now.Fault == nil && e.Fault == nil && !bytes.Equal(lines(string(now.Raw)), lines(string(e.Raw))):
		return nil, book.ErrChanged
	}
	return http.Header{}, nil
}

// Delete implements book.Book. A card that is gone already is as it shall be.
func (b *Book) Delete(ctx context.Context, cards []book.Entry) ([]book.Receipt, error) {
	return b.each(ctx, len(cards), func(i int) (book.Entry, error) {
		done := book.Entry{ID: cards[i].ID, Deleted: true}
		condition, err := b.condition(ctx, &cards[i])
		if err == nil {
			if _, err = b.home.Send(ctx, http.MethodDelete, cards[i].ID, nil, condition); err == nil {
				return done, nil
			}
			err = gone(told(err))
		}
		if errors.Is(err, book.ErrChanged) || directory.Classify(err).Class == directory.Gone {
			now, _, failed := b.card(ctx, cards[i].ID) // some call a card that is gone changed
			if failed == nil && now.Deleted {
				return done, nil
			}
		}
		return book.Entry{}, err
	})
}
