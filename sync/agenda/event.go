package agenda

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/ical"
	"diapason/sync/agenda/recurrence"
)

// feed is what one link shows of a snapshot: the same link, data and day give the same events in the same order.
type feed struct {
	s    *snapshot
	link *storage.FeedLink
	say  func(key string, args ...string) string
	from time.Time
	to   time.Time
}

// feedOf readies a link. The window begins and ends at midnight, so that it moves once a day.
func (a *Agenda) feedOf(s *snapshot, l *storage.FeedLink, now time.Time, back, ahead int) *feed {
	f := &feed{s: s, link: l, say: func(key string, args ...string) string { return a.p.Words(l.Language, key, args...) }}
	f.from, f.to = a.window(now, back, ahead)
	return f
}

func (a *Agenda) window(now time.Time, back, ahead int) (from, to time.Time) {
	y, m, d := now.In(a.zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, a.zone)
	return day.AddDate(0, -back, 0), day.AddDate(0, ahead, 1)
}

// shows reports whether the link shows what details say.
func (f *feed) shows(d *storage.Details) bool {
	l := f.link
	switch {
	case len(l.EstablishmentIDs) > 0 && !slices.Contains(l.EstablishmentIDs, d.EstablishmentID),
		len(l.ResourceIDs) > 0 && !slices.Contains(l.ResourceIDs, d.ResourceID),
		l.Mine && !concerns(d, l.OwnerID),
		d.Status == storage.ReservationCancelled && !l.KeepCancelled:
		return false
	}
	return true
}

// chosen gives the reservations of the link's types that take place in its window, in the order of the file.
func (f *feed) chosen() []*storage.Reservation {
	var all []*storage.Reservation
	for _, r := range f.s.reservations {
		if len(f.link.TypeIDs) > 0 && !slices.Contains(f.link.TypeIDs, r.TypeID) {
			continue
		}
		if f.within(r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(x, y *storage.Reservation) int {
		return cmp.Or(x.Start.Wall().Compare(y.Start.Wall()), cmp.Compare(x.UID, y.UID))
	})
	return all
}

func (f *feed) within(r *storage.Reservation) bool {
	seen, err := recurrence.Any(r, f.from, f.to)
	return seen || err != nil // what cannot be worked out is set aside with its reason when it is written
}

// events gives the events. One Event is filled again and again.
func (f *feed) events(chosen []*storage.Reservation) iter.Seq[*ical.Event] {
	return func(yield func(*ical.Event) bool) {
		for _, r := range chosen {
			e := new(ical.Event)
			if f.shows(&r.Details) {
				f.series(r, e)
				if !yield(e) {
					return
				}
			}
			for i := range r.Overrides {
				o := &r.Overrides[i]
				if !f.shows(&o.Details) || r.Recurrence == nil || slices.Contains(r.Recurrence.Except, o.Original) {
					continue
				}
				*e = ical.Event{}
				f.override(r, o, e)
				if !yield(e) {
					return
				}
			}
		}
	}
}

// series fills the event of a single reservation or of a series. Occurrences that the link does not show are left out of
// the series.
func (f *feed) series(r *storage.Reservation, e *ical.Event) {
	f.fill(r, &r.Details, r.Start, r.End, e)
	if r.Recurrence == nil {
		return
	}
	e.Rule = r.Recurrence.Rule
	for _, l := range r.Recurrence.Except {
		e.Except = append(e.Except, moment(l, r.Zone))
	}
	for i := range r.Overrides {
		if o := &r.Overrides[i]; !f.shows(&o.Details) && !slices.Contains(r.Recurrence.Except, o.Original) {
			e.Except = append(e.Except, moment(o.Original, r.Zone))
		}
	}
	for _, l := range r.Recurrence.Extra {
		e.Extra = append(e.Extra, moment(l, r.Zone))
	}
}

func (f *feed) override(r *storage.Reservation, o *storage.Override, e *ical.Event) {
	f.fill(r, &o.Details, o.Start, o.End, e)
	e.Sequence += o.SequenceAhead
	original := moment(o.Original, r.Zone)
	e.RecurrenceID = &original
}

func moment(l storage.LocalTime, zone string) ical.Time {
	return ical.Time{Wall: l.Wall(), Day: l.IsDay(), Zone: zone}
}

// statuses are what files say of a status. What was cancelled stays confirmed, because programs hide it else; its title
// says it.
var statuses = map[storage.ReservationStatus]string{
	storage.ReservationOption: ical.StatusTentative, storage.ReservationConfirmed: ical.StatusConfirmed,
	storage.ReservationCancelled: ical.StatusConfirmed,
}

// fill says as much as the link's level of detail allows. Private notes, e-mails and answers are never in it.
func (f *feed) fill(r *storage.Reservation, d *storage.Details, start, end storage.LocalTime, e *ical.Event) {
	e.UID, e.Sequence, e.Stamp, e.Created, e.LastModified = r.UID, r.Sequence, r.ChangedAt, r.CreatedAt, r.ChangedAt
	e.Start, e.End = moment(start, r.Zone), moment(end, r.Zone)
	e.Status = statuses[d.Status]
	e.Transparent = d.Status == storage.ReservationCancelled
	e.Summary = f.summary(r, d)
	for _, minutes := range f.link.Reminders {
		e.Alarms = append(e.Alarms, ical.Alarm{Before: time.Duration(minutes) * time.Minute})
	}
	if f.link.Detail == storage.FeedBusy {
		return
	}
	e.Location = f.s.place(d)
	if kind := f.s.types[r.TypeID]; kind != nil {
		e.Categories, e.Color = []string{kind.Name}, kind.Color
	}
	if f.link.Detail == storage.FeedFull {
		e.Description, e.URL = f.description(d), d.Link
	}
}

// summary is the title that the link shows.
func (f *feed) summary(r *storage.Reservation, d *storage.Details) string {
	title := d.Title
	if kind := f.s.types[r.TypeID]; title == "" && kind != nil {
		title = kind.Name
	}
	if f.link.Detail == storage.FeedBusy {
		title = f.say("feed.busy")
	}
	if d.Status == storage.ReservationCancelled {
		return f.say("feed.cancelled", "title", title)
	}
	return title
}

// description holds the public notes and the names of who is in charge or takes part.
func (f *feed) description(d *storage.Details) string {
	var parts []string
	if d.PublicNotes != "" {
		parts = append(parts, d.PublicNotes)
	}
	if names := f.s.namesOf(d.InCharge); names != "" {
		parts = append(parts, f.say("feed.inCharge", "names", names))
	}
	var ids []string
	for _, p := range d.Participants {
		ids = append(ids, p.PersonID)
	}
	if names := f.s.namesOf(ids); names != "" {
		parts = append(parts, f.say("feed.participants", "names", names))
	}
	return strings.Join(parts, "\n")
}

func (s *snapshot) namesOf(ids []string) string {
	var names []string
	for _, id := range ids {
		if p := s.persons[id]; p != nil {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// color is the feed's: that of its type, when it has one.
func (f *feed) color() string {
	if len(f.link.TypeIDs) == 1 && f.link.Detail != storage.FeedBusy {
		if kind := f.s.types[f.link.TypeIDs[0]]; kind != nil {
			return kind.Color
		}
	}
	return ""
}
