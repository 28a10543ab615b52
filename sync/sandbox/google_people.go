package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	stdsync "sync"
	"time"
)

// PeopleParams set up the emulator of the People API. Zero values but Now: no limit, and the bearer token of a call names
// its account.
type PeopleParams struct {
	Now func() time.Time
	// Admit gives whose account a call is about. When it is nobody's, it has answered itself (401, 403).
	Admit       func(w http.ResponseWriter, r *http.Request) (account string, ok bool)
	Limits      PeopleLimits
	Assumptions PeopleAssumptions
}

// PeopleAssumptions are what is not documented of the People API, or seen in one way and another.
type PeopleAssumptions struct {
	// Lag is how long a write waits before readings that sync tell it; "several minutes" are documented.
	Lag time.Duration
	// PlainLag has lists that ask for no sync token lag too.
	PlainLag bool
	// StaleGets is how old what people.get and batchGet show is.
	StaleGets time.Duration
	// ExpiredWord is the status of an expired sync token's refusal; "" means INVALID_ARGUMENT.
	ExpiredWord string
	// TokensRenew has the seven days of a sync token begin again with each reading; documented: at the full one.
	TokensRenew bool
	// PartialBatches has the valid contacts of a refused batch written; otherwise none is.
	PartialBatches bool
	// BareBatches leaves the errors of single contacts out of a batch's refusal.
	BareBatches bool
	// SourcesOptional has updates accepted that bear no metadata.sources, as tools that live without say.
	SourcesOptional bool
	// StaleStatus is the status of a stale etag's refusal; 0 means 400.
	StaleStatus int
	// MergeForgets has the clientData of the contact that goes lost in a merge by a person; otherwise both are kept.
	MergeForgets bool
	// EmailShown has people/me tell the account's address.
	EmailShown bool
}

// People emulates the contacts' part of the People API: people.connections.list, people.get, batchGet, createContact,
// updateContact, deleteContact and their batches, contactGroups. Each account has its own contacts. It is an
// http.Handler, safe from any goroutine.
//
// Facts: https://developers.google.com/people/api/rest and its discovery document (people/v1). What that leaves open is
// in PeopleAssumptions.
type People struct {
	now   func() time.Time
	admit func(http.ResponseWriter, *http.Request) (string, bool)

	mu       stdsync.Mutex
	limits   PeopleLimits
	assume   PeopleAssumptions
	accounts map[string]*peopleAccount
	faults   faults
	calls    int
}

// peopleAccount is what one account holds.
type peopleAccount struct {
	id       string
	me       string             // resource name of its owner
	people   map[string]*person // by each name that it has or had
	order    []*person
	groups   map[string]*contactGroup
	times    []time.Time // of the writes, by their number less one
	next     int
	reads    []*peopleReading
	usage    []peopleUse
	mutating map[*http.Request]context.Context
	created  map[string]int // by value of clientData
	effects  map[string]int // by resource name
	calls    map[string]int // by method and path, ids left out
	throttle int            // calls refused for their rate
	wrongs   []string
}

// person is a contact with its history, which lists show late.
type person struct {
	name     string
	former   []string
	versions []*personVersion
}

// peopleValues are the values of a contact by field.
type peopleValues map[string][]map[string]any

// personVersion is a contact as it stood from a write on.
type personVersion struct {
	number  int // of the write, in its account
	at      time.Time
	name    string
	deleted bool
	values  peopleValues
	shown   map[string]json.RawMessage // by mask
}

// NewPeople makes the emulator.
func NewPeople(p PeopleParams) *People {
	e := &People{now: p.Now, admit: p.Admit, limits: p.Limits, assume: p.Assumptions, accounts: map[string]*peopleAccount{}}
	if e.admit == nil {
		e.admit = bearerIsAccount
	}
	return e
}

