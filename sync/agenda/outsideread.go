package agenda

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/ical"
	"diapason/sync/agenda/recurrence"
	"diapason/sync/agenda/subscription"
)

// Reading is what one reading of an outside feed did.
type Reading struct {
	// NothingNew tells that the service gave what it gave last time.
	NothingNew bool
	// Created, Updated, Unchanged and Removed count reservations: a series is one.
	Created, Updated, Unchanged, Removed int
	// Ours counts events that are reservations of this workspace already, and are not taken twice.
	Ours int
	// Doubted counts reservations that the feed has no more, and that are kept because too many went at once.
	Doubted int
	// SetAside are the events that could not be taken, each with its reason.
	SetAside []ical.Fault
}

// ReadOutsideFeed reads an outside feed now, whether it is due or switched on or not. Why it could not be read is a
// *subscription.Failure, whose Problem is kept on the feed; what was read before stays.
func (a *Agenda) ReadOutsideFeed(ctx context.Context, id string) (Reading, error) {
	return a.readOutside(ctx, id, false)
}

// TrustOutsideFeed reads an outside feed now and believes it, however much it has lost.
func (a *Agenda) TrustOutsideFeed(ctx context.Context, id string) (Reading, error) {
	return a.readOutside(ctx, id, true)
}

func (a *Agenda) readOutside(ctx context.Context, id string, trust bool) (Reading, error) {
	run, leave, err := a.outside.take(ctx, id, true)
	if err != nil {
		return Reading{}, err
	}
	defer leave()
	var feed *storage.OutsideFeed
	err = a.p.Store.View(run, func(tx storage.Reader) (err error) {
		feed, err = tx.OutsideFeed(id)
		return err
	})
	if err != nil {
		return Reading{}, err
	}
	answer, err := a.askOutside(run, feed, trust)
	var failed *subscription.Failure
	if errors.As(err, &failed) {
		return Reading{}, errors.Join(failed, a.keepFailure(run, id, failed))
	}
	if err != nil {
		return Reading{}, err
	}
	if answer.Unchanged {
		return Reading{NothingNew: true}, a.keepReading(run, id, func(f *storage.OutsideFeed) {
			f.ETag, f.LastModified = answer.ETag, answer.LastModified
		})
	}
	return a.takeOver(run, feed, answer, trust)
}

// askOutside asks the service.
func (a *Agenda) askOutside(ctx context.Context, f *storage.OutsideFeed, trust bool) (subscription.Answer, error) {
	text, err := a.p.Secrets.Get(ctx, outsideName(f.ID))
	if err != nil {
		if ctx.Err() != nil {
			return subscription.Answer{}, ctx.Err()
		}
		return subscription.Answer{}, &subscription.Failure{Problem: storage.NewProblem("outsideFeed.addressLost", "name", f.Name), Err: err}
	}
	at, err := subscription.ParseAddress(text)
	if err != nil {
		return subscription.Answer{}, &subscription.Failure{Problem: storage.NewProblem("outsideFeed.addressLost", "name", f.Name), Err: err}
	}
	r := subscription.Request{Address: at, Zone: a.p.Zone, Now: a.now()}
	if !trust {
		r.ETag, r.LastModified, r.Hash = f.ETag, f.LastModified, f.Hash
	}
	return a.outside.client.Read(ctx, r)
}

// keepFailure keeps why a feed could not be read, and when it is tried again.
func (a *Agenda) keepFailure(ctx context.Context, id string, failed *subscription.Failure) error {
	return a.p.Store.Update(ctx, func(tx storage.Writer) error {
		f, err := tx.OutsideFeed(id)
		if err != nil {
			return err
		}
		now := a.now()
		f.Failures++
		f.LastTry, f.Problem, f.NextRead = now, failed.Problem, now.Add(subscription.Pause(failed, f.Failures))
		return tx.PutOutsideFeed(f)
	})
}

// keepReading keeps that a feed was read to its end.
func (a *Agenda) keepReading(ctx context.Context, id string, change func(*storage.OutsideFeed)) error {
	return a.p.Store.Update(ctx, func(tx storage.Writer) error {
		f, err := tx.OutsideFeed(id)
		if err != nil {
			return err
		}
		now := a.now()
		f.LastTry, f.LastOK, f.Problem, f.Failures, f.Doubt = now, now, nil, 0, nil
		f.NextRead = subscription.Next(f.NextRead, now, f.Every)
		change(f)
		return tx.PutOutsideFeed(f)
	})
}

