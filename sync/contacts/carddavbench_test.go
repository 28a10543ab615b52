package contacts_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/vcard"
)

// The cards of the comparison with vdirsyncer. A creation is a call of its own in CardDAV, and takes Radicale a tenth of a
// second, more the more cards it holds: as many as are read would take vdirsyncer an hour.
const (
	readAtRadicale    = 10_000
	createdAtRadicale = 1_000
)

// vcardOf is the file of a benchCard, as an address book has it.
func vcardOf(b *testing.B, n int) []byte {
	b.Helper()
	var text bytes.Buffer
	card := fieldmap.Out(new(benchCard(n)), fieldmap.VCard())
	if err := vcard.Encode(&text, vcard.New{UID: fmt.Sprintf("carte-%05d", n), Card: card}); err != nil {
		b.Fatal(err)
	}
	return text.Bytes()
}

// radicaleBench is a workspace whose account is a collection of a real server, over connections of its own.
func radicaleBench(b *testing.B, c *publicationtest.Collection) *bench {
	b.Helper()
	over := http.DefaultTransport.(*http.Transport).Clone()
	b.Cleanup(over.CloseIdleConnections)
	return newBench(b, fieldmap.VCard, func() (book.Book, error) {
		return carddav.Open(carddav.Params{
			BaseURL: c.URL, User: publicationtest.User, Password: publicationtest.Password, Label: carddav.AllContacts, Transport: over,
		})
	})
}

// vdirsyncerOf is vdirsyncer between a folder of its own and a collection.
func vdirsyncerOf(b *testing.B, c *publicationtest.Collection) *publicationtest.Vdirsyncer {
	b.Helper()
	return publicationtest.NewVdirsyncer(b, ".vcf", "", fmt.Sprintf("type = \"carddav\"\nurl = %q\nusername = %q\npassword = %q",
		c.URL, publicationtest.User, publicationtest.Password))
}

// timed gives how long f takes.
func timed(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

// against tells how long we and vdirsyncer took for the same, and the ratio (goal: 0.5).
func against(b *testing.B, what string, ours, theirs time.Duration) {
	b.Helper()
	b.ReportMetric(ours.Seconds(), what+"-s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), what+"-×vdirsyncer")
}

// BenchmarkRadicaleRead reads 10,000 cards of a real Radicale into an empty workspace, and vdirsyncer the same ones into
// an empty folder; then both find that nothing changed. Each pass of ours is the whole engine's, durable on the disk.
func BenchmarkRadicaleRead(b *testing.B) {
	for b.Loop() {
		c := publicationtest.StartRadicale(b, "").AddressBook("carnet", "Carnet")
		var all bytes.Buffer
		for n := range readAtRadicale {
			all.Write(vcardOf(b, n))
		}
		if status, answer := c.Call(http.MethodPut, "", all.String(), http.Header{"Content-Type": {"text/vcard"}}); status != http.StatusCreated {
			b.Fatal(status, answer)
		}
		radicaleBench(b, c).pass() // the server has read its own files by now, for whoever comes first
		r, v := radicaleBench(b, c), vdirsyncerOf(b, c)
		theirs := timed(v.Run)
		run, took := r.pass()
		if run.Totals.Created != readAtRadicale || len(v.Paths()) != readAtRadicale {
			b.Fatalf("%+v; %d files", run.Totals, len(v.Paths()))
		}
		against(b, "first", took, theirs)
		r.unchanged(v, "second")
		b.ReportMetric(0, "ns/op") // setting up is in it
	}
}

// BenchmarkRadicaleCreate creates 1,000 cards at a real Radicale, and vdirsyncer as many in another collection of it; then
// both find that nothing changed. The first of our passes afterwards meets our own cards again.
func BenchmarkRadicaleCreate(b *testing.B) {
	for b.Loop() {
		server := publicationtest.StartRadicale(b, "")
		mine, other := server.AddressBook("carnet", "Carnet"), server.AddressBook("autre", "Autre")
		r, v := radicaleBench(b, mine), vdirsyncerOf(b, other)
		r.keep(benchCards(createdAtRadicale)...)
		for n := range createdAtRadicale {
			name := filepath.Join(v.Folder, fmt.Sprintf("carte-%05d.vcf", n))
			if err := os.WriteFile(name, vcardOf(b, n), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		theirs := timed(v.Run)
		run, took := r.pass()
		if run.Totals.Sent != createdAtRadicale {
			b.Fatalf("%+v", run.Totals)
		}
		against(b, "first", took, theirs)
		r.unchanged(v, "second")
		r.unchanged(v, "third")
		b.ReportMetric(0, "ns/op") // setting up is in it
	}
}

// unchanged has both find that nothing changed.
func (r *bench) unchanged(v *publicationtest.Vdirsyncer, what string) {
	r.Helper()
	theirs := timed(v.Run)
	run, took := r.pass()
	if run.Totals != (storage.Totals{}) {
		r.Fatalf("a pass without changes did something: %+v", run.Totals)
	}
	against(r.B, what, took, theirs)
}
