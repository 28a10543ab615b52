package establishments

import (
	"slices"

	"diapason/storage"
)

// Column describes one column of the template. The table of columns is the only place where the names of the fields
// stand, for files and for screens.
type Column struct {
	Field                   storage.Field
	French, English         string // what the header and the screens say
	FrenchHelp, EnglishHelp string // what the second sheet of the template explains
	Synonyms                []string
	Examples                [2]string // cells of the two example rows
	Width                   float64   // in characters
}

// Columns lists the columns in template order: A–AK, then the supplementary ones.
var Columns = slices.Concat(templateColumns, moreColumns)

// Label gives a field's name in French ("fr") or English; an unknown field comes back as it is.
func Label(f storage.Field, lang string) string {
	c := column(f)
	switch {
	case c == nil:
		return string(f)
	case lang == "fr":
		return c.French
	}
	return c.English
}

// Help explains a column in French ("fr") or English.
func (c Column) Help(lang string) string {
	if lang == "fr" {
		return c.FrenchHelp
	}
	return c.EnglishHelp
}

func column(f storage.Field) *Column {
	for i := range Columns {
		if Columns[i].Field == f {
			return &Columns[i]
		}
	}
	return nil
}

// isNumeric tells the fields whose exported cell is a number.
func isNumeric(f storage.Field) bool {
	switch f {
	case storage.FieldLat, storage.FieldLng, storage.FieldStars, storage.FieldRooms, storage.FieldCapacity:
		return true
	}
	return false
}
