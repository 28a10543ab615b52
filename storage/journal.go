package storage

import (
	"context"
	"slices"
	"strings"
)

// searchPage is the number of entries that one transaction of a search reads: some milliseconds.
const searchPage = 500

// Matcher gives the test that an entry of the journal passes when the query selects it, apart from Before and Limit.
// accountName gives the name of an account, because a search for it finds its entries; nil: names are not known.
func (q *JournalQuery) Matcher(accountName func(id string) string) func(*JournalEntry) bool {
	key := SearchKey(q.Text)
	unreadable := key == "" && strings.TrimSpace(q.Text) != ""
	return func(j *JournalEntry) bool {
		switch {
		case unreadable, // nothing but signs: no text holds it in its searched form
			j.At.Before(q.Since),
			!q.Until.IsZero() && !j.At.Before(q.Until),
			q.RunID != "" && j.RunID != q.RunID,
			q.EstablishmentID != "" && j.EstablishmentID != q.EstablishmentID,
			q.AccountID != "" && j.AccountID != q.AccountID,
			q.ReservationID != "" && j.ReservationID != q.ReservationID,
			q.ContactID != "" && j.ContactID != q.ContactID,
			len(q.Actions) > 0 && !slices.Contains(q.Actions, j.Action):
			return false
		}
		return key == "" || j.says(key, accountName)
	}
}

// says reports whether one of the entry's texts holds a search key.
func (j *JournalEntry) says(key string, accountName func(string) string) bool {
	holds := func(text string) bool { return text != "" && strings.Contains(SearchKey(text), key) }
	if holds(j.Name) || holds(j.RequestID) || j.Answer != nil && holds(j.Answer.Text) || j.Reason.says(holds) {
		return true
	}
	for _, c := range j.Changes {
		if holds(c.Before) || holds(c.After) {
			return true
		}
	}
	return j.AccountID != "" && accountName != nil && holds(accountName(j.AccountID))
}

func (p *Problem) says(holds func(string) bool) bool {
	if p == nil {
		return false
	}
	for _, text := range p.Args {
		if holds(text) {
			return true
		}
	}
	return holds(p.Code)
}

// Viewer is what a search through the journal reads.
type Viewer interface {
	View(ctx context.Context, f func(Reader) error) error
}

// SearchJournal calls f on the entries that a query selects, newest first, until f gives false or ctx ends. It reads a
// page per transaction, so that a search through a long journal never holds up a writer; the query's Limit is not
// obeyed. words gives the sentence of a reason, so that people find what they read; nil: reasons are found by code.
func SearchJournal(
	ctx context.Context, s Viewer, q JournalQuery, words func(*Problem) string, f func(*JournalEntry) bool,
) error {
	names, err := accountNames(ctx, s)
	if err != nil {
		return err
	}
	match := q.Matcher(func(id string) string { return names[id] })
	key := SearchKey(q.Text)
	other := q
	other.Text = ""
	rest := other.Matcher(nil)
	reasons := map[string]bool{} // by technical form: few are different
	said := func(j *JournalEntry) bool {
		if j.Reason == nil || words == nil || key == "" || !rest(j) {
			return false
		}
		form := j.Reason.Error()
		found, known := reasons[form]
		if !known {
			found = strings.Contains(SearchKey(words(j.Reason)), key)
			reasons[form] = found
		}
		return found
	}
	page := JournalQuery{
		Since: q.Since, Before: q.Before, RunID: q.RunID, EstablishmentID: q.EstablishmentID,
		ReservationID: q.ReservationID, ContactID: q.ContactID, Limit: searchPage,
	}
	for {
		var entries []*JournalEntry
		err := s.View(ctx, func(tx Reader) (err error) {
			entries, err = tx.Journal(page)
			return err
		})
		if err != nil {
			return err
		}
		for _, j := range entries {
			if (match(j) || said(j)) && !f(j) {
				return nil
			}
			page.Before = j.ID
		}
		if len(entries) < searchPage {
			return nil
		}
	}
}

func accountNames(ctx context.Context, s Viewer) (map[string]string, error) {
	names := map[string]string{}
	err := s.View(ctx, func(tx Reader) error {
		accounts, err := tx.Accounts()
		for _, a := range accounts {
			names[a.ID] = a.Name
		}
		return err
	})
	return names, err
}
