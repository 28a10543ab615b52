package bolt

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
)

func anyTime(t *rapid.T, label string) time.Time {
	if rapid.Bool().Draw(t, label+" is set") {
		return time.Unix(0, rapid.Int64Min(1).Draw(t, label)).UTC()
	}
	return time.Time{}
}

func anyRow(t *rapid.T) storage.Row {
	text := func(label string) string { return rapid.String().Draw(t, label) }
	r := storage.Row{
		ID: text("id"), Identifier: text("identifier"), Name: text("name"), Line: text("line"), City: text("city"),
		Status: storage.Status(text("status")), AutoSync: rapid.Bool().Draw(t, "auto"), SearchKey: text("search"),
		SortKey: string(rapid.SliceOf(rapid.Byte()).Draw(t, "sort")), Completeness: rapid.Byte().Draw(t, "percent"),
		UpdatedAt: anyTime(t, "updated"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "labels") {
		r.Labels = append(r.Labels, text("label"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "listings") {
		r.Listings = append(r.Listings, storage.RowListing{
			AccountID: text("account"), Word: storage.Word(text("word")), SentAt: anyTime(t, "sent"),
			RetryAt: anyTime(t, "retry"), ReasonCode: text("reason"), Differing: rapid.IntRange(0, 300).Draw(t, "differing"),
			Changed: rapid.IntRange(0, 300).Draw(t, "changed"),
		})
	}
	return r
}

func TestRowReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyRow(t)
		got, err := decodeRow(want.ID, encodeRow(&want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCutRowIsAnError(t *testing.T) {
	r := storage.Row{Name: "Hôtel", Labels: []string{"a", "b"}, Listings: []storage.RowListing{{AccountID: "acc"}}}
	whole := encodeRow(&r)
	for n := range whole {
		if _, err := decodeRow("", whole[:n]); err == nil {
			t.Errorf("%d bytes of %d were taken for a row", n, len(whole))
		}
	}
	if _, err := decodeRow("", append(whole, 0)); err == nil {
		t.Error("a row with a byte too many was taken")
	}
}

// Whatever the bytes, decoding gives an error or a value, and never more memory than the bytes could hold.
func FuzzDecodeRow(f *testing.F) {
	r := storage.Row{Name: "Hôtel", Labels: []string{"a"}, Listings: []storage.RowListing{{AccountID: "acc"}}}
	f.Add(encodeRow(&r))
	f.Add([]byte{rowVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		row, err := decodeRow("id", b)
		if err != nil {
			return
		}
		if len(row.Name) > len(b) {
			t.Errorf("a name of %d bytes came out of %d", len(row.Name), len(b))
		}
		again, err := decodeRow("id", encodeRow(&row))
		if diff := cmp.Diff(row, again); err != nil || diff != "" {
			t.Errorf("%q is kept as another row: %v\n%s", b, err, diff)
		}
	})
}

func TestTimeKeysSortAsInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := time.Unix(0, rapid.Int64Min(-1<<62).Draw(t, "a"))
		b := time.Unix(0, rapid.Int64Min(-1<<62).Draw(t, "b"))
		if (string(timeKey(a)) < string(timeKey(b))) != a.Before(b) {
			t.Fatalf("%v and %v sort otherwise than their keys", a, b)
		}
	})
}