// bearerIsAccount takes the bearer token for the account's name.
func bearerIsAccount(w http.ResponseWriter, r *http.Request) (string, bool) {
	account, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !is || account == "" {
		peopleRefused(http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.").write(w)
		return "", false
	}
	return account, true
}

// account gives the account of an id, and makes it. Called with the lock held.
func (p *People) account(id string) *peopleAccount {
	a := p.accounts[id]
	if a == nil {
		a = &peopleAccount{
			id: id, me: "people/1" + fmt.Sprintf("%020d", len(p.accounts)+1), people: map[string]*person{},
			groups: map[string]*contactGroup{}, mutating: map[*http.Request]context.Context{},
			created: map[string]int{}, effects: map[string]int{}, calls: map[string]int{},
		}
		for _, name := range []string{"myContacts", "starred", "friends", "family", "coworkers", "blocked", "chatBuddies", "all"} {
			a.groups["contactGroups/"+name] = &contactGroup{resource: "contactGroups/" + name, name: name, system: true}
		}
		p.accounts[id] = a
	}
	return a
}

// peopleCall is a call as its method sees it. The lock is held.
type peopleCall struct {
	*peopleAccount
	q     url.Values
	id    string // of the path
	body  []byte
	fault *Fault
	now   time.Time
}

// peopleMethod is one method of the API.
type peopleMethod struct {
	method, path string // "*" in the path is an id
	do           func(*People, *peopleCall) answer
	query        string // parameters known
	cost         peopleUse
	items        string // member of the body that holds a batch
}

var peopleMethods = []peopleMethod{
	{"GET", "people/*/connections", (*People).listPeople, "personFields pageSize pageToken syncToken requestSyncToken sortOrder sources", peopleUse{criticalReads: 1}, ""},
	{"GET", "people:batchGet", (*People).batchGet, "personFields resourceNames sources", peopleUse{criticalReads: 1}, ""},
	{"POST", "people:createContact", (*People).createContact, "personFields sources", peopleUse{criticalWrites: 1}, ""},
	{"POST", "people:batchCreateContacts", (*People).batchCreate, "", peopleUse{criticalReads: 6, criticalWrites: 6}, "contacts"},
	{"POST", "people:batchUpdateContacts", (*People).batchUpdate, "", peopleUse{criticalReads: 6, criticalWrites: 6}, "contacts"},
	{"POST", "people:batchDeleteContacts", (*People).batchDelete, "", peopleUse{writes: 1}, "resourceNames"},
	{"PATCH", "people/*:updateContact", (*People).updateContact, "updatePersonFields personFields sources", peopleUse{criticalWrites: 1}, ""},
	{"DELETE", "people/*:deleteContact", (*People).deleteContact, "", peopleUse{writes: 1}, ""},
	{"GET", "people/*", (*People).getPerson, "personFields sources", peopleUse{criticalReads: 1}, ""},
	{"GET", "contactGroups", (*People).listGroups, "pageSize pageToken groupFields syncToken", peopleUse{reads: 1}, ""},
	{"POST", "contactGroups", (*People).createGroup, "", peopleUse{writes: 1}, ""},
	{"GET", "contactGroups/*", (*People).getGroup, "groupFields maxMembers", peopleUse{reads: 1}, ""},
	{"PUT", "contactGroups/*", (*People).updateGroup, "", peopleUse{writes: 1}, ""},
	{"DELETE", "contactGroups/*", (*People).deleteGroup, "deleteContacts", peopleUse{writes: 1}, ""},
	{"POST", "contactGroups/*/members:modify", (*People).modifyMembers, "", peopleUse{writes: 1}, "resourceNamesToAdd"},
}

// match finds the id in a path of this method.
func (m peopleMethod) match(method, path string) (id string, is bool) {
	head, tail, named := strings.Cut(m.path, "*")
	if method != m.method || !named {
		return "", method == m.method && path == m.path
	}
	id, is = strings.CutPrefix(path, head)
	if is {
		id, is = strings.CutSuffix(id, tail)
	}
	return id, is && id != "" && !strings.ContainsAny(id, "/:")
}

func peopleMethodOf(r *http.Request) (m peopleMethod, id string, known bool) {
	path, versioned := strings.CutPrefix(r.URL.Path, "/v1/")
	for _, m := range peopleMethods {
		if id, is := m.match(r.Method, path); is && versioned {
			return m, id, true
		}
	}
	return peopleMethod{}, "", false
}

// ServeHTTP answers /v1/.
func (p *People) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16*maxBody))
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away in the middle
	}
	m, id, known := peopleMethodOf(r)
	p.mu.Lock()
	p.calls++
	fault, skew := p.faults.strike(r, peopleScene(m, r, body))
	p.mu.Unlock()
	now := p.now().Add(skew)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	accountID, ok := p.admit(w, r)
	if !ok {
		return
	}
	done := p.begin(accountID, m, r)
	defer done()
	if fault.before(w, r, now, peopleSimulated) {
		return
	}
	a := peopleRefused(http.StatusNotFound, "NOT_FOUND", "Method not found.")
	if known {
		a = p.call(m, accountID, &peopleCall{q: r.URL.Query(), id: id, body: body, fault: fault, now: p.now()}, r)
	}
	done()
	fault.after(w, r, a, peopleSimulated)
}

