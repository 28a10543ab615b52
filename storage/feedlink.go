package storage

import "time"

// FeedDetail is how much a feed tells.
type FeedDetail string

// The levels of detail; the text is the translation key "feed.detail." + FeedDetail.
const (
	FeedBusy  FeedDetail = "busy"  // busy or free, nothing else
	FeedTitle FeedDetail = "title" // type, title, place
	FeedFull  FeedDetail = "full"  // and public notes, persons' names, link; never private notes, e-mails or phones
)

// FeedReading is the last time that a client read a feed.
type FeedReading struct {
	Client string    `json:"client"` // "Thunderbird", "Google Agenda"…, else what it calls itself
	From   string    `json:"from"`   // address of the network
	At     time.Time `json:"at"`
}

// KeptReadings is how many clients a feed link remembers, the latest first.
const KeptReadings = 8

// FormerToken is a token that stopped working.
type FormerToken struct {
	Hash string    `json:"hash"`
	At   time.Time `json:"at"` // when it stopped
}

// FeedLink is a subscription link: who it belongs to and what its feed shows. The token itself is a secret and is not in it.
type FeedLink struct {
	ID      string `json:"id"`
	OwnerID string `json:"owner"` // a person; never the administrator
	Label   string `json:"label"`
	// Types, Establishments and Resources restrict it by id; empty: all.
	TypeIDs          []string `json:"types,omitempty"`
	EstablishmentIDs []string `json:"establishments,omitempty"`
	ResourceIDs      []string `json:"resources,omitempty"`
	// Mine keeps only what the owner is in charge of or takes part in.
	Mine bool `json:"mine,omitempty"`
	// MonthsBack and MonthsAhead are the window around the day of rendering.
	MonthsBack  int        `json:"monthsBack"`
	MonthsAhead int        `json:"monthsAhead"`
	Detail      FeedDetail `json:"detail"`
	Language    string     `json:"language"`            // "fr" or "en"
	Reminders   []int      `json:"reminders,omitempty"` // minutes before the start
	// KeepCancelled shows cancelled reservations as such; else they disappear from the feed.
	KeepCancelled bool `json:"keepCancelled,omitempty"`
	// TokenHash is the SHA-256 of the token, in hexadecimal; Former are the tokens before it, newest first.
	TokenHash string        `json:"tokenHash"`
	Former    []FormerToken `json:"former,omitempty"`
	Readings  []FeedReading `json:"readings,omitempty"` // newest first, one per client, KeptReadings at most
	CreatedAt time.Time     `json:"createdAt"`
	// RevokedAt is zero while the link works.
	RevokedAt time.Time `json:"revokedAt,omitzero"`
}

// The window of a new feed link, in months.
const (
	DefaultMonthsBack  = 1
	DefaultMonthsAhead = 12
)

// PublishedEvent is what a publication by event (CalDAV) left on the other side.
type PublishedEvent struct {
	Path string `json:"path"`
	ETag string `json:"etag"`
	Hash string `json:"hash"` // SHA-256 of what was sent, in hexadecimal
}

// Publication is the feed of a link on its way to an outside account, and what is known to stand there.
type Publication struct {
	LinkID    string `json:"link"`
	AccountID string `json:"account"`
	// Name is the file's on the other side, as hard to guess as the token; PublicURL is where it can be read, "" when
	// nobody said.
	Name      string   `json:"name"`
	PublicURL string   `json:"publicUrl,omitempty"`
	Former    []string `json:"former,omitempty"` // names that must still be taken away there
	State     OpState  `json:"state"`            // "" when nothing waits
	// Wanted is the hash of the body that shall stand there, Published of the one that was accepted: SHA-256, hexadecimal.
	Wanted      string    `json:"wanted,omitempty"`
	Published   string    `json:"published,omitempty"`
	PublishedAt time.Time `json:"publishedAt,omitzero"`
	VerifiedAt  time.Time `json:"verifiedAt,omitzero"` // when PublicURL last answered with the same body
	Attempt     int       `json:"attempt,omitempty"`
	NotBefore   time.Time `json:"notBefore,omitzero"`
	Problem     *Problem  `json:"problem,omitempty"`
	// Leaving asks for its removal from the other side: the link was revoked.
	Leaving bool                      `json:"leaving,omitempty"`
	Events  map[string]PublishedEvent `json:"events,omitempty"` // by UID
}

// OutsideFeed is a feed of somebody else (Airbnb, Booking.com, a school) that is read on a schedule. Its address is a
// secret and is not in it.
type OutsideFeed struct {
	ID              string        `json:"id"`
	Name            string        `json:"name"`
	Host            string        `json:"host"` // of the address, to tell feeds apart
	EstablishmentID string        `json:"establishment,omitempty"`
	ResourceID      string        `json:"resource,omitempty"`
	TypeID          string        `json:"type"`
	Color           string        `json:"color"` // "#RRGGBB"
	Every           time.Duration `json:"every"`
	Enabled         bool          `json:"enabled"`
	NextRead        time.Time     `json:"nextRead,omitzero"`
	LastOK          time.Time     `json:"lastOk,omitzero"`
	Problem         *Problem      `json:"problem,omitempty"` // why the last reading failed, or is not believed
	ETag            string        `json:"etag,omitempty"`
	LastModified    string        `json:"lastModified,omitempty"`
	Hash            string        `json:"hash,omitempty"`     // of the body read last
	LastTry         time.Time     `json:"lastTry,omitzero"`   // whatever became of it
	Failures        int           `json:"failures,omitempty"` // in a row
	Aside           int           `json:"aside,omitempty"`    // events of the last reading that could not be taken
	Doubt           *OutsideDoubt `json:"doubt,omitempty"`    // nil: it is believed
}

// OutsideDoubt is that an outside feed lost so many reservations at once that they are kept until it is sure.
type OutsideDoubt struct {
	Since   time.Time `json:"since"`
	Missing int       `json:"missing"` // reservations
	Hash    string    `json:"hash"`    // of what is missing
}
