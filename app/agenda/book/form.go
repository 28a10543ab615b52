package book

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

// Part is what of a form can be wrong.
type Part string

// The parts.
const (
	PartTitle    Part = "title"
	PartStartDay Part = "startDay"
	PartStart    Part = "start"
	PartEndDay   Part = "endDay"
	PartEnd      Part = "end"
	PartEvery    Part = "every"
	PartUntil    Part = "until"
	PartCount    Part = "count"
	PartLink     Part = "link"
)

// Wrong is what is wrong with one part of a form.
type Wrong struct {
	Part    Part
	Problem *storage.Problem
}

func wrong(part Part, code string, args ...string) *Wrong {
	return &Wrong{part, storage.NewProblem(code, args...)}
}

// partOf says beside which part of a form the store's problem with a field is told.
var partOf = map[storage.Field]Part{
	storage.FieldReservationTitle: PartTitle, storage.FieldReservationStart: PartStartDay, storage.FieldReservationEnd: PartEndDay,
	storage.FieldReservationLink: PartLink,
}

// WrongOf gives what an error says of the parts of a form; nil when it is about none of them.
func WrongOf(err error) []*Wrong {
	var problems storage.Problems
	if !errors.As(err, &problems) {
		return nil
	}
	var all []*Wrong
	for _, p := range problems {
		all = append(all, &Wrong{partOf[p.Field], p})
	}
	return all
}

// Form is a reservation as the panel edits it: texts are as typed, and the last of whole days is included.
type Form struct {
	TypeID, Title               string
	Status                      storage.ReservationStatus
	EstablishmentID, ResourceID string

	WholeDays       bool
	StartDay, Start string
	EndDay, End     string
	Zone            string
	Repeat          Repeat

	InCharge                  []string
	Participants              []storage.Participant
	PublicNotes, PrivateNotes string
	Address, Link             string
}

// What is proposed when whole days become hours.
const (
	proposedStart = 9 * time.Hour
	proposedEnd   = 10 * time.Hour
)

// FormOf begins with a draft.
func FormOf(d *recurrence.Draft, zone *time.Location) Form {
	f := Form{
		TypeID: d.TypeID, Title: d.Title, Status: d.Status, EstablishmentID: d.EstablishmentID, ResourceID: d.ResourceID,
		WholeDays: d.Start.IsDay(), Zone: d.Zone, Repeat: RepeatOf(d.Recurrence, firstOf(d), zone),
		InCharge: slices.Clone(d.InCharge), Participants: slices.Clone(d.Participants), PublicNotes: d.PublicNotes,
		PrivateNotes: d.PrivateNotes, Address: d.Address, Link: d.Link,
	}
	f.SetTimes(d.Start, d.End)
	return f
}

// firstOf is when the occurrence of a draft would begin by its series: a moved one does not change what « the third
// Thursday » means.
func firstOf(d *recurrence.Draft) storage.LocalTime {
	if d.Original.IsZero() {
		return d.Start
	}
	return d.Original
}

// SetTimes writes when it begins and ends.
func (f *Form) SetTimes(start, end storage.LocalTime) {
	f.WholeDays = start.IsDay()
	f.StartDay = say.TypedDate(start.Date())
	if f.WholeDays {
		f.EndDay = say.TypedDate(end.AddDays(-1).Date())
		f.Start, f.End = clockOf(proposedStart), clockOf(proposedEnd)
		return
	}
	f.EndDay = say.TypedDate(end.Date())
	f.Start, f.End = clockOf(sinceMidnight(start)), clockOf(sinceMidnight(end))
}

func sinceMidnight(l storage.LocalTime) time.Duration { return l.Wall().Sub(l.Day().Wall()) }

func clockOf(d time.Duration) string { return say.Clock(int(d / time.Minute)) }

// Times reads when it begins and ends.
func (f *Form) Times() (start, end storage.LocalTime, w *Wrong) {
	first, w := typedDay(f.StartDay, PartStartDay)
	if w != nil {
		return start, end, w
	}
	last, w := typedDay(f.EndDay, PartEndDay)
	if w != nil {
		return start, end, w
	}
	if f.WholeDays {
		start, end = storage.LocalDay(first), storage.LocalDay(last).AddDays(1)
	} else {
		if start, w = typedTime(first, f.Start, PartStart); w != nil {
			return start, end, w
		}
		if end, w = typedTime(last, f.End, PartEnd); w != nil {
			return start, end, w
		}
	}
	if !start.Before(end) {
		part := PartEnd
		if f.WholeDays || last.Before(first) {
			part = PartEndDay
		}
		return start, end, wrong(part, "agenda.endsBefore")
	}
	return start, end, nil
}

