package bolt

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

// filledContact and filledLink have something in every field, whichever there are; of a link, all but whose turn it was.
func filledContact() *storage.Contact {
	c := new(storage.Contact)
	fillValue(reflect.ValueOf(c).Elem())
	return c
}

func filledLink() *storage.ContactLink {
	l := new(storage.ContactLink)
	fillValue(reflect.ValueOf(l).Elem())
	l.Turns = nil
	return l
}

// recorded gives the JSON that is kept of an entity.
func recorded(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw[1:]
}

// Every field goes through the quick reading, those that somebody adds included.
func TestContactsAndLinksAreReadTheQuickWay(t *testing.T) {
	for _, c := range []*storage.Contact{filledContact(), {ID: "c", Card: storage.Card{GivenName: "Zoé"}}, {}} {
		got := new(storage.Contact)
		if raw := recorded(t, c); !readContact(raw, got) {
			t.Errorf("not read: %s", raw)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, l := range []*storage.ContactLink{filledLink(), {ContactID: "c", AccountID: "a", RemoteID: "r"}, {}} {
		got := new(storage.ContactLink)
		if raw := recorded(t, l); !readContactLink(raw, got) {
			t.Errorf("not read: %s", raw)
		}
		if diff := cmp.Diff(l, got); diff != "" {
			t.Error(diff)
		}
	}
}

// What the quick reading does not know is read all the same: turns, names in another order, fields of a later version.
func TestOddContactsAndLinksAreReadTheLongWay(t *testing.T) {
	for _, raw := range []string{
		`{"revision":1,"id":"c","givenName":"Zoé"}`, `{"id":"c","givenName":"Zoé","later":[1]}`, `{"id":"c", "givenName":"Zoé"}`,
		`{"id":"c","givenName":"Zoé","emails":[],"changed":{}}`, `{"id":"x","givenName":"A","emails":[{"value":"v"}],"id":"c","givenName":"Zoé","emails":null}`,
	} {
		got := new(storage.Contact)
		if err := decode(append([]byte{recordVersion}, raw...), got); err != nil || got.ID != "c" || got.GivenName != "Zoé" || len(got.Emails)+len(got.Changed) > 0 {
			t.Errorf("%s is read as %+v, %v", raw, got, err)
		}
	}
	want := filledLink()
	want.Turns = map[storage.Field]storage.Turns{"note": {Theirs: true}}
	got := new(storage.ContactLink)
	if err := decode(append([]byte{recordVersion}, recorded(t, want)...), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Where the quick reading gives a value, encoding/json gives the same one.
func FuzzReadContact(f *testing.F) {
	for _, v := range []any{filledContact(), filledLink(), &storage.Contact{}, &storage.ContactLink{}} {
		raw := recorded(f, v)
		f.Add(raw)
		f.Add([]byte(strings.ReplaceAll(string(raw), `-7`, `07`)))
	}
	f.Add([]byte(`{"id":"a\u0062","revision":-0,"familyName":"\ud800","givenName":"\`))
	f.Add([]byte(`{"id":"","revision":0,"createdAt":"0001-01-01T00:00:00Z","changed":{"a":{"at":"2026-01-02T03:04:05+01:00","by":"user"},"a":{"at":"0001-01-01T00:00:00Z","by":""}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		same := func(quick, long any) {
			if err := json.Unmarshal(raw, long); err != nil {
				t.Fatalf("%q was read, encoding/json says %v", raw, err)
			}
			if diff := cmp.Diff(long, quick); diff != "" {
				t.Errorf("%q:\n%s", raw, diff)
			}
		}
		if c := new(storage.Contact); readContact(raw, c) {
			same(c, new(storage.Contact))
		}
		if l := new(storage.ContactLink); readContactLink(raw, l) {
			same(l, new(storage.ContactLink))
		}
	})
}
