package website

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/directory/openinghours"
)

// property is one schema.org property: the fields that it shows, how it is written (nil: not at all; old is what stands
// there, for the parts that others added) and how it is read.
type property struct {
	name   string
	fields []storage.Field
	write  func(v storage.Snapshot, old json.RawMessage) any
	read   func(raw json.RawMessage, v storage.Snapshot)
}

// properties are in the order of the document.
var properties = []property{
	text("branchCode", storage.FieldIdentifier),
	{"identifier", []storage.Field{storage.FieldLegalIdent}, writeLegalIdent, readLegalIdent},
	text("name", storage.FieldName),
	text("disambiguatingDescription", storage.FieldDescriptor),
	{
		"description",
		[]storage.Field{storage.FieldDescriptionLong, storage.FieldDescriptionShort},
		writeDescription,
		func(raw json.RawMessage, v storage.Snapshot) { v[storage.FieldDescriptionLong] = textOf(raw) },
	},
	text("url", storage.FieldWebsite),
	{"address", slices.Concat(addressFields, displayField), writeAddress, readAddress},
	{
		"geo", slices.Concat([]storage.Field{storage.FieldLat, storage.FieldLng}, displayField), writeGeo,
		func(raw json.RawMessage, v storage.Snapshot) {
			o := objectOf(raw)
			v[storage.FieldLat], v[storage.FieldLng] = textOf(o["latitude"]), textOf(o["longitude"])
		},
	},
	text("telephone", storage.FieldPhone),
	text("faxNumber", storage.FieldFax),
	text("email", storage.FieldEmail),
	{"openingHoursSpecification", hoursFields, writeHours, readHours},
	texts("image", storage.FieldPhotos),
	{"sameAs", slices.Collect(profiles()), writeSameAs, readSameAs},
	texts("keywords", storage.FieldKeywords),
	objects("brand", "Brand", storage.FieldBrands),
	texts("paymentAccepted", storage.FieldPaymentOptions),
	texts("knowsLanguage", storage.FieldLanguages),
	{
		"makesOffer",
		[]storage.Field{storage.FieldServices},
		writeOffers,
		func(raw json.RawMessage, v storage.Snapshot) {
			var names []string
			for _, o := range listOf(raw) {
				names = append(names, textOf(objectOf(o)["itemOffered"]))
			}
			v[storage.FieldServices] = strings.Join(names, ";")
		},
	},
	text("foundingDate", storage.FieldOpeningDate),
	{
		"starRating",
		[]storage.Field{storage.FieldStars},
		func(v storage.Snapshot, _ json.RawMessage) any {
			return object("Rating", member{"ratingValue", v[storage.FieldStars]})
		},
		func(raw json.RawMessage, v storage.Snapshot) {
			v[storage.FieldStars] = textOf(objectOf(raw)["ratingValue"])
		},
	},
	count("numberOfRooms", storage.FieldRooms),
	count("maximumAttendeeCapacity", storage.FieldCapacity),
}

var (
	displayField  = []storage.Field{storage.FieldAddressDisplay}
	addressFields = []storage.Field{
		storage.FieldStreet, storage.FieldAddressExtra, storage.FieldZip, storage.FieldCity, storage.FieldCountry,
	}
	hoursFields = []storage.Field{
		storage.FieldOpeningHours, storage.FieldSpecialHours, storage.FieldStatus, storage.FieldReopenDate,
	}
)

// text is a property that shows one field as it is.
func text(name string, f storage.Field) property {
	return property{
		name,
		[]storage.Field{f},
		func(v storage.Snapshot, _ json.RawMessage) any { return orNil(v[f]) },
		func(raw json.RawMessage, v storage.Snapshot) { v[f] = textOf(raw) },
	}
}

// count is a property that shows a whole number.
func count(name string, f storage.Field) property {
	p := text(name, f)
	p.write = func(v storage.Snapshot, _ json.RawMessage) any { return orNil(number(v[f])) }
	return p
}

