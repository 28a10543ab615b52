package google_test

import (
	"slices"
	"testing"
	"time"

	"diapason/sync/contacts/book"
	"diapason/sync/sandbox"
)

// BenchmarkReadTenThousandContacts reads 10,000 contacts whole, in pages, from the emulator in memory. What that
// takes to pass its answers on is in the figure, what it takes to compose them is not.
func BenchmarkReadTenThousandContacts(b *testing.B) {
	const many = 10_000
	r := newRig(b, "Diapason", sandbox.PeopleParams{})
	for part := range slices.Chunk(persons(many), r.Capabilities().CreateMax) {
		r.create(part...)
	}
	r.read("")
	for b.Loop() {
		if entries, _ := r.read(""); len(entries) != many {
			b.Fatalf("%d contacts", len(entries))
		}
	}
	b.ReportMetric(float64(many*b.N)/b.Elapsed().Seconds(), "contacts/s")
}

// BenchmarkNothingChangedInTenThousandContacts reads since the last reading.
func BenchmarkNothingChangedInTenThousandContacts(b *testing.B) {
	r := newRig(b, "Diapason", sandbox.PeopleParams{})
	for part := range slices.Chunk(persons(10_000), r.Capabilities().CreateMax) {
		r.create(part...)
	}
	_, page := r.read("")
	before := r.requests()
	for b.Loop() {
		var entries []book.Entry
		if entries, page = r.read(page.State); len(entries) != 0 {
			b.Fatalf("%d contacts", len(entries))
		}
	}
	b.ReportMetric(float64(r.requests()-before)/float64(b.N), "calls/op")
}

// BenchmarkCreateThousandContacts creates 1,000 contacts under the limits that programs have met, at the pace that the
// connector declares: by a clock of its own, whose minutes are reported.
func BenchmarkCreateThousandContacts(b *testing.B) {
	var calls, throttled int
	var took time.Duration
	for b.Loop() {
		r := newRig(b, "Diapason", sandbox.PeopleParams{Limits: sandbox.ObservedPeopleLimits})
		every := time.Duration(float64(time.Second) / r.Capabilities().RatePerSecond)
		begun := r.now
		for part := range slices.Chunk(persons(1000), r.Capabilities().CreateMax) {
			r.create(part...)
			r.now = r.now.Add(every)
		}
		calls, throttled, took = calls+r.requests(), throttled+r.Throttled(anne), took+r.now.Sub(begun)
	}
	n := float64(b.N)
	b.ReportMetric(float64(calls)/n, "calls/op")
	b.ReportMetric(float64(throttled)/n, "429/op")
	b.ReportMetric(took.Seconds()/n, "paced-s/op")
}
