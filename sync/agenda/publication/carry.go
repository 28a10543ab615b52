package publication

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/directory"
)

// Waits between tries of what will not go better at once.
const (
	// refusedFor is the first wait after a refusal (a full disk, a folder without rights); each that follows doubles it,
	// up to refusedMost. A new body is sent at once all the same.
	refusedFor  = 5 * time.Minute
	refusedMost = 6 * time.Hour
	// verifyTries is how many times a public address that does not show what was sent is read again.
	verifyTries = 8
	// rendering is how long a feed that was not rendered since the start of the program is waited for.
	rendering = time.Second
)

// errand is one publication on its way, as it was when it left.
type errand struct {
	p       *storage.Publication
	link    *storage.FeedLink
	leaving bool
	body    []byte
	hash    string
	sent    bool // the body did not stand there yet
}

// Carry brings a link's publication about: what shall stand there is put or taken away, and read at its public address.
func (c *Courier) Carry(
	ctx context.Context, linkID string, backoff func(int) time.Duration,
) (*directory.Error, error) {
	e, err := c.prepare(ctx, linkID, backoff)
	if err != nil || e == nil {
		return nil, err
	}
	if e.leaving {
		return c.takeAway(ctx, e, backoff)
	}
	if e.sent {
		failure, err := c.send(ctx, e, backoff)
		if err != nil || failure != nil {
			return failure, err
		}
	}
	return nil, c.verify(ctx, e, backoff)
}

