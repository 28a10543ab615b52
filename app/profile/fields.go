package profile

import (
	"slices"

	"diapason/storage"
)

// editor tells how a field is edited.
type editor int

const (
	editLine    editor = iota // one line of text
	editLong                  // several lines
	editList                  // `;`-separated
	editPhone                 // shown nationally, kept E.164
	editCountry               // chosen by name
	editNumber                // whole number
	editDate                  // civil date
	editSwitch                // yes or no
)

// fieldSpec is one field of the Profil tab. Wide takes both columns; Limit (characters) is shown while typing.
type fieldSpec struct {
	Field  storage.Field
	Editor editor
	Wide   bool
	Limit  int
}

// group is a titled set of fields; its title is the translation key "profile.group." + Key.
type group struct {
	Key    string
	Fields []fieldSpec
}

// groups lists everything the Profil tab edits, in the order it is shown. The hours have their own tab; the status and
// auto-sync stand in the header.
var groups = []group{
	{"identity", []fieldSpec{
		{Field: storage.FieldName, Limit: storage.MaxName},
		{Field: storage.FieldDescriptor},
		{Field: storage.FieldIdentifier, Limit: storage.MaxIdentifier},
		{Field: storage.FieldBusinessIdentifier},
		{Field: storage.FieldLegalIdent},
		{Field: storage.FieldCategories, Editor: editList},
	}},
	{"address", []fieldSpec{
		{Field: storage.FieldStreet},
		{Field: storage.FieldAddressExtra},
		{Field: storage.FieldZip},
		{Field: storage.FieldCity},
		{Field: storage.FieldCountry, Editor: editCountry},
		{Field: storage.FieldAddressDisplay, Editor: editSwitch},
		{Field: storage.FieldLat},
		{Field: storage.FieldLng},
	}},
	{"contact", []fieldSpec{
		{Field: storage.FieldPhone, Editor: editPhone},
		{Field: storage.FieldCellphone, Editor: editPhone},
		{Field: storage.FieldEmail},
		{Field: storage.FieldFax, Editor: editPhone},
		{Field: storage.FieldWebsite, Wide: true},
	}},
	{"presentation", []fieldSpec{
		{Field: storage.FieldDescriptionShort, Editor: editLong, Wide: true, Limit: storage.MaxDescriptionShort},
		{Field: storage.FieldDescriptionLong, Editor: editLong, Wide: true, Limit: storage.MaxDescriptionLong},
		{Field: storage.FieldKeywords, Editor: editList},
		{Field: storage.FieldServices, Editor: editList},
		{Field: storage.FieldBrands, Editor: editList},
		{Field: storage.FieldLanguages, Editor: editList},
		{Field: storage.FieldPaymentOptions, Editor: editList},
		{Field: storage.FieldPhotos, Editor: editList},
	}},
	{"hotel", []fieldSpec{
		{Field: storage.FieldStars, Editor: editNumber},
		{Field: storage.FieldRooms, Editor: editNumber},
		{Field: storage.FieldCapacity, Editor: editNumber},
	}},
	{"social", []fieldSpec{
		{Field: storage.FieldFacebook},
		{Field: storage.FieldInstagram},
		{Field: storage.FieldLinkedIn},
		{Field: storage.FieldYouTube},
	}},
	{"dates", []fieldSpec{
		{Field: storage.FieldOpeningDate, Editor: editDate},
		{Field: storage.FieldReopenDate, Editor: editDate},
	}},
	{"labels", []fieldSpec{
		{Field: storage.FieldLabels, Editor: editList, Wide: true},
	}},
}

// tab is one of the pane's four tabs; its title is the translation key "profile.tab." + the text.
type tab string

const (
	tabProfile     tab = "profile"
	tabHours       tab = "hours"
	tabDirectories tab = "directories"
	tabHistory     tab = "history"
)

// tabs lists them in the order they are shown.
var tabs = []tab{tabProfile, tabHours, tabDirectories, tabHistory}

// tabOf tells on which tab a field is edited.
func tabOf(f storage.Field) tab {
	switch f {
	case storage.FieldOpeningHours, storage.FieldSpecialHours, storage.FieldHoursNotes:
		return tabHours
	}
	return tabProfile
}

// importance tells how much an empty field is missed; its text is the translation key "profile.need." + the text.
type importance string

const (
	needNone     importance = "" // the field is filled
	needRequired importance = "required"
	needBasic    importance = "essential"
	needOptional importance = "optional"
)

// importanceOf follows the levels of the profile's completeness. A field whose level accepts another one that is filled
// (a mobile phone for a phone) is optional.
func importanceOf(e *storage.Establishment, f storage.Field) importance {
	if e.Value(f) != "" {
		return needNone
	}
	levels, _ := e.Completeness()
	for _, l := range levels {
		if !slices.Contains(l.Missing, f) {
			continue
		}
		switch l.Name {
		case "required":
			return needRequired
		case "basic":
			return needBasic
		}
		return needOptional
	}
	return needOptional
}

// firstMissing gives the first field that completeness asks for, level by level; false when nothing is missing.
func firstMissing(e *storage.Establishment) (storage.Field, bool) {
	levels, _ := e.Completeness()
	for _, l := range levels {
		if len(l.Missing) > 0 {
			return l.Missing[0], true
		}
	}
	return "", false
}