func typedDay(text string, part Part) (storage.Date, *Wrong) {
	d, err := say.ReadDate(text)
	if err != nil || d.IsZero() {
		return d, wrong(part, "agenda.day", "value", text)
	}
	return d, nil
}

func typedTime(day storage.Date, text string, part Part) (storage.LocalTime, *Wrong) {
	minutes, err := say.ReadClock(text)
	if err != nil {
		return storage.LocalTime{}, wrong(part, "agenda.clock", "value", text)
	}
	return storage.LocalOf(day.Time().Add(time.Duration(minutes) * time.Minute)), nil
}

// Moved follows a change of the start: what lasts two hours goes on lasting two hours. before is the form as it was.
func (f *Form) Moved(before Form) {
	oldStart, oldEnd, w := before.Times()
	if w != nil {
		return
	}
	now := *f
	now.EndDay, now.End = now.StartDay, now.Start
	first, wrongDay := typedDay(now.StartDay, PartStartDay)
	if wrongDay != nil {
		return
	}
	start := storage.LocalDay(first)
	if !f.WholeDays {
		if start, w = typedTime(first, now.Start, PartStart); w != nil {
			return
		}
	}
	f.SetTimes(start, start.Add(oldEnd.Wall().Sub(oldStart.Wall())))
}

// Read writes the form into a draft. What is wrong comes back, part by part, and leaves the draft as it was.
func (f *Form) Read(d *recurrence.Draft) []*Wrong {
	var all []*Wrong
	if strings.TrimSpace(f.Title) == "" {
		all = append(all, wrong(PartTitle, "agenda.title"))
	}
	start, end, w := f.Times()
	if w != nil {
		return append(all, w)
	}
	zone, err := storage.Zone(f.Zone)
	if err != nil {
		zone = time.UTC // refused when it is kept
	}
	first := start
	if !d.Original.IsZero() && start == d.Start {
		first = d.Original
	}
	rule, w := f.Repeat.Rule(first, zone)
	if w != nil {
		all = append(all, w)
	}
	if len(all) > 0 {
		return all
	}
	d.TypeID, d.Zone, d.Recurrence = f.TypeID, f.Zone, rule
	d.Start, d.End = start, end
	d.Details = storage.Details{
		Title: strings.TrimSpace(f.Title), EstablishmentID: f.EstablishmentID, ResourceID: f.ResourceID, Status: f.Status,
		InCharge: f.InCharge, Participants: f.Participants, PublicNotes: f.PublicNotes, PrivateNotes: f.PrivateNotes,
		Address: strings.TrimSpace(f.Address), Link: strings.TrimSpace(f.Link),
	}
	return nil
}

// Follow takes over what changed between two readings of the reservation, except what was filled in otherwise here. Its
// times go together, and so does what makes it a series.
func (f *Form) Follow(before, now Form) {
	type times struct {
		days                               bool
		startDay, start, endDay, end, zone string
	}
	timesOf := func(f *Form) times { return times{f.WholeDays, f.StartDay, f.Start, f.EndDay, f.End, f.Zone} }
	if timesOf(f) == timesOf(&before) {
		f.WholeDays, f.Zone = now.WholeDays, now.Zone
		f.StartDay, f.Start, f.EndDay, f.End = now.StartDay, now.Start, now.EndDay, now.End
	}
	if f.Repeat.Same(before.Repeat) {
		f.Repeat = now.Repeat
	}
	follow(&f.TypeID, before.TypeID, now.TypeID)
	follow(&f.Title, before.Title, now.Title)
	follow(&f.Status, before.Status, now.Status)
	follow(&f.EstablishmentID, before.EstablishmentID, now.EstablishmentID)
	follow(&f.ResourceID, before.ResourceID, now.ResourceID)
	follow(&f.InCharge, before.InCharge, now.InCharge)
	follow(&f.Participants, before.Participants, now.Participants)
	follow(&f.PublicNotes, before.PublicNotes, now.PublicNotes)
	follow(&f.PrivateNotes, before.PrivateNotes, now.PrivateNotes)
	follow(&f.Address, before.Address, now.Address)
	follow(&f.Link, before.Link, now.Link)
}

func follow[T any](mine *T, before, now T) {
	if reflect.DeepEqual(*mine, before) {
		*mine = now
	}
}

// Same reports whether two say the same.
func (f *Form) Same(o Form) bool {
	a, b := *f, o
	if !a.Repeat.Same(b.Repeat) {
		return false
	}
	a.Repeat, b.Repeat = Repeat{}, Repeat{}
	return reflect.DeepEqual(a, b)
}
