package storage

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Status tells where an establishment is in its life. The text is the template's.
type Status string

// The statuses of an establishment.
const (
	StatusDraft             Status = "DRAFT"
	StatusActive            Status = "ACTIVE"
	StatusTemporarilyClosed Status = "TEMPORARILY_CLOSED" // until ReopenDate, when one is given
	StatusClosed            Status = "CLOSED"             // for good
	StatusArchived          Status = "ARCHIVED"           // kept, hidden from the list, never published
)

// Statuses lists them in the order people see them.
var Statuses = []Status{StatusDraft, StatusActive, StatusTemporarilyClosed, StatusClosed, StatusArchived}

// Actor tells who changed or started something.
type Actor string

// The actors.
const (
	ActorUser      Actor = "user"
	ActorImport    Actor = "import"
	ActorDirectory Actor = "directory"
	ActorScheduler Actor = "scheduler"
	ActorAutoSync  Actor = "autosync"
	ActorProvider  Actor = "provider" // an outside address book
)

// Origin tells when and by whom a field was last changed.
type Origin struct {
	At    time.Time `json:"at"`
	Actor Actor     `json:"actor"`
	RunID string    `json:"run,omitempty"`
}

// Address is a postal address; Country is ISO 3166-1 alpha-2, in capitals.
type Address struct {
	Street  string `json:"street,omitempty"` // street and number
	Extra   string `json:"extra,omitempty"`  // floor, building…
	Zip     string `json:"zip,omitempty"`
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
	Hidden  bool   `json:"hidden,omitempty"` // the address is not shown to the public
}

// Line gives the address on one line, as lists show it: "12 quai du Port, 13002 Marseille".
func (a Address) Line() string {
	town := strings.TrimSpace(a.Zip + " " + a.City)
	if a.Street == "" || town == "" {
		return a.Street + town
	}
	return a.Street + ", " + town
}

// Point is a position in WGS 84 degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lng float64 `json:"lng"`
	// Missing names the half that was not given yet (cells come one by one); Validate refuses such a point.
	Missing Field `json:"missing,omitempty"`
}

// Social holds the addresses of the public profiles.
type Social struct {
	Facebook  string `json:"facebook,omitempty"`
	Instagram string `json:"instagram,omitempty"`
	LinkedIn  string `json:"linkedin,omitempty"`
	YouTube   string `json:"youtube,omitempty"`
}

// Hotel holds what only lodgings have. Zero means unknown.
type Hotel struct {
	Stars    int `json:"stars,omitempty"`    // 1 to 5
	Rooms    int `json:"rooms,omitempty"`    // number of rooms
	Capacity int `json:"capacity,omitempty"` // number of people
}

// Establishment is one place the user looks after. Texts are NFC; phones are E.164; Website has a scheme.
// Change it through Set (or SetValue), so that values stay canonical.
type Establishment struct {
	ID                 string `json:"id"`
	BusinessIdentifier string `json:"businessIdentifier,omitempty"`
	Identifier         string `json:"identifier,omitempty"` // the user's own code, unique in the workspace
	Status             Status `json:"status"`
	Name               string `json:"name"`
	Descriptor         string `json:"descriptor,omitempty"`

	Address  Address `json:"address"`
	Position *Point  `json:"position,omitempty"`

	LegalIdent string `json:"legalIdent,omitempty"` // SIRET in France
	Phone      string `json:"phone,omitempty"`
	Cellphone  string `json:"cellphone,omitempty"`
	Fax        string `json:"fax,omitempty"`
	Email      string `json:"email,omitempty"`
	Website    string `json:"website,omitempty"`

	Categories       []string `json:"categories,omitempty"` // five at most
	DescriptionShort string   `json:"descriptionShort,omitempty"`
	DescriptionLong  string   `json:"descriptionLong,omitempty"`

	Hours        Week         `json:"hours,omitzero"`
	SpecialHours []SpecialDay `json:"specialHours,omitempty"`
	HoursNotes   string       `json:"hoursNotes,omitempty"`

	Keywords       []string `json:"keywords,omitempty"`
	Languages      []string `json:"languages,omitempty"`
	Brands         []string `json:"brands,omitempty"`
	PaymentOptions []string `json:"paymentOptions,omitempty"`
	Services       []string `json:"services,omitempty"`
	Labels         []string `json:"labels,omitempty"`
	Photos         []string `json:"photos,omitempty"` // public addresses

	Social Social `json:"social,omitzero"`
	Hotel  Hotel  `json:"hotel,omitzero"`

	OpeningDate Date `json:"openingDate,omitzero"`
	ReopenDate  Date `json:"reopenDate,omitzero"`

	AutoSync bool `json:"autoSync,omitempty"`

	// Origins tells, per field that was ever changed, when and by whom last.
	Origins   map[Field]Origin `json:"origins,omitempty"`
	CreatedAt time.Time        `json:"createdAt"`
	UpdatedAt time.Time        `json:"updatedAt"`
	// Revision counts the writes; a Store refuses (ErrConflict) a write whose Revision is not the kept one.
	Revision uint64 `json:"revision"`
}

