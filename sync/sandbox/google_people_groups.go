package sandbox

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// peopleMembersMax is how many contacts a call may add to a group and take out of it.
const peopleMembersMax = 1000

// contactGroup is a label, or one of Google's own groups.
type contactGroup struct {
	resource, name string
	system         bool
	deleted        bool
	version        int
	at             time.Time
	data           []map[string]any // clientData
}

func membersOf(groups ...string) []map[string]any {
	var list []map[string]any
	for _, g := range groups {
		list = append(list, map[string]any{"contactGroupMembership": map[string]any{"contactGroupResourceName": g}})
	}
	return list
}

func groupsOf(members []map[string]any) []string {
	var list []string
	for _, m := range members {
		membership, _ := m["contactGroupMembership"].(map[string]any) // another sort of membership
		if name, is := membership["contactGroupResourceName"].(string); is {
			list = append(list, name)
		}
	}
	return list
}

// groupFields are the fields that groupFields and readGroupFields know.
var groupFields = []string{"clientData", "groupType", "memberCount", "metadata", "name"}

func groupMask(name, text string, known []string) ([]string, *answer) {
	if text == "" {
		return []string{"groupType", "memberCount", "metadata", "name"}, nil
	}
	fields := strings.Split(text, ",")
	for _, f := range fields {
		if !slices.Contains(known, f) {
			a := peopleRefused(http.StatusBadRequest, "INVALID_ARGUMENT", "Invalid "+name+" mask.", map[string]any{
				"@type":           "type.googleapis.com/google.rpc.BadRequest",
				"fieldViolations": []any{map[string]any{"field": name, "description": "Invalid field path: " + f}},
			})
			return nil, &a
		}
	}
	return fields, nil
}

// groupETag is the group's version.
func (g *contactGroup) etag() string { return "grp" + strconv.Itoa(g.version) + "=" }

// members lists who is in the group, in the order of their creation.
func (a *peopleAccount) members(g *contactGroup) []string {
	var names []string
	for _, who := range a.order {
		if v := who.now(); v != nil && slices.Contains(groupsOf(v.values["memberships"]), g.resource) {
			names = append(names, v.name)
		}
	}
	return names
}

func (a *peopleAccount) showGroup(g *contactGroup, fields []string, maxMembers int) map[string]any {
	body := map[string]any{"resourceName": g.resource, "etag": g.etag()}
	members := a.members(g)
	for _, f := range fields {
		switch f {
		case "name":
			body["name"], body["formattedName"] = g.name, g.name
		case "groupType":
			body["groupType"] = "USER_CONTACT_GROUP"
			if g.system {
				body["groupType"] = "SYSTEM_CONTACT_GROUP"
			}
		case "memberCount":
			if len(members) > 0 {
				body["memberCount"] = len(members)
			}
		case "metadata":
			meta := map[string]any{"updateTime": g.at.UTC().Format(time.RFC3339Nano)}
			if g.deleted {
				meta["deleted"] = true
			}
			body["metadata"] = meta
		case "clientData":
			if len(g.data) > 0 {
				body["clientData"] = g.data
			}
		}
	}
	if n := min(maxMembers, len(members)); n > 0 {
		body["memberResourceNames"] = members[:n]
	}
	return body
}

// listGroups answers contactGroups.list. A sync token shows what changed since, deleted groups included.
func (p *People) listGroups(c *peopleCall) answer {
	fields, bad := groupMask("groupFields", c.q.Get("groupFields"), groupFields)
	if bad != nil {
		return *bad
	}
	size, offset := 30, 0
	for name, into := range map[string]*int{"pageSize": &size, "pageToken": &offset} {
		if text := c.q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > 1000 {
				return invalidArgument("Invalid value at '" + name + "'")
			}
			*into = n
		}
	}
	body := map[string]any{}
	if c.fault.is(EmptyList) {
		return answer{status: http.StatusOK, body: body}
	}
	since := 0
	if text := c.q.Get("syncToken"); text != "" {
		token, err := parseSyncToken(text)
		if err != nil {
			return invalidArgument("Invalid sync token.")
		}
		since = token.Horizon
	}
	var list []*contactGroup
	for _, g := range c.groups {
		if g.version >= since && (since > 0 || !g.deleted) {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(x, y *contactGroup) int { return cmp.Compare(x.resource, y.resource) })
	shown := []any{}
	end := min(offset+size, len(list))
	for _, g := range list[min(offset, end):end] {
		shown = append(shown, c.showGroup(g, fields, 0))
	}
	body["contactGroups"], body["totalItems"] = shown, len(list)
	if end < len(list) {
		body["nextPageToken"] = strconv.Itoa(end)
	} else {
		body["nextSyncToken"] = syncToken{Horizon: c.next + 1}.text()
	}
	return answer{status: http.StatusOK, body: body}
}

