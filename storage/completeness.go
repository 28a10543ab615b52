package storage

// Level is one of the four levels of a profile's completeness. A level counts only when
// all its fields are filled.
type Level struct {
	Name    string // "required", "basic", "advanced", "bonus"
	Percent int
	Missing []Field // empty when the level counts
}

// completeness lists, per level, groups of fields of which one is enough.
var completeness = []struct {
	name    string
	percent int
	groups  [][]Field
}{
	{"required", 25, [][]Field{
		{FieldName},
		{FieldIdentifier},
		{FieldStreet},
		{FieldZip},
		{FieldCity},
		{FieldCountry},
		{FieldPhone, FieldCellphone},
		{FieldCategories},
	}},
	{"basic", 45, [][]Field{{FieldOpeningHours}, {FieldDescriptionShort, FieldDescriptionLong}, {FieldPhotos}}},
	{"advanced", 20, [][]Field{{FieldKeywords}, {FieldServices}}},
	{"bonus", 10, [][]Field{{FieldWebsite}, {FieldEmail}}},
}

// Completeness gives the four levels and the total in percent.
func (e *Establishment) Completeness() (levels []Level, percent int) {
	for _, c := range completeness {
		l := Level{Name: c.name, Percent: c.percent}
		for _, g := range c.groups {
			if !e.anyOf(g) {
				l.Missing = append(l.Missing, g[0])
			}
		}
		if len(l.Missing) == 0 {
			percent += c.percent
		}
		levels = append(levels, l)
	}
	return levels, percent
}

func (e *Establishment) anyOf(fields []Field) bool {
	for _, f := range fields {
		if e.filled(f) {
			return true
		}
	}
	return false
}

// filled reports whether a field has a value, without making its text: every row written asks for twenty of them.
func (e *Establishment) filled(f Field) bool {
	if p := e.text(f); p != nil {
		return *p != ""
	}
	if l := e.list(f); l != nil {
		return len(*l) > 0
	}
	if f == FieldOpeningHours {
		return e.Hours.Known
	}
	return e.Value(f) != ""
}
