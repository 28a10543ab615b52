package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"diapason/sync/sandbox"
)

// anne is the account of these tests.
const anne = "anne@example.com"

// peopleRig is an emulator with a clock of its own.
type peopleRig struct {
	*sandbox.People
	t   *testing.T
	now time.Time
}

func newPeopleRig(t *testing.T, p sandbox.PeopleParams) *peopleRig {
	t.Helper()
	r := &peopleRig{t: t, now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
	p.Now = func() time.Time { return r.now }
	r.People = sandbox.NewPeople(p)
	return r
}

// tree is a JSON object.
type tree map[string]any

// at walks to a value: "error.details.0.reason".
func (o tree) at(path string) any {
	var v any = map[string]any(o)
	for step := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(inner) {
				return nil
			}
			v = inner[i]
		default:
			return nil
		}
	}
	return v
}

func (o tree) text(path string) string {
	s, _ := o.at(path).(string) // absent: ""
	return s
}

func (o tree) count(path string) int {
	list, _ := o.at(path).([]any) // absent: none
	return len(list)
}

// call makes a call and wants its status.
func (r *peopleRig) call(status int, method, path, body string) tree {
	r.t.Helper()
	answer, header := r.answer(method, path, body)
	if header.StatusCode != status {
		r.t.Fatalf("%s %s: %d, want %d: %v", method, path, header.StatusCode, status, answer)
	}
	return answer
}

func (r *peopleRig) answer(method, path, body string) (tree, *http.Response) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "https://people.example/v1/"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+anne)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := (sandbox.Transport{Handler: r.People}).RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer tree
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		r.t.Fatal(err)
	}
	return answer, res
}

const listing = "people/me/connections?personFields=names,metadata&requestSyncToken=true"

// since gives the changes after a token.
func (r *peopleRig) since(token string) tree {
	r.t.Helper()
	return r.call(200, "GET", listing+"&syncToken="+url.QueryEscape(token), "")
}

// named is the JSON of a contact with a name.
func named(family string) string { return `{"names":[{"familyName":"` + family + `"}]}` }

// revised is the JSON of an update of a contact as the account holds it.
func (r *peopleRig) revised(name, fields string) string {
	r.t.Helper()
	got := r.call(200, "GET", name+"?personFields=metadata", "")
	return `{"etag":"` + got.text("etag") + `","metadata":{"sources":[{"type":"CONTACT","id":"x","etag":"` +
		got.text("metadata.sources.0.etag") + `"}]},` + fields + `}`
}

func TestPeopleRefusesWrongParametersAndBodies(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{})
	group := r.AddLabel(anne, "Clients")
	for _, c := range []struct {
		about, method, path, body string
		status                    int
		message                   string
	}{
		{"no fields", "GET", "people/me/connections", "", 400, "personFields"},
		{"unknown field", "GET", "people/me/connections?personFields=names,fileAses", "", 400, "personFields"},
		{"unknown parameter", "GET", "people/me/connections?personFields=names&page=2", "", 400, `Unknown name "page"`},
		{"page too large", "GET", "people/me/connections?personFields=names&pageSize=1001", "", 400, "Page size"},
		{"descending with a token", "GET", listing + "&sortOrder=LAST_MODIFIED_DESCENDING", "", 400, "sort order"},
		{"somebody else's", "GET", "people/c1/connections?personFields=names", "", 400, "people/me"},
		{"unknown member", "POST", "people:createContact", `{"name":"A"}`, 400, `Unknown name "name"`},
		{"unknown member inside", "POST", "people:batchCreateContacts", `{"contacts":[{"contactPerson":{"name":"A"}}]}`, 400, `Unknown name "name" at 'contacts[0].contact_person'`},
		{"list for a map", "POST", "people:batchUpdateContacts", `{"contacts":[],"updateMask":"names"}`, 400, "Cannot bind a list to map"},
		{"two names", "POST", "people:createContact", `{"names":[{"givenName":"A"},{"givenName":"B"}]}`, 400, "more than one person.names"},
		{"two notes", "POST", "people:createContact", `{"biographies":[{"value":"A"},{"value":"B"}]}`, 400, "more than one person.biographies"},
		{"dates of an organisation", "POST", "people:createContact", `{"organizations":[{"name":"A","startDate":{"year":2020}}]}`, 500, "Internal error"},
		{"unknown group", "POST", "people:createContact", `{"memberships":[{"contactGroupMembership":{"contactGroupResourceName":"contactGroups/none"}}]}`, 400, "group not found"},
		{"old system group", "POST", "people:createContact", `{"memberships":[{"contactGroupMembership":{"contactGroupResourceName":"contactGroups/family"}}]}`, 400, "system contact group"},
		{"group twice", "POST", "contactGroups", `{"contactGroup":{"name":"clients"}}`, 409, "already exists"},
		{"too many members", "POST", group + "/members:modify", `{"resourceNamesToAdd":["` + strings.Repeat(`people/c1","`, 1000) + `people/c1"]}`, 400, "1000"},
		{"too many to get", "GET", "people:batchGet?personFields=names" + strings.Repeat("&resourceNames=people/c1", 201), "", 400, "200"},
		{"too many to create", "POST", "people:batchCreateContacts", `{"contacts":[` + strings.Repeat(`{"contactPerson":{}},`, 200) + `{"contactPerson":{}}],"readMask":""}`, 400, "200"},
		{"too many to delete", "POST", "people:batchDeleteContacts", `{"resourceNames":["` + strings.Repeat(`people/c1","`, 500) + `people/c1"]}`, 400, "500"},
		{"nobody", "GET", "people/c1?personFields=names", "", 404, "not found"},
		{"no such method", "GET", "otherContacts", "", 404, "Method"},
	} {
		t.Run(c.about, func(t *testing.T) {
			r.t = t
			got := r.call(c.status, c.method, c.path, c.body)
			raw, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			var plain struct{ Error struct{ Message string } }
			if err := json.Unmarshal(raw, &plain); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(plain.Error.Message+string(raw), c.message) {
				t.Fatalf("%s does not say %q", raw, c.message)
			}
		})
	}
	if n := len(r.Contacts(anne)); n != 0 {
		t.Fatalf("%d contacts were written by refused calls", n)
	}
}

