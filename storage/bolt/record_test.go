package bolt

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diapason/storage"
)

// kept makes an empty value of each kind of record that the file holds, in the order of their buckets.
var kept = []func() any{
	func() any { return new(storage.Establishment) },
	func() any { return new(storage.Listing) },
	func() any { return new(storage.Account) },
	func() any { return new(storage.Operation) },
	func() any { return new(storage.Run) },
	func() any { return new(storage.RunItem) },
	func() any { return new(storage.JournalEntry) },
	func() any { return new(storage.ImportProfile) },
	func() any { return new(storage.Schedule) },
	func() any { return new(storage.ReservationType) },
	func() any { return new(storage.Person) },
	func() any { return new(storage.Resource) },
	func() any { return new(storage.Reservation) },
	func() any { return new(storage.FeedLink) },
	func() any { return new(storage.Publication) },
	func() any { return new(storage.OutsideFeed) },
}

// Whatever bytes stand in the file, reading them gives an error or a value, and that value is kept and read again as
// the same: nothing changes by being carried from one file to another (migrations, compaction).
func FuzzDecodeRecord(f *testing.F) {
	at := time.Date(2026, 3, 29, 1, 0, 0, 5, time.UTC)
	for kind, v := range []any{
		&storage.Establishment{
			ID: "e", Name: "Hôtel", Status: storage.StatusActive,
			Origins: map[storage.Field]storage.Origin{storage.FieldName: {At: at}, storage.FieldCity: {At: at}},
		},
		&storage.Listing{
			EstablishmentID: "e", AccountID: "a", RemoteID: "r",
			Desired:  storage.Snapshot{storage.FieldName: "Hôtel", storage.FieldCity: "Lyon", storage.FieldPhone: "+33472000000"},
			Accepted: storage.Snapshot{storage.FieldName: "Hôtel", storage.FieldCity: "Paris"},
			Observed: storage.Snapshot{storage.FieldName: "HOTEL", storage.FieldEmail: ""},
		},
		&storage.Account{ID: "a", Settings: map[string]string{"folder": "x"}, PausedUntil: at},
		&storage.Operation{EstablishmentID: "e", AccountID: "a", State: storage.OpInflight, NotBefore: at},
		&storage.Run{ID: "r", Guard: &storage.Guard{Hash: "h", Reasons: []*storage.Problem{storage.NewProblem("guard.closed", "count", "6")}}},
		&storage.RunItem{RunID: "r", EstablishmentID: "e", Result: storage.ItemFailed},
		&storage.JournalEntry{ID: "j", At: at, Answer: &storage.Answer{Status: 422, Text: "no"}},
		&storage.ImportProfile{ID: "p"},
		&storage.Schedule{ID: "s", Zone: "Europe/Paris"},
		&storage.ReservationType{ID: "t", Name: "Séjour", Color: "#1A73E8"},
		&storage.Person{ID: "p", Name: "Alix", Administrator: true},
		&storage.Resource{ID: "r", EstablishmentID: "e"},
		filledReservation(),
		&storage.FeedLink{ID: "l", Former: []storage.FormerToken{{Hash: "h", At: at}}, Readings: []storage.FeedReading{{At: at}}},
		&storage.Publication{LinkID: "l", Events: map[string]storage.PublishedEvent{"u": {Path: "/u.ics"}}, NotBefore: at},
		&storage.OutsideFeed{ID: "o", Every: time.Hour, Problem: storage.NewProblem("p")},
	} {
		b, err := encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(kind), b)
	}
	f.Add(uint8(0), []byte("\x01{}"))
	f.Add(uint8(0), []byte("\x01null"))
	f.Add(uint8(0), []byte("\x02{}"))
	f.Add(uint8(0), []byte("\x01{\"origins\":[{\"fields\":\"name city name\"},{\"fields\":\"\"}]}"))
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		of := kept[int(kind)%len(kept)]
		v := of()
		if decode(b, v) != nil {
			return
		}
		if !json.Valid(b[1:]) {
			t.Fatalf("%q was taken for a record", b)
		}
		once, err := encode(v)
		if err != nil {
			t.Fatalf("%q is a %T that cannot be kept: %v", b, v, err)
		}
		again := of()
		if err := decode(once, again); err != nil {
			t.Fatalf("%q is kept as %q, which is none: %v", b, once, err)
		}
		if diff := cmp.Diff(v, again, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("%q is kept as another value:\n%s", b, diff)
		}
		if twice, err := encode(again); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%q is kept as %q, then as %q: %v", b, once, twice, err)
		}
	})
}
