package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Limits of the batches.
const (
	peopleBatchMax  = 200
	peopleDeleteMax = 500
)

// contactBody is a Person as a body bears it.
type contactBody map[string]any

// etags gives the versions that a body was read with: its own, and that of its CONTACT source.
func (b contactBody) etags() (own, source string, hasSource bool) {
	own, _ = b["etag"].(string) // absent: ""
	meta, _ := b["metadata"].(map[string]any)
	sources, _ := meta["sources"].([]any)
	for _, s := range sources {
		if s, is := s.(map[string]any); is && s["type"] == "CONTACT" {
			source, _ = s["etag"].(string)
			return own, source, true
		}
	}
	return own, "", false
}

// values reads fields of a body; what only answers bear is ignored, as the service does. A refusal has no body when
// there is none.
func (a *peopleAccount) values(b contactBody, fields []string, before peopleValues) (peopleValues, *answer) {
	values := peopleValues{}
	for _, field := range fields {
		list, _ := b[field].([]any) // absent: erased
		shape := personShape.members[field].of
		for _, item := range list {
			value := map[string]any{}
			for name, member := range item.(map[string]any) { // the shape was checked
				if name != "metadata" && !shape.members[name].output && member != "" && member != nil {
					value[name] = member
				}
			}
			if len(value) > 0 {
				values[field] = append(values[field], value)
			}
		}
		if slices.Contains(peopleSingle, field) && len(values[field]) > 1 {
			bad := invalidArgument("Cannot have more than one person." + field + " per source.")
			return nil, &bad
		}
	}
	if bad := a.badMembers(values["memberships"], before["memberships"]); bad != nil {
		return nil, bad
	}
	for _, o := range values["organizations"] {
		if o["startDate"] != nil || o["endDate"] != nil {
			bad := peopleRefused(http.StatusInternalServerError, "INTERNAL", "Internal error encountered.")
			return nil, &bad
		}
	}
	return values, nil
}

// badMembers refuses memberships of unknown groups, and of the old system groups unless they were there before.
func (a *peopleAccount) badMembers(members, before []map[string]any) *answer {
	was := groupsOf(before)
	for _, name := range groupsOf(members) {
		group := a.groups[name]
		switch {
		case group == nil || group.deleted:
			bad := invalidArgument("Contact group not found.")
			return &bad
		case group.system && name != "contactGroups/myContacts" && name != "contactGroups/starred" && !slices.Contains(was, name):
			bad := invalidArgument("Cannot add contacts to this system contact group.")
			return &bad
		}
	}
	return nil
}

// writable are the fields that a creation takes.
func writable() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(peopleFields)), func(f string) bool {
		return slices.Contains(peopleUnwritten, f) || peopleFields[f] == ""
	})
}

// noteOutput records that a client sent what only answers bear: it has no effect, and shows a client that does not know.
func (a *peopleAccount) noteOutput(place string) { a.wrong("output-only field sent: " + place) }

// createContact answers people.createContact.
func (p *People) createContact(c *peopleCall) answer {
	var body contactBody
	if bad := decodePeople(c.body, personShape, &body, c.noteOutput); bad != nil {
		return *bad
	}
	mask := append(writable(), "metadata")
	if c.q.Get("personFields") != "" {
		var bad *answer
		if mask, bad = readingMask(c); bad != nil {
			return *bad
		}
	}
	values, bad := c.values(body, writable(), nil)
	if bad != nil {
		return *bad
	}
	return answer{status: http.StatusOK, body: c.show(p.make(c, values), mask, false)}
}

// make writes a new contact and counts it.
func (p *People) make(c *peopleCall, values peopleValues) *personVersion {
	who := c.create(values, c.now)
	for _, d := range values["clientData"] {
		if key, is := d["value"].(string); is {
			c.created[key]++
		}
	}
	c.effects[who.name]++
	return who.now()
}

// batchErrors collects the refusals of single contacts of a batch.
type batchErrors struct {
	kind   string // "BatchCreateContactsErrorDetails"
	errors map[string]any
	first  *answer
}

func (e *batchErrors) add(key string, a *answer) {
	if e.first == nil {
		e.first, e.errors = a, map[string]any{}
	}
	said := a.body.(map[string]any)["error"].(map[string]any) // peopleRefused's form
	status := map[string]any{"code": 3, "message": said["message"]}
	switch said["status"] {
	case "FAILED_PRECONDITION":
		status["code"] = 9
	case "NOT_FOUND":
		status["code"] = 5
	case "INTERNAL":
		status["code"] = 13
	}
	if details := said["details"]; details != nil {
		status["details"] = details
	}
	e.errors[key] = status
}