func TestPeopleGivesASyncTokenOnTheLastPageWhenEveryPageAskedForIt(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{})
	for i := range 5 {
		r.Add(anne, named("N"+strconv.Itoa(i)))
	}
	read := func(asked string) (token string, n int) {
		at := "people/me/connections?personFields=names&pageSize=2&requestSyncToken=true"
		page := r.call(200, "GET", at, "")
		for page.text("nextPageToken") != "" {
			if page.text("nextSyncToken") != "" {
				t.Fatal("a page before the last one gave a sync token")
			}
			n += page.count("connections")
			page = r.call(200, "GET", "people/me/connections?personFields=names&pageSize=2"+asked+"&pageToken="+page.text("nextPageToken"), "")
		}
		return page.text("nextSyncToken"), n + page.count("connections")
	}
	if token, n := read("&requestSyncToken=true"); token == "" || n != 5 {
		t.Errorf("asked on every page: token %q, %d contacts", token, n)
	}
	if token, n := read(""); token != "" || n != 5 {
		t.Errorf("asked on the first page only: token %q, %d contacts", token, n)
	}
	page := r.call(200, "GET", listing+"&pageSize=2", "")
	r.call(400, "GET", "people/me/connections?personFields=names&pageSize=2&pageToken="+page.text("nextPageToken"), "")
	full := r.call(200, "GET", listing, "")
	r.call(400, "GET", "people/me/connections?personFields=names&requestSyncToken=true&syncToken="+url.QueryEscape(full.text("nextSyncToken")), "")
}

func TestPeopleSyncTokenLivesSevenDaysFromTheFullReading(t *testing.T) {
	for _, word := range []string{"INVALID_ARGUMENT", "FAILED_PRECONDITION"} {
		r := newPeopleRig(t, sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{ExpiredWord: word}})
		token := r.call(200, "GET", listing, "").text("nextSyncToken")
		r.now = r.now.Add(6 * 24 * time.Hour)
		token = r.since(token).text("nextSyncToken")
		r.now = r.now.Add(2 * 24 * time.Hour)
		got := r.call(400, "GET", listing+"&syncToken="+url.QueryEscape(token), "")
		if got.text("error.status") != word || got.text("error.details.0.reason") != "EXPIRED_SYNC_TOKEN" ||
			!strings.HasPrefix(got.text("error.message"), "Sync token is expired.") {
			t.Errorf("%v", got)
		}
	}
}

