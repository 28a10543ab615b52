package storage

import (
	"strings"
	"time"
)

// Account is one outside account or destination (a directory's folder, a service's login). Secrets are not in it.
type Account struct {
	ID        string            `json:"id"`
	Kind      string            `json:"kind"` // dotted id of the connector: "directory.trial"
	Name      string            `json:"name"`
	Settings  map[string]string `json:"settings,omitempty"` // "base-url", "folder"…
	Enabled   bool              `json:"enabled"`
	CreatedAt time.Time         `json:"createdAt"`
	// Identity is what the account called itself when it was last talked to; "" before that, or when it cannot say.
	Identity string `json:"identity,omitempty"`
	// PausedUntil and Pause tell people why the lane waits; zero and nil when it does not.
	PausedUntil time.Time `json:"pausedUntil,omitzero"`
	Pause       *Problem  `json:"pause,omitempty"`
	LastOK      time.Time `json:"lastOk,omitzero"`
	// FailingSince is when it stopped answering; zero while it answers. Trips is how many times in a row its circuit
	// breaker opened, TrippedAt when it last did: each time doubles the pause.
	FailingSince time.Time `json:"failingSince,omitzero"`
	Trips        int       `json:"trips,omitempty"`
	TrippedAt    time.Time `json:"trippedAt,omitzero"`
	// ClockOffset is how far its clock is ahead of ours, as its answers say.
	ClockOffset time.Duration `json:"clockOffset,omitempty"`
	// Compared identifies what its directory took (fields, limits) when its listings were compared last.
	Compared string `json:"compared,omitempty"`
	// Leaving is set while an account is being removed; a removal that was interrupted goes on at the next start.
	Leaving bool `json:"leaving,omitempty"`
}

// The Jobs of the accounts that are no directories.
const (
	JobAgenda   = "agenda"   // the agenda is published there
	JobContacts = "contacts" // contacts are kept in tune with their address book
)

// Job tells which part of the program an account serves: the first word of its kind.
func (a *Account) Job() string {
	job, _, _ := strings.Cut(a.Kind, ".")
	return job
}

// IsDirectory reports whether establishments are published on the account.
func (a *Account) IsDirectory() bool { return a.Job() != JobAgenda && a.Job() != JobContacts }

// Works forgets why an account waited, once it answered at a moment.
func (a *Account) Works(now time.Time) {
	a.Pause, a.PausedUntil, a.FailingSince, a.LastOK = nil, time.Time{}, time.Time{}, now
}

// ImportProfile remembers how the columns of a kind of file were mapped.
type ImportProfile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Headers is the header row it was made for; Fingerprint its normalised hash.
	Headers     []string          `json:"headers"`
	Fingerprint string            `json:"fingerprint"`
	Columns     []Field           `json:"columns"` // per header, "" when ignored
	Constants   map[Field]string  `json:"constants,omitempty"`
	Options     map[string]string `json:"options,omitempty"`
	UsedAt      time.Time         `json:"usedAt"`
}
