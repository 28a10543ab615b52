package storage

import "slices"

// Clone gives a copy that shares nothing with d.
func (d *Details) Clone() Details {
	c := *d
	c.InCharge, c.Participants = slices.Clone(d.InCharge), slices.Clone(d.Participants)
	return c
}

// Clone gives a copy that shares nothing with r; nil of nil.
func (r *Recurrence) Clone() *Recurrence {
	if r == nil {
		return nil
	}
	c := *r
	c.Except, c.Extra = slices.Clone(r.Except), slices.Clone(r.Extra)
	return &c
}

// Clone gives a copy that shares nothing with r.
func (r *Reservation) Clone() *Reservation {
	c := *r
	c.Details = r.Details.Clone()
	c.Recurrence = r.Recurrence.Clone()
	c.Overrides = slices.Clone(r.Overrides)
	for i := range c.Overrides {
		c.Overrides[i].Details = r.Overrides[i].Details.Clone()
	}
	return &c
}

// Clone gives a copy that shares nothing with l.
func (l *FeedLink) Clone() *FeedLink {
	c := *l
	c.TypeIDs, c.EstablishmentIDs, c.ResourceIDs = slices.Clone(l.TypeIDs), slices.Clone(l.EstablishmentIDs), slices.Clone(l.ResourceIDs)
	c.Reminders, c.Former, c.Readings = slices.Clone(l.Reminders), slices.Clone(l.Former), slices.Clone(l.Readings)
	return &c
}

// Clone gives a copy that shares nothing with o but its Problem, which is not changed.
func (o *OutsideFeed) Clone() *OutsideFeed {
	c := *o
	if o.Doubt != nil {
		doubt := *o.Doubt
		c.Doubt = &doubt
	}
	return &c
}