func TestPeopleWritesShowAtOnceInGetAndLaterInReadings(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{Lag: 3 * time.Minute}})
	token := r.call(200, "GET", listing, "").text("nextSyncToken")
	name := r.call(200, "POST", "people:createContact", named("Durand")).text("resourceName")
	if got := r.call(200, "GET", name+"?personFields=names", ""); got.text("names.0.familyName") != "Durand" {
		t.Fatalf("%v", got)
	}
	if got := r.call(200, "GET", "people/me/connections?personFields=names", ""); got.count("connections") != 1 {
		t.Fatalf("a list that asks for no sync token: %v", got)
	}
	early := r.since(token)
	if early.count("connections") != 0 {
		t.Fatalf("our own write shows at once: %v", early)
	}
	r.now = r.now.Add(3 * time.Minute)
	for about, token := range map[string]string{"the old token": token, "the one in between": early.text("nextSyncToken")} {
		if got := r.since(token); got.text("connections.0.resourceName") != name {
			t.Fatalf("the echo did not come after %s: %v", about, got)
		}
	}
}

func TestPeopleTellsDeletionsAndNewNamesInReadingsSince(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{})
	gone, renamed := r.Add(anne, named("Parti")), r.Add(anne, named("Nomade"))
	token := r.call(200, "GET", listing, "").text("nextSyncToken")
	r.Remove(anne, gone)
	now := r.Rename(anne, renamed)
	got := r.since(token)
	if got.text("connections.0.resourceName") != gone || got.at("connections.0.metadata.deleted") != true ||
		got.text("connections.1.resourceName") != now || got.text("connections.1.metadata.previousResourceNames.0") != renamed {
		t.Fatalf("%v", got)
	}
	if full := r.call(200, "GET", listing, ""); full.count("connections") != 1 || full.at("totalItems") != 1.0 {
		t.Fatalf("a full reading shows the deleted one: %v", full)
	}
	batch := r.call(200, "GET", "people:batchGet?personFields=names&resourceNames="+renamed+"&resourceNames="+gone, "")
	if batch.text("responses.0.person.resourceName") != now || batch.text("responses.0.requestedResourceName") != renamed ||
		batch.at("responses.1.status.code") != 5.0 {
		t.Fatalf("%v", batch)
	}
}

func TestPeopleUpdatesReplaceTheFieldsOfTheMaskUnderTheRightEtag(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{})
	name := r.Add(anne, `{"names":[{"familyName":"Durand"}],"phoneNumbers":[{"value":"+33 1 23"}],"userDefined":[{"key":"k","value":"v"}]}`)
	at := name + ":updateContact?updatePersonFields="
	stale := r.revised(name, `"names":[{"familyName":"Dupont"}]`)
	r.call(400, "PATCH", at+"names", named("Sans"))
	r.call(400, "PATCH", at+"names", `{"etag":"%x","names":[]}`)
	r.call(400, "PATCH", at+"photos", stale)
	got := r.call(200, "PATCH", at+"names,phoneNumbers", stale)
	if got.text("names.0.familyName") != "Dupont" || got.count("phoneNumbers") != 0 || got.count("userDefined") != 1 {
		t.Fatalf("a field named without a value was not erased, or another was touched: %v", got)
	}
	refused := r.call(400, "PATCH", at+"names", stale)
	if refused.text("error.details.0.reason") != "failedPrecondition" {
		t.Fatalf("%v", refused)
	}
	r.call(400, "PATCH", at+"memberships", r.revised(name, `"memberships":[]`))
	r.Assume(func(a *sandbox.PeopleAssumptions) { a.StaleGets = time.Minute })
	r.now = r.now.Add(2 * time.Minute)
	r.call(200, "PATCH", at+"names", r.revised(name, `"names":[{"familyName":"Martin"}]`))
	r.call(400, "PATCH", at+"names", r.revised(name, `"names":[{"familyName":"Petit"}]`)) // read too early
	if n := r.Effects(anne, name); n != 2 {
		t.Fatalf("%d effects, want 2", n)
	}
	if v := r.Violations(anne); len(v) != 0 {
		t.Fatal(v)
	}
	r.call(200, "POST", "people:createContact", `{"names":[{"familyName":"A","displayName":"A"}]}`)
	if v := r.Violations(anne); !slices.Equal(v, []string{"output-only field sent: names[0].display_name"}) {
		t.Fatal(v)
	}
}

