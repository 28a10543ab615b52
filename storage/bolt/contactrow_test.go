package bolt

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
)

func TestContactRowReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string { return rapid.String().Draw(t, label) }
		want := storage.ContactRow{
			ID: text("id"), Name: text("name"), Organization: text("organization"), Email: text("e-mail"), Phone: text("phone"),
			Sort: text("sort"), Search: text("search"), Trashed: rapid.Bool().Draw(t, "trashed"), ChangedAt: anyTime(t, "changed"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "labels") {
			want.Labels = append(want.Labels, text("label"))
		}
		for range rapid.IntRange(0, 3).Draw(t, "accounts") {
			want.Accounts = append(want.Accounts, text("account"))
		}
		got, err := decodeContactRow(want.ID, encodeContactRow(&want))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func TestCutContactRowIsAnError(t *testing.T) {
	whole := encodeContactRow(&storage.ContactRow{Name: "Zoé", Labels: []string{"a", "b"}, Accounts: []string{"g"}})
	for n := range whole {
		if _, err := decodeContactRow("", whole[:n]); err == nil {
			t.Errorf("%d bytes of %d were taken for a row", n, len(whole))
		}
	}
	if _, err := decodeContactRow("", append(whole, 0)); err == nil {
		t.Error("a row with a byte too many was taken")
	}
}

// Whatever the bytes, decoding gives an error or a value that is kept as itself.
func FuzzDecodeContactRow(f *testing.F) {
	f.Add(encodeContactRow(&storage.ContactRow{Name: "Zoé", Labels: []string{"a"}, Accounts: []string{"g"}}))
	f.Add([]byte{contactRowVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		row, err := decodeContactRow("id", b)
		if err != nil {
			return
		}
		again, err := decodeContactRow("id", encodeContactRow(&row))
		if diff := cmp.Diff(row, again); err != nil || diff != "" {
			t.Errorf("%q is kept as another row: %v\n%s", b, err, diff)
		}
	})
}
