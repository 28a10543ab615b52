package caldav_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/caldav"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/directory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const paris = `BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
`

// feed puts events into a calendar as our feeds do.
func feed(events ...string) []byte {
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Diapason//essai//FR\nMETHOD:PUBLISH\nX-WR-CALNAME:Essai\n" +
		paris + strings.Join(events, "") + "END:VCALENDAR\n"
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}

func event(uid, title string) string {
	return fmt.Sprintf("BEGIN:VEVENT\nUID:%s\nDTSTAMP:20261101T080000Z\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nSUMMARY:%s\nEND:VEVENT\n", uid, title)
}

// series is a weekly event of which one occurrence was moved.
func series(uid, title string) string {
	return fmt.Sprintf(`BEGIN:VEVENT
UID:%[1]s
DTSTAMP:20261101T080000Z
DTSTART;TZID=Europe/Paris:20261005T180000
DTEND;TZID=Europe/Paris:20261005T200000
RRULE:FREQ=WEEKLY;COUNT=10
SUMMARY:%[2]s
END:VEVENT
BEGIN:VEVENT
UID:%[1]s
DTSTAMP:20261101T080000Z
RECURRENCE-ID;TZID=Europe/Paris:20261026T180000
DTSTART;TZID=Europe/Paris:20261027T180000
DTEND;TZID=Europe/Paris:20261027T200000
SUMMARY:%[2]s (déplacée)
END:VEVENT
`, uid, title)
}

const prefix = "lien-1"

type rig struct {
	*testing.T
	c      *publicationtest.Collection
	target publication.ByEvent
	known  publication.Events
	notes  []publication.Events
}

func newRig(t *testing.T) *rig { return newRigOn(t, "") }

// newRigOn gives the calendar a disk of a size.
func newRigOn(t *testing.T, disk string) *rig {
	r := &rig{T: t, c: publicationtest.StartCalendar(t, disk)}
	r.target = open(t, r.c.URL, publicationtest.Password)
	return r
}

func open(t *testing.T, url, password string) publication.ByEvent {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	target, err := caldav.KindOver(transport).Open(publication.Params{
		Settings: map[string]string{publication.SettingURL: url, publication.SettingUser: publicationtest.User},
		Secrets:  map[string]string{publication.SecretPassword: password},
	})
	if err != nil {
		t.Fatal(err)
	}
	return target.(publication.ByEvent)
}

// put brings a feed about and takes what is known of it over.
func (r *rig) put(feed []byte) error {
	r.Helper()
	known, err := r.target.PutEvents(r.Context(), prefix, r.known, feed, func(e publication.Events) error {
		r.notes = append(r.notes, maps.Clone(e))
		return nil
	})
	r.known = known
	return err
}

func (r *rig) mustPut(feed []byte) {
	r.Helper()
	if err := r.put(feed); err != nil {
		r.Fatal(err)
	}
}

// holds checks what the calendar holds: each text that often.
func (r *rig) holds(want map[string]int) {
	r.Helper()
	all := r.c.Feed()
	for text, n := range want {
		if got := strings.Count(all, text); got != n {
			r.Errorf("%q stands there %d times, want %d\n%s", text, got, n, all)
		}
	}
}

// wants checks what an error says and does, and that it holds no secret.
func wants(t *testing.T, err error, class directory.Class, code string) *storage.Problem {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	e := directory.Classify(err)
	if e.Class != class || e.Problem.Code != code {
		t.Errorf("%v (class %d, %s), want class %d, %s", err, e.Class, e.Problem.Code, class, code)
	}
	if strings.Contains(err.Error()+e.Problem.Error()+e.Answer, publicationtest.Password) {
		t.Errorf("the password is in the error %v", err)
	}
	return e.Problem
}

func TestEventsArePutChangedAndRemovedOneByOne(t *testing.T) {
	r := newRig(t)
	if err := r.target.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.c.Call(http.MethodPut, "autre.ics", string(feed(event("autre@example.org", "Dentiste"))), nil)
	r.mustPut(feed(event("a@example.org", "Visite"), series("b@example.org", "Répétition"), event("c@example.org", "Location")))
	r.holds(map[string]int{"SUMMARY:Visite": 1, "SUMMARY:Répétition": 2, "SUMMARY:Location": 1, "RECURRENCE-ID": 1, "SUMMARY:Dentiste": 1})
	if len(r.known) != 3 {
		t.Fatalf("%d objects known, want 3: a series is one", len(r.known))
	}
	before := maps.Clone(r.known)
	r.mustPut(feed(event("a@example.org", "Visite guidée"), series("b@example.org", "Répétition"), event("d@example.org", "Conseil")))
	r.holds(map[string]int{"SUMMARY:Visite guidée": 1, "SUMMARY:Répétition": 2, "SUMMARY:Location": 0, "SUMMARY:Conseil": 1, "SUMMARY:Dentiste": 1})
	if r.known["b@example.org"] != before["b@example.org"] || r.known["a@example.org"].ETag == before["a@example.org"].ETag {
		t.Error("what changed was not sent, or what did not was")
	}
	known, err := r.target.RemoveEvents(t.Context(), r.known)
	if err != nil || len(known) != 0 {
		t.Fatalf("%v left: %v", known, err)
	}
	r.holds(map[string]int{"BEGIN:VEVENT": 1, "SUMMARY:Dentiste": 1})
}

func TestChangeOfSomebodyElseIsSaidAndNeverOverwritten(t *testing.T) {
	r := newRig(t)
	r.mustPut(feed(event("a@example.org", "Visite"), event("b@example.org", "Répétition"), event("c@example.org", "Location")))
	r.c.Call(http.MethodPut, r.known["a@example.org"].Path, string(feed(event("a@example.org", "Changée ailleurs"))), nil)
	r.c.Call(http.MethodDelete, r.known["b@example.org"].Path, "", nil)
	said := wants(t, r.put(feed(event("a@example.org", "Visite guidée"), event("b@example.org", "Concert"), event("c@example.org", "Location (salle 2)"))),
		directory.Stale, "publication.eventsLeft")
	if said.Args["count"] != "2" || said.Args["titles"] != "Visite guidée, Concert" {
		t.Errorf("%v", said)
	}
	r.holds(map[string]int{"SUMMARY:Changée ailleurs": 1, "SUMMARY:Concert": 0, "SUMMARY:Location (salle 2)": 1})

	wants(t, r.put(feed(event("c@example.org", "Location (salle 2)"))), directory.Stale, "publication.eventsLeft")
	r.holds(map[string]int{"SUMMARY:Changée ailleurs": 1})

	for uid, k := range r.known { // the user asked for our version
		k.ETag = ""
		r.known[uid] = k
	}
	r.mustPut(feed(event("a@example.org", "Visite guidée"), event("b@example.org", "Concert"), event("c@example.org", "Location (salle 2)")))
	r.holds(map[string]int{"SUMMARY:Changée ailleurs": 0, "SUMMARY:Visite guidée": 1, "SUMMARY:Concert": 1, "SUMMARY:Location (salle 2)": 1})
}

func TestObjectOfOursThatNobodyRemembersIsNotOverwritten(t *testing.T) {
	r := newRig(t)
	r.mustPut(feed(event("a@example.org", "Visite")))
	r.known = nil
	wants(t, r.put(feed(event("a@example.org", "Concert"))), directory.Stale, "publication.eventsLeft")
	r.holds(map[string]int{"SUMMARY:Visite": 1, "SUMMARY:Concert": 0})
}

func TestServerThatGoesAwayInTheMiddleForgetsNothing(t *testing.T) {
	r := newRig(t)
	var events []string
	for i := range 120 {
		events = append(events, event(fmt.Sprintf("e%03d@example.org", i), fmt.Sprintf("Visite %03d", i)))
	}
	crash := errors.New("crash")
	_, err := r.target.PutEvents(t.Context(), prefix, nil, feed(events...), func(e publication.Events) error {
		if r.known = maps.Clone(e); len(e) > 50 { // 50 are there, 50 are about to leave
			return crash
		}
		return nil
	})
	if !errors.Is(err, crash) {
		t.Fatal(err)
	}
	r.c.Stop()
	wants(t, r.put(feed(events...)), directory.Offline, "publication.offline")
	r.c.Start()
	events[3] = event("e003@example.org", "Concert")
	r.mustPut(feed(events[:110]...))
	r.holds(map[string]int{"BEGIN:VEVENT": 110, "SUMMARY:Concert": 1, "SUMMARY:Visite 003": 0})
	sent := len(r.notes)
	r.mustPut(feed(events[:110]...))
	if len(r.notes) != sent {
		t.Error("what stands there already was sent again")
	}
}

func TestFeedThatIsCutShortRemovesNothing(t *testing.T) {
	r := newRig(t)
	whole := feed(event("a@example.org", "Visite"), event("b@example.org", "Concert"))
	r.mustPut(whole)
	for _, n := range []int{0, len(whole) / 2, len(whole) - len("END:VCALENDAR\r\n")} {
		wants(t, r.put(whole[:n]), directory.Refused, "publication.cutFeed")
	}
	r.holds(map[string]int{"BEGIN:VEVENT": 2})
}

func TestAddressesThatAreNoCalendarSayWhatToDo(t *testing.T) {
	c := publicationtest.StartCalendar(t, "")
	files := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	root := strings.TrimSuffix(c.URL, publicationtest.User+"/agenda/")
	for what, x := range map[string]struct {
		url, password string
		class         directory.Class
		code          string
	}{
		"wrong password":    {c.URL, "autre", directory.Auth, "publication.auth"},
		"no such calendar":  {root + publicationtest.User + "/absent/", publicationtest.Password, directory.Refused, "publication.missing"},
		"the service":       {root, publicationtest.Password, directory.Refused, "publication.chooseCalendar"},
		"a folder of files": {files.URL, publicationtest.Password, directory.Refused, "publication.notCalendar"},
		"a web page":        {files.Public, publicationtest.Password, directory.Refused, "publication.notDAV"},
	} {
		t.Run(what, func(t *testing.T) {
			said := wants(t, open(t, x.url, x.password).Test(t.Context()), x.class, x.code)
			if x.code == "publication.chooseCalendar" && said.Args["calendars"] != c.URL {
				t.Errorf("%q, want %q", said.Args["calendars"], c.URL)
			}
		})
	}
}

func TestEventThatTheServerRefusesDoesNotHoldTheOthersBack(t *testing.T) {
	r := newRig(t)
	bad := strings.Replace(event("x@example.org", "Impossible"), "DTSTART:20261201T090000Z", "DTSTART:demain", 1)
	said := wants(t, r.put(feed(event("a@example.org", "Visite"), bad, event("b@example.org", "Concert"))), directory.Refused, "publication.eventsRefused")
	if said.Args["count"] != "1" || said.Args["titles"] != "Impossible" {
		t.Errorf("%v", said)
	}
	r.holds(map[string]int{"SUMMARY:Visite": 1, "SUMMARY:Concert": 1, "Impossible": 0})
	r.mustPut(feed(event("a@example.org", "Visite"), event("x@example.org", "Possible"), event("b@example.org", "Concert")))
	r.holds(map[string]int{"BEGIN:VEVENT": 3, "Possible": 1})
}

func TestFullDiskOnTheirSideIsSaidAndEveryEventStays(t *testing.T) {
	r := newRigOn(t, "512k")
	r.mustPut(feed(event("a@example.org", "Visite"), event("b@example.org", "Location")))
	const size = 40_000
	photo := func(i int) (int, string) {
		return r.c.Call(http.MethodPut, fmt.Sprintf("photo-%d.ics", i),
			string(feed(event(fmt.Sprintf("photo-%d", i), strings.Repeat("y", size)))), nil)
	}
	photos := 0
	for status := http.StatusCreated; status == http.StatusCreated; photos++ {
		status, _ = photo(photos)
	}
	large := event("c@example.org", "Concert "+strings.Repeat("x", size))
	wants(t, r.put(feed(event("a@example.org", "Visite"), large)), directory.Refused, "publication.storesNothing")
	for i := range photos {
		r.c.Call(http.MethodDelete, fmt.Sprintf("photo-%d.ics", i), "", nil) // the last one may stand there or not
	}
	r.holds(map[string]int{"SUMMARY:Visite": 1, "SUMMARY:Location": 0}) // what leaves makes room first
	r.mustPut(feed(event("a@example.org", "Visite guidée"), large))
	r.holds(map[string]int{"BEGIN:VEVENT": 2, "SUMMARY:Visite guidée": 1, "SUMMARY:Concert": 1})
	if len(r.known) != 2 {
		t.Errorf("%d objects known, want 2: the trial is gone", len(r.known))
	}
}
