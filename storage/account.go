package storage

import "time"

// Account is one outside account or destination (a directory's folder, a service's login). Secrets are not in it.
type Account struct {
	ID        string            `json:"id"`
	Kind      string            `json:"kind"` // dotted id of the connector: "directory.trial"
	Name      string            `json:"name"`
	Settings  map[string]string `json:"settings,omitempty"` // "base-url", "folder"…
	Enabled   bool              `json:"enabled"`
	CreatedAt time.Time         `json:"createdAt"`
	// PausedUntil and Pause tell people why the lane waits; zero and nil when it does not.
	PausedUntil time.Time `json:"pausedUntil,omitzero"`
	Pause       *Problem  `json:"pause,omitempty"`
	LastOK      time.Time `json:"lastOk,omitzero"`
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

// Schedule is a periodic job. NextDue is a UTC instant, kept so that a restart loses nothing.
type Schedule struct {
	ID       string        `json:"id"`   // "check:" + account ID
	Kind     string        `json:"kind"` // "check"
	Account  string        `json:"account,omitempty"`
	Every    time.Duration `json:"every"`
	NextDue  time.Time     `json:"nextDue"`
	LastRun  time.Time     `json:"lastRun,omitzero"`
	LastSlot time.Time     `json:"lastSlot,omitzero"`
}
