package book

import (
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
)

// Entry is one occurrence as the views show it: prepared strings, in the zone of the person.
type Entry struct {
	ID   string // of the occurrence
	Item *agenda.Item

	Kind  string // the word of the type
	Title string
	Line  string // when, on one day: « 9 h – 12 h »
	Hour  string // « 9 h », "" for whole days
	Place string // establishment and resource
	Who   string // in charge
	Color string // of the type, or of the outside feed

	Start, End time.Time // civil, as if UTC; End is not included
	Days       bool

	Conflict, ReadOnly, Cancelled, Option bool
}

// entryOf prepares an occurrence.
func entryOf(it *agenda.Item, names *Names, zone *time.Location) *Entry {
	r, d := it.Reservation, it.Details
	e := &Entry{
		ID: EntryID(r.ID, it.Original), Item: it, Title: d.Title, Place: names.where(d),
		Start: it.Start.Wall(), End: it.End.Wall(), Days: it.Start.IsDay(), Conflict: it.Conflict, ReadOnly: it.ReadOnly, Color: it.Color,
		Cancelled: d.Status == storage.ReservationCancelled, Option: d.Status == storage.ReservationOption,
	}
	if it.Type != nil {
		e.Kind = it.Type.Name
	}
	var people []string
	for _, id := range d.InCharge {
		if name := names.Person(id); name != "" {
			people = append(people, name)
		}
	}
	e.Who = say.List(people)
	if e.Days {
		return e
	}
	e.Start, e.End = storage.LocalOf(it.From.In(zone)).Wall(), storage.LocalOf(it.To.In(zone)).Wall()
	e.Hour = say.Clock(minuteOf(e.Start))
	e.Line = say.Times(minuteOf(e.Start), minuteOf(e.End))
	if e.End.Sub(e.Start) <= time.Hour {
		e.Line = e.Hour
	}
	return e
}

// EntryID names an occurrence: the reservation's id, and when the occurrence of a series would begin.
func EntryID(reservationID string, original storage.LocalTime) string {
	return reservationID + "@" + original.String()
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

// where says establishment and resource on one line.
func (n *Names) where(d *storage.Details) string {
	place, resource := n.Place(d.EstablishmentID), n.Resource(d.ResourceID)
	switch {
	case place == "":
		return resource
	case resource == "":
		return place
	}
	return words.T("agenda.where", "place", place, "resource", resource)
}

// When says when an entry takes place, in full: « jeudi 19 novembre, 9 h – 12 h », « 16 – 18 novembre 2026 ».
func (e *Entry) When() string {
	first, last := storage.DateOf(e.Start), storage.DateOf(e.End.Add(-time.Second))
	if last.Before(first) {
		last = first
	}
	switch {
	case e.Days && first == last:
		return say.WeekdayDate(first)
	case e.Days:
		return say.Days(first, last)
	case first == last:
		return words.T("agenda.when.day", "day", say.WeekdayDate(first), "times", say.Times(minuteOf(e.Start), minuteOf(e.End)))
	}
	return words.T("agenda.when.days", "first", say.Date(first), "from", say.Clock(minuteOf(e.Start)), "last", say.Date(last),
		"to", say.Clock(minuteOf(e.End)))
}

// Series reports whether it is one of several occurrences.
func (e *Entry) Series() bool { return e.Item.Reservation.Recurrence != nil }

// Taken names what has the resource of an entry at the same time.
func (b *Book) Taken(e *Entry) string {
	var others []string
	for i := range b.items {
		o := &b.items[i]
		if o.Conflict && o.Details.ResourceID == e.Item.Details.ResourceID && o.From.Before(e.Item.To) && e.Item.From.Before(o.To) &&
			EntryID(o.Reservation.ID, o.Original) != e.ID {
			other := entryOf(o, &b.names, b.Zone())
			others = append(others, words.T("agenda.conflict.other", "title", other.Title, "when", other.When()))
		}
	}
	return words.N("agenda.conflict.text", len(others), "resource", b.names.Resource(e.Item.Details.ResourceID), "others", say.List(others))
}
