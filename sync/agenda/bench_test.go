package agenda_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

// many is how many reservations the figures are taken with: a year of a busy house, one in twenty a series.
const many = 10_000

// fill keeps the reservations of a year from 1 September 2025 on, and gives the id of one in March 2026.
func (r *rig) fill(n int) (some string) {
	r.Helper()
	first := local("2025-09-01T08:00")
	for from := 0; from < n; from += 1000 {
		r.must(r.store.Update(r.ctx, func(tx storage.Writer) error {
			for i := from; i < min(from+1000, n); i++ {
				res := r.reservation(fmt.Sprintf("Réservation %d", i), first.AddDays(i*365/n).Add(time.Duration(i%12)*time.Hour).String())
				res.ResourceID, res.Address = r.room.ID, "12 rue de l’Exemple, 76000 Rouen"
				res.PublicNotes = "Apporter ses partitions.\nEntrée par la cour."
				if i%20 == 0 {
					res.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=30"}
				}
				if err := r.WriteReservation(tx, nil, res, agenda.Cause{Actor: storage.ActorUser}); err != nil {
					return err
				}
				if i == n*52/100+1 {
					some = res.ID
				}
			}
			return nil
		}))
	}
	return some
}

// BenchmarkChangeToNewBody measures from the commit of an edit until a client gets the feed that shows it.
func BenchmarkChangeToNewBody(b *testing.B) {
	r := newRig(b)
	id := r.fill(many)
	r.must(r.Start(r.ctx))
	l := r.Draft(r.owner.ID)
	l.Label = "Tout"
	r.must(r.AddLink(r.ctx, l))
	last := r.until(l, func(a answer) bool { return a.status == http.StatusOK })
	u, err := r.URLs(r.ctx, l.ID)
	r.must(err)
	worst := time.Duration(0)
	for n := 0; b.Loop(); n++ {
		r.edit(id, "", recurrence.All, func(d *recurrence.Draft) { d.Title = fmt.Sprintf("Titre %d", n) })
		begin := time.Now()
		tag := last.header.Get("ETag")
		for {
			if last = r.fetch(u.Loopback, "If-None-Match", tag); last.status == http.StatusOK {
				break
			}
		}
		worst = max(worst, time.Since(begin))
		if !strings.Contains(last.body, fmt.Sprintf("Titre %d", n)) {
			b.Fatal("the new feed does not show the change")
		}
	}
	b.ReportMetric(float64(worst.Milliseconds()), "worst-ms")
	b.ReportMetric(float64(len(last.body))/1e6, "MB")
}

// BenchmarkMonth measures what a page of the month view asks.
func BenchmarkMonth(b *testing.B) {
	r := newRig(b)
	r.fill(many)
	from, _ := week()
	n := 0
	for b.Loop() {
		page, err := r.Occurrences(r.ctx, agenda.Query{From: from, To: from.AddDate(0, 0, 35)})
		r.must(err)
		n = len(page.Items)
	}
	b.ReportMetric(float64(n), "occurrences")
}