// begin notes a call under way; the function that it gives notes that it is over. Two writes of one account under way
// together are wrong: the API asks for one after the other.
func (p *People) begin(accountID string, m peopleMethod, r *http.Request) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.account(accountID)
	a.calls[m.method+" "+m.path]++
	if m.method == http.MethodGet {
		return func() {}
	}
	for _, other := range a.mutating {
		if other.Err() == nil { // its client still waits for it
			a.wrong("two writes at the same time: " + m.path)
		}
	}
	a.mutating[r] = r.Context()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(a.mutating, r)
	}
}

func (a *peopleAccount) wrong(what string) { a.wrongs = append(a.wrongs, what) }

// call checks the parameters and the rate, then does the method.
func (p *People) call(m peopleMethod, accountID string, c *peopleCall, r *http.Request) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.peopleAccount = p.account(accountID)
	for name := range c.q {
		if !slices.Contains(strings.Fields(m.query+" alt prettyPrint fields key quotaUser"), name) {
			return peopleRefused(http.StatusBadRequest, "INVALID_ARGUMENT", fmt.Sprintf(
				"Invalid JSON payload received. Unknown name %q: Cannot bind query parameter. Field '%[1]s' could not be found in request message.", name))
		}
	}
	if len(c.body) > 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return peopleRefused(http.StatusBadRequest, "INVALID_ARGUMENT", "Invalid content type.")
	}
	if a := p.charge(c, m.cost); a != nil {
		return *a
	}
	return m.do(p, c)
}

// peopleScene tells what faults must know of a call.
func peopleScene(m peopleMethod, r *http.Request, body []byte) scene {
	s := scene{}
	if m.items != "" {
		var batch map[string]json.RawMessage
		if json.Unmarshal(body, &batch) == nil {
			s.items = strings.Count(string(batch[m.items]), "contactPerson") + strings.Count(string(batch[m.items]), `"people/`)
		}
	}
	s.list = m.path == "people/*/connections" || m.path == "contactGroups" && m.method == http.MethodGet
	s.page = s.list
	s.later = s.list && r.URL.Query().Get("pageToken") != ""
	return s
}

// peopleSimulated is the answer of a fault.
func peopleSimulated(status int, reason string) answer {
	words := map[int]string{
		401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION",
		413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
	}
	var details []map[string]any
	if status == http.StatusTooManyRequests && reason == "" {
		reason = "RATE_LIMIT_EXCEEDED"
	}
	if reason != "" {
		details = append(details, peopleReason("googleapis.com", reason, nil))
	}
	return peopleRefused(status, words[status], "Simulated failure.", details...)
}

// Misbehave queues a fault, as for Trial. Faults of versions and of kept texts do not concern this API.
func (p *People) Misbehave(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults.add(f)
}

// Behave forgets the faults that did not strike yet.
func (p *People) Behave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// Assume changes what is assumed from now on.
func (p *People) Assume(change func(*PeopleAssumptions)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.assume)
}

// Limit changes the limits from now on.
func (p *People) Limit(l PeopleLimits) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limits = l
}

// version writes a contact. Called with the lock held.
func (a *peopleAccount) version(who *person, values peopleValues, at time.Time) *personVersion {
	a.times = append(a.times, at)
	v := &personVersion{number: len(a.times), at: at, name: who.name, values: values, deleted: values == nil}
	who.versions = append(who.versions, v)
	return v
}

// create makes a contact. Called with the lock held.
func (a *peopleAccount) create(values peopleValues, at time.Time) *person {
	a.next++
	who := &person{name: "people/c" + strconv.Itoa(7000000000000000000+a.next)}
	a.people[who.name] = who
	a.order = append(a.order, who)
	if len(values["memberships"]) == 0 {
		values["memberships"] = membersOf("contactGroups/myContacts")
	}
	a.version(who, values, at)
	return who
}

// now gives the contact as it stands; nil when it was never there or is deleted.
func (w *person) now() *personVersion {
	if w == nil || w.versions[len(w.versions)-1].deleted {
		return nil
	}
	return w.versions[len(w.versions)-1]
}

// upTo gives the contact as it stood after a write of its account; nil when it was not there yet.
func (w *person) upTo(number int) *personVersion {
	for _, v := range slices.Backward(w.versions) {
		if v.number <= number {
			return v
		}
	}
	return nil
}

// etag is the version for If-Match-like checks, source that of its CONTACT source.
func (v *personVersion) etag() string   { return "%EgUBAgMHLjcu" + strconv.Itoa(v.number) + "=" }
func (v *personVersion) source() string { return "#src" + strconv.Itoa(v.number) + "=" }

// id is the contact's id in the address book, without "people/c".
func (v *personVersion) id() string {
	n, err := strconv.ParseInt(strings.TrimPrefix(v.name, "people/c"), 10, 64)
	if err != nil {
		panic(err) // a mistake of this package
	}
	return strconv.FormatInt(n, 16)
}
