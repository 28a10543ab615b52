package agenda

import (
	"context"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// PreviewItem is one occurrence as the readers of a link will see it.
type PreviewItem struct {
	Start, End              storage.LocalTime // in the reservation's zone; dates for whole days
	From                    time.Time
	Kind                    string // the type's name; "" when the link does not tell it
	Color                   string
	Title, Place, Text, URL string
}

// Preview is what a link will show.
type Preview struct {
	Items []PreviewItem // the next ones, in order of time
	Total int           // of occurrences from today to the end of the window
	Feed  Rendered
}

// Preview shows what a link would tell, whether it is kept or not: the first occurrences from today on, up to limit.
func (a *Agenda) Preview(ctx context.Context, l *storage.FeedLink, limit int) (Preview, error) {
	now := a.now()
	from, to := a.window(now, l.MonthsBack, l.MonthsAhead)
	s, err := a.read(ctx, from, to)
	if err != nil {
		return Preview{}, err
	}
	var p Preview
	if _, p.Feed, err = a.render(s, l, now); err != nil {
		return Preview{}, err
	}
	f := a.feedOf(s, l, now, 0, p.Feed.MonthsAhead)
	for _, r := range f.chosen() {
		all, err := recurrence.Expand(r, f.from, f.to)
		if err != nil && len(all) == 0 {
			continue // set aside in the feed, with its reason
		}
		for _, o := range all {
			if !f.shows(o.Details) {
				continue
			}
			p.Total++
			p.Items = append(p.Items, f.preview(o))
		}
	}
	slices.SortStableFunc(p.Items, func(x, y PreviewItem) int { return x.From.Compare(y.From) })
	p.Items = p.Items[:min(len(p.Items), limit)]
	return p, nil
}

func (f *feed) preview(o recurrence.Occurrence) PreviewItem {
	it := PreviewItem{Start: o.Start, End: o.End, From: o.From, Title: f.summary(o.Reservation, o.Details)}
	if f.link.Detail == storage.FeedBusy {
		return it
	}
	it.Place = f.s.place(o.Details)
	if kind := f.s.types[o.Reservation.TypeID]; kind != nil {
		it.Kind, it.Color = kind.Name, kind.Color
	}
	if f.link.Detail == storage.FeedFull {
		it.Text, it.URL = f.description(o.Details), o.Details.Link
	}
	return it
}
