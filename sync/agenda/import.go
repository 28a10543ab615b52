package agenda

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/agenda/ical"
	"diapason/sync/agenda/recurrence"
)

// ImportParams say what becomes of the events of a file.
type ImportParams struct {
	// TypeID is the type of those whose category is no type's name; "": the first type.
	TypeID          string
	EstablishmentID string
	// DryRun tells what would be done, and does nothing.
	DryRun bool
}

// ImportReport tells what was done.
type ImportReport struct {
	Run  *storage.Run // with a line for each event that was not taken; nil of a dry run
	Name string       // of the calendar, as the file tells it
	// Created, Updated and Unchanged count reservations: a series is one.
	Created, Updated, Unchanged int
	// Rejected are the events that were not taken, each with its line in the file and the reason, in the order of the file.
	Rejected []ical.Fault
}

// importSlice is how many reservations one transaction writes.
const importSlice = 200

// ImportFile takes the events of an .ics file over. A reservation is known again by its UID: the same file again changes
// nothing, a newer event (SEQUENCE, LAST-MODIFIED) updates what it says, and nothing is ever deleted. It is one run, with
// its report in Activité, and can be undone as a whole.
func (a *Agenda) ImportFile(ctx context.Context, name string, r io.Reader, p ImportParams) (ImportReport, error) {
	calendar, faults, err := ical.Read(r, ical.ReadParams{Zone: a.p.Zone})
	if err != nil {
		return ImportReport{}, err
	}
	im := &importing{a: a, p: p, report: ImportReport{Name: calendar.Name, Rejected: faults}}
	groups := im.group(calendar)
	if err := a.p.Store.View(ctx, im.prepare); err != nil {
		return ImportReport{}, err
	}
	if p.DryRun {
		err := a.p.Store.View(ctx, func(tx storage.Reader) error {
			for _, g := range groups {
				if _, _, err := im.decide(tx, g); err != nil {
					return err
				}
			}
			return nil
		})
		im.order()
		return im.report, err
	}
	return im.run(ctx, name, groups)
}

// importing is one import.
type importing struct {
	a      *Agenda
	p      ImportParams
	types  map[string]string // id by SearchKey of the name
	report ImportReport
}

// group is a single event or a series, with its occurrences that differ.
type group struct {
	main      *ical.Event
	overrides []*ical.Event
}

// group puts the events of one UID together, in the order of the file. An occurrence whose series is not in the file
// cannot be placed.
func (im *importing) group(calendar ical.Calendar) []*group {
	byUID := map[string]*group{}
	var all []*group
	of := func(uid string) *group {
		g := byUID[uid]
		if g == nil {
			g = &group{}
			byUID[uid] = g
			all = append(all, g)
		}
		return g
	}
	for e := range calendar.Events {
		switch g := of(e.UID); {
		case e.RecurrenceID != nil:
			g.overrides = append(g.overrides, e)
		case g.main == nil || newer(e.Sequence, e.LastModified, g.main.Sequence, g.main.LastModified):
			g.main = e
		}
	}
	return slices.DeleteFunc(all, func(g *group) bool {
		if g.main != nil {
			return false
		}
		for _, e := range g.overrides {
			im.reject(e, storage.NewProblem("agenda.import.noSeries"))
		}
		return true
	})
}

func newer(sequence int, changed time.Time, thanSequence int, than time.Time) bool {
	return cmp.Or(cmp.Compare(sequence, thanSequence), changed.Compare(than)) > 0
}

// order puts what was not taken into the order of the file.
func (im *importing) order() {
	slices.SortStableFunc(im.report.Rejected, func(x, y ical.Fault) int { return cmp.Compare(x.Line, y.Line) })
}

func (im *importing) reject(e *ical.Event, p *storage.Problem) {
	im.report.Rejected = append(im.report.Rejected, ical.Fault{Line: e.Line, UID: e.UID, Summary: e.Summary, Problem: p})
}

// prepare reads the types, and makes sure that what the events are put under exists.
func (im *importing) prepare(tx storage.Reader) error {
	types, err := tx.ReservationTypes()
	if err != nil {
		return err
	}
	im.types = map[string]string{}
	for _, t := range types {
		im.types[storage.SearchKey(t.Name)] = t.ID
	}
	if im.p.TypeID == "" && len(types) > 0 {
		im.p.TypeID = types[0].ID
	}
	if _, err := tx.ReservationType(im.p.TypeID); err != nil {
		return err
	}
	if im.p.EstablishmentID != "" {
		_, err = tx.Row(im.p.EstablishmentID)
	}
	return err
}