// prepare reads what is to be done and keeps that it is under way. Nil when there is nothing to do, or not yet.
func (c *Courier) prepare(ctx context.Context, linkID string, backoff func(int) time.Duration) (*errand, error) {
	e := &errand{}
	err := c.office.p.Store.View(ctx, func(tx storage.Reader) (err error) {
		if e.link, err = tx.FeedLink(linkID); err != nil {
			return err
		}
		e.p, err = tx.Publication(linkID, c.account)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil // withdrawn meanwhile
	}
	if err != nil {
		return nil, err
	}
	e.leaving = e.p.Leaving || !e.link.RevokedAt.IsZero()
	if !e.leaving {
		body, err := c.office.p.Feeds.Body(ctx, linkID)
		if err == nil && body == nil {
			return nil, c.keep(ctx, linkID, func(p *storage.Publication) { p.NotBefore = c.now().Add(rendering) })
		}
		if err != nil {
			c.office.p.Log.Error("feed to publish not made", "link", linkID, "error", err)
			return nil, c.keep(ctx, linkID, func(p *storage.Publication) {
				p.Attempt++
				p.State, p.NotBefore = storage.OpRetry, c.now().Add(backoff(p.Attempt))
				p.Problem = storage.NewProblem("publication.noFeed")
			})
		}
		e.body, e.hash = body.Plain, Hash(body.Plain)
		if e.sent = e.p.Published != e.hash || len(e.p.Former) > 0; !e.sent {
			return e, nil
		}
	}
	before := e.p.Wanted
	return e, c.keep(ctx, linkID, func(p *storage.Publication) {
		p.State, p.Attempt, p.NotBefore = storage.OpInflight, p.Attempt+1, time.Time{}
		p.Leaving = p.Leaving || e.leaving
		if p.Wanted == before { // else a newer body came since this one was taken: it leaves next
			p.Wanted = e.hash
		}
		p.Published = "" // what stands there is not known until the answer
		p.PublicURL = PublicURL(c.settings, p.Name)
		known := *p
		known.Wanted = e.hash
		e.p = &known
	})
}

func (c *Courier) now() time.Time { return c.office.p.Clock.Now() }

// keep changes the publication as it is now. It outlives the end of the call that it tells the outcome of.
func (c *Courier) keep(ctx context.Context, linkID string, f func(*storage.Publication)) error {
	return c.conclude(ctx, linkID, nil, func(_ storage.Writer, p *storage.Publication) (bool, error) {
		f(p)
		return true, nil
	})
}

// conclude changes or, when f gives false, forgets a publication, with a line in the journal.
func (c *Courier) conclude(
	ctx context.Context, linkID string, entry *storage.JournalEntry,
	f func(storage.Writer, *storage.Publication) (stays bool, err error),
) error {
	err := c.office.p.Store.Update(context.WithoutCancel(ctx), func(w storage.Writer) error {
		p, err := w.Publication(linkID, c.account)
		if err != nil {
			return err
		}
		stays, err := f(w, p)
		if err != nil {
			return err
		}
		if entry != nil {
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			entry.ID, entry.At, entry.AccountID = id.String(), c.now(), c.account
			if err := w.AppendJournal(entry.Masked()); err != nil {
				return err
			}
		}
		if !stays {
			return w.DeletePublication(linkID, c.account)
		}
		return w.PutPublication(p)
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil // the link or the account is gone
	}
	return err
}

// send puts the body there, takes away what stood there under former names, and keeps the outcome.
func (c *Courier) send(ctx context.Context, e *errand, backoff func(int) time.Duration) (*directory.Error, error) {
	events, ours, err := c.put(ctx, e)
	if ours != nil {
		return nil, ours
	}
	var failure *directory.Error
	if err != nil {
		failure = directory.Classify(err)
	}
	entry := c.entry(e, storage.JournalPublish, failure)
	return failure, c.conclude(ctx, e.link.ID, entry, func(_ storage.Writer, p *storage.Publication) (bool, error) {
		p.Events = events
		now := c.now()
		if failure != nil && failure.Class != directory.Stale {
			c.failed(p, failure, backoff)
			return true, nil
		}
		// Everything that is ours to put stands there, also when something of somebody else's does too.
		p.Published, p.PublishedAt, p.Attempt, p.NotBefore, p.Problem = e.hash, now, 0, time.Time{}, nil
		p.Former = p.Former[min(len(e.p.Former), len(p.Former)):]
		p.State = ""
		if failure != nil {
			p.State, p.Problem = storage.OpBlocked, failure.Problem
		}
		address := PublicURL(c.settings, p.Name)
		if p.Wanted != e.hash || len(p.Former) > 0 || p.Leaving || failure == nil && address != "" {
			p.State = storage.OpPending // changed while it was on its way, or to be read at its address
		}
		return true, nil
	})
}

// put makes the call, or calls, that the kind of target needs. Ours is a failure to keep on our own disk what is known.
func (c *Courier) put(ctx context.Context, e *errand) (events Events, ours, err error) {
	if target, byEvent := c.target.(ByEvent); byEvent {
		events, err = target.PutEvents(ctx, e.p.Name, e.p.Events, e.body, func(known Events) error {
			ours = c.keep(ctx, e.link.ID, func(p *storage.Publication) { p.Events = maps.Clone(known) })
			return ours
		})
		return events, ours, err
	}
	target := c.target.(Files)
	if err := target.Put(ctx, e.p.Name, e.body); err != nil {
		return nil, nil, err
	}
	for _, name := range e.p.Former {
		if err := target.Remove(ctx, name); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, nil
}

// failed keeps what a failed call means for a publication.
func (c *Courier) failed(p *storage.Publication, failure *directory.Error, backoff func(int) time.Duration) {
	p.Problem = failure.Problem
	switch failure.Class {
	case directory.Throttled, directory.Offline, directory.Auth:
		p.Attempt-- // the lane waits, for a while or for the user
		p.State = storage.OpPending
	case directory.Refused, directory.Gone:
		wait := refusedMost
		if p.Attempt < 10 {
			wait = min(wait, refusedFor<<max(p.Attempt-1, 0))
		}
		p.State, p.NotBefore = storage.OpRetry, c.now().Add(wait)
	default:
		p.State, p.NotBefore = storage.OpRetry, c.now().Add(backoff(p.Attempt))
	}
}

// takeAway removes what was published, and forgets the publication.
func (c *Courier) takeAway(ctx context.Context, e *errand, backoff func(int) time.Duration) (*directory.Error, error) {
	events, err := c.remove(ctx, e)
	var failure *directory.Error
	if err != nil {
		failure = directory.Classify(err)
	}
	entry := c.entry(e, storage.JournalUnpublish, failure)
	return failure, c.conclude(ctx, e.link.ID, entry, func(_ storage.Writer, p *storage.Publication) (bool, error) {
		p.Events = events
		switch {
		case failure == nil:
			return !p.Leaving, nil
		case failure.Class == directory.Stale:
			p.State, p.Problem = storage.OpBlocked, failure.Problem
		default:
			c.failed(p, failure, backoff)
		}
		return true, nil
	})
}

func (c *Courier) remove(ctx context.Context, e *errand) (Events, error) {
	if target, byEvent := c.target.(ByEvent); byEvent {
		return target.RemoveEvents(ctx, e.p.Events)
	}
	for _, name := range append([]string{e.p.Name}, e.p.Former...) {
		if err := c.target.(Files).Remove(ctx, name); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// entry gives the line of the journal for an outcome; nil for a failure that says the same as the one before.
func (c *Courier) entry(e *errand, action storage.JournalAction, failure *directory.Error) *storage.JournalEntry {
	entry := &storage.JournalEntry{Actor: storage.ActorScheduler, Action: action, Name: e.link.Label}
	if failure == nil {
		return entry
	}
	if p := e.p.Problem; p != nil && p.Code == failure.Problem.Code {
		return nil
	}
	entry.Action, entry.Reason, entry.RequestID = storage.JournalPublishFailed, failure.Problem, failure.RequestID
	if action == storage.JournalUnpublish {
		entry.Action = storage.JournalUnpublishFailed
	}
	if code, text, ok := strings.Cut(failure.Answer, " "); ok {
		if status, err := strconv.Atoi(code); err == nil {
			entry.Answer = &storage.Answer{Status: status, Text: text}
		}
	}
	return entry
}

// verify reads the public address, when there is one, until it shows what was sent. What it shows is no failure of the
// account: it is kept with the publication.
func (c *Courier) verify(ctx context.Context, e *errand, backoff func(int) time.Duration) error {
	var problem *storage.Problem
	address := PublicURL(c.settings, e.p.Name)
	checked := address != ""
	if checked {
		if err := Verify(ctx, address, e.body); err != nil {
			problem = directory.Classify(err).Problem
		}
	}
	if !checked && e.sent {
		return nil
	}
	return c.keep(ctx, e.link.ID, func(p *storage.Publication) {
		if p.Wanted != e.p.Wanted || p.Published != e.hash || p.Leaving || p.State == storage.OpBlocked {
			return // changed meanwhile: what leaves next is looked at; or the user must decide first
		}
		p.Wanted, p.PublicURL = e.hash, address
		p.State, p.NotBefore, p.Problem = "", time.Time{}, problem
		switch {
		case problem == nil && checked:
			p.Attempt, p.VerifiedAt = 0, c.now()
		case problem != nil && p.Attempt < verifyTries:
			p.Attempt++
			p.State, p.NotBefore = storage.OpRetry, c.now().Add(max(backoff(p.Attempt+3), time.Minute))
		default:
			p.Attempt = 0
		}
	})
}