// texts is a property that shows a list field as several values.
func texts(name string, f storage.Field) property {
	return property{
		name,
		[]storage.Field{f},
		func(v storage.Snapshot, _ json.RawMessage) any {
			if v[f] == "" {
				return nil
			}
			return strings.Split(v[f], ";")
		},
		func(raw json.RawMessage, v storage.Snapshot) { v[f] = joined(raw) },
	}
}

// objects is a list field whose items are things with a name.
func objects(name, kind string, f storage.Field) property {
	p := texts(name, f)
	p.write = func(v storage.Snapshot, _ json.RawMessage) any {
		var out []any
		for item := range strings.SplitSeq(v[f], ";") {
			if o := object(kind, member{"name", item}); o != nil {
				out = append(out, o)
			}
		}
		return orNil(out)
	}
	return p
}

func joined(raw json.RawMessage) string {
	var parts []string
	for _, r := range listOf(raw) {
		parts = append(parts, textOf(r))
	}
	return strings.Join(parts, ";")
}

// orNil gives nil, that is no property, for an empty text or list.
func orNil(value any) any {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
	}
	return value
}

type member struct {
	name  string
	value any
}

// object gives a typed thing of its non-empty members, nil when there is none.
func object(kind string, members ...member) any {
	o := map[string]any{}
	for _, m := range members {
		if value := orNil(m.value); value != nil {
			o[m.name] = value
		}
	}
	if len(o) == 0 {
		return nil
	}
	o[propType] = kind
	return o
}

