package storage

import "time"

// Row is the projection of an establishment and its listings that lists need: flat, small, and kept beside the
// entity in the same transaction, so that 100,000 of them load without decoding one entity.
type Row struct {
	ID           string
	Identifier   string
	Name         string
	Line         string // address on one line
	City         string
	Status       Status
	AutoSync     bool
	Labels       []string
	Completeness uint8  // percent, see Establishment.Completeness
	SearchKey    string // SearchKey of name, identifier, address and city
	SortKey      string // French collation key of the name, compared as bytes
	Listings     []RowListing
	UpdatedAt    time.Time
}

// RowListing is what a list shows of one listing.
type RowListing struct {
	AccountID  string
	Word       Word
	SentAt     time.Time
	RetryAt    time.Time
	ReasonCode string // code of Listing.Reason, or of the first blocker
	Differing  int    // number of fields changed there or both
	Changed    int    // number of fields to send
}

// Word gives the most serious word over the enabled accounts given, taking the default where no listing exists.
func (r *Row) Word(accountIDs []string) Word {
	worst := WordDisabled
	first := true
	for _, id := range accountIDs {
		w := r.WordOn(id)
		if first {
			worst, first = w, false
			continue
		}
		worst = Worst(worst, w)
	}
	return worst
}

// WordOn gives the word on one account.
func (r *Row) WordOn(accountID string) Word {
	for i := range r.Listings {
		if r.Listings[i].AccountID == accountID {
			return r.Listings[i].Word
		}
	}
	return DefaultWord(r.Status)
}
