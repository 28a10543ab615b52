package activity

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"time"

	"diapason/app/say"
	"diapason/storage"
)

// reading is what the screen shows of the store.
type reading struct {
	runs       []*storage.Run
	more, ever bool
	accounts   []*storage.Account
	found      findings
	names      []named
}

// reload reads the runs of the period, away from the interface's goroutine. A reading that is under way is given up.
func (s *Screen) reload() {
	s.read++
	s.stop()
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	generation, f, limit := s.read, s.filter, s.limit
	since := f.Period.since(s.p.Now())
	s.p.Background(func() {
		got, err := read(ctx, s.p.Store, f, since, limit)
		s.p.UI(func() {
			stop()
			switch {
			case generation != s.read || errors.Is(err, context.Canceled):
			case err != nil:
				s.p.Host.Failure(err)
			default:
				s.take(got)
			}
		})
	})
}

// take shows what was read. Rows that would be the same stay, so that a press on one of them is not lost.
func (s *Screen) take(got reading) {
	same := s.built && got.more == s.more && got.ever == s.ever && reflect.DeepEqual(got.runs, s.runs) && reflect.DeepEqual(got.found, s.found)
	s.runs, s.more, s.ever, s.found, s.names = got.runs, got.more, got.ever, got.found, got.names
	names := map[string]string{}
	for _, a := range got.accounts {
		names[a.ID] = say.Account(a, s.p.Kinds)
	}
	same = same && maps.Equal(names, s.accounts)
	s.accounts = names
	s.refreshReports()
	if !same {
		s.rebuild()
	}
}

// read gives up to limit runs that began since a moment, newest first; of a search, those that it finds too.
func read(ctx context.Context, store Store, f filter, since time.Time, limit int) (got reading, err error) {
	if f.searching() {
		if got.found, err = search(ctx, store, f, since); err != nil {
			return got, err
		}
		limit = max(limit, searchedRuns)
	}
	err = store.View(ctx, func(r storage.Reader) error {
		var err error
		if got.accounts, err = r.Accounts(); err != nil {
			return fmt.Errorf("read accounts: %w", err)
		}
		if got.names, err = recentNames(r, since); err != nil {
			return err
		}
		if got.runs, err = r.Runs("", limit+1); err != nil {
			return fmt.Errorf("read runs: %w", err)
		}
		got.ever = len(got.runs) > 0
		for i, run := range got.runs {
			if run.StartedAt.Before(since) && run.State != storage.RunRunning {
				got.runs = got.runs[:i]
				break
			}
		}
		if len(got.runs) > limit {
			got.runs, got.more = got.runs[:limit], true
		}
		if !f.searching() {
			return nil
		}
		got.runs, err = addFound(r, got.runs, got.found)
		return err
	})
	return got, err
}

// refilter shows another part of the runs; another period, or another search, reads again.
func (s *Screen) refilter(f filter) {
	reread := f.Period != s.filter.Period || f.Text != s.filter.Text || f.Establishment != s.filter.Establishment
	if f.Period != s.filter.Period {
		s.limit = runsPage
	}
	s.filter = f
	s.filters.show()
	if reread {
		s.reload()
		return
	}
	s.rebuild()
}
