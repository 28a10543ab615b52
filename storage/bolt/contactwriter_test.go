package bolt

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diapason/storage"
)

// asJSON gives what encoding/json writes of an entity.
func asJSON(t interface{ Fatal(...any) }, v any) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

// Every field is written, those that somebody adds included.
func TestContactsAndLinksAreWrittenAsJSONWritesThem(t *testing.T) {
	for _, c := range []*storage.Contact{filledContact(), {}, {Changed: map[storage.Field]storage.CardChange{}}} {
		if got, ok := appendContact(nil, c); !ok || string(got) != asJSON(t, c) {
			t.Errorf("%s\n%s", got, asJSON(t, c))
		}
	}
	for _, l := range []*storage.ContactLink{filledLink(), {}, {Frozen: []storage.Field{}}} {
		if got, ok := appendContactLink(nil, l); !ok || string(got) != asJSON(t, l) {
			t.Errorf("%s\n%s", got, asJSON(t, l))
		}
	}
	turned := filledLink()
	turned.Turns = map[storage.Field]storage.Turns{"note": {Theirs: true}}
	if raw := recorded(t, turned); string(raw) != asJSON(t, turned) {
		t.Errorf("%s", raw)
	}
	if _, err := encode(&storage.Contact{CreatedAt: time.Unix(math.MaxInt32*1000, 0)}); err == nil {
		t.Error("a moment that JSON has no form for was written")
	}
}

// Whatever people type, and whatever the bytes.
func TestTextsAreWrittenAsJSONWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		c := &storage.Contact{
			ID: text, Card: storage.Card{Note: text, Emails: []storage.CardValue{{Type: text, Value: text}}, Labels: []string{text, ""}},
			Changed: map[storage.Field]storage.CardChange{storage.Field(text): {By: storage.Actor(text)}, "note": {AccountID: text}},
		}
		if got, ok := appendContact(nil, c); !ok || string(got) != asJSON(t, c) {
			t.Errorf("%s\n%s", got, asJSON(t, c))
		}
	})
}
