package ical_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diapason/sync/agenda/ical"
	"diapason/sync/contentline"
)

// told is what a reader says of one event: testdata/readers holds a program of each that says so.
type told struct {
	UID, Summary, Description, Location, URL, Color string
	Status, Class, Transparency, Rule               string
	Sequence                                        int
	Stamp, Created, Modified, Start, End            []moment
	Recurrence, Extra, Except                       []moment
	Categories                                      []string
	Organizer, Attendees                            []guest
	Alarms                                          []reminder
}

// moment is a time on the clock of its zone, and in UTC by what the file says of that zone.
type moment struct{ Wall, Zone, UTC string }

type guest struct{ Address, Name, Answer string }

type reminder struct {
	Seconds int
	Text    string
}

// others are the readers, each with what runs it.
var others = []struct {
	name    string
	command func(t *testing.T) *exec.Cmd
}{
	{"libical", func(t *testing.T) *exec.Cmd { return exec.CommandContext(t.Context(), libical(t)) }},
	{"ical.js", func(t *testing.T) *exec.Cmd {
		icalJS(t)
		return exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "readers", "icaljs.mjs"))
	}},
	{"python-icalendar", func(t *testing.T) *exec.Cmd {
		if out, err := exec.CommandContext(t.Context(), python, "-c", "import icalendar").CombinedOutput(); err != nil {
			missing(t, "python3-icalendar", out)
		}
		return exec.CommandContext(t.Context(), python, filepath.Join("testdata", "readers", "pythonicalendar.py"))
	}},
}

// python is Debian's, which has Debian's packages.
const python = "/usr/bin/python3"

// missing fails: what is compared with nobody is not proven. Whoever works without these readers says so.
func missing(t *testing.T, what string, out []byte) {
	t.Helper()
	if os.Getenv("DIAPASON_WITHOUT_READERS") != "" {
		t.Skipf("%s is missing, and DIAPASON_WITHOUT_READERS is set", what)
	}
	t.Fatalf("%s is missing: run the tests with make test, which installs it, or set DIAPASON_WITHOUT_READERS=1\n%s", what, out)
}

var built struct {
	stdsync.Once
	program string
	out     []byte
	err     error
}

// libical builds the program that reads with libical, once.
func libical(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		var dir string
		if dir, built.err = os.MkdirTemp("", "diapason-libical-"); built.err != nil {
			return
		}
		built.program = filepath.Join(dir, "libical")
		compiler := os.Getenv("CC")
		if compiler == "" {
			compiler = "gcc"
		}
		built.out, built.err = exec.Command(compiler, "-O1", "-Wall", "-Werror", "-o", built.program,
			filepath.Join("testdata", "readers", "libical.c"), "-lical").CombinedOutput()
	})
	if built.err != nil {
		missing(t, "libical-dev", append(built.out, built.err.Error()...))
	}
	return built.program
}

func TestMain(m *testing.M) {
	result := m.Run()
	if built.program != "" {
		if err := os.RemoveAll(filepath.Dir(built.program)); err != nil && result == 0 {
			result = 1
		}
	}
	os.Exit(result)
}

// icalJS sees to it that ical.js is there, in the version that package-lock.json pins: it is installed once per checkout.
func icalJS(t *testing.T) {
	t.Helper()
	dir := filepath.Join("testdata", "readers")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "ical.js", "package.json")); err == nil {
		return
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, "ical.js (nodejs, npm, and the npm registry)", append(out, err.Error()...))
	}
}

// readElsewhere gives what another reader says of a file: the name of the calendar and its events.
func readElsewhere(t *testing.T, cmd *exec.Cmd, file string) (name string, events []told) {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(file), &stderr
	// No reader may depend on where the computer stands.
	cmd.Env = append(os.Environ(), "TZ=America/New_York", "PYTHONIOENCODING=utf-8")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	d := json.NewDecoder(bytes.NewReader(out))
	var head struct{ Name string }
	if err := d.Decode(&head); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		var e told
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		e.Rule = sorted(e.Rule)
		events = append(events, e)
	}
	return head.Name, events
}

// sorted gives the parts of a rule in an order that does not depend on who tells it.
func sorted(rule string) string {
	parts := strings.Split(rule, ";")
	slices.Sort(parts)
	return strings.Join(parts, ";")
}

