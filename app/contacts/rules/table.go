package rules

import (
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
	"diapason/widgets"
)

// nowhere is the choice of a field that is not sent.
const nowhere = "-"

// intoField begins the choice of a field of ours; its name follows.
const intoField = "into "

// theirName names a type of the book: « Téléphone « Domicile » ».
func theirName(f storage.Field) string {
	family, kind := f.Family()
	if !f.Typed() {
		return say.ContactField(f)
	}
	return words.T("contact.typed."+string(family), "type", typeName(kind))
}

// typeName names a type as the book's own application does; one that a person typed is their word.
func typeName(kind string) string {
	if kind == "" {
		return words.T("contacts.rules.type.none")
	}
	if key := "contacts.rules.type." + kind; words.Has(key) {
		return words.T(key)
	}
	return kind
}

// outRow is where a field of ours goes.
func (v *view) outRow(ours storage.Field) (name string, list *widgets.SelectField) {
	var items []widgets.MenuItem
	for _, theirs := range v.draft.targets(ours) {
		text := words.T("contacts.rules.sent")
		if _, kind := theirs.Family(); theirs.Typed() {
			text = typeName(kind)
		}
		items = append(items, widgets.MenuItem{ID: string(theirs), Text: text})
	}
	items = append(items, widgets.MenuItem{ID: nowhere, Text: words.T("contacts.rules.notSent"), Divided: true})
	list = widgets.NewSelectField("", items, func(id string) {
		if id == nowhere {
			id = ""
		}
		v.draft.send(ours, storage.Field(id))
		v.show()
	})
	return say.ContactField(ours), list
}

// inRow is what becomes of a type of the book.
func (v *view) inRow(theirs storage.Field) (name string, list *widgets.SelectField) {
	var items []widgets.MenuItem
	for _, ours := range v.draft.sources(theirs) {
		items = append(items, widgets.MenuItem{ID: intoField + string(ours), Text: words.T("contacts.rules.into", "field", say.ContactField(ours))})
	}
	if notable(theirs) {
		items = append(items, widgets.MenuItem{ID: string(fieldmap.ReceiveNote), Text: words.T("contacts.rules.note")})
	}
	items = append(items, widgets.MenuItem{ID: string(fieldmap.ReceiveIgnore), Text: words.T("contacts.rules.ignore"), Divided: true})
	list = widgets.NewSelectField("", items, func(id string) {
		if into, field := strings.CutPrefix(id, intoField); field {
			v.draft.receive(theirs, storage.Field(into), fieldmap.ReceiveField)
		} else {
			v.draft.receive(theirs, "", fieldmap.Receive(id))
		}
		v.show()
	})
	return theirName(theirs), list
}

// showRow draws what is chosen for a field, and what is wrong with it.
func (v *view) showRow(f storage.Field, list *widgets.SelectField) {
	if v.way == inward {
		in := v.draft.received(f)
		value := string(in.receive)
		if in.receive == fieldmap.ReceiveField {
			value = intoField + string(in.into)
		}
		list.SetValue(value)
		return
	}
	value := nowhere
	if to := v.draft.to[f]; to != "" {
		value = string(to)
	}
	list.SetValue(value)
	list.SetError("")
	if other, clashes := v.draft.clash(f); clashes {
		list.SetError(words.T("contacts.rules.clash", "field", say.ContactField(other)))
	}
}
