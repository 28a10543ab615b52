package sharing

import (
	"context"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
)

// preview is what a link shows.
type preview struct {
	// counts is how many occurrences each type has in the window, whether the link shows the type or not.
	counts map[string]int
	shown  int           // occurrences that the link shows
	next   []agenda.Item // the next of them
	// Rendered is the feed as it is served; zero for a link that was not rendered yet.
	agenda.Rendered
}

// nextShown is how many of the next occurrences are named.
const nextShown = 3

// read works out what a link shows at a moment.
func (p *preview) read(ctx context.Context, s Service, l *storage.FeedLink, now time.Time) error {
	q := agenda.Query{
		From: now.AddDate(0, -l.MonthsBack, 0), To: now.AddDate(0, l.MonthsAhead, 0),
		EstablishmentIDs: l.EstablishmentIDs, ResourceIDs: l.ResourceIDs,
	}
	if l.Mine {
		q.PersonIDs = []string{l.OwnerID}
	}
	page, err := s.Occurrences(ctx, q)
	if err != nil {
		return err
	}
	p.counts = map[string]int{}
	for _, it := range page.Items {
		if it.Details.Status == storage.ReservationCancelled && !l.KeepCancelled {
			continue
		}
		p.counts[it.Type.ID]++
		if len(l.TypeIDs) > 0 && !slices.Contains(l.TypeIDs, it.Type.ID) {
			continue
		}
		p.shown++
		if len(p.next) < nextShown && !it.From.Before(now) {
			p.next = append(p.next, it)
		}
	}
	return nil
}
