package geojson

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/category"
	"diapason/sync/directory/openinghours"
)

// feature is one feature, raw where it is not ours.
type feature struct {
	members    map[string]json.RawMessage // properties excepted
	properties map[string]json.RawMessage
}

func newFeature() *feature {
	return &feature{members: map[string]json.RawMessage{}, properties: map[string]json.RawMessage{}}
}

// parse reads a feature; nil when there is none, or nothing that can be kept of it.
func parse(raw []byte) *feature {
	f := newFeature()
	if json.Unmarshal(raw, &f.members) != nil || json.Unmarshal(f.members["properties"], &f.properties) != nil ||
		f.properties == nil {
		return nil
	}
	delete(f.members, "properties")
	return f
}

// property is a tag that shows one field. Without write it is shown as it is.
type property struct {
	key   string
	field storage.Field
	write func(value string) string
}

// plain are the properties that show one field each. Keys are All The Places' and, beyond those, OpenStreetMap's.
var plain = []property{
	{key: "name", field: storage.FieldName},
	{key: "branch", field: storage.FieldDescriptor},
	{key: "brand", field: storage.FieldBrands},
	{key: "addr:postcode", field: storage.FieldZip},
	{key: "addr:city", field: storage.FieldCity},
	{key: "addr:country", field: storage.FieldCountry},
	{key: "phone", field: storage.FieldPhone, write: international},
	{key: "mobile", field: storage.FieldCellphone, write: international},
	{key: "fax", field: storage.FieldFax, write: international},
	{key: "website", field: storage.FieldWebsite},
	{key: "email", field: storage.FieldEmail},
	{key: "description", field: storage.FieldDescriptionShort},
	{key: "image", field: storage.FieldPhotos},
	{key: "contact:facebook", field: storage.FieldFacebook},
	{key: "contact:instagram", field: storage.FieldInstagram},
	{key: "contact:linkedin", field: storage.FieldLinkedIn},
	{key: "contact:youtube", field: storage.FieldYouTube},
	{key: "start_date", field: storage.FieldOpeningDate},
	{key: "stars", field: storage.FieldStars},
	{key: "rooms", field: storage.FieldRooms},
	{key: "capacity", field: storage.FieldCapacity},
}

// Properties that show several fields, or one of them under a condition.
const (
	keyRef    = "ref"
	keyStreet = "addr:street_address"
	keyHours  = "opening_hours"
	keySIRET  = "ref:FR:SIRET" // the French register; other countries' have no common key and are not written
	// A location closed for good: All The Places' value for an unknown date.
	keyEnd  = "end_date"
	keyOpen = "operational_status" // "closed": not in operation for the time being
	// An address that the user hides from the public: "no". The street and the position are then not written.
	keyDisplay = "addr:display"
)

// private are the fields that a hidden address keeps from the public.
var private = []storage.Field{storage.FieldStreet, storage.FieldLat, storage.FieldLng}

// international writes an E.164 number in groups, as OpenStreetMap asks: +33 4 91 00 00 00. No region is "ZZ", so that
// no number counts as national.
func international(e164 string) string {
	if e164 == "" {
		return ""
	}
	return storage.PhoneText(e164, "ZZ")
}

// apply brings a change about: the properties that show a touched field are written anew, the others stay.
func (f *feature) apply(c directory.Change) {
	v := directory.Overlay(f.values(), c)
	anew := func(fields ...storage.Field) bool {
		return c.Previous == nil || slices.ContainsFunc(fields, func(x storage.Field) bool {
			return slices.Contains(c.Touched, x)
		})
	}
	f.members["type"], f.members["id"] = encode("Feature"), encode(c.EstablishmentID)
	f.set(keyRef, c.Identifier)
	for _, p := range plain {
		if anew(p.field) {
			value := v[p.field]
			if p.write != nil {
				value = p.write(value)
			}
			f.set(p.key, value)
		}
	}
	if anew(storage.FieldStatus) {
		f.setStatus(storage.Status(v[storage.FieldStatus]))
	}
	if anew(storage.FieldOpeningHours, storage.FieldSpecialHours) {
		f.setHours(v)
	}
	if anew(storage.FieldLegalIdent, storage.FieldCountry) {
		f.set(keySIRET, when(v[storage.FieldCountry] == "FR", v[storage.FieldLegalIdent]))
	}
	if anew(append([]storage.Field{storage.FieldAddressDisplay}, private...)...) {
		f.setPlace(v)
	}
	if anew(storage.FieldCategories) {
		f.setCategory(c.Previous[storage.FieldCategories], v[storage.FieldCategories])
	}
	if f.members["geometry"] == nil {
		f.members["geometry"] = encode(nil)
	}
}

// when gives the value under a condition, else none.
func when(condition bool, value string) string {
	if condition {
		return value
	}
	return ""
}