func TestPeopleRefusedBatchNamesWhoIsWrong(t *testing.T) {
	body := `{"contacts":[{"contactPerson":` + named("Bon") + `},{"contactPerson":{"names":[{"givenName":"A"},{"givenName":"B"}]}}],"readMask":"names"}`
	for _, c := range []struct {
		about   string
		assume  sandbox.PeopleAssumptions
		written int
		named   bool
	}{
		{"whole", sandbox.PeopleAssumptions{}, 0, true},
		{"in part", sandbox.PeopleAssumptions{PartialBatches: true}, 1, true},
		{"without saying who", sandbox.PeopleAssumptions{BareBatches: true}, 0, false},
	} {
		r := newPeopleRig(t, sandbox.PeopleParams{Assumptions: c.assume})
		got := r.call(400, "POST", "people:batchCreateContacts", body)
		if n := len(r.Contacts(anne)); n != c.written || (got.at("error.details.0.contactErrors.1.code") == 3.0) != c.named {
			t.Errorf("%s: %d written, %v", c.about, n, got)
		}
	}
	r := newPeopleRig(t, sandbox.PeopleParams{})
	a, b := r.Add(anne, named("A")), r.Add(anne, named("B"))
	update := func(first string) string {
		return `{"contacts":{"` + a + `":` + first + `,"` + b + `":` + r.revised(b, `"names":[{"familyName":"B2"}]`) + `},"updateMask":"names","readMask":"names"}`
	}
	got := r.call(400, "POST", "people:batchUpdateContacts", update(`{"etag":"old","metadata":{"sources":[{"type":"CONTACT"}]}}`))
	errors, _ := got.at("error.details.1.contactErrors").(map[string]any)
	if _, is := errors[a]; !is || len(errors) != 1 {
		t.Fatalf("%v", got)
	}
	got = r.call(200, "POST", "people:batchUpdateContacts", update(r.revised(a, `"names":[{"familyName":"A2"}]`)))
	results, _ := got.at("updateResult").(map[string]any)
	if len(results) != 2 {
		t.Fatalf("%v", got)
	}
	if got := r.call(200, "POST", "people:batchDeleteContacts", `{"resourceNames":["`+a+`","`+b+`"]}`); len(got) != 0 || len(r.Contacts(anne)) != 0 {
		t.Fatalf("%v", got)
	}
}

func TestPeopleLimitsEachUserByTheMinute(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{Limits: sandbox.ObservedPeopleLimits})
	batch := `{"contacts":[{"contactPerson":` + named("N") + `}],"readMask":""}`
	for range 15 { // six each: ninety
		r.call(200, "POST", "people:batchCreateContacts", batch)
		r.now = r.now.Add(time.Second)
	}
	got, res := r.answer("POST", "people:batchCreateContacts", batch)
	if res.StatusCode != 429 || got.text("error.details.0.reason") != "RATE_LIMIT_EXCEEDED" || res.Header.Get("Retry-After") != "45" ||
		!strings.Contains(got.text("error.message"), "Critical read requests") {
		t.Fatalf("%d, Retry-After %q: %v", res.StatusCode, res.Header.Get("Retry-After"), got)
	}
	r.now = r.now.Add(45 * time.Second)
	r.call(200, "POST", "people:batchCreateContacts", batch)
	r.Limit(sandbox.PeopleLimits{FullReadings: 1})
	r.now = r.now.Add(time.Minute)
	token := r.call(200, "GET", listing, "").text("nextSyncToken")
	r.call(429, "GET", listing, "")
	r.since(token)
	if n := r.Throttled(anne); n != 2 {
		t.Fatalf("%d throttled", n)
	}
}

func TestPeopleListsGoWrongOnDemand(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{})
	for i := range 6 {
		r.Add(anne, named("N"+strconv.Itoa(i)))
	}
	r.Misbehave(sandbox.Fault{Kind: sandbox.TruncatedList})
	if got := r.call(200, "GET", listing, ""); got.count("connections") != 3 || got.at("totalItems") != 6.0 || got.text("nextSyncToken") == "" {
		t.Errorf("truncated: %v", got)
	}
	r.Misbehave(sandbox.Fault{Kind: sandbox.EmptyList, Path: "/v1/contactGroups"})
	if got := r.call(200, "GET", listing, ""); got.count("connections") != 6 {
		t.Errorf("a fault of groups strikes contacts: %v", got)
	}
	if got := r.call(200, "GET", "contactGroups", ""); got.count("contactGroups") != 0 {
		t.Errorf("empty: %v", got)
	}
	r.Misbehave(sandbox.Fault{Kind: sandbox.EmptyList})
	if got := r.call(200, "GET", listing, ""); got.count("connections") != 0 {
		t.Errorf("empty: %v", got)
	}
	r.Misbehave(sandbox.Fault{Kind: sandbox.ApplyThen500})
	r.call(500, "POST", "people:createContact", named("Septième"))
	if n := len(r.Contacts(anne)); n != 7 {
		t.Errorf("%d contacts: the write did not take effect", n)
	}
}

