package sandbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"diapason/sync/sandbox"
)

// fill creates n listings, H1 to Hn.
func fill(c client, n int) {
	c.Helper()
	for i := range n {
		if s := c.call("POST", "/v1/listings", strings.Replace(valid, "H1", fmt.Sprint("H", i+1), 1)); s.what != "201" {
			c.Fatal(s)
		}
	}
}

// pages follows the list from its first page for at most five pages, and gives the external ids of each.
func (c client) pages() (pages [][]string, total int) {
	c.Helper()
	next := "1"
	for range 5 {
		var p sandbox.Page
		s := c.call("GET", "/v1/listings?page="+next, "")
		if s.what != "200" || json.Unmarshal([]byte(s.body), &p) != nil {
			c.Fatal(s)
		}
		ids := []string{}
		for _, l := range p.Listings {
			ids = append(ids, l.ExternalID)
		}
		pages, total = append(pages, ids), p.Total
		if next = p.Next; next == "" {
			break
		}
	}
	return pages, total
}

func TestListGoesWrongWithoutSayingSo(t *testing.T) {
	cases := map[string]struct {
		fault sandbox.Fault
		want  [][]string
		total int
	}{
		"no fault":        {sandbox.Fault{Kind: sandbox.HalfApplied}, [][]string{{"H1", "H2"}, {"H3", "H4"}, {"H5"}}, 5},
		"truncated":       {sandbox.Fault{Kind: sandbox.TruncatedList, Skip: 1}, [][]string{{"H1", "H2"}, {"H3"}}, 3},
		"empty":           {sandbox.Fault{Kind: sandbox.EmptyList}, [][]string{{}}, 0},
		"a page repeated": {sandbox.Fault{Kind: sandbox.RepeatedPage}, [][]string{{"H1", "H2"}, {"H1", "H2"}, {"H3", "H4"}, {"H5"}}, 5},
		"for ever": {
			sandbox.Fault{Kind: sandbox.RepeatedPage, Times: 99},
			[][]string{{"H1", "H2"}, {"H1", "H2"}, {"H1", "H2"}, {"H1", "H2"}, {"H1", "H2"}},
			5,
		},
		"a page missing":    {sandbox.Fault{Kind: sandbox.MissingPage}, [][]string{{"H1", "H2"}, {"H5"}}, 5},
		"listings repeated": {sandbox.Fault{Kind: sandbox.DuplicatedAnswer}, [][]string{{"H1", "H2", "H1", "H2"}, {"H3", "H4"}, {"H5"}}, 5},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newTrial(t, sandbox.TrialParams{PageSize: 2})
				c := inMemory(t, d)
				fill(c, 5)
				d.Misbehave(k.fault)
				pages, total := c.pages()
				if diff := cmp.Diff(k.want, pages); diff != "" || total != k.total {
					t.Errorf("total %d, pages: %s", total, diff)
				}
			})
		})
	}
}

func TestSearchMayFindNothingOrTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTrial(t, sandbox.TrialParams{})
		c := inMemory(t, d)
		fill(c, 1)
		for kind, want := range map[sandbox.FaultKind]int{sandbox.EmptyList: 0, sandbox.DuplicatedAnswer: 2} {
			d.Misbehave(sandbox.Fault{Kind: kind})
			var p sandbox.Page
			s := c.call("GET", "/v1/listings?externalId=H1", "")
			if err := json.Unmarshal([]byte(s.body), &p); err != nil || len(p.Listings) != want {
				t.Errorf("%s: %+v %v", kind, s, err)
			}
		}
	})
}

func TestListIsAskedForStrictly(t *testing.T) {
	d := newTrial(t, sandbox.TrialParams{})
	for _, query := range []string{"page=0", "page=-1", "page=x", "page=01", "page=1&externalId=H1", "size=3", "page=1&size=3"} {
		if code, _, _ := call(t, d, "GET", "/v1/listings?"+query, ""); code != 400 {
			t.Errorf("%s: %d", query, code)
		}
	}
	if code, _, body := call(t, d, "GET", "/v1/listings?page=1", ""); code != 200 || body != `{"listings":[],"total":0}` {
		t.Errorf("%d %s", code, body)
	}
}

// batchOf gives the body of a batch that creates listings.
func batchOf(ids ...string) string {
	items := []string{}
	for _, id := range ids {
		items = append(items, strings.Replace(valid, "H1", id, 1))
	}
	return `{"items":[` + strings.Join(items, ",") + `]}`
}

// statuses gives the status of each result with the place of its item.
func (c client) statuses(s seen) []string {
	c.Helper()
	var a sandbox.BatchAnswer
	if err := json.Unmarshal([]byte(s.body), &a); err != nil {
		c.Fatalf("%+v: %v", s, err)
	}
	list := []string{}
	for _, r := range a.Results {
		if (r.Listing == nil) == (r.Refusal == nil) {
			c.Errorf("%+v holds a listing or a refusal", r)
		}
		list = append(list, fmt.Sprintf("%d:%d", r.Item, r.Status))
	}
	return list
}

func TestBatchAnswersEachItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTrial(t, sandbox.TrialParams{})
		c := inMemory(t, d)
		fill(c, 2)
		change := `{"id":"T000001","ifMatch":"\"v1\"","values":{"name":"a"}}`
		body := `{"items":[` + strings.Join([]string{
			strings.Replace(valid, "H1", "H3", 1), valid, change, change,
			`{"id":"T9","ifMatch":"\"v1\"","values":{"name":"a"}}`, `{"id":"T000002","values":{"name":"a"}}`,
			`{"id":"T000002","ifMatch":"\"v1\"","values":{"nom":"a"}}`, `{"id":"T000002","ifMatch":"\"v1\"","values":{"name":"b"}}`,
		}, ",") + `]}`
		got := c.statuses(c.call("POST", "/v1/batch", body))
		want := []string{"0:201", "1:409", "2:200", "3:412", "4:404", "5:428", "6:422", "7:200"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for id, n := range map[string]int{"H1": 2, "H2": 2, "H3": 1} {
			if d.Effects(id) != n {
				t.Errorf("%s: %d effects, want %d", id, d.Effects(id), n)
			}
		}
	})
}

func TestBatchThatIsNoneIsRefusedWhole(t *testing.T) {
	many := make([]string, sandbox.MaxBatch+1)
	for i := range many {
		many[i] = fmt.Sprint("H", i)
	}
	for body, want := range map[string]int{
		batchOf(): 400, batchOf(many...): 413, `{"items":[{"externalId":"x","valeurs":{}}]}`: 400, `[]`: 400,
	} {
		d := newTrial(t, sandbox.TrialParams{})
		if code, _, answer := call(t, d, "POST", "/v1/batch", body); code != want || len(d.Records()) != 0 {
			t.Errorf("%.40s: %d %s", body, code, answer)
		}
	}
}

func TestBatchMeetsItsFaults(t *testing.T) {
	cases := map[string]struct {
		fault    sandbox.Fault
		what     string
		statuses []string
		effects  []int // of H1 to H5
	}{
		"half applied": {sandbox.Fault{Kind: sandbox.HalfApplied}, "500", nil, []int{1, 1, 0, 0, 0}},
		"refused":      {sandbox.Fault{Kind: sandbox.BatchRefused}, "413", nil, []int{0, 0, 0, 0, 0}},
		"refused from six items on": {
			sandbox.Fault{Kind: sandbox.BatchRefused, Limit: 5},
			"200",
			[]string{"0:201", "1:201", "2:201", "3:201", "4:201"},
			[]int{1, 1, 1, 1, 1},
		},
		"results twice": {
			sandbox.Fault{Kind: sandbox.DuplicatedAnswer},
			"200",
			slices.Repeat([]string{"0:201", "1:201", "2:201", "3:201", "4:201"}, 2),
			[]int{1, 1, 1, 1, 1},
		},
		"applied then cut": {sandbox.Fault{Kind: sandbox.ApplyThenCut}, "cut", nil, []int{1, 1, 1, 1, 1}},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newTrial(t, sandbox.TrialParams{})
				c := inMemory(t, d)
				d.Misbehave(k.fault)
				s := c.call("POST", "/v1/batch", batchOf("H1", "H2", "H3", "H4", "H5"))
				if s.what != k.what {
					t.Errorf("%s, want %s", s.what, k.what)
				}
				if k.statuses != nil {
					if diff := cmp.Diff(k.statuses, c.statuses(s)); diff != "" {
						t.Error(diff)
					}
				}
				for i, n := range k.effects {
					if got := d.Effects(fmt.Sprint("H", i+1)); got != n {
						t.Errorf("H%d: %d effects, want %d", i+1, got, n)
					}
				}
			})
		})
	}
}

func TestAccountKeepsItsIdentity(t *testing.T) {
	file := t.TempDir() + "/annuaire.json"
	identity := func(d *sandbox.Trial) string {
		var a sandbox.Account
		_, _, body := call(t, d, "GET", "/v1/account", "")
		if err := json.Unmarshal([]byte(body), &a); err != nil || a.ID == "" {
			t.Fatalf("%s %v", body, err)
		}
		return a.ID
	}
	d := newTrial(t, sandbox.TrialParams{File: file})
	first := identity(d)
	if err := d.Save(); err != nil {
		t.Fatal(err)
	}
	if again := identity(newTrial(t, sandbox.TrialParams{File: file})); again != first {
		t.Errorf("%s became %s over a restart", first, again)
	}
	if other := identity(newTrial(t, sandbox.TrialParams{})); other == first {
		t.Error("two directories have the same account")
	}
	d.SetAccount("autre")
	if got := identity(d); got != "autre" {
		t.Error(got)
	}
}
