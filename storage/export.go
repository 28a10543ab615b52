package storage

import "slices"

// hiddenValue stands for a value of a contact in what leaves the workspace.
const hiddenValue = "•••"

// Exported gives an entry as it may leave the workspace in a file, or go to another program: of a contact it tells which
// one, by its id, and which fields changed, and nothing that the contact says or said. People read the names on their
// screen and on their terminal.
func (j *JournalEntry) Exported() *JournalEntry {
	if j.ContactID == "" && j.ContactBefore == nil {
		return j
	}
	e := *j
	e.Name, e.ContactBefore, e.Hash = "", nil, ""
	e.Changes = make([]FieldChange, 0, len(j.Changes))
	for _, c := range j.Changes {
		e.Changes = append(e.Changes, FieldChange{Field: exportedField(c.Field), Before: hideValue(c.Before), After: hideValue(c.After)})
	}
	if j.Answer != nil {
		e.Answer = &Answer{Status: j.Answer.Status}
	}
	return &e
}

// exportedField gives a field without a type that is not ours: somebody typed it, and it may name a person.
func exportedField(f Field) Field {
	family, kind := f.Family()
	if !f.Typed() || slices.Contains(ownTypes, kind) {
		return f
	}
	return TypedField(family, hiddenValue)
}

var ownTypes = []string{
	"", TypePersonal, TypeProfessional, TypePersonalMobile, TypeProfessionalMobile, TypePersonalFax, TypeProfessionalFax, TypeOther,
}

func hideValue(text string) string {
	if text == "" {
		return ""
	}
	return hiddenValue
}

// Exported gives a line of a report as it may leave the workspace: only establishments are named.
func (i *RunItem) Exported() *RunItem {
	if i.EstablishmentID != "" {
		return i
	}
	e := *i
	e.Name = ""
	return &e
}