// intake is what a calendar that was read comes to.
type intake struct {
	a       *Agenda
	feed    *storage.OutsideFeed
	now     time.Time
	told    Reading
	kept    map[string]*storage.Reservation // by UID
	listed  map[string]bool                 // UIDs that the calendar has, readable or not
	blind   bool                            // something without a name was unreadable: nothing can be said to be missing
	changed []*storage.Reservation          // to be written
	gone    []*storage.Reservation          // to be removed
	known   int                             // kept reservations that are not over
}

// takeOver replaces what was read from a feed by what it says now: what is the same is not written.
func (a *Agenda) takeOver(ctx context.Context, feed *storage.OutsideFeed, answer subscription.Answer, trust bool) (Reading, error) {
	in := &intake{a: a, feed: feed, now: a.now(), kept: map[string]*storage.Reservation{}, listed: map[string]bool{}}
	err := a.p.Store.View(ctx, func(tx storage.Reader) error { return in.weigh(tx, answer) })
	if err != nil {
		return Reading{}, err
	}
	doubt := in.doubt(trust)
	if err := in.write(ctx); err != nil {
		return Reading{}, err
	}
	return in.told, a.keepReading(ctx, feed.ID, func(f *storage.OutsideFeed) {
		f.ETag, f.LastModified, f.Hash = answer.ETag, answer.LastModified, answer.Hash
		f.Aside = len(in.told.SetAside)
		if doubt == nil {
			return
		}
		f.LastOK, f.Doubt = feed.LastOK, doubt
		f.ETag, f.LastModified, f.Hash = "", "", "" // it is to be read whole again
		f.Problem = storage.NewProblem("outsideFeed.doubt", "host", f.Host, "missing", strconv.Itoa(doubt.Missing), "known", strconv.Itoa(in.known))
		if confirmed := doubt.Since.Add(subscription.Confirming); confirmed.After(in.now) && confirmed.Before(f.NextRead) {
			f.NextRead = confirmed
		}
	})
}

// weigh compares a calendar with what is kept of it.
func (in *intake) weigh(tx storage.Reader, answer subscription.Answer) error {
	for after, more := "", true; more; {
		list, err := tx.ReservationsByOutsideFeed(in.feed.ID, after, outsideSlice)
		if err != nil {
			return err
		}
		for _, r := range list {
			in.kept[r.UID], after = r, r.ID
		}
		more = len(list) == outsideSlice
	}
	events := &importing{a: in.a, p: ImportParams{TypeID: in.feed.TypeID}}
	groups := events.group(answer.Calendar)
	for _, f := range append(answer.Faults, events.report.Rejected...) {
		in.setAside(f)
	}
	for _, g := range groups {
		if err := in.take(tx, events, g); err != nil {
			return err
		}
	}
	in.miss()
	return nil
}

func (in *intake) setAside(f ical.Fault) {
	in.told.SetAside = append(in.told.SetAside, f)
	in.blind = in.blind || f.UID == ""
	in.listed[outsideUID(in.feed.ID, f.UID)] = true
}

// outsideUID makes a UID that no other feed has of what a feed calls its event.
func outsideUID(feedID, uid string) string {
	own := feedID + ":" + uid
	if len(own) > storage.MaxUID {
		sum := sha256.Sum256([]byte(uid))
		own = feedID + ":" + hex.EncodeToString(sum[:])
	}
	return own
}

