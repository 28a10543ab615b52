package activity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/tabular"
)

// Endings are the files that reports and the journal can be saved as.
var Endings = []string{".xlsx", ".csv"}

// writeFile writes a table whole.
func writeFile(path string, fill func(tabular.Writer) error) error {
	return wholefile.Write(path, func(out io.Writer) error {
		w, err := tableWriter(path, out)
		if err != nil {
			return err
		}
		if err := fill(w); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("save: %w", err)
		}
		return nil
	})
}

// tableWriter writes a workbook, or a CSV file when the name says so.
func tableWriter(path string, out io.Writer) (tabular.Writer, error) {
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		return tabular.NewCSVWriter(out), nil
	}
	w, err := tabular.NewXLSXWriter(out)
	if err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	return w, nil
}

func cells(texts ...string) []tabular.Cell {
	row := make([]tabular.Cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

// saveReport writes the whole report of a run. accounts names the directories.
func saveReport(ctx context.Context, store Store, r *storage.Run, accounts map[string]string, path string, zone *time.Location) error {
	return writeFile(path, func(w tabular.Writer) error {
		err := w.Begin(tabular.Layout{Name: words.T("activity.title"), Widths: []float64{40, 20, 16, 60, 8, 20}, Header: []string{
			words.T("activity.column.establishment"), words.T("activity.column.directory"), words.T("activity.column.result"),
			words.T("activity.column.detail"), words.T("activity.column.row"), words.T("activity.column.date"),
		}})
		if err != nil {
			return fmt.Errorf("save report: %w", err)
		}
		var wrong error
		err = eachItem(ctx, store, r, func(i *storage.RunItem) bool {
			line := ""
			if i.Row > 0 {
				line = strconv.Itoa(i.Row)
			}
			wrong = w.Row(cells(i.Name, accounts[i.AccountID], say.ItemResult(i.Result), detail(i), line, stamp(i.At, zone)))
			return wrong == nil
		})
		return errors.Join(err, wrong)
	})
}

// detail gives the reasons of an item, one sentence after the other.
func detail(i *storage.RunItem) string { return strings.Join(say.Problems(i.Problems), " ") }

// stamp writes a moment so that a spreadsheet sorts it.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04:05")
}

// journalPage is how many entries of the journal are read at a time.
const journalPage = 500

// saveJournal writes the journal since a moment, newest first, a line per change. Contacts are ids in it.
func saveJournal(ctx context.Context, store Store, since time.Time, accounts map[string]string, path string, zone *time.Location) error {
	return writeFile(path, func(w tabular.Writer) error {
		err := w.Begin(tabular.Layout{Name: words.T("activity.title"), Widths: []float64{20, 16, 24, 40, 20, 20, 40, 40, 60, 24}, Header: []string{
			words.T("activity.journal.when"), words.T("activity.journal.who"), words.T("activity.journal.what"),
			words.T("activity.column.establishment"), words.T("activity.column.directory"), words.T("activity.journal.field"),
			words.T("activity.journal.before"), words.T("activity.journal.after"), words.T("activity.journal.reason"),
			words.T("activity.journal.reference"),
		}})
		for before := ""; err == nil; {
			var page []*storage.JournalEntry
			err = store.View(ctx, func(r storage.Reader) error {
				var err error
				page, err = r.Journal(storage.JournalQuery{Since: since, Before: before, Limit: journalPage})
				return err
			})
			for _, j := range page {
				if err == nil {
					err = writeEntry(w, j.Exported(), accounts, zone)
				}
				before = j.ID
			}
			if len(page) < journalPage {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("save journal: %w", err)
		}
		return nil
	})
}

func writeEntry(w tabular.Writer, j *storage.JournalEntry, accounts map[string]string, zone *time.Location) error {
	reason := ""
	if j.Reason != nil {
		reason = say.ProblemOnField(j.Reason)
	}
	changes := j.Changes
	if len(changes) == 0 {
		changes = []storage.FieldChange{{}}
	}
	for _, c := range changes {
		field := ""
		if c.Field != "" {
			field = say.Field(c.Field)
		}
		err := w.Row(cells(stamp(j.At, zone), say.Actor(j.Actor), say.JournalAction(j.Action), cmp.Or(j.Name, j.ContactID), accounts[j.AccountID],
			field, c.Before, c.After, reason, j.RequestID))
		if err != nil {
			return err
		}
	}
	return nil
}
