package serving

import (
	"context"
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// keepReadings writes readings down, some seconds after the first of them: those of many clients at once are one
// transaction.
func (s *Serving) keepReadings(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.shelf.Noticed():
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(settle):
		}
		if err := s.note(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("readings of links are lost", "error", err)
		}
	}
}

// note writes the readings since the last time into their links.
func (s *Serving) note(ctx context.Context) error {
	readings := s.shelf.Readings()
	if len(readings) == 0 {
		return nil
	}
	return s.Store.Update(ctx, func(tx storage.Writer) error {
		links := map[string]*storage.FeedLink{}
		for _, r := range readings {
			l, err := tx.FeedLinkByToken(r.TokenHash)
			if errors.Is(err, storage.ErrNotFound) {
				continue // deleted meanwhile
			}
			if err != nil {
				return err
			}
			if before := links[l.ID]; before != nil { // read by several clients
				l = before
			}
			l.Readings = with(l.Readings, r)
			links[l.ID] = l
		}
		for _, l := range links {
			if err := tx.PutFeedLink(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// with puts a reading first, in the place of the same client's before it.
func with(kept []storage.FeedReading, r feedserver.Reading) []storage.FeedReading {
	kept = slices.DeleteFunc(kept, func(k storage.FeedReading) bool { return k.Client == r.Client })
	kept = append([]storage.FeedReading{r.FeedReading}, kept...)
	return kept[:min(len(kept), storage.KeptReadings)]
}
