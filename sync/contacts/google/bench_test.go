package google_test

import (
	"slices"
	"testing"

	"diapason/sync/contacts/book"
	"diapason/sync/contacts/google"
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

// BenchmarkCreateThousandContacts creates 1,000 contacts under the limits that programs have met.
func BenchmarkCreateThousandContacts(b *testing.B) {
	var calls, throttled int
	for b.Loop() {
		r := newRig(b, "Diapason", sandbox.PeopleParams{Limits: sandbox.ObservedPeopleLimits})
		r.Book = r.paced("Diapason", google.UnitsPerMinute)
		for part := range slices.Chunk(persons(1000), r.Capabilities().CreateMax) {
			r.create(part...)
		}
		calls, throttled = calls+r.requests(), throttled+r.Throttled(anne)
	}
	b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
	b.ReportMetric(float64(throttled)/float64(b.N), "429/op")
}
