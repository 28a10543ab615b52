package agenda

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

const (
	// gather lets a burst of commits be rendered as one; with the rendering itself, a change is served within a second.
	gather = 100 * time.Millisecond
	// longestRest bounds the rest after a rendering.
	longestRest = 2 * time.Second
	// look is how often the date is looked at: windows move with it.
	look = 5 * time.Minute
	// noteReadings lets the readings of some seconds be written as one.
	noteReadings = 5 * time.Second
	// answered is how long the tokens that stopped working are answered as revoked; then they are unknown.
	answered = 30 * 24 * time.Hour
)

// touched is what commits touched since the last rendering.
type touched struct {
	reservations bool // or establishments
	agenda       bool // types, persons, resources, links: also a reading, which changes no feed
}

// keeper renders feeds when what they show changes. It belongs to one goroutine.
type keeper struct {
	a     *Agenda
	known string               // what the last rendering knew besides reservations
	day   storage.Date         // of the last rendering
	on    map[string]time.Time // hashes on the shelf; when they stop being answered, zero for never
	// settled is what the feeds tell of establishments, as it is kept.
	settled map[string]placeTold
}

// changed is told of each commit, on the committing goroutine.
func (a *Agenda) changed(c storage.Changes) {
	a.mu.Lock()
	a.touched.reservations = a.touched.reservations || c.All || len(c.Reservations) > 0 ||
		slices.ContainsFunc(c.Establishments, a.names)
	a.touched.agenda = a.touched.agenda || c.Agenda
	stale := a.touched != touched{}
	a.mu.Unlock()
	if stale {
		a.wake()
	}
}

// names reports whether feeds name an establishment; while they are being read anew, any may be. mu is held.
func (a *Agenda) names(id string) bool {
	_, named := a.places[id]
	return named || a.places == nil
}

func (a *Agenda) wake() {
	select {
	case a.stale <- struct{}{}:
	default: // it is awake already
	}
}

// keep renders until ctx ends. After each rendering it rests for as long as that took, so that a busy store leaves the
// machine its time.
func (k *keeper) keep(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	a := k.a
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.stale:
			if !pause(ctx, gather) {
				return
			}
		}
		begun := a.p.Clock.Now()
		err := k.refresh(ctx)
		if !pause(ctx, min(a.p.Clock.Now().Sub(begun), longestRest)) {
			return
		}
		if err != nil {
			a.p.Log.Error("feeds could not be rendered; the ones before are served", "error", err)
			if !pause(ctx, noteReadings) {
				return
			}
			a.wake()
		}
	}
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// refresh renders what may have changed. What commits touched is taken before the store is read: a commit meanwhile is
// rendered next.
func (k *keeper) refresh(ctx context.Context) error {
	a := k.a
	a.mu.Lock()
	what, places := a.touched, a.places
	a.touched, a.places = touched{}, nil
	a.mu.Unlock()
	now := a.now()
	day := storage.DateOf(now.In(a.zone))
	shown, err := k.render(ctx, now, what.reservations || day != k.day)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil { // so that nothing is forgotten
		a.touched.reservations = true
		return err
	}
	if a.places = places; shown != nil {
		a.places = shown
	}
	k.day = day
	return nil
}

