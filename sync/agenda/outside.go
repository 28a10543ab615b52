package agenda

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	stdsync "sync"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/agenda/subscription"
)

// OutsideFeed is the calendar of somebody else that is read on a schedule, with what is known of it.
type OutsideFeed struct {
	*storage.OutsideFeed
	Reservations int // that were read from it and are kept
}

// outsideName is under which the address of an outside feed is kept.
func outsideName(feedID string) string { return "outside/" + feedID }

// outsideColors are given to outside feeds in turn: dark enough for white text, apart from those of the starting types.
var outsideColors = []string{"#B3261E", "#00658B", "#7A4D9F", "#2E6B2E", "#8A5300", "#5D5F5F"}

// outsideSlice is how many reservations of an outside feed one transaction writes.
const outsideSlice = 200

// outside is what the reading of outside feeds needs.
type outside struct {
	client *subscription.Client
	poked  chan struct{}

	mu   stdsync.Mutex
	busy map[string]*turn // by feed: only one works on it at a time
}

// turn is the work on one feed.
type turn struct {
	cancel context.CancelFunc // nil of what a person does: it is done to its end
	done   chan struct{}
}

func newOutside() *outside {
	return &outside{
		client: subscription.NewClient(subscription.Params{}), poked: make(chan struct{}, 1), busy: map[string]*turn{},
	}
}

func (o *outside) poke() {
	select {
	case o.poked <- struct{}{}:
	default: // it looks already
	}
}

