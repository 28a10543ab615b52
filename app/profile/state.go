package profile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"diapason/app/say"
	"diapason/storage"
	"diapason/sync/directory"
)

// decisionsRead is how many journal entries are looked at for decisions taken since the last reading.
const decisionsRead = 60

// state is everything the pane shows of one establishment, read in one transaction. It is never changed after load.
type state struct {
	Est         *storage.Establishment
	Directories []directoryRow
	Decisions   []*storage.JournalEntry // newest first
}

// directoryRow is one account and this establishment's listing there.
type directoryRow struct {
	Name         string // for people; a trial is labelled as one
	Account      *storage.Account
	Capabilities directory.Capabilities
	Listing      *storage.Listing // nil until it is first sent, found or blocked
	Word         storage.Word
	Blockers     storage.Problems // what keeps the present values from being sent
}

// load reads the state. Accounts whose kind the program does not know are left out.
func load(ctx context.Context, store Store, kinds directory.Kinds, id string) (*state, error) {
	s := &state{}
	err := store.View(ctx, func(r storage.Reader) error {
		var err error
		if s.Est, err = r.Establishment(id); err != nil {
			return fmt.Errorf("read establishment: %w", err)
		}
		accounts, err := r.Accounts()
		if err != nil {
			return fmt.Errorf("read accounts: %w", err)
		}
		listings, err := r.Listings(id)
		if err != nil {
			return fmt.Errorf("read listings: %w", err)
		}
		for _, a := range accounts {
			if row, ok := rowOf(s.Est, a, kinds, listings); ok {
				s.Directories = append(s.Directories, row)
			}
		}
		s.Decisions, err = r.Journal(storage.JournalQuery{EstablishmentID: id, Limit: decisionsRead})
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// rowOf joins an account, its kind and its listing; false when the account is switched off and was never used here.
func rowOf(e *storage.Establishment, a *storage.Account, kinds directory.Kinds, listings []*storage.Listing) (directoryRow, bool) {
	k, ok := kinds[a.Kind]
	if !ok {
		return directoryRow{}, false
	}
	row := directoryRow{Name: say.Account(a, kinds), Account: a, Capabilities: k.Capabilities, Word: storage.DefaultWord(e.Status)}
	if i := slices.IndexFunc(listings, func(l *storage.Listing) bool { return l.AccountID == a.ID }); i >= 0 {
		row.Listing = listings[i]
		row.Word = row.Listing.Word()
	} else if !a.Enabled {
		return directoryRow{}, false
	}
	if !a.Enabled {
		row.Word = storage.WordDisabled
		return row, true
	}
	if published(e.Status) {
		row.Blockers = directory.Blockers(directory.Desired(e, k.Capabilities), k.Capabilities)
	}
	return row, true
}

// published reports whether establishments of this status are sent to directories.
func published(s storage.Status) bool {
	return storage.DefaultWord(s) != storage.WordDisabled
}

// differing counts the fields that ask for a decision.
func (d directoryRow) differing() int {
	if d.Listing == nil {
		return 0
	}
	n := 0
	for f, m := range d.Listing.Matches {
		if (m == storage.MatchRemoteChanged || m == storage.MatchBothChanged) && !slices.Contains(d.Listing.Kept, f) {
			n++
		}
	}
	return n
}

// uploadable reports whether the directory waits for the user to say that the file was uploaded.
func (d directoryRow) uploadable() bool {
	return d.Capabilities.NeedsConfirmation && d.Listing != nil && d.Listing.Written != nil
}

// fieldBlocker is what one directory objects to in one field.
type fieldBlocker struct {
	Directory string
	Problem   *storage.Problem
}

// blockersOn gives what the directories object to in a field.
func (s *state) blockersOn(f storage.Field) []fieldBlocker {
	var out []fieldBlocker
	for _, d := range s.Directories {
		for _, p := range d.Blockers {
			if p.Field == f {
				out = append(out, fieldBlocker{Directory: d.Name, Problem: p})
			}
		}
	}
	return out
}

// noticeKind tells what the banner is about; its sentence is the translation key "profile.notice." + the text.
type noticeKind string

const (
	noticeNone    noticeKind = ""
	noticePaused  noticeKind = "paused"
	noticeBlocked noticeKind = "blocked"
)

// notice is the one banner of the pane: a lane that waits comes before blockers, because nothing goes out at all there.
type notice struct {
	Kind      noticeKind
	Directory string
	Reason    *storage.Problem // noticePaused
	Until     time.Time        // noticePaused; zero when it waits for the user
	Field     storage.Field    // noticeBlocked: the first field to correct
	Count     int              // noticeBlocked: how many things are to be corrected, on all directories
	Others    int              // noticeBlocked: how many more directories
}

// noticeAt gives the banner to show at a moment.
func (s *state) noticeAt(now time.Time) notice {
	for _, d := range s.Directories {
		a := d.Account
		if a.Enabled && a.Pause != nil && (a.PausedUntil.IsZero() || a.PausedUntil.After(now)) {
			return notice{Kind: noticePaused, Directory: d.Name, Reason: a.Pause, Until: a.PausedUntil}
		}
	}
	var n notice
	for _, d := range s.Directories {
		if len(d.Blockers) == 0 {
			continue
		}
		n.Count += len(d.Blockers)
		if n.Kind == noticeBlocked {
			n.Others++
			continue
		}
		n.Kind, n.Directory, n.Field = noticeBlocked, d.Name, d.Blockers[0].Field
	}
	return n
}

// segment is one part of the completeness bar.
type segment struct {
	Percent int // of the whole bar
	Filled  bool
}

// completeness gives the bar, the total, and the fields still missing in the order they should be filled.
func completeness(e *storage.Establishment) (bar []segment, percent int, missing []storage.Field) {
	levels, percent := e.Completeness()
	for _, l := range levels {
		bar = append(bar, segment{Percent: l.Percent, Filled: len(l.Missing) == 0})
		missing = append(missing, l.Missing...)
	}
	return bar, percent, missing
}

// periodLimit is a directory that accepts fewer ranges a day than there are.
type periodLimit struct {
	Directory string
	Limit     int
	Days      []int // Monday 0
}

// periodLimits finds the directories that the week as it is being edited is too rich for.
func (s *state) periodLimits(w weekDraft) []periodLimit {
	var out []periodLimit
	for _, d := range s.Directories {
		limit := d.Capabilities.MaxPeriodsPerDay
		if limit == 0 || !d.Account.Enabled || !slices.Contains(d.Capabilities.Fields, storage.FieldOpeningHours) {
			continue
		}
		var days []int
		for i, day := range w.Days {
			if len(day) > limit {
				days = append(days, i)
			}
		}
		if len(days) > 0 {
			out = append(out, periodLimit{Directory: d.Name, Limit: limit, Days: days})
		}
	}
	return out
}