// Clone gives a deep copy.
func (e *Establishment) Clone() *Establishment {
	c := *e
	if e.Position != nil {
		p := *e.Position
		c.Position = &p
	}
	for i, ps := range e.Hours.Days {
		c.Hours.Days[i] = slices.Clone(ps)
	}
	c.SpecialHours = slices.Clone(e.SpecialHours)
	for i := range c.SpecialHours {
		c.SpecialHours[i].Periods = slices.Clone(c.SpecialHours[i].Periods)
	}
	for _, l := range []*[]string{
		&c.Categories, &c.Keywords, &c.Languages, &c.Brands, &c.PaymentOptions, &c.Services, &c.Labels, &c.Photos,
	} {
		*l = slices.Clone(*l)
	}
	if e.Origins != nil {
		c.Origins = make(map[Field]Origin, len(e.Origins))
		for f, o := range e.Origins {
			c.Origins[f] = o
		}
	}
	return &c
}

// text points at the plain text fields; it is nil for the others.
func (e *Establishment) text(f Field) *string {
	switch f {
	case FieldBusinessIdentifier:
		return &e.BusinessIdentifier
	case FieldIdentifier:
		return &e.Identifier
	case FieldName:
		return &e.Name
	case FieldDescriptor:
		return &e.Descriptor
	case FieldStreet:
		return &e.Address.Street
	case FieldZip:
		return &e.Address.Zip
	case FieldCity:
		return &e.Address.City
	case FieldCountry:
		return &e.Address.Country
	case FieldAddressExtra:
		return &e.Address.Extra
	case FieldPhone:
		return &e.Phone
	case FieldCellphone:
		return &e.Cellphone
	case FieldFax:
		return &e.Fax
	case FieldWebsite:
		return &e.Website
	case FieldEmail:
		return &e.Email
	case FieldDescriptionShort:
		return &e.DescriptionShort
	case FieldDescriptionLong:
		return &e.DescriptionLong
	case FieldHoursNotes:
		return &e.HoursNotes
	case FieldFacebook:
		return &e.Social.Facebook
	case FieldInstagram:
		return &e.Social.Instagram
	case FieldLinkedIn:
		return &e.Social.LinkedIn
	case FieldYouTube:
		return &e.Social.YouTube
	case FieldLegalIdent:
		return &e.LegalIdent
	}
	return nil
}

// list points at the list fields; it is nil for the others.
func (e *Establishment) list(f Field) *[]string {
	switch f {
	case FieldCategories:
		return &e.Categories
	case FieldKeywords:
		return &e.Keywords
	case FieldLanguages:
		return &e.Languages
	case FieldBrands:
		return &e.Brands
	case FieldPaymentOptions:
		return &e.PaymentOptions
	case FieldServices:
		return &e.Services
	case FieldLabels:
		return &e.Labels
	case FieldPhotos:
		return &e.Photos
	}
	return nil
}

// number points at the whole-number fields; it is nil for the others.
func (e *Establishment) number(f Field) *int {
	switch f {
	case FieldStars:
		return &e.Hotel.Stars
	case FieldRooms:
		return &e.Hotel.Rooms
	case FieldCapacity:
		return &e.Hotel.Capacity
	}
	return nil
}

// Value gives the canonical text of a field; the empty text means "no value". An unknown field gives "".
func (e *Establishment) Value(f Field) string {
	if p := e.text(f); p != nil {
		return *p
	}
	if l := e.list(f); l != nil {
		return strings.Join(*l, ";")
	}
	if n := e.number(f); n != nil {
		if *n == 0 {
			return ""
		}
		return strconv.Itoa(*n)
	}
	switch f {
	case FieldStatus:
		return string(e.Status)
	case FieldLat, FieldLng:
		return e.coordinate(f)
	case FieldOpeningHours:
		return e.Hours.String()
	case FieldSpecialHours:
		return SpecialText(e.SpecialHours)
	case FieldOpeningDate:
		return e.OpeningDate.String()
	case FieldReopenDate:
		return e.ReopenDate.String()
	case FieldAddressDisplay:
		return boolText(!e.Address.Hidden)
	case FieldAutoSync:
		return boolText(e.AutoSync)
	}
	return ""
}

