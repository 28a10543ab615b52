package sync

import (
	"time"

	"diapason/storage"
)

// Request selects what a run shall do.
type Request struct {
	// EstablishmentIDs are the chosen ones; with All, every active establishment instead.
	EstablishmentIDs []string
	All              bool
	AccountIDs       []string // empty: every enabled account
	Actor            storage.Actor
	// Force sends even what the directory accepted already in the same words ("Tout renvoyer").
	Force bool
}

// Intent is what a plan would do with one listing.
type Intent string

// The intents.
const (
	IntentCreate    Intent = "create"
	IntentUpdate    Intent = "update"
	IntentDelete    Intent = "delete"
	IntentClose     Intent = "close" // tell the directory that it is closed for good
	IntentUnchanged Intent = "unchanged"
	IntentBlocked   Intent = "blocked"
	IntentSkipped   Intent = "skipped" // a draft, archived, or closed without ever having been published
)

// PlanItem is one line of a plan.
type PlanItem struct {
	EstablishmentID string
	AccountID       string
	Name            string
	Intent          Intent
	Changes         []storage.FieldChange // before: what is shown there as far as is known, after: wanted now
	// Blockers say why it is not sent: what is to be corrected, or why it is skipped or left as it is.
	Blockers storage.Problems
	// ContactID is set on a line of a pass over an address book instead of EstablishmentID, unless it is about somebody new.
	ContactID string
	// There is what such a pass does to a card ("create", "update", "delete"), Here what it does to the contact ("create",
	// "update", "trash", "restore"); "" for nothing. Both are empty where a complete reading does not find the card.
	There, Here string
}

// Plan is what a run would do; making one writes nothing.
type Plan struct {
	Items []PlanItem
	Hash  string // identifies the changes, no more and no less: an agreement is given to a hash
	// Guard says why the run would be held; nil when it would not.
	Guard *storage.Guard
}

// Progress is the state of a running or finished job; producers count with atomics, displays poll or listen at most
// ten times a second.
type Progress struct {
	RunID     string
	Kind      storage.RunKind
	Done      int
	Total     int
	Failed    int
	Current   string // what is being worked on: "Hôtel du Vieux Port, Google"
	StartedAt time.Time
	Finished  bool
	State     storage.RunState
	// Growing is set while what is to be done is being found out or queued: Total is then not all of it.
	Growing bool
	// Paused is set while a person has it wait.
	Paused bool
	// Cancelling is set from the wish to cancel until the job ends: nothing new leaves, what is on its way is let through.
	Cancelling bool
}

// BulkEdit is one edit applied to several establishments as one undoable run. Zero fields change nothing.
type BulkEdit struct {
	AutoSync     *bool
	Status       storage.Status // "" keeps
	AddLabels    []string
	RemoveLabels []string
}

// Decision answers a drift on one field of a listing.
type Decision string

// The decisions.
const (
	KeepOurs     Decision = "keep"   // ours is sent again with the next publication
	AcceptTheirs Decision = "accept" // the directory's value becomes ours
)
