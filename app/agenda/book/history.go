package book

import (
	"context"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// historyPage is how many entries of the journal are read at a time.
const historyPage = 30

// HistoryLine is one entry of the journal of a reservation, in words.
type HistoryLine struct {
	Action  storage.JournalAction
	Who     string
	When    string
	Changes []HistoryChange
}

// HistoryChange is what became of a field.
type HistoryChange struct {
	Field         string
	Before, After string // both "" where the values are not spelt out: a rule, the dates that left it, private notes
}

// History reads what the journal holds of a reservation, newest first, a page at a time: the first one, or what is older
// than an entry. It may be called on any goroutine.
func History(ctx context.Context, store Store, reservationID, before string) (entries []*storage.JournalEntry, more bool, err error) {
	err = store.View(ctx, func(tx storage.Reader) (err error) {
		entries, err = tx.Journal(storage.JournalQuery{ReservationID: reservationID, Before: before, Limit: historyPage + 1})
		return err
	})
	if more = len(entries) > historyPage; more {
		entries = entries[:historyPage]
	}
	return entries, more, err
}

// HistoryLine puts an entry of the journal in words, in the zone of now.
func (n *Names) HistoryLine(j *storage.JournalEntry, now time.Time) HistoryLine {
	line := HistoryLine{Action: j.Action, Who: say.Actor(j.Actor), When: say.Moment(j.At, now)}
	for _, c := range j.Changes {
		line.Changes = append(line.Changes, n.change(c))
	}
	return line
}

func (n *Names) change(c storage.FieldChange) HistoryChange {
	switch c.Field {
	case storage.FieldReservationRecurrence, storage.FieldReservationOccurrences, storage.FieldReservationPrivateNotes:
		return HistoryChange{Field: say.Field(c.Field)}
	}
	return HistoryChange{Field: say.Field(c.Field), Before: n.value(c.Field, c.Before), After: n.value(c.Field, c.After)}
}

// value writes the value of a field as the journal keeps it: identifiers are named.
func (n *Names) value(f storage.Field, text string) string {
	if text == "" {
		return words.T("agenda.history.empty")
	}
	switch f {
	case storage.FieldReservationType:
		if t := n.Type(text); t != nil {
			return t.Name
		}
		return known("")
	case storage.FieldReservationEstablishment:
		return known(n.Place(text))
	case storage.FieldReservationResource:
		return known(n.Resource(text))
	case storage.FieldReservationStatus:
		return words.T("reservation.status." + text)
	case storage.FieldReservationZone:
		return say.Zone(text)
	case storage.FieldReservationStart, storage.FieldReservationEnd:
		return moment(text)
	case storage.FieldReservationInCharge, storage.FieldReservationParticipants:
		return n.people(text)
	}
	return text
}

func known(name string) string {
	if name == "" {
		return words.T("agenda.history.removed")
	}
	return name
}

// moment writes a civil time: « 17/11/2026, 16 h 45 ».
func moment(text string) string {
	l, err := storage.ParseLocalTime(text)
	if err != nil {
		return text
	}
	day := say.TypedDate(storage.DateOf(l.Wall()))
	if l.IsDay() {
		return day
	}
	return words.T("agenda.when.day", "day", day, "times", say.Clock(minuteOf(l.Wall())))
}

// people names persons, each with an answer when there is one.
func (n *Names) people(text string) string {
	var all []string
	for _, p := range strings.Split(text, ", ") {
		id, answer, _ := strings.Cut(p, " ")
		name := known(n.Person(id))
		if answer != "" {
			name = words.T("agenda.history.answer", "name", name, "answer", words.T("reservation.attendance."+answer))
		}
		all = append(all, name)
	}
	return say.List(all)
}
