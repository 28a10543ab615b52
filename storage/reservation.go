package storage

import "time"

// ReservationType is a kind of reservation, with the colour and pictogram it is shown with.
type ReservationType struct {
	ID    string `json:"id"`
	Name  string `json:"name"`  // unique, whatever its accents and capitals
	Color string `json:"color"` // "#RRGGBB"
	Icon  string `json:"icon"`  // name of a pictogram in assets/icons
	Order int    `json:"order"` // position in lists, from 0
}

// Person is somebody who is in charge of reservations, takes part in them or owns feed links.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	Staff bool   `json:"staff,omitempty"` // of the house, not a guest
	// Administrator is set on the one identity that stands for the workspace itself: it can own no feed link.
	Administrator bool `json:"administrator,omitempty"`
}

// Resource is what only one reservation can have at a time: a room, a vehicle.
type Resource struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	EstablishmentID string `json:"establishment,omitempty"` // "": of the whole workspace
}

// ReservationStatus tells how firm a reservation is.
type ReservationStatus string

// The reservation statuses; the text is the translation key "reservation.status." + ReservationStatus.
const (
	ReservationOption    ReservationStatus = "option"
	ReservationConfirmed ReservationStatus = "confirmed"
	ReservationCancelled ReservationStatus = "cancelled"
)

// Attendance is what a participant answered, or did.
type Attendance string

// The answers; the text is the translation key "reservation.attendance." + Attendance.
const (
	AttendanceInvited  Attendance = "invited"
	AttendanceAccepted Attendance = "accepted"
	AttendanceDeclined Attendance = "declined"
	AttendancePresent  Attendance = "present"
	AttendanceAbsent   Attendance = "absent"
)

// Participant is one person's part in a reservation.
type Participant struct {
	PersonID string     `json:"person"`
	Answer   Attendance `json:"answer"`
}

// Details are what a reservation says beside its time; one occurrence of a series may say something else.
type Details struct {
	Title           string            `json:"title"`
	EstablishmentID string            `json:"establishment,omitempty"`
	ResourceID      string            `json:"resource,omitempty"`
	Status          ReservationStatus `json:"status"`
	InCharge        []string          `json:"inCharge,omitempty"` // persons
	Participants    []Participant     `json:"participants,omitempty"`
	PublicNotes     string            `json:"publicNotes,omitempty"`
	PrivateNotes    string            `json:"privateNotes,omitempty"` // never leaves this machine
	Address         string            `json:"address,omitempty"`
	Link            string            `json:"link,omitempty"` // http or https
}

// Recurrence says when a reservation comes back, in the terms of RFC 5545.
type Recurrence struct {
	// Rule is the value of an RRULE: "FREQ=WEEKLY;BYDAY=MO". Its UNTIL is civil, as Start, when Start is a date, else UTC.
	Rule string `json:"rule"`
	// Except are the occurrences left out (EXDATE), Extra the ones added (RDATE): civil times of the series' zone.
	Except []LocalTime `json:"except,omitempty"`
	Extra  []LocalTime `json:"extra,omitempty"`
}

// Override is one occurrence of a series that differs from it.
type Override struct {
	Original LocalTime `json:"original"` // when it would begin (RECURRENCE-ID)
	Start    LocalTime `json:"start"`
	End      LocalTime `json:"end"`
	Details
	// SequenceAhead is by how much its own SEQUENCE is ahead of its series', negative when behind: each occurrence of a
	// file counts for itself (RFC 5545, 3.8.7.4). It moves on with that of the series.
	SequenceAhead int `json:"sequenceAhead,omitempty"`
}

// Reservation is an entry of the agenda: a stay, a rehearsal, an appointment, once or as a series.
type Reservation struct {
	ID       string `json:"id"`
	Revision int    `json:"revision"` // raised by each write
	// UID names it outside (RFC 5545): unique, made once and the same in every feed. A new one without gets its ID. What
	// an outside feed calls its event may be in use already, in another feed or here: make the UID of both names.
	UID    string `json:"uid"`
	TypeID string `json:"type"`
	Details
	// Start and End are civil times in Zone, both dates alone for whole days. End is not included.
	Start LocalTime `json:"start"`
	End   LocalTime `json:"end"`
	Zone  string    `json:"zone"` // IANA name
	// Recurrence is nil for a single reservation.
	Recurrence *Recurrence `json:"recurrence,omitempty"`
	Overrides  []Override  `json:"overrides,omitempty"` // in the order of Original
	// Sequence and ChangedAt move on every change that a reader of a feed can see (SEQUENCE, LAST-MODIFIED).
	Sequence  int       `json:"sequence"`
	ChangedAt time.Time `json:"changedAt"`
	CreatedAt time.Time `json:"createdAt"`
	// OutsideFeedID is set on what was read from an outside feed: it is not changed here.
	OutsideFeedID string `json:"outsideFeed,omitempty"`
}

// WholeDays reports whether it takes whole days.
func (r *Reservation) WholeDays() bool { return r.Start.IsDay() }

// Location gives the reservation's zone.
func (r *Reservation) Location() (*time.Location, error) { return Zone(r.Zone) }