// answer gives the refusal of the batch.
func (e *batchErrors) answer(bare bool) answer {
	said := maps.Clone(e.first.body.(map[string]any)["error"].(map[string]any)) // peopleRefused's form
	details, _ := said["details"].([]map[string]any)
	if !bare {
		details = append(slices.Clone(details), map[string]any{
			"@type": "type.googleapis.com/google.people.v1." + e.kind, "contactErrors": e.errors,
		})
	}
	if len(details) > 0 {
		said["details"] = details
	}
	return answer{status: e.first.status, body: map[string]any{"error": said}}
}

var batchCreateShape = &shape{members: map[string]*shape{
	"contacts": {of: &shape{members: map[string]*shape{"contactPerson": personShape}}}, "readMask": textShape, "sources": {of: textShape},
}}

// batchMask reads the mask of what a batch reads back; none is read back when it is empty.
func batchMask(text string) ([]string, *answer) {
	if text == "" {
		return nil, nil
	}
	return maskOf("readMask", text, nil)
}

// batchCreate answers people.batchCreateContacts.
func (p *People) batchCreate(c *peopleCall) answer {
	var body struct {
		Contacts []struct{ ContactPerson contactBody }
		ReadMask string
	}
	if bad := decodePeople(c.body, batchCreateShape, &body, c.noteOutput); bad != nil {
		return *bad
	}
	mask, bad := batchMask(body.ReadMask)
	if bad != nil {
		return *bad
	}
	if n := len(body.Contacts); n == 0 || n > peopleBatchMax {
		return invalidArgument(fmt.Sprintf("Between 1 and %d contacts are allowed.", peopleBatchMax))
	}
	failed := batchErrors{kind: "BatchCreateContactsErrorDetails"}
	var all []peopleValues
	for i, one := range body.Contacts {
		values, bad := c.values(one.ContactPerson, writable(), nil)
		if bad != nil {
			failed.add(strconv.Itoa(i), bad)
			continue
		}
		all = append(all, values)
	}
	if failed.first != nil && !p.assume.PartialBatches {
		return failed.answer(p.assume.BareBatches)
	}
	if c.fault.is(HalfApplied) {
		all = all[:len(all)/2]
	}
	created := []any{}
	for _, values := range all {
		created = append(created, c.response(p.make(c, values), "", mask))
	}
	if failed.first != nil {
		return failed.answer(p.assume.BareBatches)
	}
	if mask == nil {
		return answer{status: http.StatusOK, body: map[string]any{}}
	}
	return answer{status: http.StatusOK, body: map[string]any{"createdPeople": created}}
}

// response is one contact's part of a batch's answer.
func (a *peopleAccount) response(v *personVersion, requested string, mask []string) map[string]any {
	one := map[string]any{"httpStatusCode": http.StatusOK, "status": map[string]any{}, "person": a.show(v, mask, false)}
	if requested != "" {
		one["requestedResourceName"] = requested
	}
	return one
}

// updateContact answers people.updateContact.
func (p *People) updateContact(c *peopleCall) answer {
	var body contactBody
	if bad := decodePeople(c.body, personShape, &body, c.noteOutput); bad != nil {
		return *bad
	}
	fields, bad := maskOf("updatePersonFields", c.q.Get("updatePersonFields"), peopleUnwritten)
	if bad != nil {
		return *bad
	}
	mask := append(writable(), "metadata")
	if c.q.Get("personFields") != "" {
		if mask, bad = readingMask(c); bad != nil {
			return *bad
		}
	}
	who := c.people["people/"+c.id]
	values, bad := p.checkUpdate(c, who, body, fields)
	if bad != nil {
		return *bad
	}
	return answer{status: http.StatusOK, body: c.show(p.replace(c, who, values, fields), mask, false)}
}

// checkUpdate reads an update of a contact.
func (p *People) checkUpdate(c *peopleCall, who *person, body contactBody, fields []string) (peopleValues, *answer) {
	refuse := func(a answer) (peopleValues, *answer) { return nil, &a }
	v := who.now()
	if v == nil {
		return refuse(peopleNotFound())
	}
	own, source, hasSource := body.etags()
	stale := http.StatusBadRequest
	if p.assume.StaleStatus != 0 {
		stale = p.assume.StaleStatus
	}
	precondition := peopleReason("people.googleapis.com", "failedPrecondition", nil)
	switch {
	case own == "" && source == "":
		return refuse(peopleRefused(http.StatusBadRequest, "FAILED_PRECONDITION", "must set person.etag"))
	case !hasSource && !p.assume.SourcesOptional:
		return refuse(invalidArgument("person.metadata.sources must be set with a contact source."))
	case own != "" && own != v.etag():
		return refuse(peopleRefused(stale, "FAILED_PRECONDITION",
			"Request person.etag is different than the current person.etag. Clear local cache and get the latest person.", precondition))
	case source != "" && source != v.source():
		return refuse(peopleRefused(stale, "FAILED_PRECONDITION",
			"Request person.metadata.sources.etag is different than the current person.metadata.sources.etag. Clear local cache and get the latest person.", precondition))
	}
	values, bad := c.values(body, fields, v.values)
	if bad != nil {
		return nil, bad
	}
	if slices.Contains(fields, "memberships") && len(values["memberships"]) == 0 {
		return refuse(invalidArgument("Contact must always have at least one contact group membership."))
	}
	return values, nil
}