// take waits until nobody else works on a feed. What a person does to it ends a reading that is under way, whose context
// ends; it waits for no service.
func (o *outside) take(ctx context.Context, feedID string, reading bool) (context.Context, func(), error) {
	for {
		o.mu.Lock()
		other := o.busy[feedID]
		if other == nil {
			break
		}
		o.mu.Unlock()
		if !reading && other.cancel != nil {
			other.cancel()
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	defer o.mu.Unlock()
	run, cancel := context.WithCancel(ctx)
	mine := &turn{done: make(chan struct{})}
	if reading {
		mine.cancel = cancel
	}
	o.busy[feedID] = mine
	return run, func() {
		cancel()
		o.mu.Lock()
		delete(o.busy, feedID)
		o.mu.Unlock()
		close(mine.done)
	}, nil
}

// OutsideFeeds gives the outside feeds, in the order of their names.
func (a *Agenda) OutsideFeeds(ctx context.Context) ([]OutsideFeed, error) {
	var all []OutsideFeed
	err := a.p.Store.View(ctx, func(tx storage.Reader) error {
		feeds, err := tx.OutsideFeeds()
		if err != nil {
			return err
		}
		for _, f := range feeds {
			uses, err := tx.Uses(storage.ReferentOutsideFeed, f.ID)
			if err != nil {
				return err
			}
			all = append(all, OutsideFeed{f, uses.Reservations})
		}
		return nil
	})
	slices.SortStableFunc(all, func(x, y OutsideFeed) int {
		return cmp.Compare(storage.SearchKey(x.Name), storage.SearchKey(y.Name))
	})
	return all, err
}

// AddOutsideFeed keeps a new outside feed; it is read at once when the agenda is started. The address is what the service
// gives, kept as a secret. What is left open is filled in: how often it is read, and a colour of its own.
func (a *Agenda) AddOutsideFeed(ctx context.Context, f *storage.OutsideFeed, address string) error {
	at, err := subscription.ParseAddress(address)
	if err != nil {
		return inWords(err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	fresh := &storage.OutsideFeed{
		ID: id.String(), Name: f.Name, Host: subscription.Host(at), EstablishmentID: f.EstablishmentID, ResourceID: f.ResourceID,
		TypeID: f.TypeID, Color: f.Color, Every: cmp.Or(f.Every, storage.DefaultOutsideEvery), Enabled: true, NextRead: a.now(),
	}
	if err := a.setAddress(ctx, fresh.ID, at); err != nil {
		return err
	}
	err = a.write(ctx, func(tx storage.Writer) error {
		others, err := tx.OutsideFeeds()
		if err != nil {
			return err
		}
		if fresh.Color == "" {
			fresh.Color = outsideColors[len(others)%len(outsideColors)]
		}
		return tx.PutOutsideFeed(fresh)
	})
	if err != nil {
		a.forgetAddress(context.WithoutCancel(ctx), fresh.ID)
		return err
	}
	*f = *fresh
	a.outside.poke()
	return nil
}

func (a *Agenda) setAddress(ctx context.Context, feedID string, at *url.URL) error {
	if err := a.p.Secrets.Set(ctx, outsideName(feedID), at.String()); err != nil {
		return storage.Problems{storage.NewProblem("outsideFeed.secret").Because(err)}
	}
	return nil
}

func (a *Agenda) forgetAddress(ctx context.Context, feedID string) {
	if err := a.p.Secrets.Delete(ctx, outsideName(feedID)); err != nil && !errors.Is(err, storage.ErrNotFound) {
		a.p.Log.Warn("the address of an outside calendar could not be removed", "feed", feedID, "error", err)
	}
}

// ChangeOutsideFeed changes the name, the colour, the frequency and the place of an outside feed, and whether it is read;
// what was read from it moves along. The address stays when it is empty. What a reading keeps on the feed stays as it is.
func (a *Agenda) ChangeOutsideFeed(ctx context.Context, f *storage.OutsideFeed, address string) error {
	run, leave, err := a.outside.take(ctx, f.ID, false)
	if err != nil {
		return err
	}
	defer leave()
	var at *url.URL
	if address != "" {
		if at, err = subscription.ParseAddress(address); err != nil {
			return inWords(err)
		}
	}
	var kept *storage.OutsideFeed
	err = a.write(run, func(tx storage.Writer) (err error) {
		if kept, err = tx.OutsideFeed(f.ID); err != nil {
			return err
		}
		a.change(kept, f, at)
		return tx.PutOutsideFeed(kept)
	})
	if err != nil {
		return err
	}
	if at != nil {
		if err := a.setAddress(run, f.ID, at); err != nil {
			return err
		}
	}
	*f = *kept
	a.outside.poke()
	return a.moveOutside(run, kept)
}

// change takes over what a person changed of a feed.
func (a *Agenda) change(kept, f *storage.OutsideFeed, at *url.URL) {
	kept.Name, kept.Color, kept.Every = f.Name, f.Color, f.Every
	kept.TypeID, kept.EstablishmentID, kept.ResourceID = f.TypeID, f.EstablishmentID, f.ResourceID
	now := a.now()
	if next := now.Add(f.Every); kept.NextRead.After(next) {
		kept.NextRead = next
	}
	if at != nil {
		kept.Host, kept.ETag, kept.LastModified, kept.Hash = subscription.Host(at), "", "", ""
		kept.Failures, kept.Problem, kept.Doubt = 0, nil, nil
	}
	if at != nil || f.Enabled && !kept.Enabled {
		kept.NextRead = now
	}
	kept.Enabled = f.Enabled
}

// moveOutside puts what was read from a feed where the feed is now.
func (a *Agenda) moveOutside(ctx context.Context, f *storage.OutsideFeed) error {
	return a.eachOutside(ctx, f.ID, func(tx storage.Writer, r *storage.Reservation) error {
		moved := r.Clone()
		placeOutside(moved, f)
		return a.WriteReservation(tx, r, moved, Cause{Actor: storage.ActorUser})
	})
}

// placeOutside puts a reservation under the type, the establishment and the resource of its feed.
func placeOutside(r *storage.Reservation, f *storage.OutsideFeed) {
	r.TypeID, r.OutsideFeedID = f.TypeID, f.ID
	r.EstablishmentID, r.ResourceID = f.EstablishmentID, f.ResourceID
	for i := range r.Overrides {
		r.Overrides[i].EstablishmentID, r.Overrides[i].ResourceID = f.EstablishmentID, f.ResourceID
	}
}

// eachOutside writes something about each reservation of a feed, a slice per transaction.
func (a *Agenda) eachOutside(ctx context.Context, feedID string, f func(storage.Writer, *storage.Reservation) error) error {
	for after, more := "", true; more; {
		err := a.p.Store.Update(ctx, func(tx storage.Writer) error {
			list, err := tx.ReservationsByOutsideFeed(feedID, after, outsideSlice)
			if err != nil {
				return err
			}
			last := after
			for _, r := range list {
				last = r.ID
				if err := f(tx, r); err != nil {
					return err
				}
			}
			after, more = last, len(list) == outsideSlice
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// RemovedFeed is an outside feed that was removed, with what puts it back (RestoreOutsideFeed).
type RemovedFeed struct {
	Feed         *storage.OutsideFeed
	Reservations []*storage.Reservation
	address      string
}

// RemoveOutsideFeed removes an outside feed and what was read from it. Nothing changes at the service.
func (a *Agenda) RemoveOutsideFeed(ctx context.Context, id string) (RemovedFeed, error) {
	run, leave, err := a.outside.take(ctx, id, false)
	if err != nil {
		return RemovedFeed{}, err
	}
	defer leave()
	var removed RemovedFeed
	if removed.address, err = a.p.Secrets.Get(run, outsideName(id)); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return removed, err
	}
	err = a.p.Store.Update(run, func(tx storage.Writer) error {
		f, err := tx.OutsideFeed(id)
		if err != nil {
			return err
		}
		removed.Feed = f.Clone()
		f.Enabled = false // should this be cut short, nothing is read again
		return tx.PutOutsideFeed(f)
	})
	if err != nil {
		return removed, err
	}
	err = a.eachOutside(run, id, func(tx storage.Writer, r *storage.Reservation) error {
		removed.Reservations = append(removed.Reservations, r)
		return a.DeleteReservation(tx, r, Cause{Actor: storage.ActorUser, WithFeed: true})
	})
	if err != nil {
		return removed, err
	}
	if err := a.p.Store.Update(run, func(tx storage.Writer) error { return tx.DeleteOutsideFeed(id) }); err != nil {
		return removed, err
	}
	a.forgetAddress(context.WithoutCancel(run), id)
	return removed, nil
}

// RestoreOutsideFeed puts back what RemoveOutsideFeed removed, and has it read again.
func (a *Agenda) RestoreOutsideFeed(ctx context.Context, removed RemovedFeed) error {
	run, leave, err := a.outside.take(ctx, removed.Feed.ID, false)
	if err != nil {
		return err
	}
	defer leave()
	if removed.address != "" {
		if err := a.p.Secrets.Set(run, outsideName(removed.Feed.ID), removed.address); err != nil {
			return storage.Problems{storage.NewProblem("outsideFeed.secret").Because(err)}
		}
	}
	feed := removed.Feed.Clone()
	feed.ETag, feed.LastModified, feed.Hash, feed.NextRead = "", "", "", a.now()
	if err := a.p.Store.Update(run, func(tx storage.Writer) error { return tx.PutOutsideFeed(feed) }); err != nil {
		return err
	}
	for slice := range slices.Chunk(removed.Reservations, outsideSlice) {
		err := a.p.Store.Update(run, func(tx storage.Writer) error {
			for _, r := range slice {
				if err := a.takeBack(tx, step{before: r, id: r.ID}, Cause{Actor: storage.ActorUser}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	a.outside.poke()
	return nil
}

// dueOutside gives the outside feeds that are to be read now.
func (a *Agenda) dueOutside(ctx context.Context, now time.Time) (ids []string, err error) {
	err = a.p.Store.View(ctx, func(tx storage.Reader) error {
		feeds, err := tx.OutsideFeeds()
		for _, f := range feeds {
			if subscription.Due(f, now) {
				ids = append(ids, f.ID)
			}
		}
		return err
	})
	return ids, err
}

// subscribe reads outside feeds when they are due, until ctx ends.
func (a *Agenda) subscribe(ctx context.Context) {
	loop := &subscription.Loop{
		Clock: a.p.Clock, Log: a.p.Log, Due: a.dueOutside, Poked: a.outside.poked,
		Read: func(ctx context.Context, id string) error {
			_, err := a.ReadOutsideFeed(ctx, id)
			return err
		},
	}
	loop.Run(ctx)
}