// take decides about one event or series. What this workspace has told the service itself is not taken: it would come
// back with every reading.
func (in *intake) take(tx storage.Reader, events *importing, g *group) error {
	_, err := tx.ReservationByUID(g.main.UID)
	if err == nil {
		in.told.Ours++
		return nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	uid := outsideUID(in.feed.ID, g.main.UID)
	in.listed[uid] = true
	after, problem := events.reservation(g, nil)
	if problem == nil {
		after.UID = uid
		placeOutside(after, in.feed)
		keepPrivate(after)
		problem = in.orderly(after)
	}
	if problem != nil {
		in.setAside(ical.Fault{Line: g.main.Line, UID: g.main.UID, Summary: g.main.Summary, Problem: problem})
		return nil
	}
	before := in.kept[uid]
	switch {
	case before == nil:
		in.told.Created++
	case same(before, known(after, before)):
		in.told.Unchanged++
		return nil
	default:
		in.told.Updated++
	}
	in.changed = append(in.changed, after)
	return nil
}

// known gives a reservation the identity of the one that is kept.
func known(after, before *storage.Reservation) *storage.Reservation {
	after.ID, after.Revision = before.ID, before.Revision
	return after
}

// keepPrivate keeps what others wrote about a reservation on this machine: it may name guests, and is not ours to tell.
func keepPrivate(r *storage.Reservation) {
	all := []*storage.Details{&r.Details}
	for i := range r.Overrides {
		all = append(all, &r.Overrides[i].Details)
	}
	for _, d := range all {
		if d.PublicNotes != "" {
			d.PrivateNotes, d.PublicNotes = d.PublicNotes, ""
		}
	}
}

// orderly puts a reservation into order, and gives why it cannot be kept.
func (in *intake) orderly(r *storage.Reservation) *storage.Problem {
	in.a.complete(r)
	err := recurrence.Tidy(r)
	var list storage.Problems
	if errors.As(err, &list) {
		return list[0]
	}
	if err != nil {
		return fault(err)
	}
	if list := r.Validate(); len(list) > 0 {
		return list[0]
	}
	return recurrence.Validate(r)
}

// far is how far ahead a reservation is looked for to tell whether it is over, in years.
const far = 100

// miss finds what the calendar has no more. What is over stays: most services list only what is to come.
func (in *intake) miss() {
	for uid, r := range in.kept {
		ahead, err := recurrence.Any(r, in.now, in.now.AddDate(far, 0, 0))
		if !ahead && err == nil {
			continue
		}
		in.known++
		if !in.listed[uid] && !in.blind {
			in.gone = append(in.gone, r)
		}
	}
	slices.SortFunc(in.gone, func(x, y *storage.Reservation) int { return strings.Compare(x.UID, y.UID) })
}

// doubt decides whether what is missing is believed; nil: it is. It is when the calendar went on saying the same for long
// enough, or when a person trusts it.
func (in *intake) doubt(trust bool) *storage.OutsideDoubt {
	if trust || !subscription.Doubtful(in.known, len(in.gone)) {
		return nil
	}
	h := sha256.New()
	for _, r := range in.gone {
		h.Write([]byte(r.UID + "\n"))
	}
	doubt := &storage.OutsideDoubt{Since: in.now, Missing: len(in.gone), Hash: hex.EncodeToString(h.Sum(nil))}
	if earlier := in.feed.Doubt; earlier != nil && earlier.Hash == doubt.Hash && !earlier.Since.After(in.now) {
		if in.now.Sub(earlier.Since) >= subscription.Confirming {
			return nil
		}
		doubt.Since = earlier.Since
	}
	in.told.Doubted, in.gone = len(in.gone), nil
	return doubt
}

// write writes what changed and removes what is gone, a slice per transaction. A crash between two leaves what the next
// reading completes.
func (in *intake) write(ctx context.Context) error {
	cause := Cause{Actor: storage.ActorScheduler}
	for slice := range slices.Chunk(in.changed, outsideSlice) {
		err := in.a.p.Store.Update(ctx, func(tx storage.Writer) error {
			for _, r := range slice {
				before, err := tx.ReservationByUID(r.UID)
				if errors.Is(err, storage.ErrNotFound) {
					before, err = nil, nil
				}
				if err != nil {
					return err
				}
				after := r.Clone() // a transaction may be tried again
				if before != nil {
					known(after, before)
				}
				if err := in.a.WriteReservation(tx, before, after, cause); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for slice := range slices.Chunk(in.gone, outsideSlice) {
		err := in.a.p.Store.Update(ctx, func(tx storage.Writer) error {
			for _, r := range slice {
				if err := in.a.DeleteReservation(tx, r, cause); err != nil && !errors.Is(err, storage.ErrNotFound) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		in.told.Removed += len(slice)
	}
	return nil
}