func (p *People) getGroup(c *peopleCall) answer {
	fields, bad := groupMask("groupFields", c.q.Get("groupFields"), groupFields)
	if bad != nil {
		return *bad
	}
	g := c.groups["contactGroups/"+c.id]
	if g == nil || g.deleted {
		return peopleNotFound()
	}
	n := 0
	if text := c.q.Get("maxMembers"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 0 {
			return invalidArgument("Invalid value at 'max_members'")
		}
	}
	return answer{status: http.StatusOK, body: c.showGroup(g, fields, n)}
}

// groupBody is the body of a creation or an update of a group.
type groupBody struct {
	ContactGroup struct {
		ETag       string
		Name       string
		ClientData []map[string]any
	}
	UpdateGroupFields, ReadGroupFields string
}

func (c *peopleCall) groupBody() (b groupBody, bad *answer) {
	s := &shape{members: map[string]*shape{
		"contactGroup": groupShape, "readGroupFields": textShape, "updateGroupFields": textShape,
	}}
	if bad = decodePeople(c.body, s, &b, c.noteOutput); bad != nil {
		return b, bad
	}
	_, bad = groupMask("readGroupFields", b.ReadGroupFields, groupFields)
	return b, bad
}

// taken refuses a name that another group has.
func (a *peopleAccount) taken(name string, except *contactGroup) *answer {
	for _, g := range a.groups {
		if g != except && !g.deleted && strings.EqualFold(g.name, name) {
			bad := peopleRefused(http.StatusConflict, "ALREADY_EXISTS", "Contact group name already exists.")
			return &bad
		}
	}
	return nil
}

// newGroup makes a label. Called with the lock held.
func (a *peopleAccount) newGroup(name string, data []map[string]any, at time.Time) *contactGroup {
	a.next++
	g := &contactGroup{resource: "contactGroups/" + strconv.FormatInt(int64(0x1a2b3c0000+a.next), 16), name: name, version: a.next, at: at, data: data}
	a.groups[g.resource] = g
	return g
}

func (p *People) createGroup(c *peopleCall) answer {
	b, bad := c.groupBody()
	if bad != nil {
		return *bad
	}
	if b.ContactGroup.Name == "" {
		return invalidArgument("Contact group name must be set.")
	}
	if bad := c.taken(b.ContactGroup.Name, nil); bad != nil {
		return *bad
	}
	g := c.newGroup(b.ContactGroup.Name, b.ContactGroup.ClientData, c.now)
	c.effects[g.resource]++
	return answer{status: http.StatusOK, body: c.showGroup(g, groupFields, 0)}
}

func (p *People) updateGroup(c *peopleCall) answer {
	b, bad := c.groupBody()
	if bad != nil {
		return *bad
	}
	fields, bad := groupMask("updateGroupFields", b.UpdateGroupFields, []string{"clientData", "name"})
	if bad != nil {
		return *bad
	}
	g := c.groups["contactGroups/"+c.id]
	switch {
	case g == nil || g.deleted:
		return peopleNotFound()
	case g.system:
		return invalidArgument("System contact groups cannot be changed.")
	case b.ContactGroup.ETag != "" && b.ContactGroup.ETag != g.etag():
		return peopleRefused(http.StatusBadRequest, "FAILED_PRECONDITION", "Request etag is different than the current etag.",
			peopleReason("people.googleapis.com", "failedPrecondition", nil))
	}
	if slices.Contains(fields, "name") || b.UpdateGroupFields == "" {
		if bad := c.taken(b.ContactGroup.Name, g); bad != nil {
			return *bad
		}
		g.name = b.ContactGroup.Name
	}
	if slices.Contains(fields, "clientData") {
		g.data = b.ContactGroup.ClientData
	}
	c.next++
	g.version, g.at = c.next, c.now
	c.effects[g.resource]++
	return answer{status: http.StatusOK, body: c.showGroup(g, groupFields, 0)}
}

