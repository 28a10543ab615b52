package bolt

import "diapason/storage"

// maxListed is how many establishments, reservations or contacts a change list names; beyond, listeners read everything
// again.
const maxListed = 5000

// changeSet gathers what one transaction touches, in order of first touch.
type changeSet struct {
	storage.Changes
	seen         map[string]struct{} // establishments
	seenRuns     map[string]struct{}
	seenRsv      map[string]struct{}
	seenContacts map[string]struct{}
}

func (c *changeSet) establishment(id string) { c.touch(&c.Establishments, &c.seen, id) }
func (c *changeSet) reservation(id string)   { c.touch(&c.Reservations, &c.seenRsv, id) }
func (c *changeSet) contact(id string)       { c.touch(&c.Contacts, &c.seenContacts, id) }

// touch notes an id once, until there are too many of them.
func (c *changeSet) touch(list *[]string, seen *map[string]struct{}, id string) {
	if c.All {
		return
	}
	if *seen == nil {
		*seen = map[string]struct{}{}
	}
	if _, ok := (*seen)[id]; ok {
		return
	}
	if len(*list) == maxListed {
		c.All, *list, *seen = true, nil, nil
		return
	}
	(*seen)[id] = struct{}{}
	*list = append(*list, id)
}

func (c *changeSet) run(id string) {
	if c.seenRuns == nil {
		c.seenRuns = map[string]struct{}{}
	}
	if _, ok := c.seenRuns[id]; !ok {
		c.seenRuns[id] = struct{}{}
		c.Runs = append(c.Runs, id)
	}
}

func (c *changeSet) empty() bool {
	return !c.All && len(c.Establishments) == 0 && len(c.Runs) == 0 && !c.Accounts && !c.Operations && !c.Journal &&
		!c.Settings && !c.Profiles && len(c.Reservations) == 0 && !c.Agenda && len(c.Contacts) == 0 && !c.ContactBooks
}
