package storage

import "time"

// Counts tell what a publication does to an account, in listings; a listing may be in several of them.
type Counts struct {
	Linked   int `json:"linked,omitempty"` // held by the account before
	Created  int `json:"created,omitempty"`
	Modified int `json:"modified,omitempty"`
	Emptied  int `json:"emptied,omitempty"`  // losing at least one value
	Closed   int `json:"closed,omitempty"`   // declared closed for good
	Vanished int `json:"vanished,omitempty"` // not found there any more, by a reading
}

// Plus adds two counts up.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		Linked: c.Linked + o.Linked, Created: c.Created + o.Created, Modified: c.Modified + o.Modified,
		Emptied: c.Emptied + o.Emptied, Closed: c.Closed + o.Closed, Vanished: c.Vanished + o.Vanished,
	}
}

// Marks say when a publication last changed a listing, emptied a field of it and closed it: the guard counts a listing
// once within its 24 hours.
type Marks struct {
	Modified time.Time `json:"modified,omitzero"`
	Emptied  time.Time `json:"emptied,omitzero"`
	Closed   time.Time `json:"closed,omitzero"`
	Vanished time.Time `json:"vanished,omitzero"`
	// Missing is since when a reading does not find it, while that is not believed yet.
	Missing time.Time `json:"missing,omitzero"`
}

// Guard is why a run was held before anything of it left, and what the user is asked to agree to.
type Guard struct {
	Reasons  []*Problem        `json:"reasons"`
	Accounts map[string]Counts `json:"accounts"` // by account id
	// There and Here are set on a pass over an address book: what it would do to the cards of the book and to the contacts,
	// Closed being those deleted there, or put in the trash here.
	There *Counts `json:"there,omitempty"`
	Here  *Counts `json:"here,omitempty"`
	// Changes is how many listings, or contacts, the plan changes or creates; Hash identifies exactly these changes.
	Changes int    `json:"changes"`
	Hash    string `json:"hash"`
	// ApprovedAt is when the user agreed to the plan of this hash.
	ApprovedAt time.Time `json:"approvedAt,omitzero"`
}

// Gathering is the state of a run whose lines have no operations yet: nothing of them can leave.
type Gathering struct {
	// Cause is the run that adds lines until it ends (an import, an edit of several); "" when no more will come.
	Cause string `json:"cause,omitempty"`
	// From is the first line without an operation, once the guard let the run go.
	From int `json:"from,omitempty"`
}
