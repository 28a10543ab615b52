package bolt

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
)

// TestListingComesBackAsItWasKept draws snapshots that agree in all, most or none of their fields.
func TestListingComesBackAsItWasKept(t *testing.T) {
	fields := storage.Fields[:6]
	draw := func(t *rapid.T, label string, like storage.Snapshot) storage.Snapshot {
		s := maps.Clone(like)
		if s == nil || rapid.Bool().Draw(t, label+" anew") {
			s = storage.Snapshot{}
		}
		for _, f := range rapid.SliceOfDistinct(rapid.SampledFrom(fields), rapid.ID).Draw(t, label) {
			s[f] = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "value")
		}
		if len(s) == 0 {
			return nil // as PutListing keeps it
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		l := &storage.Listing{EstablishmentID: "e", AccountID: "a", Desired: draw(t, "desired", nil)}
		l.Accepted, l.Observed = draw(t, "accepted", l.Desired), draw(t, "observed", l.Desired)
		matches := rapid.SampledFrom([]storage.FieldMatch{storage.MatchSame, storage.MatchSame, storage.MatchLocalChanged, storage.MatchBothChanged})
		for _, f := range fields {
			if _, wanted := l.Desired[f]; wanted || rapid.Bool().Draw(t, "match of a field that is not wanted") {
				if l.Matches == nil {
					l.Matches = map[storage.Field]storage.FieldMatch{}
				}
				l.Matches[f] = matches.Draw(t, "match")
			}
		}
		raw, err := encode(l)
		if err != nil {
			t.Fatal(err)
		}
		got := new(storage.Listing)
		if err := decode(raw, got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, got); diff != "" {
			t.Fatalf("(-kept +read)\n%s\n%s", diff, raw)
		}
	})
}

func TestListingOfAnOlderVersionIsReadWhole(t *testing.T) {
	raw := []byte(`{"establishment":"e","account":"a","desired":{"name":"A","city":"P"},"accepted":{"name":"A"},` +
		`"observed":{"name":"B","city":"P"},"matches":{"name":"remote","city":"same"}}`)
	got := new(storage.Listing)
	if err := decode(append([]byte{recordVersion}, raw...), got); err != nil {
		t.Fatal(err)
	}
	want := &storage.Listing{
		EstablishmentID: "e", AccountID: "a",
		Desired:  storage.Snapshot{storage.FieldName: "A", storage.FieldCity: "P"},
		Accepted: storage.Snapshot{storage.FieldName: "A"},
		Observed: storage.Snapshot{storage.FieldName: "B", storage.FieldCity: "P"},
		Matches: map[storage.Field]storage.FieldMatch{
			storage.FieldName: storage.MatchRemoteChanged, storage.FieldCity: storage.MatchSame,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
