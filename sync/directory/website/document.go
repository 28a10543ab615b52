package website

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/category"
)

// Properties outside the table of properties.go.
const (
	propContext    = "@context"
	propType       = "@type"
	propID         = "@id"
	propAdditional = "additionalProperty"
	vocabulary     = "https://schema.org"
)

// document is one establishment in JSON-LD: the raw value of each property, those of others included.
type document struct {
	raw map[string]json.RawMessage
}

// parse reads a document; nil when there is none or it is no JSON object.
func parse(b []byte) *document {
	var d document
	if json.Unmarshal(b, &d.raw) != nil || d.raw == nil {
		return nil
	}
	return &d
}

// is reports whether the document is about the establishment, by its name on the web or by the user's own code.
func (d *document) is(establishmentID, identifier string) bool {
	if d == nil {
		return false
	}
	return strings.HasSuffix(textOf(d.raw[propID]), establishmentID) || textOf(d.raw["branchCode"]) == identifier
}

// apply brings a change about: the properties that show a touched field are written anew, the others stay.
func (d *document) apply(id string, c directory.Change) {
	var observed storage.Snapshot
	if d.raw == nil {
		d.raw = map[string]json.RawMessage{}
	} else {
		observed = d.values()
	}
	v := directory.Overlay(observed, c)
	d.set(propContext, vocabulary)
	d.set(propID, id)
	anew := func(fields ...storage.Field) bool {
		return c.Previous == nil || slices.ContainsFunc(fields, func(f storage.Field) bool {
			return slices.Contains(c.Touched, f)
		})
	}
	if anew(storage.FieldCategories) || d.raw[propType] == nil {
		d.set(propType, typesOf(v[storage.FieldCategories]))
	}
	for _, p := range properties {
		if anew(p.fields...) {
			d.set(p.name, p.write(v, d.raw[p.name]))
		}
	}
	d.setAdditional(v)
}

// typesOf gives the most specific schema.org type, with LocalBusiness beside one that is no kind of it.
func typesOf(categories string) any {
	c, _ := category.Of(strings.Split(categories, ";"))
	if c.Civic {
		return []string{c.Schema, category.Any.Schema}
	}
	return c.Schema
}

// setAdditional repeats as additionalProperty what the other properties do not say exactly. What is hidden from the
// public is not repeated. Entries of others stay.
func (d *document) setAdditional(v storage.Snapshot) {
	var entries []any
	for _, raw := range listOf(d.raw[propAdditional]) {
		if p := propertyValueOf(raw); !storage.Field(p.PropertyID).Known() {
			entries = append(entries, raw)
		}
	}
	delete(d.raw, propAdditional)
	said, own := d.said(), true
	for _, f := range Fields {
		value, carried := v[f]
		if !carried || said[f] == value || hidden(v) && private[f] {
			continue
		}
		if own { // a hand may have worded it otherwise
			said, own = directory.Canonical(said), false
		}
		if said[f] == value {
			continue
		}
		entries = append(entries, propertyValue{Type: "PropertyValue", PropertyID: string(f), Value: value})
	}
	if len(entries) > 0 {
		d.set(propAdditional, entries)
	}
}

// values gives what the document says in our canonical texts; the fields of a hidden address are absent.
func (d *document) values() storage.Snapshot {
	v := directory.Canonical(d.said())
	if hidden(v) {
		for f := range private {
			delete(v, f)
		}
	}
	return v
}

// said gives what the document says in its own words.
func (d *document) said() storage.Snapshot {
	v := make(storage.Snapshot, len(Fields))
	for _, f := range Fields {
		v[f] = ""
	}
	v[storage.FieldStatus], v[storage.FieldAddressDisplay] = string(storage.StatusActive), "TRUE"
	for _, p := range properties {
		if raw, ok := d.raw[p.name]; ok {
			p.read(raw, v)
		}
	}
	for _, raw := range listOf(d.raw[propAdditional]) {
		p := propertyValueOf(raw)
		if _, carried := v[storage.Field(p.PropertyID)]; carried {
			v[storage.Field(p.PropertyID)] = p.Value
		}
	}
	return v
}

// private are the fields that a hidden address keeps from the public.
var private = map[storage.Field]bool{
	storage.FieldStreet: true, storage.FieldAddressExtra: true, storage.FieldLat: true, storage.FieldLng: true,
}

func hidden(v storage.Snapshot) bool { return v[storage.FieldAddressDisplay] == "FALSE" }

// set gives a property its value; nil takes it away.
func (d *document) set(name string, value any) {
	if value == nil {
		delete(d.raw, name)
		return
	}
	d.raw[name] = encode(value)
}

// encode gives JSON in which <, > and & are escaped, so that no text can end the script element around it. Only plain
// values made here and raw JSON that was parsed come in, so it cannot fail.
func encode(value any) json.RawMessage {
	b, err := json.Marshal(value)
	if err != nil {
		panic("website: " + err.Error())
	}
	return b
}

// order is that of the properties in a document; those of others come last, by name.
func (d *document) order() []string {
	names := []string{propContext, propType, propID}
	for _, p := range properties {
		names = append(names, p.name)
	}
	names = append(names, propAdditional)
	known := len(names)
	for name := range maps.Keys(d.raw) {
		if !slices.Contains(names[:known], name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[known:])
	return slices.DeleteFunc(names, func(n string) bool { return d.raw[n] == nil })
}

// compact gives the document on one line.
func (d *document) compact() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range d.order() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(encode(name))
		b.WriteByte(':')
		b.Write(encode(d.raw[name]))
	}
	b.WriteByte('}')
	return b.Bytes()
}

func (d *document) write(w io.Writer) error { return writeIndented(w, d.compact()) }

func writeIndented(w io.Writer, compact []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// textOf gives a text or a number as text, and of an object its name or @id.
func textOf(raw json.RawMessage) string {
	if s := directory.Text(raw); s != "" {
		return s
	}
	var o struct {
		Name string `json:"name"`
		ID   string `json:"@id"`
		URL  string `json:"url"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return ""
	}
	for _, t := range []string{o.Name, o.URL, o.ID} {
		if t != "" {
			return t
		}
	}
	return ""
}

// listOf gives the members of a list, or the value alone: JSON-LD takes both for the same.
func listOf(raw json.RawMessage) []json.RawMessage {
	if raw == nil {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return []json.RawMessage{raw}
}

// propertyValue is schema.org's PropertyValue.
type propertyValue struct {
	Type       string `json:"@type"`
	PropertyID string `json:"propertyID"`
	Value      string `json:"value"`
}

// propertyValueOf gives the zero value for anything else.
func propertyValueOf(raw json.RawMessage) propertyValue {
	var p propertyValue
	if json.Unmarshal(raw, &p) != nil {
		return propertyValue{}
	}
	return p
}