func (f *feature) setStatus(s storage.Status) {
	f.set(keyEnd, when(s == storage.StatusClosed, "yes"))
	f.set(keyOpen, when(s == storage.StatusTemporarilyClosed, "closed"))
}

// setHours leaves a text that cannot be read until it is decided.
func (f *feature) setHours(v storage.Snapshot) {
	if h, err := openinghours.Of(v); err == nil {
		f.set(keyHours, openinghours.OSMText(h))
	}
}

func (f *feature) setPlace(v storage.Snapshot) {
	lat, lng := v[storage.FieldLat], v[storage.FieldLng]
	hidden := v[storage.FieldAddressDisplay] == "FALSE"
	f.set(keyStreet, when(!hidden, v[storage.FieldStreet]))
	f.set(keyDisplay, when(hidden, "no"))
	f.members["geometry"] = encode(nil)
	if point := []byte(`{"type":"Point","coordinates":[` + lng + `,` + lat + `]}`); !hidden && json.Valid(point) {
		f.members["geometry"] = point
	}
}

// setCategory replaces the tag of the categories that were published before.
func (f *feature) setCategory(before, now string) {
	if c, ok := category.Of(strings.Split(before, ";")); ok && f.text(c.Tag) == c.Value {
		f.set(c.Tag, "")
	}
	if c, ok := category.Of(strings.Split(now, ";")); ok {
		f.set(c.Tag, c.Value)
	}
}

// values gives what the feature says in our canonical texts. What it has no place for is absent: the parts of a hidden
// address, the number of another country's register, exceptional days beside hours that cannot be read.
func (f *feature) values() storage.Snapshot {
	v := storage.Snapshot{
		storage.FieldStatus: string(storage.StatusActive), storage.FieldAddressDisplay: "TRUE",
		storage.FieldStreet: f.text(keyStreet), storage.FieldIdentifier: f.text(keyRef),
	}
	for _, p := range plain {
		v[p.field] = f.text(p.key)
	}
	switch {
	case f.text(keyEnd) != "":
		v[storage.FieldStatus] = string(storage.StatusClosed)
	case f.text(keyOpen) == "closed":
		v[storage.FieldStatus] = string(storage.StatusTemporarilyClosed)
	}
	if directory.Text(f.members["id"]) == f.text(keyRef) {
		v[storage.FieldIdentifier] = "" // the establishment has no code of its own
	}
	if v[storage.FieldCountry] == "FR" {
		v[storage.FieldLegalIdent] = f.text(keySIRET)
	}
	f.readHours(v)
	v[storage.FieldLat], v[storage.FieldLng] = f.position()
	if f.text(keyDisplay) == "no" {
		v[storage.FieldAddressDisplay] = "FALSE"
		for _, p := range private {
			delete(v, p)
		}
	}
	return directory.Canonical(v)
}

func (f *feature) readHours(v storage.Snapshot) {
	text := f.text(keyHours)
	o, err := openinghours.ParseOSM(text)
	if err != nil || len(o.Kept) > 0 {
		v[storage.FieldOpeningHours] = text // as it stands, so that it shows as a difference
		return
	}
	v[storage.FieldOpeningHours], v[storage.FieldSpecialHours] = o.Texts()
}

func (f *feature) position() (lat, lng string) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	var at []json.RawMessage
	if json.Unmarshal(f.members["geometry"], &g) != nil || g.Type != "Point" ||
		json.Unmarshal(g.Coordinates, &at) != nil || len(at) < 2 {
		return "", ""
	}
	return directory.Text(at[1]), directory.Text(at[0])
}

func (f *feature) text(key string) string { return directory.Text(f.properties[key]) }

// set gives a property its value; the empty text takes it away.
func (f *feature) set(key, value string) {
	if value == "" {
		delete(f.properties, key)
		return
	}
	f.properties[key] = encode(value)
}

// line gives the feature on one line: its own members and properties first, in a fixed order.
func (f *feature) line() []byte {
	order := []string{keyRef}
	for _, p := range plain {
		order = append(order, p.key)
	}
	f.members["properties"] = object(f.properties, order)
	b := object(f.members, []string{"type", "id", "properties", "geometry"})
	delete(f.members, "properties")
	return b
}

func object(members map[string]json.RawMessage, first []string) []byte {
	names := slices.Concat(first, slices.Sorted(maps.Keys(members)))
	b := []byte{'{'}
	for i, name := range names {
		if members[name] == nil || slices.Contains(names[:i], name) {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, encode(name)...), ':'), encode(members[name])...)
	}
	return append(b, '}')
}

// encode gives JSON on one line. Only texts and raw JSON that was parsed come in, so it cannot fail.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic("geojson: " + err.Error())
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
