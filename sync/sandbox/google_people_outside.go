package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// PeopleContact is a contact as it stands, whatever lists show yet.
type PeopleContact struct {
	Name   string // resource name
	Values map[string][]map[string]any
	Labels []string // names of the labels, sorted; Google's own groups are left out
}

// First gives a member of the first value of a field; "" when there is none.
func (c PeopleContact) First(field, member string) string {
	if len(c.Values[field]) == 0 {
		return ""
	}
	text, _ := c.Values[field][0][member].(string) // absent: ""
	return text
}

// All gives a member of each value of a field, sorted.
func (c PeopleContact) All(field, member string) []string {
	list := []string{}
	for _, v := range c.Values[field] {
		if text, is := v[member].(string); is {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return list
}

// Contacts lists an account's contacts in the order of their creation.
func (p *People) Contacts(account string) []PeopleContact {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.account(account)
	var list []PeopleContact
	for _, who := range a.order {
		if v := who.now(); v != nil {
			list = append(list, a.contact(v))
		}
	}
	return list
}

// Contact gives one by any of its names; false when it is not there.
func (p *People) Contact(account, name string) (PeopleContact, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.account(account)
	v := a.people[name].now()
	if v == nil {
		return PeopleContact{}, false
	}
	return a.contact(v), true
}

func (a *peopleAccount) contact(v *personVersion) PeopleContact {
	c := PeopleContact{Name: v.name}
	raw, err := json.Marshal(v.values)
	if err == nil {
		err = json.Unmarshal(raw, &c.Values) // a copy
	}
	if err != nil {
		panic(err) // a mistake of this package
	}
	for _, g := range groupsOf(v.values["memberships"]) {
		if group := a.groups[g]; !group.system {
			c.Labels = append(c.Labels, group.name)
		}
	}
	slices.Sort(c.Labels)
	return c
}

// Created counts the contacts that programs created with a value of clientData: the oracle of "exactly once".
func (p *People) Created(account, value string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.account(account).created[value]
}

// Effects counts the writes of programs that took effect on a contact or a group, by its resource name.
func (p *People) Effects(account, name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.account(account).effects[name]
}

// Writes counts what was written of an account's contacts, by programs and by people, deletions included.
func (p *People) Writes(account string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.account(account).times)
}

// Calls counts the calls of an account by method: "POST people:batchCreateContacts". Refused ones are among them.
func (p *People) Calls(account string) map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.account(account).calls)
}

// Throttled counts the calls of an account that were answered 429.
func (p *People) Throttled(account string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.account(account).throttle
}

// Violations lists what programs did that the API asks not to do, although it answers: two writes of one user at the
// same time, fields sent that only answers bear.
func (p *People) Violations(account string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.account(account).wrongs)
}

// do makes a change of a person's, in Google's own page.
func (p *People) do(account string, change func(a *peopleAccount)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p.account(account))
}

// Add creates a contact as a person does, and gives its resource name. Fields is JSON: {"names": [{"familyName": …}]}.
func (p *People) Add(account, fields string) (name string) {
	p.do(account, func(a *peopleAccount) {
		name = a.create(a.typed(fields, nil), p.now()).name
	})
	return name
}

// typed reads what a person types; dates of organisations too, which programs cannot write.
func (a *peopleAccount) typed(fields string, before peopleValues) peopleValues {
	values := maps.Clone(before)
	if values == nil {
		values = peopleValues{}
	}
	for field, list := range decodeValues(fields) {
		values[field] = nil
		for _, item := range list.([]any) { // a mistake of a test
			values[field] = append(values[field], item.(map[string]any))
		}
	}
	return values
}

// Edit replaces fields of a contact as a person does.
func (p *People) Edit(account, name, fields string) {
	p.do(account, func(a *peopleAccount) {
		who := a.people[name]
		a.version(who, a.typed(fields, who.now().values), p.now())
	})
}

// Remove deletes a contact as a person does.
func (p *People) Remove(account, name string) {
	p.do(account, func(a *peopleAccount) { a.version(a.people[name], nil, p.now()) })
}

// Rename gives a contact another resource name, as happens when a value links it to a profile; what the old one leads
// to is the same contact.
func (p *People) Rename(account, name string) (renamed string) {
	p.do(account, func(a *peopleAccount) {
		who := a.people[name]
		who.former = append(who.former, who.name)
		a.next++
		who.name = "people/c" + strconv.Itoa(8000000000000000000+a.next)
		a.people[who.name] = who
		a.version(who, who.now().values, p.now())
		renamed = who.name
	})
	return renamed
}

// Merge unites two contacts as a person does with « Fusionner »: one goes, the other gets its values.
func (p *People) Merge(account, keep, gone string) {
	p.do(account, func(a *peopleAccount) {
		kept, lost := a.people[keep], a.people[gone]
		values := maps.Clone(kept.now().values)
		for field, list := range lost.now().values {
			if field == "clientData" && p.assume.MergeForgets || slices.Contains(peopleSingle, field) && len(values[field]) > 0 {
				continue
			}
			values[field] = union(values[field], list)
		}
		a.version(lost, nil, p.now())
		a.version(kept, values, p.now())
	})
}

// union adds values that are not there yet.
func union(values, more []map[string]any) []map[string]any {
	all := slices.Clone(values)
	seen := map[string]bool{}
	key := func(v map[string]any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err) // a mistake of this package
		}
		return string(raw)
	}
	for _, v := range values {
		seen[key(v)] = true
	}
	for _, v := range more {
		if !seen[key(v)] {
			all = append(all, v)
		}
	}
	return all
}

// AddLabel makes a label as a person does, and gives its resource name.
func (p *People) AddLabel(account, name string) (resource string) {
	p.do(account, func(a *peopleAccount) { resource = a.newGroup(name, nil, p.now()).resource })
	return resource
}

// RenameLabel changes a label's name as a person does.
func (p *People) RenameLabel(account, resource, name string) {
	p.do(account, func(a *peopleAccount) {
		g := a.groups[resource]
		a.next++
		g.name, g.version, g.at = name, a.next, p.now()
	})
}

// RemoveLabel takes a label away as a person does; its contacts stay.
func (p *People) RemoveLabel(account, resource string) {
	p.do(account, func(a *peopleAccount) { a.removeGroup(a.groups[resource], p.now()) })
}

// Labels lists an account's labels: their resource names by name.
func (p *People) Labels(account string) map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]string{}
	for _, g := range p.account(account).groups {
		if !g.system && !g.deleted {
			all[g.name] = g.resource
		}
	}
	return all
}

// Label puts a contact under a label, or takes it out, as a person does.
func (p *People) Label(account, name, resource string, in bool) {
	p.do(account, func(a *peopleAccount) {
		if in {
			a.regroup(a.people[name], []string{resource}, nil, p.now())
			return
		}
		a.regroup(a.people[name], nil, []string{resource}, p.now())
	})
}