// objectOf gives the members of an object, nil for anything else.
func objectOf(raw json.RawMessage) map[string]json.RawMessage {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// The number of the French register of establishments, and that of other countries' registers.
const (
	siret      = "SIRET"
	otherIdent = "legalIdent"
)

func writeLegalIdent(v storage.Snapshot, old json.RawMessage) any {
	var out []any
	for _, raw := range listOf(old) {
		if id := propertyValueOf(raw).PropertyID; id != siret && id != otherIdent {
			out = append(out, raw)
		}
	}
	if value := v[storage.FieldLegalIdent]; value != "" {
		id := otherIdent
		if v[storage.FieldCountry] == "FR" {
			id = siret
		}
		out = append(out, propertyValue{Type: "PropertyValue", PropertyID: id, Value: value})
	}
	return orNil(out)
}

func readLegalIdent(raw json.RawMessage, v storage.Snapshot) {
	for _, r := range listOf(raw) {
		if p := propertyValueOf(r); p.PropertyID == siret || p.PropertyID == otherIdent {
			v[storage.FieldLegalIdent] = p.Value
		}
	}
}

// writeDescription shows the long text, for want of one the short.
func writeDescription(v storage.Snapshot, _ json.RawMessage) any {
	if long := v[storage.FieldDescriptionLong]; long != "" {
		return long
	}
	return orNil(v[storage.FieldDescriptionShort])
}

func writeAddress(v storage.Snapshot, _ json.RawMessage) any {
	members := []member{
		{"postalCode", v[storage.FieldZip]},
		{"addressLocality", v[storage.FieldCity]},
		{"addressCountry", v[storage.FieldCountry]},
	}
	if !hidden(v) {
		members = append(members, member{"streetAddress", v[storage.FieldStreet]},
			member{"extendedAddress", v[storage.FieldAddressExtra]})
	}
	return object("PostalAddress", members...)
}

func readAddress(raw json.RawMessage, v storage.Snapshot) {
	o := objectOf(raw)
	v[storage.FieldStreet], v[storage.FieldAddressExtra] = textOf(o["streetAddress"]), textOf(o["extendedAddress"])
	v[storage.FieldZip], v[storage.FieldCity] = textOf(o["postalCode"]), textOf(o["addressLocality"])
	v[storage.FieldCountry] = textOf(o["addressCountry"])
}

func writeGeo(v storage.Snapshot, _ json.RawMessage) any {
	lat, lng := v[storage.FieldLat], v[storage.FieldLng]
	if lat == "" || lng == "" || hidden(v) {
		return nil
	}
	return object("GeoCoordinates", member{"latitude", number(lat)}, member{"longitude", number(lng)})
}

// number gives a number where the text is one.
func number(s string) any {
	if json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return s
}

// writeHours shows an establishment that is closed for good, or for a time, as closed on every day; its usual hours are
// then kept by setAdditional, and announced from the day of reopening on when it is known.
func writeHours(v storage.Snapshot, old json.RawMessage) any {
	h, err := openinghours.Of(v)
	if err != nil {
		return old // hours that a hand wrote and that we cannot read stay until they are decided
	}
	specs := openinghours.Schema(h)
	reopening, _ := storage.ParseDate(v[storage.FieldReopenDate]) // canonical; another text is no date
	switch storage.Status(v[storage.FieldStatus]) {
	case storage.StatusClosed:
		specs = []openinghours.Specification{openinghours.ClosedEveryDay(storage.Date{})}
	case storage.StatusTemporarilyClosed:
		later := specs
		specs = []openinghours.Specification{openinghours.ClosedEveryDay(storage.Date{})}
		if !reopening.IsZero() {
			last := storage.DateOf(reopening.Time().AddDate(0, 0, -1))
			specs = []openinghours.Specification{openinghours.ClosedEveryDay(last)}
			for _, s := range later {
				if s.ValidFrom == "" {
					s.ValidFrom = reopening.String()
				}
				specs = append(specs, s)
			}
		}
	}
	if len(specs) == 0 {
		return nil
	}
	return specs
}

// readHours gives the text as it stands where it is not understood, so that it shows as a difference.
func readHours(raw json.RawMessage, v storage.Snapshot) {
	var specs []openinghours.Specification
	for _, r := range listOf(raw) {
		var s openinghours.Specification
		if json.Unmarshal(r, &s) != nil {
			v[storage.FieldOpeningHours] = string(raw)
			return
		}
		specs = append(specs, s)
	}
	h, err := openinghours.ParseSchema(specs)
	if err != nil {
		v[storage.FieldOpeningHours] = string(raw)
		return
	}
	v[storage.FieldOpeningHours], v[storage.FieldSpecialHours] = h.Texts()
}

// networks says by their hosts which field shows an address of a public profile.
var networks = []struct {
	field storage.Field
	hosts []string
}{
	{storage.FieldFacebook, []string{"facebook.com", "fb.com"}},
	{storage.FieldInstagram, []string{"instagram.com"}},
	{storage.FieldLinkedIn, []string{"linkedin.com"}},
	{storage.FieldYouTube, []string{"youtube.com", "youtu.be"}},
}

func profiles() func(yield func(storage.Field) bool) {
	return func(yield func(storage.Field) bool) {
		for _, n := range networks {
			if !yield(n.field) {
				return
			}
		}
	}
}

// profileOf gives the field of an address, "" for another network's.
func profileOf(address string) storage.Field {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, n := range networks {
		for _, host := range n.hosts {
			if u.Hostname() == host || strings.HasSuffix(u.Hostname(), "."+host) {
				return n.field
			}
		}
	}
	return ""
}

func writeSameAs(v storage.Snapshot, old json.RawMessage) any {
	var out []any
	for f := range profiles() {
		if v[f] != "" && profileOf(v[f]) == f {
			out = append(out, v[f])
		}
	}
	for _, raw := range listOf(old) {
		if profileOf(textOf(raw)) == "" {
			out = append(out, raw)
		}
	}
	return orNil(out)
}

func readSameAs(raw json.RawMessage, v storage.Snapshot) {
	for _, r := range listOf(raw) {
		address := textOf(r)
		if f := profileOf(address); f != "" && v[f] == "" {
			v[f] = address
		}
	}
}

func writeOffers(v storage.Snapshot, _ json.RawMessage) any {
	var out []any
	for name := range strings.SplitSeq(v[storage.FieldServices], ";") {
		if service := object("Service", member{"name", name}); service != nil {
			out = append(out, object("Offer", member{"itemOffered", service}))
		}
	}
	return orNil(out)
}
