package activity

import (
	"context"
	"fmt"

	"diapason/storage"
)

const (
	// scanPage is how many items are read at a time.
	scanPage = 500
	// firstPage is how many items an open report shows, and nextPage how many each « Afficher les suivants » adds.
	firstPage = 8
	nextPage  = 40
)

// share is the part of a report that is shown; its text is the translation key "activity.share." + the text.
type share string

const (
	shareAll      share = "all"
	shareFailures share = "failures"
	shareDone     share = "done"
)

// shares lists them in the order they are offered.
var shares = []share{shareAll, shareFailures, shareDone}

// failed tells whether an item belongs to the failures.
func failed(i *storage.RunItem) bool {
	switch i.Result {
	case storage.ItemFailed, storage.ItemRejected, storage.ItemConflict:
		return true
	}
	return false
}

// succeeded tells whether an item went through.
func succeeded(i *storage.RunItem) bool {
	return !failed(i) && i.Result != storage.ItemSkipped && i.Result != storage.ItemPending
}

// in tells whether a part holds an item.
func (s share) in(i *storage.RunItem) bool {
	switch s {
	case shareFailures:
		return failed(i)
	case shareDone:
		return succeeded(i)
	}
	return true
}

// wanted is what an open report shows: a part of it, with the establishments that were sought first.
type wanted struct {
	share  share
	sought map[string]bool // establishments; nil: none was sought
}

// passes gives what is read one after the other: what was sought, then failures, then the rest.
func (w wanted) passes() []func(*storage.RunItem) bool {
	parts := []func(*storage.RunItem) bool{w.share.in}
	if w.share == shareAll {
		parts = []func(*storage.RunItem) bool{failed, func(i *storage.RunItem) bool { return !failed(i) }}
	}
	if len(w.sought) == 0 {
		return parts
	}
	passes := []func(*storage.RunItem) bool{func(i *storage.RunItem) bool { return w.sought[i.EstablishmentID] && w.share.in(i) }}
	for _, part := range parts {
		passes = append(passes, func(i *storage.RunItem) bool { return !w.sought[i.EstablishmentID] && part(i) })
	}
	return passes
}

// items gives the first n items of what is wanted of a run's report and tells whether there are more. It reads no
// further than it must, one page a transaction, so that a report of 100,000 rows does not hold the workspace.
func items(ctx context.Context, store Store, run *storage.Run, want wanted, n int) (out []*storage.RunItem, more bool, err error) {
	for _, pass := range want.passes() {
		err = eachItem(ctx, store, run, func(i *storage.RunItem) bool {
			if !pass(i) {
				return true
			}
			if len(out) == n {
				more = true
				return false
			}
			out = append(out, i)
			return true
		})
		if err != nil || more {
			return out, more, err
		}
	}
	return out, false, nil
}

// eachItem gives the lines of a run's report in order until f returns false: its items, then, for an import, the rows
// that went in, which stand in the journal only.
func eachItem(ctx context.Context, store Store, run *storage.Run, f func(*storage.RunItem) bool) error {
	goOn, err := eachKept(ctx, store, run.ID, f)
	if err != nil || !goOn || run.Kind != storage.RunImport {
		return err
	}
	for after := ""; ; {
		var page []*storage.JournalEntry
		err := store.View(ctx, func(r storage.Reader) error {
			var err error
			page, err = r.RunJournal(run.ID, after, scanPage)
			return err
		})
		if err != nil {
			return fmt.Errorf("read journal of run: %w", err)
		}
		for _, entry := range page {
			after = entry.ID
			if i := journalled(entry); i != nil && !f(i) {
				return nil
			}
		}
		if len(page) < scanPage {
			return nil
		}
	}
}

// journalled gives the line of an establishment that an import created or updated; nil for the other entries.
func journalled(j *storage.JournalEntry) *storage.RunItem {
	i := &storage.RunItem{RunID: j.RunID, EstablishmentID: j.EstablishmentID, Name: j.Name, At: j.At}
	switch j.Action {
	case storage.JournalCreate:
		i.Result = storage.ItemCreated
	case storage.JournalUpdate:
		i.Result = storage.ItemUpdated
	default:
		return nil
	}
	return i
}

// eachKept gives a run's items in order until f returns false, which it tells.
func eachKept(ctx context.Context, store Store, runID string, f func(*storage.RunItem) bool) (goOn bool, err error) {
	for from := 0; ; {
		var page []*storage.RunItem
		err := store.View(ctx, func(r storage.Reader) error {
			var err error
			page, err = r.RunItems(runID, from, scanPage)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("read report: %w", err)
		}
		for _, i := range page {
			if !f(i) {
				return false, nil
			}
		}
		if len(page) < scanPage {
			return true, nil
		}
		from = page[len(page)-1].Seq + 1
	}
}