func TestPeopleMergeByAPersonIsOneUpdateAndOneDeletion(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		r := newPeopleRig(t, sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{MergeForgets: forgets}})
		keep := r.Add(anne, `{"names":[{"familyName":"Durand"}],"clientData":[{"key":"k","value":"1"}]}`)
		gone := r.Add(anne, `{"names":[{"familyName":"Durand"}],"emailAddresses":[{"value":"d@example.com"}],"clientData":[{"key":"k","value":"2"}]}`)
		token := r.call(200, "GET", listing, "").text("nextSyncToken")
		r.Merge(anne, keep, gone)
		got := r.since(token)
		if got.count("connections") != 2 || got.at("connections.0.metadata.deleted") != true || got.text("connections.1.resourceName") != keep {
			t.Fatalf("%v", got)
		}
		want := []string{"1", "2"}
		if forgets {
			want = want[:1]
		}
		kept, _ := r.Contact(anne, keep)
		if !slices.Equal(kept.All("clientData", "value"), want) || !slices.Equal(kept.All("emailAddresses", "value"), []string{"d@example.com"}) {
			t.Fatalf("%v", kept)
		}
	}
}

func TestPeopleLabelsKeepTheirContacts(t *testing.T) {
	r := newPeopleRig(t, sandbox.PeopleParams{})
	name := r.Add(anne, named("Durand"))
	made := r.call(200, "POST", "contactGroups", `{"contactGroup":{"name":"Clients","clientData":[{"key":"k","value":"v"}]}}`)
	label := made.text("resourceName")
	if got := r.call(200, "POST", label+"/members:modify", `{"resourceNamesToAdd":["`+name+`","people/c1"]}`); got.text("notFoundResourceNames.0") != "people/c1" {
		t.Fatalf("%v", got)
	}
	if got := r.call(200, "GET", label+"?maxMembers=5&groupFields=name,clientData", ""); got.text("memberResourceNames.0") != name || got.text("clientData.0.value") != "v" {
		t.Fatalf("%v", got)
	}
	r.call(200, "PUT", label, `{"contactGroup":{"etag":"`+made.text("etag")+`","name":"Fidèles"},"updateGroupFields":"name"}`)
	r.call(400, "PUT", label, `{"contactGroup":{"etag":"`+made.text("etag")+`","name":"Autres"},"updateGroupFields":"name"}`)
	if c, _ := r.Contact(anne, name); !slices.Equal(c.Labels, []string{"Fidèles"}) {
		t.Fatalf("%v", c)
	}
	if got := r.call(200, "POST", "contactGroups/myContacts/members:modify", `{"resourceNamesToRemove":["`+name+`"]}`); len(got) != 0 {
		t.Fatalf("%v", got)
	}
	if got := r.call(200, "POST", label+"/members:modify", `{"resourceNamesToRemove":["`+name+`"]}`); got.text("canNotRemoveLastContactGroupResourceNames.0") != name {
		t.Fatalf("%v", got)
	}
	groups := r.call(200, "GET", "contactGroups?pageSize=1000", "")
	r.call(200, "DELETE", label, "")
	if c, there := r.Contact(anne, name); !there || len(c.Labels) != 0 {
		t.Fatalf("the contact went with its label, or kept it: %v", c)
	}
	changed := r.call(200, "GET", "contactGroups?syncToken="+url.QueryEscape(groups.text("nextSyncToken")), "")
	if changed.count("contactGroups") != 1 || changed.at("contactGroups.0.metadata.deleted") != true {
		t.Fatalf("%v", changed)
	}
}

func TestPeopleNotesTwoWritesOfOneUserAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPeopleRig(t, sandbox.PeopleParams{})
		write := func(done chan<- int) {
			_, res := r.answer("POST", "people:createContact", named("N"))
			done <- res.StatusCode
		}
		first, second := make(chan int, 1), make(chan int, 1)
		r.Misbehave(sandbox.Fault{Kind: sandbox.Slow, Delay: time.Minute})
		go write(first)
		synctest.Wait()
		go write(second)
		if a, b := <-second, <-first; a != 200 || b != 200 {
			t.Fatal(a, b)
		}
		go write(first)
		<-first
		if v := r.Violations(anne); !slices.Equal(v, []string{"two writes at the same time: people:createContact"}) {
			t.Fatal(v)
		}
	})
}
