package agenda

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/ical"
)

// MaxBytes is how large a feed may be: beyond a million, some programs drop a subscription without a word.
const MaxBytes = 1_000_000

// refresh is how often readers are invited to come again.
const refresh = time.Hour

// Rendered tells what a feed holds.
type Rendered struct {
	Events, Bytes int
	// MonthsBack and MonthsAhead are the window that was rendered; Narrowed tells that it is smaller than the link's,
	// because the feed would be larger than MaxBytes.
	MonthsBack, MonthsAhead int
	Narrowed                bool
	// SetAside are the events that cannot be written, each with its reason.
	SetAside []ical.Fault
	// Modified is when what it shows last changed.
	Modified time.Time
}

// Render writes the feed of a link as it would be served now.
func (a *Agenda) Render(ctx context.Context, id string, w io.Writer) (Rendered, error) {
	var l *storage.FeedLink
	err := a.p.Store.View(ctx, func(tx storage.Reader) (err error) {
		l, err = tx.FeedLink(id)
		return err
	})
	if err != nil {
		return Rendered{}, err
	}
	now := a.now()
	from, to := a.window(now, l.MonthsBack, l.MonthsAhead)
	s, err := a.read(ctx, from, to)
	if err != nil {
		return Rendered{}, err
	}
	body, told, err := a.render(s, l, now)
	if err != nil {
		return Rendered{}, err
	}
	_, err = w.Write(body)
	return told, err
}

// render renders a link. A feed that is too large loses months ahead, down to one, then months back.
func (a *Agenda) render(s *snapshot, l *storage.FeedLink, now time.Time) ([]byte, Rendered, error) {
	body, told, err := a.renderWindow(s, l, now, l.MonthsBack, l.MonthsAhead, MaxBytes)
	if !errors.Is(err, errTooLarge) {
		return body, told, err
	}
	least := min(1, l.MonthsAhead)
	found := false
	// fits looks for the largest n from low to high with which the feed is not too large.
	fits := func(low, high int, window func(n int) (back, ahead int)) error {
		for low <= high {
			middle := (low + high + 1) / 2
			back, ahead := window(middle)
			b, t, err := a.renderWindow(s, l, now, back, ahead, MaxBytes)
			switch {
			case errors.Is(err, errTooLarge):
				high = middle - 1
			case err != nil:
				return err
			default:
				body, told, found = b, t, true
				low = middle + 1
			}
		}
		return nil
	}
	err = fits(least, l.MonthsAhead-1, func(n int) (int, int) { return l.MonthsBack, n })
	if err == nil && !found {
		err = fits(0, l.MonthsBack-1, func(n int) (int, int) { return n, least })
	}
	if err == nil && !found { // some weeks alone are too large: better that than nothing
		body, told, err = a.renderWindow(s, l, now, 0, least, math.MaxInt)
	}
	told.Narrowed = true
	return body, told, err
}

// errTooLarge ends a rendering that would be larger than it may be.
var errTooLarge = errors.New("the feed is too large")

// bounded is a buffer that refuses to grow beyond a size.
type bounded struct {
	bytes.Buffer
	most int
}

// Write takes what still has room.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errTooLarge
	}
	return b.Buffer.Write(p)
}

// renderWindow renders a link over a number of months; errTooLarge when it would have more than most bytes.
func (a *Agenda) renderWindow(
	s *snapshot, l *storage.FeedLink, now time.Time, back, ahead, most int,
) ([]byte, Rendered, error) {
	f := a.feedOf(s, l, now, back, ahead)
	told := Rendered{MonthsBack: back, MonthsAhead: ahead, Modified: l.CreatedAt}
	chosen := f.chosen()
	for _, r := range chosen {
		if r.ChangedAt.After(told.Modified) {
			told.Modified = r.ChangedAt
		}
		if f.shows(&r.Details) {
			told.Events++
		}
		for i := range r.Overrides {
			if f.shows(&r.Overrides[i].Details) {
				told.Events++
			}
		}
	}
	out := &bounded{most: most}
	out.Grow(min(600*(len(chosen)+2), MaxBytes))
	aside, err := ical.Write(out, ical.Calendar{
		Name: l.Label, Color: f.color(), Zone: a.p.Zone, Refresh: refresh, Events: f.events(chosen),
	})
	told.SetAside, told.Bytes = aside, out.Len()
	told.Events -= len(aside)
	return out.Bytes(), told, err
}
