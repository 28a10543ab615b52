package directorytest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/sync/directory"
)

// crowd is how many listings the list is tried with: more than a page holds.
const crowd = 230

// lists follows the pages: each listing stands on one of them, once, just as it is read alone.
func lists(t *testing.T, s *subject) {
	lister, ok := s.dir.(directory.Lister)
	if !ok {
		t.Skip("this directory gives no list")
	}
	s.needsReader(t)
	if page, err := lister.List(t.Context(), ""); err != nil || len(page.Listings) > 0 || page.Next != "" || page.Total > 0 {
		t.Errorf("an empty directory lists %+v, %v", page, err)
	}
	created := s.crowd(t)
	listed := map[string]directory.Listed{}
	cursors := map[string]bool{}
	for cursor := ""; ; {
		page, err := lister.List(t.Context(), cursor)
		if err != nil {
			t.Fatalf("page %q: %v", cursor, err)
		}
		if page.Total != crowd && page.Total != -1 {
			t.Errorf("page %q: %d in all, want %d", cursor, page.Total, crowd)
		}
		for _, l := range page.Listings {
			if _, twice := listed[l.RemoteID]; twice || !l.Found {
				t.Errorf("listed twice, or as not found: %+v", l)
			}
			listed[l.RemoteID] = l
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		if cursors[cursor] {
			t.Fatalf("page %q comes twice", cursor)
		}
		cursors[cursor] = true
	}
	if len(listed) != crowd || len(cursors) == 0 {
		t.Fatalf("%d listings on %d pages", len(listed), len(cursors)+1)
	}
	for id, identifier := range created {
		l := listed[id]
		alone := Read(t, s.reader, directory.Ref{RemoteID: id, Identifier: identifier})
		alone.ServerTime = l.ServerTime // the moments differ
		if diff := cmp.Diff(alone, l.Observation); diff != "" || l.Identifier != identifier && l.Identifier != "" {
			t.Errorf("%s (%s) is listed as %q (-alone +listed): %s", id, identifier, l.Identifier, diff)
		}
	}
}

// crowd creates many listings and gives their identifiers by their ids there.
func (s *subject) crowd(t *testing.T) map[string]string {
	t.Helper()
	created := map[string]string{}
	for n := 1; n <= crowd; {
		var changes []directory.Change
		for ; n <= crowd && len(changes) < s.caps.BatchSize; n++ {
			changes = append(changes, s.creation(Sample(n)))
		}
		receipts, err := s.dir.Push(t.Context(), changes)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range receipts {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			created[r.RemoteID] = changes[i].Identifier
		}
	}
	return created
}

// keepsIdentity asks who the account is before and after a change, over a second connection too.
func keepsIdentity(t *testing.T, s *subject) {
	if _, ok := s.dir.(directory.Identifier); !ok {
		t.Skip("this directory cannot name the account")
	}
	identity := func(d directory.Directory) string {
		id, err := d.(directory.Identifier).Identity(t.Context())
		if err != nil {
			t.Fatalf("identity: %v", err)
		}
		return id
	}
	before := identity(s.dir)
	Push(t, s.dir, s.creation(Sample(1)))
	after := identity(s.dir)
	if after == "" || before != "" && before != after {
		t.Errorf("identity %q, then %q once something was sent", before, after)
	}
	Push(t, s.dir, s.creation(Sample(2)))
	second, err := s.kind.Open(s.account)
	if err != nil {
		t.Fatal(err)
	}
	if again := identity(second); again != after {
		t.Errorf("identity %q, then %q over another connection", after, again)
	}
}
