package storage

import (
	"context"
	"time"
)

// Store keeps one workspace. View and Update run their function in one consistent transaction; an error from the
// function undoes an Update whole. Calls are safe from any goroutine, except from inside their own function.
// Never call them on the interface's goroutine.
type Store interface {
	View(ctx context.Context, f func(Reader) error) error
	Update(ctx context.Context, f func(Writer) error) error
	// OnChange registers a listener called after each commit, in commit order, on the committing goroutine; it must
	// return at once. The function returned removes it.
	OnChange(f func(Changes)) (remove func())
	// Backup writes a verified copy to path (never over an existing file).
	Backup(ctx context.Context, path string) error
	// Verify checks every invariant: structure, indexes, rows, references, queue.
	Verify(ctx context.Context) ([]Violation, error)
	// Path is the folder of the workspace.
	Path() string
	Close() error
}

// Violation is one broken invariant; Text is technical English.
type Violation struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	Text   string `json:"text"`
}

// Changes says what a commit touched. With All, too much to list: read again.
type Changes struct {
	All            bool
	Establishments []string // whose Row changed, was created or deleted
	Runs           []string
	Accounts       bool
	Operations     bool
	Journal        bool
	Settings       bool
	Profiles       bool
	Reservations   []string // changed, created or deleted
	Agenda         bool     // reservation types, persons, resources, feed links, publications or outside feeds
	Contacts       []string // whose ContactRow changed, was created or deleted, or that were said to be two people
	ContactBooks   bool     // links, questions or what is remembered of address books
}

// Reader reads inside one transaction. Everything returned is a copy. Lists that can be long are paged: after is the
// last key of the previous page ("" first), limit the page's size (0: no limit).
type Reader interface {
	// Establishment gives ErrNotFound when there is none.
	Establishment(id string) (*Establishment, error)
	EstablishmentByIdentifier(identifier string) (*Establishment, error)
	// EstablishmentIDsByNaturalKey gives the ids that bear the key of NaturalKey, archived ones included.
	EstablishmentIDsByNaturalKey(key string) ([]string, error)
	// EstablishmentIDsByName gives up to limit ids whose SearchKey of the name begins with prefix.
	EstablishmentIDsByName(prefix string, limit int) ([]string, error)
	EstablishmentIDsByStatus(s Status) ([]string, error)
	EstablishmentIDsByLabel(label string) ([]string, error)
	// EstablishmentIDsByWord includes, on an enabled account, those that have no listing there yet and whose DefaultWord
	// it is.
	EstablishmentIDsByWord(accountID string, w Word) ([]string, error)
	Establishments(after string, limit int) ([]*Establishment, error)
	CountEstablishments() (int, error)
	// Row and Rows read the projection; Rows is in id order.
	Row(id string) (Row, error)
	Rows(after string, limit int) ([]Row, error)
	// RowListings gives f what the rows of Rows show of their listings, without the rest of them. It returns the id to go
	// on after, "" when these were the last ones; f must not keep what it is given.
	RowListings(after string, limit int, f func(*RowListing)) (next string, err error)
	// FirstRows gives the first rows in the order of SortKey, then id, leaving out those that bear a status; it is quick
	// enough for the first picture of a list of 100,000.
	FirstRows(limit int, except Status) ([]Row, error)

	Listing(establishmentID, accountID string) (*Listing, error)
	Listings(establishmentID string) ([]*Listing, error)
	ListingsByAccount(accountID, after string, limit int) ([]*Listing, error)
	// ListingsDue gives up to limit listings of the account whose NextCheck is set and not after now.
	ListingsDue(accountID string, now time.Time, limit int) ([]*Listing, error)

	Account(id string) (*Account, error)
	Accounts() ([]*Account, error)

	Operation(accountID, establishmentID string) (*Operation, error)
	// Operations gives the operations of an account, users' before scheduled ones, older first.
	Operations(accountID string, limit int) ([]*Operation, error)
	// OperationsAfter gives those of an account that come after one of an earlier page; nil: from the first.
	OperationsAfter(accountID string, last *Operation, limit int) ([]*Operation, error)
	CountOperations() (map[OpState]int, error)

	Run(id string) (*Run, error)
	// Runs gives runs newest first, older than before ("" for the newest).
	Runs(before string, limit int) ([]*Run, error)
	// OldestRuns gives runs oldest first, after a run ("" for the oldest).
	OldestRuns(after string, limit int) ([]*Run, error)
	RunItems(runID string, from, limit int) ([]*RunItem, error)

	Journal(q JournalQuery) ([]*JournalEntry, error)
	JournalEntry(id string) (*JournalEntry, error)
	// OldestJournal gives entries oldest first, after an entry ID (paging).
	OldestJournal(after string, limit int) ([]*JournalEntry, error)
	// RunJournal gives the entries of a run, oldest first, after an entry ID (paging).
	RunJournal(runID, after string, limit int) ([]*JournalEntry, error)

	AgendaReader
	ContactReader

	Profiles() ([]*ImportProfile, error)
	Schedules() ([]*Schedule, error)
	// Setting gives "" when it was never set.
	Setting(key string) (string, error)
	Settings() (map[string]string, error)
}

// Writer changes inside one transaction. Put creates or replaces; indexes, rows and change lists follow by themselves.
// What it deletes, or refers to, must exist: else ErrNotFound. An establishment, account, run, profile, journal entry,
// contact or part of the agenda without an ID gets one.
type Writer interface {
	Reader
	AgendaWriter
	ContactWriter

	// PutEstablishment refuses ErrDuplicate (identifier), ErrConflict (Revision) and Problems (Validate); it raises
	// e.Revision. A new one has Revision 0 and gets an ID when it has none.
	PutEstablishment(e *Establishment) error
	// DeleteEstablishment removes it with its listings and operations. Only the undo of a creation does that. It gives
	// ErrInUse while the agenda refers to it.
	DeleteEstablishment(id string) error
	PutListing(l *Listing) error
	DeleteListing(establishmentID, accountID string) error
	PutAccount(a *Account) error
	// DeleteAccount removes it with its listings, operations, schedules, publications and address book: links to
	// contacts, questions and what is remembered. The contacts stay.
	DeleteAccount(id string) error
	// PutOperation replaces the listing's operation.
	PutOperation(o *Operation) error
	DeleteOperation(accountID, establishmentID string) error
	PutRun(r *Run) error
	PutRunItem(i *RunItem) error
	// DeleteRunItems removes the first items of a run, up to limit of them, and tells how many there were; DeleteRun
	// removes a run with its items, and DeleteJournal an entry. Only the end of their retention does that.
	DeleteRunItems(runID string, limit int) (int, error)
	DeleteRun(id string) error
	DeleteJournal(id string) error
	// AppendJournal refuses ErrDuplicate (ID).
	AppendJournal(j *JournalEntry) error
	PutProfile(p *ImportProfile) error
	DeleteProfile(id string) error
	PutSchedule(s *Schedule) error
	DeleteSchedule(id string) error
	// PutSetting forgets the key when the value is empty.
	PutSetting(key, value string) error
	// NextNumber gives the next value of a named sequence, from 1.
	NextNumber(name string) (uint64, error)
}

// EachRow calls f on every row, in the order of ids, a page per transaction, so that a long reading never holds up a
// writer.
func EachRow(ctx context.Context, s Store, f func(Row)) error {
	const page = 500
	for after := ""; ; {
		var rows []Row
		err := s.View(ctx, func(tx Reader) (err error) {
			rows, err = tx.Rows(after, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			f(r)
		}
		if len(rows) < page {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}
