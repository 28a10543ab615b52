package profile

import (
	"slices"

	"diapason/storage"
)

// historyPage is how many journal entries are read at a time.
const historyPage = 30

// historyLine is one entry of the establishment's journal.
type historyLine struct {
	Entry *storage.JournalEntry
	// Account is the directory's name, "" when the entry is about none or about one that is no more.
	Account string
	// CanUndo tells that the entry changed our own values and that every one of them still stands.
	CanUndo bool
}

// historyLines prepares a page of the journal. now is the establishment as it is; names are the directories', by account.
func historyLines(entries []*storage.JournalEntry, now *storage.Establishment, names map[string]string) []historyLine {
	lines := make([]historyLine, 0, len(entries))
	for _, j := range entries {
		lines = append(lines, historyLine{Entry: j, Account: names[j.AccountID], CanUndo: canUndo(j, now)})
	}
	return lines
}

// canUndo reports whether an entry's values are still ours, so that taking it back loses nothing newer.
func canUndo(j *storage.JournalEntry, now *storage.Establishment) bool {
	if j.Action != storage.JournalUpdate || len(j.Changes) == 0 {
		return false
	}
	return !slices.ContainsFunc(j.Changes, func(c storage.FieldChange) bool {
		return now.Value(c.Field) != c.After || c.Before == c.After
	})
}
