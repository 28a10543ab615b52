package publication

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// Feeds gives the bodies that shall stand on the other side; package agenda has them.
type Feeds interface {
	// Body gives the present feed of a link, nil before its first rendering. Changed is called once Body gives the new
	// one, not before.
	Body(ctx context.Context, linkID string) (*feedserver.Body, error)
}

// OfficeParams are what an Office needs.
type OfficeParams struct {
	Store storage.Store
	Feeds Feeds
	Clock interface{ Now() time.Time }
	Log   *slog.Logger // nil: silent
	// Delay is how long a publication waits for more changes; 0 means DefaultDelay.
	Delay time.Duration
}

// DefaultDelay gathers what is changed one after the other into one upload.
const DefaultDelay = 10 * time.Second

// Office keeps what is to be published where, and gives the engine's lanes their errands. Its methods write to the disk:
// they may be called from any goroutine except the interface's.
type Office struct {
	p OfficeParams
}

// NewOffice makes an office; it runs nothing by itself.
func NewOffice(p OfficeParams) *Office {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Delay == 0 {
		p.Delay = DefaultDelay
	}
	return &Office{p: p}
}

// Publish has a link's feed stand on an account from now on, under a new name that nobody can guess. What is published
// there already stays as it is.
func (o *Office) Publish(ctx context.Context, linkID, accountID string) (*storage.Publication, error) {
	var p *storage.Publication
	err := o.p.Store.Update(ctx, func(w storage.Writer) error {
		link, err := w.FeedLink(linkID)
		if err != nil {
			return err
		}
		if !link.RevokedAt.IsZero() {
			return storage.NewProblem("publication.revoked", "link", link.Label)
		}
		account, err := w.Account(accountID)
		if err != nil {
			return err
		}
		if p, err = w.Publication(linkID, accountID); err == nil && !p.Leaving {
			return nil
		} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err != nil {
			p = &storage.Publication{LinkID: linkID, AccountID: accountID, Name: newName()}
		}
		p.Leaving, p.State, p.NotBefore, p.Attempt, p.Problem = false, storage.OpPending, time.Time{}, 0, nil
		p.PublicURL = PublicURL(account.Settings, p.Name)
		return w.PutPublication(p)
	})
	return p, err
}

// Withdraw has a link's feed taken away from an account.
func (o *Office) Withdraw(ctx context.Context, linkID, accountID string) error {
	return o.change(ctx, linkID, accountID, func(p *storage.Publication) {
		p.Leaving = true
		wake(p, time.Time{})
	})
}

// Again has a feed sent whatever is known of the other side, over what somebody else may have changed there.
func (o *Office) Again(ctx context.Context, linkID, accountID string) error {
	return o.change(ctx, linkID, accountID, func(p *storage.Publication) {
		p.Published = ""
		for uid, e := range p.Events {
			e.ETag = ""
			p.Events[uid] = e
		}
		wake(p, time.Time{})
	})
}

// Renew gives the published files of a link new names, because its token has changed; those of before are taken away
// once the new ones stand there.
func (o *Office) Renew(ctx context.Context, linkID string) error {
	return o.each(ctx, linkID, func(p *storage.Publication, account *storage.Account) bool {
		if len(p.Events) > 0 {
			return false // a calendar has no address to be kept secret
		}
		p.Former, p.Name, p.Published = append(p.Former, p.Name), newName(), ""
		p.PublicURL = PublicURL(account.Settings, p.Name)
		wake(p, time.Time{})
		return true
	})
}

// Changed tells that a link's feed has a new body, known by its hash: what is not published so already leaves after a
// short while, with what changes meanwhile.
func (o *Office) Changed(ctx context.Context, linkID, hash string) error {
	now := o.p.Clock.Now()
	return o.each(ctx, linkID, func(p *storage.Publication, _ *storage.Account) bool {
		if p.Leaving || p.Wanted == hash {
			return false
		}
		p.Wanted = hash
		wake(p, now.Add(o.p.Delay))
		return true
	})
}

// wake has a publication leave at a moment, or earlier when it would anyway. One that is under way goes on: what it
// finds changed at its end leaves after it.
func wake(p *storage.Publication, at time.Time) {
	switch p.State {
	case storage.OpInflight:
		return
	case storage.OpPending, storage.OpRetry:
		if !p.NotBefore.After(at) {
			return
		}
	}
	p.State, p.NotBefore = storage.OpPending, at
}

