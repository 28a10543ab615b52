package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// syncTokenLife is how long a sync token serves after the full reading that it comes from.
const syncTokenLife = 7 * 24 * time.Hour

// keptReadings is how many readings an account has under way before the oldest one's page tokens are refused.
const keptReadings = 16

// peopleReading is one reading of the list in pages: what it shows was settled by its first page.
type peopleReading struct {
	id        int
	params    string // that all pages must repeat
	since     string // sync token given
	requested bool   // a sync token was asked for, on every page so far
	versions  []*personVersion
	mask      []string
	size      int
	horizon   int // last write shown
	full      time.Time
}

// syncToken is what a sync token holds.
type syncToken struct {
	Horizon int
	Full    time.Time
	Params  string
}

func (t syncToken) text() string {
	raw, err := json.Marshal(t)
	if err != nil {
		panic(err) // a mistake of this package
	}
	return base64.URLEncoding.EncodeToString(raw)
}

func parseSyncToken(text string) (t syncToken, err error) {
	raw, err := base64.URLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &t)
	}
	return t, err
}

var peopleOrders = []string{
	"", "LAST_MODIFIED_ASCENDING", "LAST_MODIFIED_DESCENDING", "FIRST_NAME_ASCENDING", "LAST_NAME_ASCENDING",
}

var peopleSources = []string{
	"READ_SOURCE_TYPE_CONTACT", "READ_SOURCE_TYPE_PROFILE", "READ_SOURCE_TYPE_DOMAIN_CONTACT", "READ_SOURCE_TYPE_OTHER_CONTACT",
}

func invalidArgument(message string) answer {
	return peopleRefused(http.StatusBadRequest, "INVALID_ARGUMENT", message)
}

func peopleNotFound() answer {
	return peopleRefused(http.StatusNotFound, "NOT_FOUND", "Requested entity was not found.")
}

// listPeople answers people.connections.list.
func (p *People) listPeople(c *peopleCall) answer {
	if c.id != "me" {
		return invalidArgument("Resource name must be people/me.")
	}
	mask, bad := readingMask(c)
	if bad != nil {
		return *bad
	}
	size := 100
	if text := c.q.Get("pageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1000 {
			return invalidArgument("Page size must be between 1 and 1000.")
		}
		size = n
	}
	order := c.q.Get("sortOrder")
	if !slices.Contains(peopleOrders, order) {
		return invalidArgument("Invalid value at 'sort_order'")
	}
	if order == "LAST_MODIFIED_DESCENDING" && c.q.Get("requestSyncToken") == "true" {
		return invalidArgument("Sync tokens cannot be requested with this sort order.")
	}
	params := fmt.Sprint(mask, size, order, c.q["sources"])
	reading, offset, bad := p.reading(c, params, mask, size)
	if bad != nil {
		return *bad
	}
	return p.page(c, reading, offset)
}

// readingMask checks the parameters that every reading has.
func readingMask(c *peopleCall) ([]string, *answer) {
	for _, s := range c.q["sources"] {
		if !slices.Contains(peopleSources, s) {
			a := invalidArgument("Invalid value at 'sources'")
			return nil, &a
		}
	}
	return maskOf("personFields", c.q.Get("personFields"), nil)
}

// reading finds the reading that a page token goes on with, or begins one.
func (p *People) reading(c *peopleCall, params string, mask []string, size int) (*peopleReading, int, *answer) {
	refuse := func(a answer) (*peopleReading, int, *answer) { return nil, 0, &a }
	requested := c.q.Get("requestSyncToken") == "true"
	if token := c.q.Get("pageToken"); token != "" {
		id, at, cut := strings.Cut(token, ".")
		n, errID := strconv.Atoi(id)
		offset, errAt := strconv.Atoi(at)
		i := slices.IndexFunc(c.reads, func(r *peopleReading) bool { return r.id == n })
		if !cut || errID != nil || errAt != nil || i < 0 || offset < 0 {
			return refuse(invalidArgument("Invalid page token."))
		}
		reading := c.reads[i]
		if params != reading.params || c.q.Get("syncToken") != reading.since {
			return refuse(invalidArgument("Request parameters must not change between pages."))
		}
		reading.requested = reading.requested && requested
		return reading, min(offset, len(reading.versions)), nil
	}
	reading := &peopleReading{
		params: params, since: c.q.Get("syncToken"), requested: requested, mask: mask, size: size, horizon: len(c.times), full: c.now,
	}
	if len(c.reads) > 0 {
		reading.id = c.reads[len(c.reads)-1].id + 1
	}
	if requested || reading.since != "" || p.assume.PlainLag {
		reading.horizon = c.shownAt(c.now.Add(-p.assume.Lag))
	}
	after := 0
	if reading.since != "" {
		token, err := parseSyncToken(reading.since)
		switch {
		case err != nil:
			return refuse(invalidArgument("Invalid sync token."))
		case token.Params != params:
			return refuse(invalidArgument("Request parameters must match those of the call that gave the sync token."))
		case c.now.Sub(token.Full) > syncTokenLife:
			return refuse(p.expired())
		}
		after = token.Horizon
		reading.horizon = max(reading.horizon, after)
		if !p.assume.TokensRenew {
			reading.full = token.Full
		}
	}
	reading.versions = c.between(after, reading.horizon)
	if c.q.Get("sortOrder") == "LAST_MODIFIED_DESCENDING" {
		slices.Reverse(reading.versions)
	}
	c.reads = append(c.reads, reading)
	c.reads = c.reads[max(0, len(c.reads)-keptReadings):]
	return reading, 0, nil
}

