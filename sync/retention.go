package sync

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"diapason/storage"
)

// How long the journal and the reports of runs are kept, in months.
const (
	RetentionLeast   = 3
	RetentionMost    = 120
	RetentionDefault = 24
)

const (
	settingRetention = "retention.months"
	settingTidied    = "retention.tidied" // when it was last done, RFC 3339
	tidyEvery        = 24 * time.Hour
	// undoableFor is how long a run is kept undoable whatever the retention says.
	undoableFor = 90 * 24 * time.Hour
)

// Retention gives how many months the journal and the reports are kept.
func (e *Engine) Retention(ctx context.Context) (int, error) {
	months := RetentionDefault
	err := e.store.View(ctx, func(tx storage.Reader) error {
		text, err := tx.Setting(settingRetention)
		if err != nil || text == "" {
			return err
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < RetentionLeast || n > RetentionMost {
			return nil // written by nobody we know: the default holds
		}
		months = n
		return nil
	})
	return months, err
}

// SetRetention keeps how many months the journal and the reports are kept; what is older goes within a day.
func (e *Engine) SetRetention(ctx context.Context, months int) error {
	if months < RetentionLeast || months > RetentionMost {
		return storage.NewProblem("retention.months", "least", strconv.Itoa(RetentionLeast), "most", strconv.Itoa(RetentionMost))
	}
	return e.store.Update(ctx, func(tx storage.Writer) error {
		if err := tx.PutSetting(settingTidied, ""); err != nil {
			return err
		}
		return tx.PutSetting(settingRetention, strconv.Itoa(months))
	})
}

// tidy removes what is older than the retention, and ends the trash of the contacts, once a day, in slices of
// transactions; it ends early when the engine stops, and goes on the next time. It runs on the scheduler's goroutine.
func (e *Engine) tidy() error {
	now := e.clock.Now()
	var last time.Time
	err := e.store.View(e.calls, func(tx storage.Reader) error {
		text, err := tx.Setting(settingTidied)
		if err != nil || text == "" {
			return err
		}
		if last, err = time.Parse(time.RFC3339, text); err != nil {
			last = time.Time{} // tidied at an unknown time: now
		}
		return nil
	})
	if err != nil {
		return err
	}
	if d := now.Sub(last); d >= 0 && d < tidyEvery {
		return nil
	}
	months, err := e.Retention(e.calls)
	if err != nil {
		return err
	}
	t := tidying{e: e, now: now, before: now.AddDate(0, -months, 0), keep: map[string]bool{}}
	if latest := now.Add(-undoableFor); t.before.After(latest) {
		t.before = latest
	}
	if err := t.journal(); err != nil {
		return err
	}
	if err := t.runs(); err != nil || e.stopping() {
		return err
	}
	if e.contacts != nil {
		if _, err := e.contacts.Tidy(e.calls); err != nil {
			return fmt.Errorf("trash of the contacts: %w", err)
		}
	}
	return e.store.Update(e.calls, func(tx storage.Writer) error {
		return tx.PutSetting(settingTidied, now.UTC().Format(time.RFC3339))
	})
}

// tidying is one removal of what is too old.
type tidying struct {
	e           *Engine
	now, before time.Time
	keep        map[string]bool // runs looked at: whether what they wrote stays
}

// stays reports whether a run, and what it wrote, is still needed: it is not over, somebody may undo it, or its report
// still changes. One that is gone needs nothing.
func (t *tidying) stays(tx storage.Reader, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	stays, known := t.keep[id]
	if known {
		return stays, nil
	}
	run, err := tx.Run(id)
	exists, err := found(err)
	if err != nil {
		return false, err
	}
	if exists {
		over := run.EndedAt
		if over.IsZero() {
			over = run.StartedAt
		}
		stays = run.State == storage.RunRunning || run.State == storage.RunHeld || t.now.Sub(over) < undoableFor
	}
	t.keep[id] = stays
	return stays, nil
}

// journal removes the entries that are too old, the oldest first.
func (t *tidying) journal() error {
	for after, more := "", true; more && !t.e.stopping(); {
		var old []string
		err := t.e.store.View(t.e.calls, func(tx storage.Reader) error {
			old = nil
			page, err := tx.OldestJournal(after, slice)
			if err != nil {
				return err
			}
			more = len(page) == slice
			for _, j := range page {
				if after = j.ID; !j.At.Before(t.before) {
					more = false // those after it are younger
					return nil
				}
				stays, err := t.stays(tx, j.RunID)
				if err != nil {
					return err
				}
				if !stays {
					old = append(old, j.ID)
				}
			}
			return nil
		})
		if err == nil && len(old) > 0 {
			err = t.e.store.Update(t.e.calls, func(tx storage.Writer) error {
				for _, id := range old {
					if err := tx.DeleteJournal(id); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	return nil
}

// runs removes the reports that are too old, the oldest first.
func (t *tidying) runs() error {
	for after, more := "", true; more && !t.e.stopping(); {
		var old []string
		err := t.e.store.View(t.e.calls, func(tx storage.Reader) error {
			old = nil
			page, err := tx.OldestRuns(after, slice)
			if err != nil {
				return err
			}
			more = len(page) == slice
			for _, r := range page {
				if !r.StartedAt.Before(t.before) {
					more = false
					return nil
				}
				stays, err := t.stays(tx, r.ID)
				if err == nil && !stays {
					stays, err = t.awaited(tx, r)
				}
				if err != nil {
					return err
				}
				if stays {
					after = r.ID // those before it are gone, or stay too
					continue
				}
				old = append(old, r.ID)
			}
			return nil
		})
		for _, id := range old {
			if err == nil {
				err = t.remove(id)
			}
		}
		if err != nil {
			return fmt.Errorf("runs: %w", err)
		}
	}
	return nil
}

// remove removes one report, in slices: it may have as many lines as a file has rows. What an interruption leaves of it
// goes the next time.
func (t *tidying) remove(id string) error {
	for n := slice; n == slice; {
		if t.e.stopping() {
			return nil
		}
		err := t.e.store.Update(t.e.calls, func(tx storage.Writer) (err error) {
			if n, err = tx.DeleteRunItems(id, slice); err != nil || n == slice {
				return err
			}
			return tx.DeleteRun(id)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// awaited reports whether an operation still has to decide one of the run's lines again.
func (t *tidying) awaited(tx storage.Reader, run *storage.Run) (bool, error) {
	if run.Kind != storage.RunSync && run.Kind != storage.RunAutoSync && run.Kind != storage.RunCheck {
		return false, nil
	}
	for from := 0; ; from += slice {
		items, err := tx.RunItems(run.ID, from, slice)
		if err != nil {
			return false, err
		}
		for _, i := range items {
			if i.AccountID == "" || i.Result != storage.ItemFailed && i.Result != storage.ItemSent {
				continue
			}
			op, err := operation(tx, i.AccountID, i.EstablishmentID)
			if err != nil || op != nil && op.RunID == run.ID {
				return true, err
			}
		}
		if len(items) < slice {
			return false, nil
		}
	}
}
