package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"diapason/app/say"
	"diapason/storage"
)

const (
	// mostFound is how many entries of the journal a search shows, and mostNames how many establishments are offered.
	mostFound = 2000
	mostNames = 200
	// namesFrom is how many of the newest entries the establishments that are offered are taken from.
	namesFrom = 1000
	// searchedRuns is how many runs are searched by their own words.
	searchedRuns = 500
)

// findings are what the journal holds of what is sought.
type findings struct {
	touched map[string]map[string]bool // the establishments by run
	alone   []*storage.JournalEntry    // entries that belong to no run, newest first
}

// search asks the journal since a moment, newest first.
func search(ctx context.Context, store Store, f filter, since time.Time) (findings, error) {
	found := findings{touched: map[string]map[string]bool{}}
	n := 0
	err := storage.SearchJournal(ctx, store, storage.JournalQuery{Since: since, Text: f.Text, EstablishmentID: f.Establishment},
		say.ProblemOnField, func(j *storage.JournalEntry) bool {
			n++
			switch {
			case j.RunID == "":
				found.alone = append(found.alone, j)
			case found.touched[j.RunID] == nil:
				found.touched[j.RunID] = map[string]bool{j.EstablishmentID: true}
			default:
				found.touched[j.RunID][j.EstablishmentID] = true
			}
			return n < mostFound
		})
	if err != nil {
		return findings{}, fmt.Errorf("search the journal: %w", err)
	}
	return found, nil
}

// addFound reads the runs that a search found beyond those that are listed, newest first.
func addFound(tx storage.Reader, runs []*storage.Run, found findings) ([]*storage.Run, error) {
	listed := map[string]bool{}
	for _, r := range runs {
		listed[r.ID] = true
	}
	for id := range found.touched {
		if listed[id] {
			continue
		}
		r, err := tx.Run(id)
		switch {
		case errors.Is(err, storage.ErrNotFound): // its report was not kept that long
		case err != nil:
			return nil, fmt.Errorf("read run: %w", err)
		default:
			runs = append(runs, r)
		}
	}
	slices.SortStableFunc(runs, func(a, b *storage.Run) int { return b.StartedAt.Compare(a.StartedAt) })
	return runs, nil
}

// named is an establishment that the filter offers.
type named struct{ ID, Name string }

// recentNames gives the establishments of the newest entries of the journal, by name.
func recentNames(tx storage.Reader, since time.Time) ([]named, error) {
	entries, err := tx.Journal(storage.JournalQuery{Since: since, Limit: namesFrom})
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	var out []named
	seen := map[string]bool{"": true}
	for _, j := range entries {
		if !seen[j.EstablishmentID] && j.Name != "" && len(out) < mostNames {
			seen[j.EstablishmentID] = true
			out = append(out, named{j.EstablishmentID, j.Name})
		}
	}
	slices.SortStableFunc(out, func(a, b named) int {
		ka, kb := storage.SearchKey(a.Name), storage.SearchKey(b.Name)
		switch {
		case ka < kb:
			return -1
		case ka > kb:
			return 1
		}
		return 0
	})
	return out, nil
}