// render renders every link, and gives the establishments that the feeds may name; nil when nothing that they show has
// changed.
func (k *keeper) render(ctx context.Context, now time.Time, whole bool) (map[string]storage.Row, error) {
	a := k.a
	s, known, err := k.read(ctx, now, whole)
	if err != nil {
		return nil, err
	}
	k.place(s.links, now)
	if s.reservations == nil {
		return nil, nil
	}
	raised, err := k.settle(ctx, s.places)
	if err == nil && raised {
		s, known, err = k.read(ctx, now, true)
	}
	if err != nil {
		return nil, err
	}
	told := map[string]Rendered{}
	for _, l := range s.links {
		if !l.RevokedAt.IsZero() {
			continue
		}
		plain, r, err := a.render(s, l, now)
		if err != nil {
			return nil, err
		}
		before, _ := a.shelf.Body(l.TokenHash)
		changed := before == nil || !bytes.Equal(before.Plain, plain)
		r.Modified = dated(before, changed, r.Modified, now)
		if changed {
			body, err := feedserver.NewBody(l.Label+".ics", plain, r.Modified)
			if err != nil {
				return nil, err
			}
			a.shelf.Put(l.TokenHash, body)
		}
		if a.publisher != nil {
			sum := sha256.Sum256(plain)
			if err := a.publisher.Changed(ctx, l.ID, hex.EncodeToString(sum[:])); err != nil {
				return nil, err
			}
		}
		told[l.ID] = r
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	a.mu.Lock()
	a.rendered = told
	a.mu.Unlock()
	k.known = known
	return s.places, nil
}

// dated gives when a feed last changed: as its reservations say, but never the date that another body of it had. One that
// was imported with the date of its file, or deleted, moves no date; who asks by the date alone would not see it.
func dated(before *feedserver.Body, changed bool, modified, now time.Time) time.Time {
	switch {
	case before == nil:
		return modified
	case !changed:
		return before.Modified
	case modified.After(before.Modified):
		return modified
	case now.Truncate(time.Second).After(before.Modified):
		return now.Truncate(time.Second)
	}
	return before.Modified.Add(time.Second)
}

// read reads what the links show: the reservations only when they, or the names beside them, have changed.
func (k *keeper) read(ctx context.Context, now time.Time, whole bool) (s *snapshot, known string, err error) {
	s = &snapshot{}
	err = k.a.p.Store.View(ctx, func(tx storage.Reader) error {
		if err := s.names(tx); err != nil {
			return err
		}
		raw, err := json.Marshal([]any{s.types, s.persons, s.resources, linksShown(s.links)})
		if err != nil {
			return err
		}
		known = string(raw)
		if !whole && known == k.known {
			return nil
		}
		back, ahead := 0, 0
		for _, l := range s.links {
			if l.RevokedAt.IsZero() {
				back, ahead = max(back, l.MonthsBack), max(ahead, l.MonthsAhead)
			}
		}
		from, to := k.a.window(now, back, ahead)
		if err := s.between(tx, from, to); err != nil {
			return err
		}
		if s.reservations == nil {
			s.reservations = []*storage.Reservation{}
		}
		return nil
	})
	return s, known, err
}

// linksShown gives the links without what their readers leave on them.
func linksShown(links []*storage.FeedLink) []*storage.FeedLink {
	shown := make([]*storage.FeedLink, len(links))
	for i, l := range links {
		c := *l
		c.Readings = nil
		shown[i] = &c
	}
	return shown
}

// place brings the tokens on the shelf into line with the links.
func (k *keeper) place(links []*storage.FeedLink, now time.Time) {
	shelf := k.a.shelf
	on := map[string]time.Time{}
	for _, l := range links {
		for _, f := range l.Former {
			on[f.Hash] = f.At.Add(answered)
		}
		on[l.TokenHash] = time.Time{}
		if !l.RevokedAt.IsZero() {
			on[l.TokenHash] = l.RevokedAt.Add(answered)
		}
	}
	for hash := range k.on {
		if _, known := on[hash]; !known {
			shelf.Forget(hash)
		}
	}
	for hash, until := range on {
		switch _, state := shelf.Body(hash); {
		case until.IsZero() && state != feedserver.Served:
			shelf.Put(hash, nil)
		case !until.IsZero() && now.After(until):
			shelf.Forget(hash)
		case !until.IsZero() && state != feedserver.Revoked:
			shelf.Revoke(hash)
		}
	}
	k.on = on
}

// note writes readings onto their links until ctx ends, and those of the last seconds then.
func (a *Agenda) note(ctx context.Context) {
	for {
		select {
		case <-a.shelf.Noticed():
			over := !pause(ctx, noteReadings)
			if err := a.writeReadings(context.WithoutCancel(ctx)); err != nil {
				a.p.Log.Error("readings of links could not be kept", "error", err)
			}
			if over {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (a *Agenda) writeReadings(ctx context.Context) error {
	readings := a.shelf.Readings()
	if len(readings) == 0 {
		return nil
	}
	return a.p.Store.Update(ctx, func(tx storage.Writer) error {
		for _, r := range readings {
			if strings.HasPrefix(r.Client, testAgent) {
				continue // our own test of the link
			}
			l, err := tx.FeedLinkByToken(r.TokenHash)
			if errors.Is(err, storage.ErrNotFound) {
				continue // deleted meanwhile
			}
			if err != nil {
				return err
			}
			l.Readings = slices.DeleteFunc(l.Readings, func(old storage.FeedReading) bool { return old.Client == r.Client })
			l.Readings = slices.Insert(l.Readings, 0, r.FeedReading)
			l.Readings = l.Readings[:min(len(l.Readings), storage.KeptReadings)]
			if err := tx.PutFeedLink(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// renderedOf tells what a link's feed held when it was last rendered.
func (a *Agenda) renderedOf(linkID string) Rendered {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rendered[linkID]
}

// Body gives the feed of a link as it is served, nil before its first rendering or when it is revoked: what a publication
// puts on the Internet.
func (a *Agenda) Body(ctx context.Context, linkID string) (*feedserver.Body, error) {
	var body *feedserver.Body
	err := a.p.Store.View(ctx, func(tx storage.Reader) error {
		l, err := tx.FeedLink(linkID)
		if err == nil {
			body, _ = a.shelf.Body(l.TokenHash)
		}
		return err
	})
	return body, err
}