// change changes one publication.
func (o *Office) change(ctx context.Context, linkID, accountID string, f func(*storage.Publication)) error {
	return o.p.Store.Update(ctx, func(w storage.Writer) error {
		p, err := w.Publication(linkID, accountID)
		if err != nil {
			return err
		}
		f(p)
		return w.PutPublication(p)
	})
}

// each changes the publications of a link; f gives false to leave one as it is.
func (o *Office) each(ctx context.Context, linkID string, f func(*storage.Publication, *storage.Account) bool) error {
	changed := func(tx storage.Reader) (list []*storage.Publication, err error) {
		all, err := tx.Publications("")
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if p.LinkID != linkID {
				continue
			}
			account, err := tx.Account(p.AccountID)
			if err != nil {
				return nil, err
			}
			if f(p, account) {
				list = append(list, p)
			}
		}
		return list, nil
	}
	var list []*storage.Publication
	err := o.p.Store.View(ctx, func(tx storage.Reader) (err error) {
		list, err = changed(tx)
		return err
	})
	if err != nil || len(list) == 0 {
		return err // most links are published nowhere: nothing is written for them
	}
	return o.p.Store.Update(ctx, func(w storage.Writer) error {
		list, err := changed(w)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := w.PutPublication(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// newName makes a file name as hard to guess as a token: 160 bits.
func newName() string {
	raw := make([]byte, 20)
	rand.Read(raw) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)) + ".ics"
}

// Open makes what carries the publications of an account.
func (o *Office) Open(k Kind, a *storage.Account, secrets map[string]string) (*Courier, error) {
	target, err := k.Open(Params{Settings: a.Settings, Secrets: secrets})
	if err != nil {
		return nil, err
	}
	return &Courier{office: o, target: target, account: a.ID, settings: a.Settings}, nil
}

// Courier carries the publications of one account: the engine's lane calls it, one call at a time.
type Courier struct {
	office   *Office
	target   Target
	account  string
	settings map[string]string
}

// Test asks the other side whether it answers and accepts the account.
func (c *Courier) Test(ctx context.Context) error { return c.target.Test(ctx) }

// Confirm writes the key that the server shows now into the account's settings: a person has compared it.
func (c *Courier) Confirm(ctx context.Context, a *storage.Account) error {
	pinned, can := c.target.(Pinned)
	if !can {
		return nil
	}
	key, err := pinned.ServerKey(ctx)
	if err != nil {
		return err
	}
	a.Settings[SettingHostKey] = key
	return nil
}

// Hurry lets what a failure put off leave at once, but what waits for a decision. What stands there is read again where
// the account says now that it can be read.
func (c *Courier) Hurry(ctx context.Context) error {
	return c.office.p.Store.Update(ctx, func(w storage.Writer) error {
		all, err := w.Publications(c.account)
		if err != nil {
			return err
		}
		for _, p := range all {
			address := PublicURL(c.settings, p.Name)
			switch {
			case p.State == storage.OpRetry:
				p.NotBefore = time.Time{}
			case address == p.PublicURL:
				continue
			case p.State != storage.OpBlocked:
				wake(p, time.Time{})
			}
			p.PublicURL = address
			if err := w.PutPublication(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// longestWait bounds how long anything is ever put off: what waits longer was put off before the clock was set back.
const longestWait = 7 * time.Hour

// Next names the link whose publication is due, removals first.
func (c *Courier) Next(tx storage.Reader, now time.Time) (string, time.Duration, error) {
	wait := longestWait
	all, err := tx.Publications(c.account)
	if err != nil {
		return "", wait, err
	}
	leaving := make(map[string]bool, len(all))
	for _, p := range all {
		link, err := tx.FeedLink(p.LinkID)
		if err != nil {
			return "", wait, err
		}
		leaving[p.LinkID] = p.Leaving || !link.RevokedAt.IsZero()
	}
	slices.SortStableFunc(all, func(a, b *storage.Publication) int {
		switch {
		case leaving[a.LinkID] == leaving[b.LinkID]:
			return 0
		case leaving[a.LinkID]:
			return -1
		}
		return 1
	})
	for _, p := range all {
		revoked := leaving[p.LinkID] && !p.Leaving
		if !revoked && (p.State == "" || p.State == storage.OpBlocked || p.State == storage.OpDead) {
			continue
		}
		if d := p.NotBefore.Sub(now); d > 0 && d <= longestWait && !revoked {
			wait = min(wait, d)
			continue
		}
		return p.LinkID, 0, nil
	}
	return "", wait, nil
}
