package googlefile

import (
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/directory/openinghours"
)

// column is one of Google's columns: its exact English header, the field that it shows (none: always left empty) and
// how.
type column struct {
	header string
	field  storage.Field
	value  func(s storage.Snapshot, h hoursCells) string
}

// hoursCells are the cells of one row's hours.
type hoursCells struct {
	week    [7]string // Sunday first
	special string
}

// columns are Google's 34, in the order of its template. The English headers are understood whatever the language of
// the account. In France the administrative area stays empty, as Google asks.
var columns = []column{
	plain("Store code", storage.FieldIdentifier),
	plain("Business name", storage.FieldName),
	plain("Address line 1", storage.FieldStreet),
	plain("Address line 2", storage.FieldAddressExtra),
	empty("Address line 3"),
	empty("Address line 4"),
	empty("Address line 5"),
	empty("Sub-locality"),
	plain("Locality", storage.FieldCity),
	empty("Administrative area"),
	plain("Country / Region", storage.FieldCountry),
	plain("Postal code", storage.FieldZip),
	plain("Latitude", storage.FieldLat),
	plain("Longitude", storage.FieldLng),
	plain("Primary phone", storage.FieldPhone),
	plain("Additional phones", storage.FieldCellphone),
	plain("Website", storage.FieldWebsite),
	list("Primary category", storage.FieldCategories, 0, 1),
	list("Additional categories", storage.FieldCategories, 1, storage.MaxCategories),
	dayOf("Sunday hours", 0),
	dayOf("Monday hours", 1),
	dayOf("Tuesday hours", 2),
	dayOf("Wednesday hours", 3),
	dayOf("Thursday hours", 4),
	dayOf("Friday hours", 5),
	dayOf("Saturday hours", 6),
	{"Special hours", storage.FieldSpecialHours, func(_ storage.Snapshot, h hoursCells) string { return h.special }},
	plain("From the business", storage.FieldDescriptionLong),
	plain("Opening date", storage.FieldOpeningDate),
	empty("Logo photo"),
	empty("Cover photo"),
	list("Other photos", storage.FieldPhotos, 0, 0),
	list("Labels", storage.FieldLabels, 0, 0),
	empty("AdWords location extensions phone"),
}

// freeTexts are the carried fields whose text people write as they like.
var freeTexts = []storage.Field{
	storage.FieldIdentifier, storage.FieldName, storage.FieldStreet, storage.FieldZip, storage.FieldCity,
	storage.FieldCategories, storage.FieldAddressExtra, storage.FieldWebsite, storage.FieldDescriptionLong,
	storage.FieldLabels, storage.FieldPhotos,
}

func plain(header string, f storage.Field) column {
	return column{header, f, func(s storage.Snapshot, _ hoursCells) string { return s[f] }}
}

func empty(header string) column {
	return column{header, "", func(storage.Snapshot, hoursCells) string { return "" }}
}

// list shows the items from..to of a list (to 0: all), separated as Google's template does.
func list(header string, f storage.Field, from, to int) column {
	return column{header, f, func(s storage.Snapshot, _ hoursCells) string {
		items := texts(f, s[f])
		end := len(items)
		if to > 0 {
			end = min(end, to)
		}
		return strings.Join(items[min(from, end):end], ", ")
	}}
}

func dayOf(header string, i int) column {
	return column{header, storage.FieldOpeningHours, func(_ storage.Snapshot, h hoursCells) string { return h.week[i] }}
}

func cellsOfHours(s storage.Snapshot) (hoursCells, error) {
	h, err := openinghours.Of(s)
	if err != nil {
		return hoursCells{}, err
	}
	return hoursCells{week: openinghours.GoogleWeek(h.Week), special: openinghours.GoogleSpecial(h.Special)}, nil
}

// carried lists the fields that have a column, in template order.
func carried() []storage.Field {
	var out []storage.Field
	for _, f := range storage.Fields {
		if slices.ContainsFunc(columns, func(c column) bool { return c.field == f }) {
			out = append(out, f)
		}
	}
	return out
}

// every gives the indexes of all columns.
func every() []int {
	all := make([]int, len(columns))
	for i := range all {
		all[i] = i
	}
	return all
}

// touched gives the indexes of the columns that show the fields, after the store code.
func touched(fields []storage.Field) []int {
	out := []int{0}
	for i, c := range columns {
		if i > 0 && c.field != "" && slices.Contains(fields, c.field) {
			out = append(out, i)
		}
	}
	return out
}
