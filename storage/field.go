package storage

import "slices"

// Field names one publishable property of an establishment. Its value is always exchanged as canonical text, the
// form of the template's cell, so that import, export, journal, merge and comparison need no knowledge of its type.
type Field string

// The fields, in the order of the template (columns A–AJ and AL onwards; autoSync, AK, is a setting, not a field).
const (
	FieldBusinessIdentifier Field = "businessIdentifier"
	FieldIdentifier         Field = "identifier"
	FieldStatus             Field = "status"
	FieldName               Field = "name"
	FieldStreet             Field = "streetAndNumber"
	FieldZip                Field = "zip"
	FieldCity               Field = "city"
	FieldCountry            Field = "country"
	FieldLat                Field = "lat"
	FieldLng                Field = "lng"
	FieldCategories         Field = "categories"
	FieldAddressExtra       Field = "addressExtra"
	FieldPhone              Field = "phone"
	FieldCellphone          Field = "cellphone"
	FieldFax                Field = "fax"
	FieldWebsite            Field = "website"
	FieldEmail              Field = "email"
	FieldDescriptionShort   Field = "descriptionShort"
	FieldDescriptionLong    Field = "descriptionLong"
	FieldOpeningHours       Field = "openingHours"
	FieldSpecialHours       Field = "specialOpeningHours"
	FieldHoursNotes         Field = "openingHoursNotes"
	FieldKeywords           Field = "keywords"
	FieldLanguages          Field = "languages"
	FieldBrands             Field = "brands"
	FieldPaymentOptions     Field = "paymentOptions"
	FieldServices           Field = "services"
	FieldFacebook           Field = "facebook"
	FieldInstagram          Field = "instagram"
	FieldLinkedIn           Field = "linkedin"
	FieldYouTube            Field = "youtube"
	FieldLabels             Field = "labels"
	FieldLegalIdent         Field = "legalIdent"
	FieldOpeningDate        Field = "openingDate"
	FieldReopenDate         Field = "reopenDate"
	FieldAddressDisplay     Field = "addressDisplay"
	FieldAutoSync           Field = "autoSync"

	FieldDescriptor Field = "descriptor"
	FieldStars      Field = "stars"
	FieldRooms      Field = "rooms"
	FieldCapacity   Field = "capacity"
	FieldPhotos     Field = "photos"
)

// Fields lists every field in template order: the 37 of the template (autoSync last), then those that have no column
// of their own there.
var Fields = []Field{
	FieldBusinessIdentifier, FieldIdentifier, FieldStatus, FieldName, FieldStreet, FieldZip, FieldCity, FieldCountry,
	FieldLat, FieldLng, FieldCategories, FieldAddressExtra, FieldPhone, FieldCellphone, FieldFax, FieldWebsite,
	FieldEmail, FieldDescriptionShort, FieldDescriptionLong, FieldOpeningHours, FieldSpecialHours, FieldHoursNotes,
	FieldKeywords, FieldLanguages, FieldBrands, FieldPaymentOptions, FieldServices, FieldFacebook, FieldInstagram,
	FieldLinkedIn, FieldYouTube, FieldLabels, FieldLegalIdent, FieldOpeningDate, FieldReopenDate, FieldAddressDisplay,
	FieldAutoSync,
	FieldDescriptor, FieldStars, FieldRooms, FieldCapacity, FieldPhotos,
}

// TemplateColumns is the number of fields at the head of Fields that have a column A–AK in the template.
const TemplateColumns = 37

// IsList reports whether the field's text is a `;`-separated list.
func (f Field) IsList() bool {
	return slices.Contains([]Field{
		FieldCategories, FieldKeywords, FieldLanguages, FieldBrands, FieldPaymentOptions, FieldServices, FieldLabels,
		FieldPhotos,
	}, f)
}

// Dangerous reports whether f is one of the fields that are the worst to get wrong: name, address, coordinates, and
// whether the establishment is open at all. Nothing takes one over from a directory without an explicit decision.
func (f Field) Dangerous() bool {
	switch f {
	case FieldName, FieldStreet, FieldZip, FieldCity, FieldCountry, FieldAddressExtra, FieldLat, FieldLng, FieldStatus:
		return true
	}
	return false
}

// Known reports whether f is one of Fields.
func (f Field) Known() bool { return slices.Contains(Fields, f) }

// Snapshot is a set of field values in canonical text: what we want a directory to show, what it accepted, or what
// was last read there. An absent field means "not carried"; an empty text means "carried and empty".
type Snapshot map[Field]string

// Equal reports whether both snapshots carry the same fields with the same texts.
func (s Snapshot) Equal(o Snapshot) bool {
	if len(s) != len(o) {
		return false
	}
	for f, v := range s {
		if w, ok := o[f]; !ok || w != v {
			return false
		}
	}
	return true
}

// Diff lists, in template order, the fields of s whose text differs from o's; one that o does not carry counts when
// s's text is not empty.
func (s Snapshot) Diff(o Snapshot) []Field {
	var out []Field
	for _, f := range Fields {
		if v, ok := s[f]; ok && v != o[f] {
			out = append(out, f)
		}
	}
	return out
}
