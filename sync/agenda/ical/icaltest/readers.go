// Package icaltest has others read our calendars: libical, ical.js and python-icalendar, three programs that share no line
// with each other or with us. It is part of tests only, those of the writer and those of whatever gives calendars away.
//
// A reader that the machine does not have makes the test fail, with the package that is missing (.ci/packages installs
// them): what is compared with nobody is not proven. Whoever works without them sets DIAPASON_WITHOUT_READERS.
package icaltest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Told is what a reader says of one event; testdata holds the program of each that says so.
type Told struct {
	UID, Summary, Description, Location, URL, Color string
	Status, Class, Transparency, Rule               string
	Sequence                                        int
	Stamp, Created, Modified, Start, End            []Moment
	Recurrence, Extra, Except                       []Moment
	Categories                                      []string
	Organizer, Attendees                            []Guest
	Alarms                                          []Reminder
}

// Moment is a time on the clock of its zone, and in UTC by what the file says of that zone.
type Moment struct{ Wall, Zone, UTC string }

// Guest is somebody who takes part.
type Guest struct{ Address, Name, Answer string }

// Reminder is an alarm: how many seconds after the start, negative before it.
type Reminder struct {
	Seconds int
	Text    string
}

// Reader is one of the programs.
type Reader struct {
	Name    string
	command []string
}

// The names of the readers.
const (
	Libical   = "libical"
	ICalJS    = "ical.js"
	ICalendar = "python-icalendar"
)

// python is Debian's, which has Debian's packages.
const python = "/usr/bin/python3"

// Readers makes the three ready, for as long as the test goes on.
func Readers(t testing.TB) []Reader {
	t.Helper()
	dir := programs(t)
	icalJS(t, dir)
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import icalendar").CombinedOutput(); err != nil {
		missing(t, "python3-icalendar", out)
	}
	return []Reader{
		{Name: Libical, command: []string{libical(t, dir)}},
		{Name: ICalJS, command: []string{"node", filepath.Join(dir, "icaljs.mjs")}},
		{Name: ICalendar, command: []string{python, filepath.Join(dir, "pythonicalendar.py")}},
	}
}

// Read gives what the reader says of a file: the name of the calendar and its events.
func (r Reader) Read(t testing.TB, file string) (name string, events []Told) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), r.command[0], r.command[1:]...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(file), &stderr
	// No reader may depend on where the computer stands.
	cmd.Env = append(os.Environ(), "TZ=America/New_York", "PYTHONIOENCODING=utf-8")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.Name, err, stderr.Bytes())
	}
	d := json.NewDecoder(bytes.NewReader(out))
	var head struct{ Name string }
	if err := d.Decode(&head); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		var e Told
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		e.Rule = Sorted(e.Rule)
		events = append(events, e)
	}
	return head.Name, events
}

// Sorted gives the parts of a rule in an order that does not depend on who tells it.
func Sorted(rule string) string {
	parts := strings.Split(rule, ";")
	slices.Sort(parts)
	return strings.Join(parts, ";")
}

func missing(t testing.TB, what string, out []byte) {
	t.Helper()
	if os.Getenv("DIAPASON_WITHOUT_READERS") != "" {
		t.Skipf("%s is missing, and DIAPASON_WITHOUT_READERS is set", what)
	}
	t.Fatalf("%s is missing: run the tests with make test, which installs it, or set DIAPASON_WITHOUT_READERS=1\n%s", what, out)
}

// programs finds the folder of the readers' programs from the one of the test, which is another package's.
func programs(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "sync", "agenda", "ical", "icaltest", "testdata")
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("the test is not run in a checkout")
		}
		dir = up
	}
}

// libical builds the program that reads with libical.
func libical(t testing.TB, dir string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "libical")
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "gcc"
	}
	out, err := exec.CommandContext(t.Context(), compiler, "-O1", "-Wall", "-Werror", "-o", program,
		filepath.Join(dir, "libical.c"), "-lical").CombinedOutput()
	if err != nil {
		missing(t, "libical-dev", append(out, err.Error()...))
	}
	return program
}

// icalJS sees to it that ical.js is there, in the version that package-lock.json pins: it is installed once per checkout,
// beside and then moved into place, because the tests of several packages may want it at the same time.
func icalJS(t testing.TB, dir string) {
	t.Helper()
	place := filepath.Join(dir, "node_modules")
	there := func() bool {
		_, err := os.Stat(filepath.Join(place, "ical.js", "package.json"))
		return err == nil
	}
	if there() {
		return
	}
	beside, err := os.MkdirTemp(dir, "node_modules")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(beside); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(beside, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund")
	install.Dir = beside
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, "ical.js (nodejs, npm, and the npm registry)", append(out, err.Error()...))
	}
	err = os.Rename(filepath.Join(beside, "node_modules"), place)
	if err != nil && !(there() && !errors.Is(err, fs.ErrPermission)) {
		t.Fatal(err)
	}
}
