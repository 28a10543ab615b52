package rules

import (
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
)

// incoming is what becomes of a type of the book.
type incoming struct {
	into    storage.Field // our field
	receive fieldmap.Receive
}

// draft is a field map while it is edited: where each of our fields goes, and what becomes of each of theirs. Both change
// on their own; fields puts them together.
type draft struct {
	original fieldmap.Map
	begun    string // what fields gives before any change
	ours     []storage.Field
	theirs   []storage.Field
	to       map[storage.Field]storage.Field // theirs, by ours; what is not sent has none
	in       map[storage.Field]incoming
	known    bool
}

// newDraft begins with the map of an account; original is the one of its kind.
func newDraft(now, original fieldmap.Map) *draft {
	d := &draft{original: original}
	for _, r := range original.Rows {
		d.ours, d.theirs = with(d.ours, r.Ours), with(d.theirs, r.Theirs)
	}
	d.take(now)
	d.begun = d.fields().String()
	return d
}

func with(list []storage.Field, f storage.Field) []storage.Field {
	if slices.Contains(list, f) {
		return list
	}
	return append(list, f)
}

// take shows a map.
func (d *draft) take(m fieldmap.Map) {
	d.to, d.in, d.known = map[storage.Field]storage.Field{}, map[storage.Field]incoming{}, m.KnownCompany
	for _, r := range m.Rows {
		if unspoken(r) {
			continue
		}
		d.ours, d.theirs = with(d.ours, r.Ours), with(d.theirs, r.Theirs)
		d.in[r.Theirs] = incoming{r.Ours, r.Receive}
		if r.Send {
			d.to[r.Ours] = r.Theirs
		}
	}
	for _, r := range d.original.Rows {
		if _, spoken := d.in[r.Theirs]; !spoken {
			d.in[r.Theirs] = incoming{r.Ours, fieldmap.ReceiveIgnore}
		}
	}
}

// unspoken is the row of a field of ours that is tied to nothing there, so that it does not travel under its own type.
func unspoken(r fieldmap.Row) bool {
	return r.Ours == r.Theirs && r.Ours.Typed() && !r.Send && r.Receive == fieldmap.ReceiveIgnore
}

// reset goes back to the map of the kind.
func (d *draft) reset() { d.take(d.original) }

// changed reports whether the map is another one than that it began with.
func (d *draft) changed() bool { return d.fields().String() != d.begun }

// targets are the types of the book that a field of ours may go to.
func (d *draft) targets(ours storage.Field) []storage.Field {
	family, _ := ours.Family()
	return slices.DeleteFunc(slices.Clone(d.theirs), func(f storage.Field) bool {
		other, _ := f.Family()
		return other != family
	})
}

// sources are the fields of ours that a type of the book may go into: the one that is sent to it, else any of its family.
func (d *draft) sources(theirs storage.Field) []storage.Field {
	if sender, sent := d.sender(theirs); sent {
		return []storage.Field{sender}
	}
	family, _ := theirs.Family()
	return slices.DeleteFunc(slices.Clone(d.ours), func(f storage.Field) bool {
		other, _ := f.Family()
		return other != family
	})
}

// sender gives the first field of ours that goes to a type of the book.
func (d *draft) sender(theirs storage.Field) (storage.Field, bool) {
	for _, f := range d.ours {
		if d.to[f] == theirs {
			return f, true
		}
	}
	return "", false
}

// send has a field of ours go to a type of the book; "": it stays here.
func (d *draft) send(ours, theirs storage.Field) {
	delete(d.to, ours)
	if theirs != "" {
		d.to[ours] = theirs
	}
}

// receive decides what becomes of a type of the book; into is our field, "" for the same one as before.
func (d *draft) receive(theirs, into storage.Field, how fieldmap.Receive) {
	was := d.in[theirs]
	if into == "" {
		into = was.into
	}
	d.in[theirs] = incoming{into, how}
}

// received gives what becomes of a type of the book.
func (d *draft) received(theirs storage.Field) incoming {
	in := d.in[theirs]
	if sender, sent := d.sender(theirs); sent {
		in.into = sender
	}
	return in
}

// clash gives the field of ours that goes to the same type already: one value would take the place of the other.
func (d *draft) clash(ours storage.Field) (storage.Field, bool) {
	theirs := d.to[ours]
	if theirs == "" {
		return "", false
	}
	first, _ := d.sender(theirs)
	return first, first != ours
}

// sound reports whether no field goes where another one does.
func (d *draft) sound() bool {
	return !slices.ContainsFunc(d.ours, func(f storage.Field) bool {
		_, clashes := d.clash(f)
		return clashes
	})
}

// notable reports whether a type may become a line of the note: what may be a company's.
func notable(theirs storage.Field) bool {
	return theirs.Typed() || theirs == storage.FieldOrganization || theirs == storage.FieldTitle
}

// professional are the fields whose company a book does not tell for sure.
var professional = []storage.Field{
	"phone.professional", "phone.professionalMobile", "email.professional", storage.FieldOrganization, storage.FieldTitle,
}

// professionals are the types of the book that go into professional fields.
func (d *draft) professionals() []storage.Field {
	return slices.DeleteFunc(slices.Clone(d.theirs), func(f storage.Field) bool {
		return !slices.Contains(professional, d.received(f).into)
	})
}

// company gives what becomes of everything professional that comes in; "" when that differs from one to the other.
func (d *draft) company() fieldmap.Receive {
	var all fieldmap.Receive
	for i, f := range d.professionals() {
		how := d.in[f].receive
		if i > 0 && how != all {
			return ""
		}
		all = how
	}
	return all
}

// setCompany has everything professional that comes in go one way.
func (d *draft) setCompany(how fieldmap.Receive) {
	for _, f := range d.professionals() {
		d.receive(f, "", how)
	}
}

// notes reports whether something becomes lines of the note.
func (d *draft) notes() bool {
	return slices.ContainsFunc(d.theirs, func(f storage.Field) bool { return d.in[f].receive == fieldmap.ReceiveNote })
}

// fields gives the map. Where two fields go to the same type, the first one does: sound says so before.
func (d *draft) fields() fieldmap.Map {
	m := fieldmap.Map{KnownCompany: d.known}
	spoken := map[storage.Field]bool{}
	for _, theirs := range d.theirs {
		in := d.received(theirs)
		_, sent := d.sender(theirs)
		spoken[in.into] = true
		m.Rows = append(m.Rows, fieldmap.Row{Ours: in.into, Theirs: theirs, Send: sent, Receive: in.receive})
	}
	for _, ours := range d.ours {
		if !spoken[ours] && !slices.Contains(d.theirs, ours) {
			m.Rows = append(m.Rows, fieldmap.Row{Ours: ours, Theirs: ours, Receive: fieldmap.ReceiveIgnore})
		}
	}
	return m
}