// decide tells what becomes of a group: before nil creates, after nil does nothing. It counts.
func (im *importing) decide(tx storage.Reader, g *group) (before, after *storage.Reservation, err error) {
	before, err = tx.ReservationByUID(g.main.UID)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		before = nil
	case err != nil:
		return nil, nil, err
	case before.OutsideFeedID != "":
		im.reject(g.main, storage.NewProblem("agenda.readOnly", "title", before.Title))
		return nil, nil, nil
	}
	after, p := im.reservation(g, before)
	if p == nil {
		p = im.check(after)
	}
	switch {
	case p != nil:
		im.reject(g.main, p)
		return nil, nil, nil
	case before == nil:
		im.report.Created++
	case same(before, after), !newer(g.main.Sequence, modified(g), before.Sequence, before.ChangedAt) && !g.ahead(before):
		im.report.Unchanged++
		return nil, nil, nil
	default:
		im.report.Updated++
	}
	return before, after, nil
}

// ahead tells whether an occurrence says, by its own SEQUENCE, that it is newer than what is kept of it.
func (g *group) ahead(before *storage.Reservation) bool {
	return slices.ContainsFunc(g.overrides, func(e *ical.Event) bool {
		kept := before.Sequence
		original, err := localIn(*e.RecurrenceID, before.Zone, before.Start.IsDay())
		if was := overrideOf(before, original); was != nil {
			kept += was.SequenceAhead
		}
		return err == nil && e.Sequence > kept
	})
}

// modified is when a group last changed.
func modified(g *group) time.Time {
	last := g.main.LastModified
	if last.IsZero() {
		last = g.main.Stamp
	}
	for _, e := range g.overrides {
		if e.LastModified.After(last) {
			last = e.LastModified
		}
	}
	return last
}

// check gives why a reservation cannot be kept.
func (im *importing) check(r *storage.Reservation) *storage.Problem {
	im.a.complete(r)
	if ps := r.Validate(); len(ps) > 0 {
		return ps[0]
	}
	return recurrence.Validate(r)
}

// run writes the groups, a slice per transaction, under one run.
func (im *importing) run(ctx context.Context, name string, groups []*group) (ImportReport, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return ImportReport{}, err
	}
	run := &storage.Run{
		ID: id.String(), Kind: storage.RunImport, State: storage.RunRunning, Actor: storage.ActorUser,
		StartedAt: im.a.now(), Subject: name,
	}
	run.Totals.Total = len(groups) + len(im.report.Rejected)
	im.report.Run = run
	store := im.a.p.Store
	if err := store.Update(ctx, func(tx storage.Writer) error { return tx.PutRun(run) }); err != nil {
		return ImportReport{}, err
	}
	for chunk := range slices.Chunk(groups, importSlice) {
		if err = im.write(ctx, chunk); err != nil {
			break
		}
	}
	return im.report, im.finish(context.WithoutCancel(ctx), err)
}

