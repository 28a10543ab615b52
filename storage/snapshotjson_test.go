package storage_test

import (
	"encoding/json"
	"maps"
	"testing"

	"diapason/storage"
)

// FuzzSnapshotIsReadAsAnyMap reads the same bytes as a snapshot and as a plain map of texts.
func FuzzSnapshotIsReadAsAnyMap(f *testing.F) {
	for _, raw := range []string{
		`null`, `{}`, `{"name":"Hôtel"}`, `{"name":"Le \"Petit\" Hôtel\n","city":""}`, `{"name":"a","name":"b"}`,
		`{"a\u0062":"\ud83c\udfe8 \u2028"}`, `{"name":"\\"}`, `{"name":"\\\""}`, ` { "name" : "x" , "city" : "y" } `,
		`{"name":null}`, `{"name":1}`, `{"name":{"a":"b"}}`, `["name"]`, `"name"`, "{\"name\":\"\xff\"}",
		"{\"name\":\"\x01\"}", `{"name":"a",}`, `{"name":"\ud83c"}`, `{"name":"a":"b"}`, `{"":""}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var plain map[storage.Field]string
		want := json.Unmarshal(raw, &plain)
		var read storage.Snapshot
		got := json.Unmarshal(raw, &read)
		if (got == nil) != (want == nil) {
			t.Fatalf("%q: read with %v, as a map with %v", raw, got, want)
		}
		if want == nil && (!maps.Equal(read, plain) || (read == nil) != (plain == nil)) {
			t.Errorf("%q: read %q, as a map %q", raw, read, plain)
		}
	})
}

func TestSnapshotIsReadOverWhatItHeld(t *testing.T) {
	s := storage.Snapshot{storage.FieldName: "avant", storage.FieldCity: "Lyon"}
	if err := json.Unmarshal([]byte(`{"name":"après","phone":"01"}`), &s); err != nil {
		t.Fatal(err)
	}
	want := storage.Snapshot{storage.FieldName: "après", storage.FieldCity: "Lyon", storage.FieldPhone: "01"}
	if !s.Equal(want) {
		t.Errorf("read %v, want %v", s, want)
	}
}
