package storage

import "time"

// AgendaReader is the agenda's part of Reader.
type AgendaReader interface {
	ReservationType(id string) (*ReservationType, error)
	// ReservationTypes gives the types in their Order.
	ReservationTypes() ([]*ReservationType, error)
	Person(id string) (*Person, error)
	Persons() ([]*Person, error)
	Resource(id string) (*Resource, error)
	Resources() ([]*Resource, error)

	Reservation(id string) (*Reservation, error)
	ReservationByUID(uid string) (*Reservation, error)
	// Reservations is in id order.
	Reservations(after string, limit int) ([]*Reservation, error)
	// ReservationsBetween gives, in id order, those that may take some of the time from (included) to to (not included):
	// none that does is left out, but one whose time comes within a day of it, or a series that pauses then, may be in it.
	ReservationsBetween(from, to time.Time) ([]*Reservation, error)
	ReservationsByOutsideFeed(feedID, after string, limit int) ([]*Reservation, error)
	CountReservations() (int, error)
	// Uses counts what refers to an establishment or to a part of the agenda; nothing refers to what does not exist.
	Uses(kind Referent, id string) (Uses, error)

	FeedLink(id string) (*FeedLink, error)
	FeedLinks() ([]*FeedLink, error)
	// FeedLinkByToken finds a link by the hash of its token, or of one of its former tokens: the caller looks which.
	FeedLinkByToken(hash string) (*FeedLink, error)
	Publication(linkID, accountID string) (*Publication, error)
	// Publications gives those of an account; "": all.
	Publications(accountID string) ([]*Publication, error)
	OutsideFeed(id string) (*OutsideFeed, error)
	OutsideFeeds() ([]*OutsideFeed, error)
}

// AgendaWriter is the agenda's part of Writer. Each Put refuses Problems (Validate). Each Delete gives ErrInUse while
// something that stays refers to the entity (Uses): what then becomes of that is not for a Store to decide.
type AgendaWriter interface {
	// PutReservationType refuses ErrDuplicate (a name that another type bears).
	PutReservationType(t *ReservationType) error
	DeleteReservationType(id string) error
	// PutPerson refuses ErrDuplicate (a second administrator).
	PutPerson(p *Person) error
	DeletePerson(id string) error
	PutResource(r *Resource) error
	DeleteResource(id string) error
	// PutReservation refuses ErrDuplicate (UID) and ErrConflict (Revision); it raises r.Revision. A new one has Revision 0
	// and gets an ID, a UID, CreatedAt and ChangedAt when it has none.
	PutReservation(r *Reservation) error
	DeleteReservation(id string) error
	// PutFeedLink refuses ErrDuplicate (a token that another link has, or had).
	PutFeedLink(l *FeedLink) error
	// DeleteFeedLink removes it with its publications, whatever they left on the other side: ask first for their removal
	// there (Publication.Leaving).
	DeleteFeedLink(id string) error
	PutPublication(p *Publication) error
	DeletePublication(linkID, accountID string) error
	PutOutsideFeed(f *OutsideFeed) error
	// DeleteOutsideFeed gives ErrInUse while a reservation that was read from it is left.
	DeleteOutsideFeed(id string) error
}

// Referent is a kind of entity that the agenda refers to.
type Referent string

// The referents.
const (
	ReferentType          Referent = "type"
	ReferentPerson        Referent = "person"
	ReferentResource      Referent = "resource"
	ReferentEstablishment Referent = "establishment"
	ReferentOutsideFeed   Referent = "outsideFeed"
)

// Uses counts what refers to an entity.
type Uses struct {
	Reservations int `json:"reservations,omitempty"`
	Resources    int `json:"resources,omitempty"` // an establishment's
	Links        int `json:"links,omitempty"`     // that show only it among others, or belong to it
	OutsideFeeds int `json:"outsideFeeds,omitempty"`
}

// Any reports whether there is any use.
func (u Uses) Any() bool { return u != Uses{} }

// References calls f on what a reservation refers to, occurrences that differ included; the same may come again.
func (r *Reservation) References(f func(kind Referent, id string)) {
	refer := func(kind Referent, id string) {
		if id != "" {
			f(kind, id)
		}
	}
	refer(ReferentType, r.TypeID)
	refer(ReferentOutsideFeed, r.OutsideFeedID)
	r.Details.references(refer)
	for i := range r.Overrides {
		r.Overrides[i].references(refer)
	}
}

func (d *Details) references(f func(kind Referent, id string)) {
	f(ReferentEstablishment, d.EstablishmentID)
	f(ReferentResource, d.ResourceID)
	for _, id := range d.InCharge {
		f(ReferentPerson, id)
	}
	for _, p := range d.Participants {
		f(ReferentPerson, p.PersonID)
	}
}

// References calls f on what a resource refers to.
func (r *Resource) References(f func(kind Referent, id string)) {
	if r.EstablishmentID != "" {
		f(ReferentEstablishment, r.EstablishmentID)
	}
}

// References calls f on what a link refers to.
func (l *FeedLink) References(f func(kind Referent, id string)) {
	f(ReferentPerson, l.OwnerID)
	for _, id := range l.TypeIDs {
		f(ReferentType, id)
	}
	for _, id := range l.EstablishmentIDs {
		f(ReferentEstablishment, id)
	}
	for _, id := range l.ResourceIDs {
		f(ReferentResource, id)
	}
}

// References calls f on what an outside feed refers to.
func (o *OutsideFeed) References(f func(kind Referent, id string)) {
	f(ReferentType, o.TypeID)
	if o.EstablishmentID != "" {
		f(ReferentEstablishment, o.EstablishmentID)
	}
	if o.ResourceID != "" {
		f(ReferentResource, o.ResourceID)
	}
}