func (e *Establishment) coordinate(f Field) string {
	switch {
	case e.Position == nil || e.Position.Missing == f:
		return ""
	case f == FieldLat:
		return degrees(e.Position.Lat)
	}
	return degrees(e.Position.Lng)
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func boolText(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// Snapshot gives the canonical texts of the fields asked for.
func (e *Establishment) Snapshot(fields []Field) Snapshot {
	s := make(Snapshot, len(fields))
	for _, f := range fields {
		s[f] = e.Value(f)
	}
	return s
}

// SetValue reads people's text into a field: it normalises (NFC, spaces, E.164, scheme of addresses…) and stores, or
// gives a *Problem on that field and changes nothing. The empty text erases; FieldName and FieldStatus refuse it.
// Set Country before the phones and the postcode: it decides how they are read.
func (e *Establishment) SetValue(f Field, text string) error {
	if err := e.setValue(f, clean(text)); err != nil {
		return asProblem(err).On(f)
	}
	return nil
}

func (e *Establishment) setValue(f Field, text string) error {
	if p := e.text(f); p != nil {
		v, err := e.normalise(f, text)
		return assign(p, v, err)
	}
	if l := e.list(f); l != nil {
		v, err := normaliseList(f, text)
		return assign(l, v, err)
	}
	if n := e.number(f); n != nil {
		v, err := normaliseNumber(f, text)
		return assign(n, v, err)
	}
	switch f {
	case FieldStatus:
		s := Status(strings.ToUpper(text))
		if !slices.Contains(Statuses, s) {
			return NewProblem("status.unknown", "value", text)
		}
		e.Status = s
		return nil
	case FieldLat, FieldLng:
		return e.setCoordinate(f, text)
	case FieldOpeningHours:
		w, err := ParseWeek(text)
		return assign(&e.Hours, w, err)
	case FieldSpecialHours:
		d, err := ParseSpecial(text)
		return assign(&e.SpecialHours, d, err)
	case FieldOpeningDate:
		d, err := ParseDate(text)
		return assign(&e.OpeningDate, d, err)
	case FieldReopenDate:
		d, err := ParseDate(text)
		return assign(&e.ReopenDate, d, err)
	case FieldAutoSync:
		b, err := parseBool(text)
		return assign(&e.AutoSync, b, err)
	case FieldAddressDisplay:
		b, err := parseBool(text)
		return assign(&e.Address.Hidden, !b && text != "", err)
	}
	return NewProblem("field.unknown", "value", string(f))
}

// assign keeps a value that could be read.
func assign[T any](to *T, v T, err error) error {
	if err == nil {
		*to = v
	}
	return err
}

// setCoordinate stores one half of the position; a half alone is refused by Validate, not here, because cells come one
// by one. Erasing either half erases the position.
func (e *Establishment) setCoordinate(f Field, text string) error {
	if text == "" {
		e.Position = nil
		return nil
	}
	v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	limit := 180.0
	if f == FieldLat {
		limit = 90
	}
	if err != nil || !(v >= -limit && v <= limit) {
		return NewProblem("coordinate.unreadable", "value", text)
	}
	p := Point{Missing: other(f)}
	if e.Position != nil {
		p = *e.Position
		if p.Missing == f {
			p.Missing = ""
		}
	}
	if f == FieldLat {
		p.Lat = v
	} else {
		p.Lng = v
	}
	e.Position = &p
	return nil
}

// other gives the other half of a position.
func other(f Field) Field {
	if f == FieldLat {
		return FieldLng
	}
	return FieldLat
}

// Validate gives every problem of the whole establishment, in template order; nil when it may be kept.
// A draft needs a name only; what a directory needs beyond that is its own business (blockers).
func (e *Establishment) Validate() Problems {
	var ps Problems
	if e.Name == "" {
		ps = append(ps, NewProblem("name.missing").On(FieldName))
	}
	if !slices.Contains(Statuses, e.Status) {
		ps = append(ps, NewProblem("status.unknown", "value", string(e.Status)).On(FieldStatus))
	}
	if err := checkZip(e.Address.Country, e.Address.Zip); err != nil {
		ps = append(ps, err.On(FieldZip))
	}
	if e.Position != nil && e.Position.Missing != "" {
		ps = append(ps, NewProblem("coordinate.half").On(e.Position.Missing))
	}
	if e.Status == StatusTemporarilyClosed && !e.ReopenDate.IsZero() && !e.OpeningDate.IsZero() &&
		e.ReopenDate.Before(e.OpeningDate) {
		ps = append(ps, NewProblem("reopen.beforeOpening").On(FieldReopenDate))
	}
	return ps
}
