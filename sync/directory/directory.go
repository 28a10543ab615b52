// Package directory is job A's vocabulary: what a directory is and declares (Directory, Capabilities), what keeps an
// establishment from being sent (Blockers), and what it should show (Desired). Every directory and file format has a
// sub-package of its own. The engine (package sync) drives them and never tests a kind's name.
//
// Nothing here keeps state or decides when to send.
package directory

import (
	"context"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// Mode tells how a directory takes what we send.
type Mode string

// The modes.
const (
	Direct   Mode = "direct"   // written at once, can be read back
	Reviewed Mode = "reviewed" // accepted first, shown after a moderation
	File     Mode = "file"     // a file is written, the user uploads it and says so
	Guided   Mode = "guided"   // the user does it on the directory's own pages
)

// Capabilities are what a directory declares; the engine and the screens obey them.
type Capabilities struct {
	Mode   Mode
	Fields []storage.Field // carried; a Snapshot for this directory holds just these
	// Readable are the fields that can be read back; nil when nothing can.
	Readable  []storage.Field
	Mandatory []storage.Field
	// AnyOf are groups of mandatory fields of which one is enough.
	AnyOf            [][]storage.Field
	MaxPeriodsPerDay int                   // 0: no limit
	MaxLength        map[storage.Field]int // characters
	BatchSize        int                   // changes per Push, at least 1
	RatePerSecond    float64               // calls; 0: no limit
	// MinDelay and MaxDelay are the usual time before a change shows, for people.
	MinDelay, MaxDelay time.Duration
	CheckEvery         time.Duration // periodic re-reading; 0: never
	Trial              bool          // labelled as a trial everywhere on screen
	NeedsConfirmation  bool          // after Push the user confirms an upload (Mode File)
	// Check gives the problems of a snapshot that the declarations above cannot express; nil when there are none to
	// find. Pure, and called before every sending.
	Check func(storage.Snapshot) storage.Problems `json:"-"`
	// Guard holds the thresholds of the guard; those left zero are the usual ones.
	Guard merge.Thresholds
	// Settings are the names of the account's settings, in the order they are asked for.
	Settings []Setting
}

// Setting is one thing an account of this directory must know.
type Setting struct {
	Name     string // "folder", "base-url"; label: translation key "setting." + Name
	Folder   bool   // chosen with a folder dialog
	Secret   bool   // kept in storage/secrets, never in the account
	Optional bool
	// Granted is a secret that a consent in the browser gives: nobody types it, and no form asks for it.
	Granted bool
}

// Change is one listing to bring about. Previous is nil for a creation (nothing accepted and no RemoteID).
type Change struct {
	EstablishmentID string
	Identifier      string           // the user's own code, our natural key on the other side
	Desired         storage.Snapshot // the carried fields
	Previous        storage.Snapshot // last accepted
	Touched         []storage.Field  // fields of Desired that differ from Previous; all for a creation
	RemoteID        string
	ETag            string
	IdempotencyKey  string
}

// Receipt is the answer to one Change, in the same position. With Err set, see the error classes of errors.go.
type Receipt struct {
	RemoteID  string
	ETag      string
	URL       string
	RequestID string // the other side's reference, for the journal
	Pending   bool   // accepted, shown after a moderation: re-read later
	// ReadyFile is the file that the user must now upload (Mode File).
	ReadyFile string
	// Answer is what the other side said, in short and for the journal: "201 Created". Nothing secret.
	Answer string
	// ServerTime is what the other side's clock said in its answer; zero when it did not say.
	ServerTime time.Time
	Err        error
}

// Observation is what was read there.
type Observation struct {
	Found    bool
	Values   storage.Snapshot // the Readable fields
	RemoteID string
	ETag     string
	URL      string
	Pending  bool             // a moderation is still under way
	Rejected *storage.Problem // the moderation refused what we sent, with the directory's own reason
	// ServerTime is what the other side's clock said in its answer; zero when it did not say.
	ServerTime time.Time
}

// Directory is one account's connection. Its methods may be called from any goroutine, one at a time.
type Directory interface {
	Capabilities() Capabilities
	// Push brings about up to BatchSize changes and gives one Receipt for each. An error means that nothing is known
	// of any of them (class it as in errors.go).
	Push(ctx context.Context, changes []Change) ([]Receipt, error)
}

// Reader is a Directory that can be read back. Ref's RemoteID may be empty: then it searches by Identifier, which
// finds what a crashed creation left.
type Reader interface {
	Read(ctx context.Context, ref Ref) (Observation, error)
}

// Lister is a Reader that can give all its listings page by page, in fewer calls than one reading each.
type Lister interface {
	// List gives one page: the first for "", then the one that the page before named as its Next.
	List(ctx context.Context, cursor string) (Page, error)
}

// Page is a part of the list of all listings of an account. What is not on any page is not proved to be absent.
type Page struct {
	Listings   []Listed
	Next       string // cursor of the next page; "" after the last one
	Total      int    // listings on all pages, as the directory counts them; -1 when it does not say
	ServerTime time.Time
}

// Listed is a listing on a page.
type Listed struct {
	Identifier string // the user's own code, "" when the directory does not keep it
	Observation
}

// Identifier is a Directory that can name the account on its side, so that another account than last time is noticed
// before anything is sent.
type Identifier interface {
	// Identity gives the stable id of the account there, with one harmless call; "" when there is none yet.
	Identity(ctx context.Context) (string, error)
}

// Tester is a Directory that can be asked, with one harmless call, whether it answers and accepts the account.
type Tester interface {
	Test(ctx context.Context) error
}

// Ref names a listing on the other side.
type Ref struct {
	RemoteID   string
	Identifier string
}

// Kind is a connector as the program knows it.
type Kind struct {
	ID string // dotted: "directory.trial"
	// Capabilities are those of any account of this kind, known without one.
	Capabilities Capabilities
	// Open makes the connection of an account, without I/O; problems with its settings are *storage.Problem.
	Open func(a *storage.Account) (Directory, error)
}

// Kinds is the list of connectors, by id. It is made by composition in main and never changes.
type Kinds map[string]Kind

// NewKinds makes the list; a repeated or empty id panics, because it is a mistake of the program.
func NewKinds(kinds ...Kind) Kinds {
	m := make(Kinds, len(kinds))
	for _, k := range kinds {
		if _, dup := m[k.ID]; dup || k.ID == "" {
			panic("directory: kind registered twice or without id: " + k.ID)
		}
		m[k.ID] = k
	}
	return m
}

// Desired gives what the directory should show of e: its carried fields.
func Desired(e *storage.Establishment, c Capabilities) storage.Snapshot { return e.Snapshot(c.Fields) }
