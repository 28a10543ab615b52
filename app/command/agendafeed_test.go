package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// bookings is a booking service with a number of stays, from the next century so that none is over.
func bookings(t *testing.T, stays *atomic.Int32) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if stays.Load() < 0 {
			w.WriteHeader(http.StatusGone)
			return
		}
		lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gites//Hosting//EN"}
		for i := range stays.Load() {
			lines = append(lines, "BEGIN:VEVENT", fmt.Sprintf("UID:%d@gites.example", i), "DTSTAMP:20260301T080000Z",
				fmt.Sprintf("DTSTART;VALUE=DATE:210007%02d", i+1), fmt.Sprintf("DTEND;VALUE=DATE:210007%02d", i+2), "SUMMARY:Reserved", "END:VEVENT")
		}
		fmt.Fprint(w, strings.Join(append(lines, "END:VCALENDAR", ""), "\r\n")) //nolint:errcheck // the client may be gone
	}))
	t.Cleanup(server.Close)
	return server.URL + "/ical/secret-part.ics"
}

func TestOutsideCalendarIsAddedReadListedAndRemoved(t *testing.T) {
	sh := newShell(t)
	var stays atomic.Int32
	stays.Store(3)
	secret := sh.file("adresse.txt", bookings(t, &stays)+"\n")
	doc := sh.ok("agenda", "feed", "add", "--name", "Gîte", "--type", "Séjour", "--address", "@"+secret)
	wantNumbers(t, doc, map[string]float64{"created": 3, "removed": 0})
	wantNumbers(t, sh.ok("agenda", "feed", "read", "gite"), map[string]float64{"created": 0, "unchanged": 0})
	stays.Store(4)
	wantNumbers(t, sh.ok("agenda", "feed", "read", "Gîte"), map[string]float64{"created": 1, "unchanged": 3})

	stays.Store(0)
	o := sh.run("agenda", "feed", "read", "Gîte", "--json")
	if o.code != ExitFailures {
		t.Errorf("emptied: exit %d, %s", o.code, o.stderr)
	}
	wantNumbers(t, o.document(t), map[string]float64{"doubted": 4, "removed": 0})
	wantNumbers(t, sh.ok("agenda", "feed", "read", "Gîte", "--trust"), map[string]float64{"doubted": 0, "removed": 4})

	stays.Store(-1)
	if o := sh.run("agenda", "feed", "read", "Gîte", "--json"); o.code != ExitFailures || o.document(t)["problem"] != "outsideFeed.gone" {
		t.Errorf("gone: exit %d, %s", o.code, o.stdout)
	}
	listed := sh.run("agenda", "feed", "list", "--json")
	if strings.Contains(listed.stdout, "secret-part") || !strings.Contains(listed.stdout, "outsideFeed.gone") {
		t.Errorf("listed: %s", listed.stdout)
	}
	wantNumbers(t, sh.ok("agenda", "feed", "remove", "Gîte"), map[string]float64{"reservations": 0})
	if found := sh.ok("verify")["violations"].([]any); len(found) != 0 {
		t.Errorf("violations: %v", found)
	}
}

func TestMistakesAboutOutsideCalendarsKeepNothing(t *testing.T) {
	sh := newShell(t)
	for _, args := range [][]string{
		{"--name", "Gîte", "--type", "Séjour", "--address", "gite"},
		{"--name", "Gîte", "--type", "Yourte", "--address", "webcal://gites.example/a.ics"},
		{"--name", "Gîte", "--type", "Séjour", "--address", "@" + os.DevNull},
		{"--name", "Gîte", "--type", "Séjour", "--address", "webcal://gites.example/a.ics", "--every", "1"},
		{"--name", "Gîte", "--type", "Séjour"},
	} {
		if o := sh.run(append([]string{"agenda", "feed", "add"}, args...)...); o.code != ExitUsage {
			t.Errorf("%v: exit %d, %s", args, o.code, o.stderr)
		}
	}
	if all := sh.ok("agenda", "feed", "list")["feeds"].([]any); len(all) != 0 {
		t.Errorf("kept: %v", all)
	}
}
