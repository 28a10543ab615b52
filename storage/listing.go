package storage

import "time"

// Word is the one word people read of a listing. It is derived from the four statuses, never kept as truth; its text is
// the translation key "word." + Word.
type Word string

// The words, from the most serious to the calmest.
const (
	WordError    Word = "error"    // Erreur: technical problem, retried at RetryAt
	WordDrift    Word = "drift"    // Écart: re-read differs and the difference is not ours
	WordAction   Word = "action"   // Action requise
	WordNotFound Word = "notFound" // Introuvable
	WordToSync   Word = "toSync"   // À synchroniser: local edit newer than the last push, or never sent
	WordPending  Word = "pending"  // En cours: queued, in flight, or waiting for the directory
	WordSent     Word = "sent"     // Envoyée: accepted or file uploaded, not verifiable (yet)
	WordLinked   Word = "linked"   // Liée: read only
	WordDisabled Word = "disabled" // Désactivée: opted out
	WordUpToDate Word = "upToDate" // À jour: re-read, every comparable field matches
)

// Words lists them from the most serious to the calmest.
var Words = []Word{
	WordError, WordDrift, WordAction, WordNotFound, WordToSync, WordPending, WordSent, WordLinked, WordDisabled,
	WordUpToDate,
}

// SyncStatus is the outcome of the last comparison with the directory.
type SyncStatus string

// The sync statuses.
const (
	SyncUnknown   SyncStatus = ""          // never compared
	SyncInSync    SyncStatus = "inSync"    // re-read and equal to what it accepted
	SyncNotInSync SyncStatus = "notInSync" // re-read and different
	SyncNotFound  SyncStatus = "notFound"
	SyncNoCheck   SyncStatus = "noCheck" // nothing can be re-read (files)
	SyncTechnical SyncStatus = "technical"
	SyncLinkOnly  SyncStatus = "linkOnly"
)

// FlowStatus tells where the work is.
type FlowStatus string

// The flow statuses.
const (
	FlowIdle      FlowStatus = ""          // nothing to do
	FlowNeeded    FlowStatus = "needed"    // to be sent, when the user asks or by auto-sync
	FlowQueued    FlowStatus = "queued"    // an operation is waiting or in flight
	FlowDirectory FlowStatus = "directory" // sent; the directory is thinking (moderation)
	FlowUser      FlowStatus = "user"      // sent or blocked; the user has something to do (Action)
	FlowDisabled  FlowStatus = "disabled"  // opted out
)

// ClaimStatus tells who holds the listing on the directory.
type ClaimStatus string

// The claim statuses.
const (
	ClaimUnknown ClaimStatus = ""
	ClaimOurs    ClaimStatus = "ours"
	ClaimOthers  ClaimStatus = "others"
)

// ConnectStatus tells whether the account behind the listing can be used.
type ConnectStatus string

// The connect statuses.
const (
	ConnectNotNeeded ConnectStatus = ""
	ConnectOK        ConnectStatus = "connected"
	ConnectLost      ConnectStatus = "lost"
)

// FieldMatch compares one field between what the directory accepted from us, what we want now and what it shows.
type FieldMatch string

// The matches.
const (
	MatchSame          FieldMatch = "same"
	MatchLocalChanged  FieldMatch = "local"  // changed here since the last publication
	MatchRemoteChanged FieldMatch = "remote" // changed there since the last publication
	MatchBothChanged   FieldMatch = "both"
	MatchUnverifiable  FieldMatch = "unverifiable" // the directory does not show this field
)

// Listing is one establishment on one directory account. It exists from the first time it is sent, found or blocked;
// before that, an active establishment's listing on an enabled account is "À synchroniser" (see DefaultWord).
type Listing struct {
	EstablishmentID string `json:"establishment"`
	AccountID       string `json:"account"`

	Desired  Snapshot `json:"desired,omitempty"`  // what we want shown, as of the last edit
	Accepted Snapshot `json:"accepted,omitempty"` // what the directory accepted last
	Observed Snapshot `json:"observed,omitempty"` // what was last read there
	// Written is what the file that waits for the user's upload holds (directories of files); it becomes Accepted when
	// the user confirms the upload.
	Written  Snapshot `json:"written,omitempty"`
	RemoteID string   `json:"remoteId,omitempty"`
	ETag     string   `json:"etag,omitempty"`
	URL      string   `json:"url,omitempty"` // public address

	Sync    SyncStatus    `json:"sync,omitempty"`
	Flow    FlowStatus    `json:"flow,omitempty"`
	Claim   ClaimStatus   `json:"claim,omitempty"`
	Connect ConnectStatus `json:"connect,omitempty"`

	Matches map[Field]FieldMatch `json:"matches,omitempty"`
	// Kept lists the fields whose remote change the user refused ("Garder le nôtre") since the last read; they are
	// sent again with the next publication.
	Kept []Field `json:"kept,omitempty"`

	// Turns remembers, for the fields that others changed there, whose turn it was and when it changed hands lately;
	// Frozen are those that did so too often: they are neither sent nor accepted until the user lets them go.
	Turns  map[Field]Turns `json:"turns,omitempty"`
	Frozen []Field         `json:"frozen,omitempty"`

	// Reason says why the word is what it is, for people; nil when it needs no reason.
	Reason *Problem `json:"reason,omitempty"`
	// Blockers are the problems found before sending; the listing is not sent while there is one.
	Blockers Problems `json:"blockers,omitempty"`

	SentAt    time.Time `json:"sentAt,omitzero"`
	CheckedAt time.Time `json:"checkedAt,omitzero"`
	NextCheck time.Time `json:"nextCheck,omitzero"`
	RetryAt   time.Time `json:"retryAt,omitzero"` // of the operation, when WordError
	Attempts  int       `json:"attempts,omitempty"`
	Marks     Marks     `json:"marks,omitzero"` // what the guard counted of it
}

// Turns is the coming and going of one field between us and others.
type Turns struct {
	Theirs bool        `json:"theirs,omitempty"` // who wrote last
	At     []time.Time `json:"at,omitempty"`     // when the writer changed, older first
}

// Word derives the one word shown to people.
func (l *Listing) Word() Word {
	switch {
	case l.Flow == FlowDisabled:
		return WordDisabled
	case l.Sync == SyncTechnical:
		return WordError
	case l.Flow == FlowUser || len(l.Blockers) > 0 || l.Connect == ConnectLost:
		return WordAction
	case l.Flow == FlowQueued || l.Flow == FlowDirectory:
		return WordPending
	case l.Sync == SyncNotInSync:
		return WordDrift
	case l.Sync == SyncNotFound:
		return WordNotFound
	case l.Sync == SyncLinkOnly:
		return WordLinked
	case l.Flow == FlowNeeded || l.Accepted == nil:
		return WordToSync
	case l.Sync == SyncInSync:
		return WordUpToDate
	}
	return WordSent
}

// DefaultWord is the word of a listing that does not exist yet, on an enabled account.
func DefaultWord(s Status) Word {
	switch s {
	case StatusActive, StatusTemporarilyClosed:
		return WordToSync
	}
	return WordDisabled
}

// Worst gives the most serious of several words; without any, WordDisabled.
func Worst(ws ...Word) Word {
	for _, w := range Words {
		for _, x := range ws {
			if w == x {
				return w
			}
		}
	}
	return WordDisabled
}
