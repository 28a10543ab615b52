package feedserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason/sync/agenda/feedserver"
	"diapason/sync/agenda/publication/publicationtest"
)

// titles are those of what its folder holds after a reading, sorted.
func titles(v *publicationtest.Vdirsyncer) (all []string) {
	for _, content := range v.Sync() {
		for line := range strings.Lines(content) {
			if title, ok := strings.CutPrefix(strings.TrimSpace(line), "SUMMARY:"); ok {
				all = append(all, title)
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestVdirsyncerSeesAdditionsChangesAndRemovals(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert", "Répétition"))
	v := publicationtest.NewVdirsyncer(t, ".ics", `conflict_resolution = "b wins"`,
		fmt.Sprintf("type = \"http\"\nurl = %q", r.base+feedserver.Path(token)))
	expect := func(when string, want ...string) {
		t.Helper()
		if got := titles(v); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", when, got, want)
		}
	}
	expect("first reading", "Concert", "Répétition")
	r.put(token, body(t, "Concert", "Répétition", "Visite"))
	expect("one more", "Concert", "Répétition", "Visite")
	r.put(token, body(t, "Concert", "Répétition générale", "Visite"))
	expect("one changed", "Concert", "Répétition générale", "Visite")
	r.put(token, body(t, "Concert"))
	expect("two less", "Concert")
	if read := r.shelf.Readings(); len(read) != 1 || read[0].Client != "vdirsyncer" {
		t.Errorf("told of %v", read)
	}
}
