package sync

import (
	"time"

	"diapason/storage"
)

// mindClock puts the re-readings of moderations right when the wall clock was set back, which the lane sees between two
// turns, and at its start: no reading is ever planned for later than longestModeration.
func (l *lane) mindClock(now time.Time) error {
	before := l.turnedAt
	l.turnedAt = now
	if !before.IsZero() && !now.Before(before) || l.reader == nil {
		return nil
	}
	latest := now.Add(longestModeration + time.Minute)
	late := func(tx storage.Reader) ([]*storage.Listing, error) {
		planned, err := tx.ListingsDue(l.account, endOfTime, 0)
		for len(planned) > 0 && !planned[0].NextCheck.After(latest) {
			planned = planned[1:]
		}
		return planned[:min(len(planned), slice)], err
	}
	for {
		var found []*storage.Listing
		err := l.e.store.View(l.call(), func(tx storage.Reader) (err error) {
			found, err = late(tx)
			return err
		})
		if err != nil || len(found) == 0 || l.ending() {
			return err
		}
		err = l.e.update(l.call(), func(w *writer) error {
			found, err := late(w)
			if err != nil {
				return err
			}
			for _, lst := range found {
				lst.NextCheck = now
				if err := w.PutListing(lst); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// endOfTime is later than anything is planned for.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