// colors are the colours that the cases use.
var colors = map[string]string{"": "", "#4169E1": "royalblue"}

// toTell is what every reader must say of an event of ours.
func toTell(t *testing.T, e *ical.Event) told {
	t.Helper()
	x := told{
		UID: e.UID, Summary: contentline.Clean(e.Summary), Description: contentline.Clean(e.Description), Location: contentline.Clean(e.Location),
		URL: e.URL, Color: colors[e.Color], Status: e.Status, Class: e.Class, Rule: sorted(e.Rule), Sequence: e.Sequence,
		Stamp: inUTC(e.Stamp), Created: inUTC(e.Created), Modified: inUTC(e.LastModified),
	}
	if e.Transparent {
		x.Transparency = "TRANSPARENT"
	}
	alone := e.Rule == "" && e.RecurrenceID == nil && len(e.Extra) == 0 || e.Summary == inTheNight
	x.Start = moments(t, alone, e.Start)
	if e.Start.Wall != e.End.Wall {
		x.End = moments(t, alone, e.End)
	}
	x.Extra, x.Except = moments(t, alone, e.Extra...), moments(t, alone, e.Except...)
	if e.RecurrenceID != nil {
		x.Recurrence = moments(t, false, *e.RecurrenceID)
	}
	for _, c := range e.Categories {
		x.Categories = append(x.Categories, contentline.Clean(c))
	}
	if e.Organizer != nil {
		x.Organizer = guests(*e.Organizer)
	}
	x.Attendees = guests(e.Attendees...)
	for _, a := range e.Alarms {
		text := a.Text
		if text == "" {
			text = e.Summary
		}
		x.Alarms = append(x.Alarms, reminder{-int(a.Before.Seconds()), text})
	}
	return x
}

const inUTCForm = "20060102T150405Z"

func inUTC(t time.Time) []moment {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(inUTCForm)
	return []moment{{strings.TrimSuffix(text, "Z"), "UTC", text}}
}

// moments gives times as they must be read: what stands alone is in UTC, the rest in its zone.
func moments(t *testing.T, alone bool, all ...ical.Time) (out []moment) {
	t.Helper()
	for _, x := range all {
		instant, err := x.Instant()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case x.Day:
			out = append(out, moment{Wall: x.Wall.Format("20060102")})
		case alone:
			out = append(out, inUTC(instant)...)
		default:
			out = append(out, moment{x.Wall.Format("20060102T150405"), x.Zone, instant.Format(inUTCForm)})
		}
	}
	return out
}

func guests(all ...ical.Party) (out []guest) {
	for _, p := range all {
		address := "mailto:" + p.Email
		if p.Email == "" {
			address = "invalid:nomail"
		}
		out = append(out, guest{address, p.Name, p.Answer})
	}
	return out
}

func TestOtherReadersReadTheSame(t *testing.T) {
	all := cases()
	whole := []string{"texts", "edges", "parties", "details", "nights of the clocks", "days", "series", "zones"}
	for _, other := range others {
		t.Run(other.name, func(t *testing.T) {
			cmd := other.command(t)
			about := whole
			if other.name != "python-icalendar" {
				// python-icalendar 4 takes an escaped backslash before an n for the end of a line, and cuts a category at
				// its escaped commas.
				about = append(slices.Clone(whole), "backslashes and lists")
			}
			var events []*ical.Event
			for _, a := range about {
				events = append(events, all[a]...)
			}
			readsTheSame(t, cmd, events)
		})
	}
}

// readsTheSame has another reader read events that we write.
func readsTheSame(t *testing.T, cmd *exec.Cmd, events []*ical.Event) {
	t.Helper()
	const name = "Agenda : « salles », l'étage; \"haut\""
	gotName, got := readElsewhere(t, cmd, write(t, ical.Calendar{Name: name, Color: "#336699", Zone: "Europe/Paris", Refresh: time.Hour}, events...))
	if gotName != name {
		t.Errorf("the calendar's name is %q, want %q", gotName, name)
	}
	if len(got) != len(events) {
		t.Fatalf("%d events, want %d", len(got), len(events))
	}
	for i, e := range events {
		if diff := cmp.Diff(toTell(t, e), got[i], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("event %d:\n%s", i, diff)
		}
	}
}