func (p *People) expired() answer {
	word := p.assume.ExpiredWord
	if word == "" {
		word = "INVALID_ARGUMENT"
	}
	return peopleRefused(http.StatusBadRequest, word,
		"Sync token is expired. Clear local cache and retry call without the sync token.",
		peopleReason("people.googleapis.com", "EXPIRED_SYNC_TOKEN", nil))
}

// shownAt gives the number of the last write that is not later than a moment.
func (a *peopleAccount) shownAt(t time.Time) int {
	n := 0
	for i, at := range a.times {
		if !at.After(t) {
			n = i + 1
		}
	}
	return n
}

// between lists the contacts written after one write and not after another, by their last write. From the beginning,
// deleted ones are left out.
func (a *peopleAccount) between(after, horizon int) []*personVersion {
	var list []*personVersion
	for _, who := range a.order {
		v := who.upTo(horizon)
		if v == nil || v.number <= after || v.deleted && after == 0 {
			continue
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(x, y *personVersion) int { return x.number - y.number })
	return list
}

// page gives a page of a reading, with what the fault does to it.
func (p *People) page(c *peopleCall, r *peopleReading, offset int) answer {
	body := map[string]any{}
	if c.fault.is(EmptyList) {
		return answer{status: http.StatusOK, body: body}
	}
	if c.fault.is(RepeatedPage) {
		offset = 0
	}
	end := min(offset+r.size, len(r.versions))
	next := end
	if c.fault.is(TruncatedList) {
		end, next = offset+(end-offset)/2, len(r.versions)
	}
	if c.fault.is(MissingPage) {
		next = min(end+r.size, len(r.versions))
	}
	var shown []json.RawMessage
	for _, v := range r.versions[offset:end] {
		shown = append(shown, c.show(v, r.mask, r.since != ""))
	}
	if c.fault.is(DuplicatedAnswer) {
		shown = slices.Concat(shown, shown)
	}
	if len(shown) > 0 {
		body["connections"] = shown
	}
	if n := len(r.versions); n > 0 {
		body["totalItems"], body["totalPeople"] = n, n
	}
	if next < len(r.versions) {
		body["nextPageToken"] = strconv.Itoa(r.id) + "." + strconv.Itoa(next)
	} else if r.requested {
		body["nextSyncToken"] = syncToken{Horizon: r.horizon, Full: r.full, Params: r.params}.text()
	}
	return answer{status: http.StatusOK, body: body}
}

// show gives a version as answers have it. Sync tells that the reading follows an earlier one.
func (a *peopleAccount) show(v *personVersion, mask []string, sync bool) json.RawMessage {
	key := strings.Join(mask, ",")
	if sync {
		key += "+"
	}
	if raw := v.shown[key]; raw != nil {
		return raw
	}
	source := map[string]any{"type": "CONTACT", "id": v.id()}
	body := map[string]any{"resourceName": v.name, "etag": v.etag()}
	for _, field := range mask {
		if list := a.showValues(v, field, source); len(list) > 0 {
			body[field] = list
		}
	}
	if slices.Contains(mask, "metadata") || v.deleted {
		meta := map[string]any{"objectType": "PERSON", "sources": []any{map[string]any{
			"type": "CONTACT", "id": v.id(), "etag": v.source(), "updateTime": v.at.UTC().Format(time.RFC3339Nano),
		}}}
		if v.deleted {
			meta = map[string]any{"deleted": true, "objectType": "PERSON"}
		}
		if who := a.people[v.name]; sync && len(who.former) > 0 {
			meta["previousResourceNames"] = who.former
		}
		body["metadata"] = meta
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // a mistake of this package
	}
	if v.shown == nil {
		v.shown = map[string]json.RawMessage{}
	}
	v.shown[key] = raw
	return raw
}

// showValues gives the values of a field, in no order that a program could rely on.
func (a *peopleAccount) showValues(v *personVersion, field string, source map[string]any) []any {
	values := v.values[field]
	list := make([]any, 0, len(values))
	for i := range values {
		at := (i + v.number) % len(values)
		shown := map[string]any{}
		for k, member := range values[at] {
			shown[k] = member
		}
		meta := map[string]any{"source": source}
		if at == 0 {
			meta["primary"] = true
			meta["sourcePrimary"] = true
		}
		shown["metadata"] = meta
		complete(field, shown)
		list = append(list, shown)
	}
	return list
}

// complete adds what only answers bear.
func complete(field string, v map[string]any) {
	text := func(k string) string {
		s, _ := v[k].(string) // absent: ""
		return s
	}
	if kind := text("type"); kind != "" && field != "nicknames" {
		v["formattedType"] = kind
	}
	switch field {
	case "names":
		v["displayName"] = strings.TrimSpace(text("givenName") + " " + text("familyName"))
		v["displayNameLastFirst"] = strings.Trim(text("familyName")+", "+text("givenName"), ", ")
		if text("unstructuredName") == "" {
			v["unstructuredName"] = v["displayName"]
		}
	case "phoneNumbers":
		if number := text("value"); strings.HasPrefix(number, "+") {
			v["canonicalForm"] = strings.NewReplacer(" ", "", ".", "", "-", "").Replace(number)
		}
	case "addresses":
		if text("formattedValue") == "" {
			v["formattedValue"] = strings.Join(strings.Fields(text("streetAddress")+" "+text("postalCode")+" "+text("city")+" "+text("country")), " ")
		}
	case "memberships":
		group, _ := v["contactGroupMembership"].(map[string]any) // checked when it was written
		name, _ := group["contactGroupResourceName"].(string)
		v["contactGroupMembership"] = map[string]any{
			"contactGroupResourceName": name, "contactGroupId": strings.TrimPrefix(name, "contactGroups/"),
		}
	}
}

// getPerson answers people.get.
func (p *People) getPerson(c *peopleCall) answer {
	mask, bad := readingMask(c)
	if bad != nil {
		return *bad
	}
	if c.id == "me" || "people/"+c.id == c.me {
		return answer{status: http.StatusOK, body: p.owner(c, mask)}
	}
	v := p.got(c, "people/"+c.id)
	if v == nil {
		return peopleNotFound()
	}
	return answer{status: http.StatusOK, body: c.show(v, mask, false)}
}

// owner gives the account's own profile.
func (p *People) owner(c *peopleCall, mask []string) map[string]any {
	body := map[string]any{"resourceName": c.me, "etag": "%Eg" + c.me}
	source := map[string]any{"type": "PROFILE", "id": strings.TrimPrefix(c.me, "people/")}
	if slices.Contains(mask, "metadata") {
		body["metadata"] = map[string]any{"objectType": "PERSON", "sources": []any{source}}
	}
	if slices.Contains(mask, "emailAddresses") && p.assume.EmailShown {
		body["emailAddresses"] = []any{map[string]any{
			"value": c.peopleAccount.id, "metadata": map[string]any{"primary": true, "verified": true, "source": source},
		}}
	}
	return body
}

// got finds a contact by any of its names as people.get shows it; nil when it is not there.
func (p *People) got(c *peopleCall, name string) *personVersion {
	who := c.people[name]
	v := who.now()
	if v == nil || p.assume.StaleGets == 0 {
		return v
	}
	if old := who.upTo(c.shownAt(c.now.Add(-p.assume.StaleGets))); old != nil && !old.deleted {
		return old
	}
	return v
}

// batchGet answers people.getBatchGet.
func (p *People) batchGet(c *peopleCall) answer {
	mask, bad := readingMask(c)
	if bad != nil {
		return *bad
	}
	names := c.q["resourceNames"]
	if len(names) == 0 || len(names) > 200 {
		return invalidArgument("Between 1 and 200 resource names are allowed.")
	}
	responses := []any{}
	for _, name := range names {
		if !strings.HasPrefix(name, "people/") {
			return invalidArgument("Invalid resource name.")
		}
		one := map[string]any{"requestedResourceName": name, "httpStatusCode": http.StatusNotFound, "status": map[string]any{
			"code": 5, "message": "Requested entity was not found.",
		}}
		if v := p.got(c, name); v != nil {
			one = map[string]any{
				"requestedResourceName": name, "httpStatusCode": http.StatusOK, "status": map[string]any{},
				"person": c.show(v, mask, false),
			}
		}
		responses = append(responses, one)
	}
	return answer{status: http.StatusOK, body: map[string]any{"responses": responses}}
}
