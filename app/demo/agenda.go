package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"diapason/app/agenda/book"
	"diapason/assets/demo"
	"diapason/storage"
	"diapason/sync"
)

// week is the demonstration's agenda: assets/demo/agenda.json.
type week struct {
	Persons      []storage.Person
	Resources    []storage.Resource
	Reservations []entry
}

// entry is one reservation of the week.
type entry struct {
	Type, Title, Establishment, Resource, Rule string

	Day          int    // from Monday, 0
	Days         int    // whole days; 0: hours
	Start, End   string // "09:00"
	Status       storage.ReservationStatus
	InCharge     []string
	Participants []string
}

// agenda invents the reservations of this week, unless the workspace has any.
func (w Workspace) agenda(ctx context.Context) error {
	if w.Agenda == nil {
		return nil
	}
	if err := w.Agenda.Prepare(ctx); err != nil {
		return err
	}
	var kept int
	ids := map[string]string{} // of establishments, by identifier
	err := w.Store.View(ctx, func(tx storage.Reader) (err error) {
		kept, err = tx.CountReservations()
		return err
	})
	if err != nil || kept > 0 {
		return err
	}
	if err := storage.EachRow(ctx, w.Store, func(r storage.Row) { ids[r.Identifier] = r.ID }); err != nil {
		return err
	}
	var all week
	if err := json.Unmarshal(demo.Agenda, &all); err != nil {
		return fmt.Errorf("demonstration's agenda: %w", err)
	}
	for i := range all.Persons {
		if err := w.Agenda.SavePerson(ctx, &all.Persons[i]); err != nil {
			return fmt.Errorf("demonstration's %s: %w", all.Persons[i].Name, err)
		}
	}
	for i := range all.Resources {
		r := &all.Resources[i]
		r.EstablishmentID = ids[r.EstablishmentID]
		if err := w.Agenda.SaveResource(ctx, r); err != nil {
			return fmt.Errorf("demonstration's %s: %w", r.Name, err)
		}
	}
	monday := book.Monday(storage.DateOf(w.now().In(w.Agenda.Zone())))
	for _, e := range all.Reservations {
		r, err := e.reservation(monday, ids)
		if err == nil {
			r.Zone = w.Agenda.Zone().String()
			_, err = w.Agenda.Save(ctx, r)
		}
		if err != nil {
			return fmt.Errorf("demonstration's reservation %s: %w", e.Title, err)
		}
	}
	return nil
}

// reservation puts an entry into the week of a Monday.
func (e entry) reservation(monday storage.Date, ids map[string]string) (*storage.Reservation, error) {
	r := &storage.Reservation{TypeID: e.Type}
	r.Title, r.Status, r.EstablishmentID, r.ResourceID, r.InCharge = e.Title, e.Status, ids[e.Establishment], e.Resource, e.InCharge
	for _, id := range e.Participants {
		r.Participants = append(r.Participants, storage.Participant{PersonID: id, Answer: storage.AttendanceAccepted})
	}
	if e.Rule != "" {
		r.Recurrence = &storage.Recurrence{Rule: e.Rule}
	}
	day := storage.LocalDay(monday).AddDays(e.Day)
	if e.Days > 0 {
		r.Start, r.End = day, day.AddDays(e.Days)
		return r, nil
	}
	for _, at := range []struct {
		text string
		to   *storage.LocalTime
	}{{e.Start, &r.Start}, {e.End, &r.End}} {
		clock, err := time.Parse("15:04", at.text)
		if err != nil {
			return nil, err
		}
		*at.to = storage.LocalOf(day.Wall().Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute))
	}
	return r, nil
}

func (w Workspace) now() time.Time {
	clock := w.Clock
	if clock == nil {
		clock = sync.WallClock{}
	}
	return clock.Now()
}