// replace writes whole fields of a contact and counts it.
func (p *People) replace(c *peopleCall, who *person, values peopleValues, fields []string) *personVersion {
	next := maps.Clone(who.now().values)
	for _, field := range fields {
		next[field] = values[field]
	}
	c.effects[who.name]++
	return c.version(who, next, c.now)
}

var batchUpdateShape = &shape{members: map[string]*shape{
	"contacts": {values: personShape}, "updateMask": textShape, "readMask": textShape, "sources": {of: textShape},
}}

// batchUpdate answers people.batchUpdateContacts.
func (p *People) batchUpdate(c *peopleCall) answer {
	var body struct {
		Contacts             map[string]contactBody
		UpdateMask, ReadMask string
	}
	if bad := decodePeople(c.body, batchUpdateShape, &body, c.noteOutput); bad != nil {
		return *bad
	}
	fields, bad := maskOf("updateMask", body.UpdateMask, peopleUnwritten)
	if bad != nil {
		return *bad
	}
	mask, bad := batchMask(body.ReadMask)
	if bad != nil {
		return *bad
	}
	if n := len(body.Contacts); n == 0 || n > peopleBatchMax {
		return invalidArgument(fmt.Sprintf("Between 1 and %d contacts are allowed.", peopleBatchMax))
	}
	failed := batchErrors{kind: "BatchUpdateContactsErrorDetails"}
	good := map[string]peopleValues{}
	names := slices.Sorted(maps.Keys(body.Contacts))
	for _, name := range names {
		values, bad := p.checkUpdate(c, c.people[name], body.Contacts[name], fields)
		if bad != nil {
			failed.add(name, bad)
			continue
		}
		good[name] = values
	}
	if failed.first != nil && !p.assume.PartialBatches {
		return failed.answer(p.assume.BareBatches)
	}
	if c.fault.is(HalfApplied) {
		names = names[:len(names)/2]
	}
	result := map[string]any{}
	for _, name := range names {
		if values, ok := good[name]; ok {
			result[name] = c.response(p.replace(c, c.people[name], values, fields), name, mask)
		}
	}
	if failed.first != nil {
		return failed.answer(p.assume.BareBatches)
	}
	if mask == nil {
		return answer{status: http.StatusOK, body: map[string]any{}}
	}
	return answer{status: http.StatusOK, body: map[string]any{"updateResult": result}}
}

// deleteContact answers people.deleteContact.
func (p *People) deleteContact(c *peopleCall) answer {
	who := c.people["people/"+c.id]
	if who.now() == nil {
		return peopleNotFound()
	}
	p.drop(c, who)
	return answer{status: http.StatusOK, body: map[string]any{}}
}

func (p *People) drop(c *peopleCall, who *person) {
	c.version(who, nil, c.now)
	c.effects[who.name]++
}

// batchDelete answers people.batchDeleteContacts.
func (p *People) batchDelete(c *peopleCall) answer {
	var body struct{ ResourceNames []string }
	s := &shape{members: map[string]*shape{"resourceNames": {of: textShape}}}
	if bad := decodePeople(c.body, s, &body, c.noteOutput); bad != nil {
		return *bad
	}
	if n := len(body.ResourceNames); n == 0 || n > peopleDeleteMax {
		return invalidArgument(fmt.Sprintf("Between 1 and %d resource names are allowed.", peopleDeleteMax))
	}
	for _, name := range body.ResourceNames {
		if !strings.HasPrefix(name, "people/") {
			return invalidArgument("Invalid resource name.")
		}
		if c.people[name].now() == nil {
			return peopleNotFound()
		}
	}
	if c.fault.is(HalfApplied) {
		body.ResourceNames = body.ResourceNames[:len(body.ResourceNames)/2]
	}
	for _, name := range body.ResourceNames {
		if who := c.people[name]; who.now() != nil { // named twice
			p.drop(c, who)
		}
	}
	return answer{status: http.StatusOK, body: map[string]any{}}
}