// write writes some groups. What is counted counts only once the transaction is on the disk.
func (im *importing) write(ctx context.Context, groups []*group) error {
	kept := im.report
	err := im.a.p.Store.Update(ctx, func(tx storage.Writer) error {
		im.report = kept
		im.report.Rejected = slices.Clone(kept.Rejected)
		for _, g := range groups {
			before, after, err := im.decide(tx, g)
			if err != nil {
				return err
			}
			if after == nil {
				continue
			}
			if err := im.a.WriteReservation(tx, before, after, Cause{Actor: storage.ActorImport, RunID: im.report.Run.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		im.report = kept
	}
	return err
}

// finish writes the end of the run with a line for each event that was not taken, also when ctx is over.
func (im *importing) finish(ctx context.Context, failure error) error {
	im.order()
	run := im.report.Run
	run.EndedAt = im.a.now()
	t := &run.Totals
	t.Created, t.Updated, t.Unchanged, t.Rejected = im.report.Created, im.report.Updated, im.report.Unchanged, len(im.report.Rejected)
	t.Skipped = max(0, t.Total-t.Created-t.Updated-t.Unchanged-t.Rejected)
	run.State = storage.RunDone
	switch {
	case errors.Is(failure, context.Canceled):
		run.State = storage.RunCancelled
	case failure != nil:
		run.State, run.Problem = storage.RunFailed, fault(failure)
	}
	err := im.a.p.Store.Update(ctx, func(tx storage.Writer) error {
		for i, f := range im.report.Rejected {
			item := &storage.RunItem{
				RunID: run.ID, Seq: i, Name: f.Summary, Row: f.Line, Result: storage.ItemRejected,
				Problems: storage.Problems{f.Problem}, At: run.EndedAt,
			}
			if err := tx.PutRunItem(item); err != nil {
				return err
			}
		}
		return tx.PutRun(run)
	})
	return errors.Join(failure, err)
}

// reservation makes a reservation of a group. Of one that is kept already, what files do not tell stays: its resource,
// its persons, its private notes.
func (im *importing) reservation(g *group, before *storage.Reservation) (*storage.Reservation, *storage.Problem) {
	r := &storage.Reservation{UID: g.main.UID, TypeID: im.p.TypeID, CreatedAt: g.main.Created.UTC(), ChangedAt: modified(g).UTC()}
	r.EstablishmentID = im.p.EstablishmentID
	if before != nil {
		r = before.Clone()
	}
	for _, c := range g.main.Categories {
		if id, known := im.types[storage.SearchKey(c)]; known {
			r.TypeID = id
			break
		}
	}
	r.Sequence = max(r.Sequence, g.main.Sequence)
	if p := im.times(r, g.main); p != nil {
		return nil, p
	}
	tell(&r.Details, g.main)
	r.Overrides = nil
	for _, e := range g.overrides {
		o := storage.Override{Details: r.Details.Clone(), SequenceAhead: e.Sequence - g.main.Sequence}
		original, err := localIn(*e.RecurrenceID, r.Zone, r.Start.IsDay())
		if err != nil {
			return nil, fault(err)
		}
		o.Original = original
		if was := overrideOf(before, original); was != nil {
			o.Details = was.Details.Clone()
			// Never lower than what was told of it already: the series may have been changed here, and is ahead of the file then.
			o.SequenceAhead = max(o.SequenceAhead, before.Sequence+was.SequenceAhead-r.Sequence)
		}
		if o.Start, o.End, err = spanIn(e, r.Zone, r.Start.IsDay()); err != nil {
			return nil, fault(err)
		}
		tell(&o.Details, e)
		r.Overrides = append(r.Overrides, o)
	}
	slices.SortFunc(r.Overrides, func(x, y storage.Override) int { return x.Original.Wall().Compare(y.Original.Wall()) })
	return r, nil
}

// overrideOf gives what differs at an occurrence, nil for nothing.
func overrideOf(r *storage.Reservation, original storage.LocalTime) *storage.Override {
	if r == nil {
		return nil
	}
	i := slices.IndexFunc(r.Overrides, func(o storage.Override) bool { return o.Original == original })
	if i < 0 {
		return nil
	}
	return &r.Overrides[i]
}

// times sets when a reservation takes place. A single event in UTC is put into the workspace's zone; a series stays in
// its own, because its hours follow that zone's clocks.
func (im *importing) times(r *storage.Reservation, e *ical.Event) *storage.Problem {
	series := e.Rule != "" || len(e.Extra) > 0
	r.Zone = e.Start.Zone
	if e.Start.Day || !series && e.Start.Zone == "UTC" {
		r.Zone = im.a.p.Zone
	}
	var err error
	if r.Start, r.End, err = spanIn(e, r.Zone, e.Start.Day); err != nil {
		return fault(err)
	}
	r.Recurrence = nil
	if !series {
		return nil
	}
	r.Recurrence = &storage.Recurrence{Rule: e.Rule}
	for _, list := range []struct {
		from []ical.Time
		to   *[]storage.LocalTime
	}{{e.Except, &r.Recurrence.Except}, {e.Extra, &r.Recurrence.Extra}} {
		for _, t := range list.from {
			l, err := localIn(t, r.Zone, e.Start.Day)
			if err != nil {
				return fault(err)
			}
			*list.to = append(*list.to, l)
		}
	}
	return nil
}

// spanIn gives when an event begins and ends in a zone.
func spanIn(e *ical.Event, zone string, day bool) (start, end storage.LocalTime, err error) {
	if start, err = localIn(e.Start, zone, day); err != nil {
		return start, end, err
	}
	if e.End.IsZero() {
		if day {
			return start, start.AddDays(1), nil
		}
		return start, start, nil
	}
	end, err = localIn(e.End, zone, day)
	return start, end, err
}

// localIn gives a time of a file as a civil time of a zone, or as a date.
func localIn(t ical.Time, zone string, day bool) (storage.LocalTime, error) {
	switch {
	case t.Day || day:
		return storage.LocalDay(storage.DateOf(t.Wall)), nil
	case t.Zone == zone:
		return storage.LocalOf(t.Wall), nil
	}
	at, err := t.Instant()
	if err != nil {
		return storage.LocalTime{}, err
	}
	z, err := storage.Zone(zone)
	if err != nil {
		return storage.LocalTime{}, storage.NewProblem("zone.unknown", "value", zone).Because(err)
	}
	return storage.LocalOf(at.In(z)), nil
}

// tell takes over what an event says. The notes of an event that is not public stay private here.
func tell(d *storage.Details, e *ical.Event) {
	d.Title, d.Address = cut(e.Summary, storage.MaxTitle), cut(e.Location, storage.MaxText)
	notes := cut(e.Description, storage.MaxNotes)
	if e.Class == ical.ClassPrivate || e.Class == ical.ClassConfidential {
		if notes != "" {
			d.PrivateNotes = notes
		}
	} else {
		d.PublicNotes = notes
	}
	d.Link = ""
	if strings.HasPrefix(e.URL, "https://") || strings.HasPrefix(e.URL, "http://") {
		d.Link = e.URL
	}
	switch e.Status {
	case ical.StatusTentative:
		d.Status = storage.ReservationOption
	case ical.StatusCancelled:
		d.Status = storage.ReservationCancelled
	default:
		d.Status = storage.ReservationConfirmed
	}
}

// cut shortens a text that is longer than what is kept.
func cut(text string, limit int) string {
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}
