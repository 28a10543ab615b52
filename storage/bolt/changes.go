package bolt

import "diapason/storage"

// maxListed is how many establishments, or reservations, a change list names; beyond, listeners read everything again.
const maxListed = 5000

// changeSet gathers what one transaction touches, in order of first touch.
type changeSet struct {
	storage.Changes
	seen     map[string]struct{}
	seenRuns map[string]struct{}
	seenRsv  map[string]struct{}
}

func (c *changeSet) establishment(id string) {
	if c.All {
		return
	}
	if c.seen == nil {
		c.seen = map[string]struct{}{}
	}
	if _, ok := c.seen[id]; ok {
		return
	}
	if len(c.Establishments) == maxListed {
		c.All, c.Establishments, c.seen = true, nil, nil
		return
	}
	c.seen[id] = struct{}{}
	c.Establishments = append(c.Establishments, id)
}

func (c *changeSet) reservation(id string) {
	if c.All {
		return
	}
	if c.seenRsv == nil {
		c.seenRsv = map[string]struct{}{}
	}
	if _, ok := c.seenRsv[id]; ok {
		return
	}
	if len(c.Reservations) == maxListed {
		c.All, c.Reservations, c.seenRsv = true, nil, nil
		return
	}
	c.seenRsv[id] = struct{}{}
	c.Reservations = append(c.Reservations, id)
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
		!c.Settings && !c.Profiles && len(c.Reservations) == 0 && !c.Agenda
}
