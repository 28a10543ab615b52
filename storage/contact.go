package storage

import "time"

// Contact is somebody that people write to or call. Its card's types are those of this package.
type Contact struct {
	ID       string `json:"id"`
	Revision int    `json:"revision"` // raised by each write
	Card
	CreatedAt time.Time `json:"createdAt"`
	// Changed tells, per field of CardFields, when it was last changed, and by whom.
	Changed map[Field]CardChange `json:"changed,omitempty"`
	// TrashedAt is when it went to the trash; zero while it is not there. It is forgotten after TrashKept.
	TrashedAt time.Time `json:"trashedAt,omitzero"`
	// MergedInto is the contact that took this one's place when duplicates were merged; "" for the others. It is in the
	// trash then.
	MergedInto string `json:"mergedInto,omitempty"`
}

// CardChange is the last change of a field of a contact.
type CardChange struct {
	At time.Time `json:"at"`
	By Actor     `json:"by"`
	// AccountID is the account that the value came from, when By is ActorProvider.
	AccountID string `json:"account,omitempty"`
}

// TrashKept is how long a contact stays in the trash before it is forgotten.
const TrashKept = 30 * 24 * time.Hour

// ContactRow is what a list shows of a contact.
type ContactRow struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"` // Card.FullName
	Organization string    `json:"organization,omitempty"`
	Email        string    `json:"email,omitempty"` // first personal or professional one
	Phone        string    `json:"phone,omitempty"` // a mobile when there is one
	Labels       []string  `json:"labels,omitempty"`
	Accounts     []string  `json:"accounts,omitempty"` // linked ones, sorted
	Trashed      bool      `json:"trashed,omitempty"`
	ChangedAt    time.Time `json:"changedAt"` // latest of Contact.Changed, or CreatedAt
	// Sort orders the list, compared as bytes: SearchKey of family name, given name, or what FullName shows.
	Sort string `json:"sort"`
	// Search is the SearchKey of everything that a search finds: names, company, e-mails, phones (digits).
	Search string `json:"search"`
}

// ContactKey is something that a contact is recognised by, and whose it is.
type ContactKey struct {
	Key       string
	ContactID string
}

// ContactLink ties a contact to its card in an outside address book. It is the base of the merge.
type ContactLink struct {
	ContactID string `json:"contact"`
	AccountID string `json:"account"`
	// RemoteID names it there (Google's resource name, the path of a vCard): unique in the account.
	RemoteID string `json:"remote"`
	ETag     string `json:"etag,omitempty"`
	// RemoteAt is when the other side says it changed last, by its clock; zero when it does not say.
	RemoteAt time.Time `json:"remoteAt,omitzero"`
	// Ours is what we last wanted the book to show of the contact, Theirs what it was last seen to show, both in the
	// book's types. What differs from them since is what either side changed: they are not equal where a book keeps a
	// value in its own way, or where a field travels one way only.
	Ours   Card `json:"ours"`
	Theirs Card `json:"theirs"`
	// SyncedAt is when both sides were last put in tune; CreatedHere that the card there is our creation, and since when.
	SyncedAt    time.Time `json:"syncedAt"`
	CreatedHere time.Time `json:"createdHere,omitzero"`
	// LeftAt is when the two stopped being kept in tune though both stand: the card lost the account's label, or the contact
	// went to the trash and nothing is deleted there. The link stays, so that neither side is created again.
	LeftAt time.Time `json:"leftAt,omitzero"`
	// MissingSince is set while complete readings do not find the card any more, before that is believed.
	MissingSince time.Time `json:"missingSince,omitzero"`
	// Turns remembers, for the fields that the book changed here, whose turn it was and when it changed hands lately; Frozen
	// are those that did so too often: they go neither way until a person decides. Both in the book's types.
	Turns  map[Field]Turns `json:"turns,omitempty"`
	Frozen []Field         `json:"frozen,omitempty"`
}

// ContactQuestion is what a person must decide about a contact and an address book.
type ContactQuestion struct {
	ID        string              `json:"id"`
	Kind      ContactQuestionKind `json:"kind"`
	AccountID string              `json:"account"`
	// ContactIDs are the contacts here that it is about (several candidates of a match), RemoteIDs the cards there.
	ContactIDs []string  `json:"contacts,omitempty"`
	RemoteIDs  []string  `json:"remotes,omitempty"`
	Since      time.Time `json:"since"`
	// Name is whom it is about, as shown.
	Name string `json:"name"`
	// Conflicts are the fields changed on both sides, or frozen (QuestionConflict), in the order of CardFields.
	Conflicts []ContactConflict `json:"conflicts,omitempty"`
	// Decided is which side of each field a person chose, "here" or "there"; the next pass brings it about.
	Decided map[Field]string `json:"decided,omitempty"`
	// There is the card of the book as it was read (QuestionMatch), with its types.
	There *Card `json:"there,omitempty"`
	// Reason says why it is asked.
	Reason *Problem `json:"reason,omitempty"`
}

// ContactQuestionKind tells what is asked.
type ContactQuestionKind string

// The kinds; the text is the translation key "contact.question." + ContactQuestionKind.
const (
	QuestionConflict ContactQuestionKind = "conflict" // a field changed on both sides
	QuestionMatch    ContactQuestionKind = "match"    // a card there may be one of several contacts, or none
	QuestionRefused  ContactQuestionKind = "refused"  // the other side refuses the card; Reason says why
)

// ContactConflict is one field that both sides changed, or one that is frozen: it changed back and forth too often.
type ContactConflict struct {
	Field Field  `json:"field"`
	Base  string `json:"base,omitempty"` // canonical text of the field (Card.Get), here and below
	Here  string `json:"here,omitempty"`
	There string `json:"there,omitempty"`
	// HereAt and ThereAt are when, by our clock; zero when not known.
	HereAt  time.Time `json:"hereAt,omitzero"`
	ThereAt time.Time `json:"thereAt,omitzero"`
	Frozen  bool      `json:"frozen,omitempty"`
}

// ContactBook is what is remembered about the address book of an account between passes.
type ContactBook struct {
	AccountID string `json:"account"`
	// Pair identifies what was compared: the account's identity there, its label, the field map. When it differs, the
	// next pass is a first one: nothing is deleted by it.
	Pair string `json:"pair,omitempty"`
	// Cursor is where the next incremental reading begins ("": a full one); FullAt when the last full reading ended.
	Cursor string    `json:"cursor,omitempty"`
	FullAt time.Time `json:"fullAt,omitzero"`
	// Count is how many cards of the scope the last complete reading found.
	Count int `json:"count"`
	// LastPass is the run of the last pass that ended, LastOK when one last went through.
	LastPass string    `json:"lastPass,omitempty"`
	LastOK   time.Time `json:"lastOk,omitzero"`
	// Pass is the state of a pass under way, kept so that it goes on after a crash; nil when none is. Its form is
	// sync/contacts's own.
	Pass []byte `json:"pass,omitempty"`
	// Ignored are the names there of cards that a person wants left alone.
	Ignored []string `json:"ignored,omitempty"`
	// Sent counts by hour what left lately, for the guard. Its form is sync/contacts's own.
	Sent []byte `json:"sent,omitempty"`
}

// Clone gives a copy that shares nothing with c.
func (c *Contact) Clone() *Contact {
	d := *c
	d.Card = c.Card.Clone()
	if c.Changed != nil {
		d.Changed = make(map[Field]CardChange, len(c.Changed))
		for f, change := range c.Changed {
			d.Changed[f] = change
		}
	}
	return &d
}
