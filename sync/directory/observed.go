package directory

import (
	"encoding/json"
	"slices"

	"diapason/storage"
)

// Canonical gives what was read on a directory in our canonical texts: "04 91 00 00 00" beside country FR is
// +33491000000. A text that we would refuse comes back as it is, so that it is compared and shown, never sent.
func Canonical(read storage.Snapshot) storage.Snapshot {
	out := make(storage.Snapshot, len(read))
	var e storage.Establishment
	for _, f := range append([]storage.Field{storage.FieldCountry}, storage.Fields...) {
		v, ok := read[f]
		if !ok {
			continue
		}
		out[f] = v
		if v != "" && e.SetValue(f, v) == nil {
			out[f] = e.Value(f)
		}
	}
	return out
}

// Overlay gives what a document shall hold after a change: what it holds now, with the touched fields as desired. A
// field that cannot be read in it is taken from desired too. Without a document (nil) everything is.
func Overlay(observed storage.Snapshot, c Change) storage.Snapshot {
	out := make(storage.Snapshot, len(c.Desired))
	for f, v := range c.Desired {
		if shown, ok := observed[f]; ok && c.Previous != nil && !slices.Contains(c.Touched, f) {
			v = shown
		}
		out[f] = v
	}
	return out
}

// Text reads a JSON text, or a number as text: both are written for a number by whoever edits a file by hand. Anything
// else is "".
func Text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}