func (p *People) deleteGroup(c *peopleCall) answer {
	g := c.groups["contactGroups/"+c.id]
	switch {
	case g == nil || g.deleted:
		return peopleNotFound()
	case g.system:
		return invalidArgument("System contact groups cannot be deleted.")
	case c.q.Get("deleteContacts") == "true":
		for _, name := range c.members(g) {
			p.drop(c, c.people[name])
		}
	}
	c.removeGroup(g, c.now)
	c.effects[g.resource]++
	return answer{status: http.StatusOK, body: map[string]any{}}
}

// removeGroup takes a label away; its contacts stay. Called with the lock held.
func (a *peopleAccount) removeGroup(g *contactGroup, at time.Time) {
	for _, name := range a.members(g) {
		if who, out := a.people[name], []string{g.resource}; !a.regroup(who, nil, out, at) {
			a.regroup(who, []string{"contactGroups/myContacts"}, out, at)
		}
	}
	a.next++
	g.deleted, g.version, g.at = true, a.next, at
}

// regroup puts a contact into groups and takes it out of others; false when that leaves it in none. It is not written
// then.
func (a *peopleAccount) regroup(who *person, in, out []string, at time.Time) bool {
	v := who.now()
	groups := slices.DeleteFunc(groupsOf(v.values["memberships"]), func(g string) bool { return slices.Contains(out, g) })
	for _, g := range in {
		if !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		return false
	}
	next := maps.Clone(v.values)
	next["memberships"] = membersOf(groups...)
	a.version(who, next, at)
	return true
}

// modifyMembers answers contactGroups.members.modify.
func (p *People) modifyMembers(c *peopleCall) answer {
	var body struct{ ResourceNamesToAdd, ResourceNamesToRemove []string }
	s := &shape{members: map[string]*shape{"resourceNamesToAdd": {of: textShape}, "resourceNamesToRemove": {of: textShape}}}
	if bad := decodePeople(c.body, s, &body, c.noteOutput); bad != nil {
		return *bad
	}
	g := c.groups["contactGroups/"+c.id]
	switch n := len(body.ResourceNamesToAdd) + len(body.ResourceNamesToRemove); {
	case g == nil || g.deleted:
		return peopleNotFound()
	case n == 0 || n > peopleMembersMax:
		return invalidArgument("Between 1 and 1000 resource names are allowed.")
	}
	if bad := c.badMembers(membersOf(g.resource), nil); bad != nil && len(body.ResourceNamesToAdd) > 0 {
		return *bad
	}
	var lost, lasting []string
	for names, in := range map[*[]string]bool{&body.ResourceNamesToAdd: true, &body.ResourceNamesToRemove: false} {
		for _, name := range *names {
			who := c.people[name]
			switch {
			case who.now() == nil:
				lost = append(lost, name)
			case in:
				c.regroup(who, []string{g.resource}, nil, c.now)
			case !c.regroup(who, nil, []string{g.resource}, c.now):
				lasting = append(lasting, name)
			}
		}
	}
	answered := map[string]any{}
	if len(lost) > 0 {
		answered["notFoundResourceNames"] = lost
	}
	if len(lasting) > 0 {
		answered["canNotRemoveLastContactGroupResourceNames"] = lasting
	}
	return answer{status: http.StatusOK, body: answered}
}

// decodeValues reads the fields of a contact from a test's or a person's JSON.
func decodeValues(text string) contactBody {
	var body contactBody
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		panic(err) // a mistake of a test
	}
	return body
}
