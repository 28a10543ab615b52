package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// topLevel is all that may stand beside main.go, dot-files excepted (docs/architecture.md).
var topLevel = []string{
	"main.go", "main_screentree.go", "house_test.go", "words_test.go", "main_test.go", "Makefile", "LICENSE", "CHANGELOG.md", "README.md", "FyneApp.toml",
	"go.mod", "go.sum", "docs", "app", "widgets", "sync", "storage", "assets",
}

// arrows says, per room at the top, which of our rooms it may import. A room may always import itself.
var arrows = map[string][]string{
	"storage": nil,
	"assets":  nil,
	"sync":    {"storage"},
	"widgets": {"assets"},
	"app":     {"widgets", "sync", "storage", "assets"},
	"":        {"app", "widgets", "sync", "storage", "assets"}, // main
}

// withFyne are the only rooms that may know the toolkit.
var withFyne = []string{"app", "widgets"}

// fences are narrower rules inside a room: a package (or everything below it, with a trailing slash) and the imports
// that would break its reason for being. They hold for shipped code; tests may reach further.
var fences = []struct {
	where, forbidden, why string
}{
	{"sync/", "diapason/storage/bolt", "the engine works on any Store; main chooses the implementation"},
	{"sync/timetable", "os", "when a schedule is due is a pure function"},
	{"sync/timetable", "net/http", "when a schedule is due is a pure function"},
	{"sync/timetable", "context", "when a schedule is due is a pure function"},
	{"sync/agenda/recurrence", "os", "when a reservation takes place is a pure function"},
	{"sync/agenda/recurrence", "net/http", "when a reservation takes place is a pure function"},
	{"sync/agenda/recurrence", "context", "when a reservation takes place is a pure function"},
	{"sync/agenda/ical", "os", "a calendar is bytes, wherever they come from"},
	{"sync/agenda/ical", "net/http", "a calendar is bytes, wherever they come from"},
	{"sync/contacts/vcard", "os", "a card is bytes, wherever they come from"},
	{"sync/contacts/vcard", "net/http", "a card is bytes, wherever they come from"},
	{"sync/merge", "net/http", "merging is a pure function"},
	{"sync/merge", "os", "merging is a pure function"},
	{"sync/merge", "math/rand/v2", "merging is a pure function"},
	{"sync/merge", "math/rand", "merging is a pure function"},
	{"sync/merge", "context", "merging is a pure function"},
	{"app/command", "fyne.io/fyne/v2", "commands run where there is no display"},
	{"app/command", "diapason/widgets", "commands run where there is no display"},
	{"app/demo", "fyne.io/fyne/v2", "the demonstration runs where there is no display"},
	{"app/demo", "diapason/widgets", "the demonstration runs where there is no display"},
	{"app/instance", "fyne.io/fyne/v2", "whoever starts second has no window"},
	{"app/instance", "diapason/widgets", "whoever starts second has no window"},
	{"app/say", "fyne.io/fyne/v2", "commands say things too"},
	{"app/say", "diapason/widgets", "commands say things too"},
	{"app/establishments/list", "fyne.io/fyne/v2", "what the list knows is tested without a window"},
	{"app/establishments/list", "diapason/widgets", "what the list knows is tested without a window"},
	{"app/agenda/book", "fyne.io/fyne/v2", "what the agenda knows is tested without a window"},
	{"app/agenda/book", "diapason/widgets", "what the agenda knows is tested without a window"},
	{"app/importwizard/flow", "fyne.io/fyne/v2", "what the assistant knows is tested without a window"},
	{"app/importwizard/flow", "diapason/widgets", "what the assistant knows is tested without a window"},
	{"widgets/", "net/http", "widgets show and report, they fetch nothing"},
	{"", "fyne.io/fyne/v2", "main composes; the window is app/shell's"},
}

// source is one parsed Go file of the house.
type source struct {
	path string // with slashes, from the top: "sync/merge/plan.go"
	file *ast.File
	set  *token.FileSet
}

func (s source) dir() string {
	if d := path.Dir(s.path); d != "." {
		return d
	}
	return ""
}

// room is the top-level folder, "" for package main.
func (s source) room() string {
	room, _, _ := strings.Cut(s.dir(), "/")
	return room
}

// isTest tells what is never shipped: tests, and the conformance suites (storagetest, directorytest).
func (s source) isTest() bool {
	return strings.HasSuffix(s.path, "_test.go") || strings.HasSuffix(s.dir(), "test")
}

func (s source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

// sources parses every Go file below the top, whatever its build tags.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(set, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, source{path: filepath.ToSlash(p), file: f, set: set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestHouseHasNothingElseAtTheTop(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		// What building and measuring leave behind is not kept (.gitignore).
		built := e.Name() == "diapason" || slices.Contains([]string{".exe", ".test", ".prof"}, path.Ext(e.Name()))
		if !strings.HasPrefix(e.Name(), ".") && !built && !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s stands at the top: put it into the room where its reader would look for it", e.Name())
		}
	}
}

func TestHouseArrowsPointDownwards(t *testing.T) {
	for _, s := range sources(t) {
		for _, spec := range s.file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := forbidden(s, imported); why != "" {
				t.Errorf("%s imports %s: %s", s.at(spec), imported, why)
			}
		}
	}
}

// forbidden gives the reason why the file may not import the package, "" when it may.
func forbidden(s source, imported string) string {
	if strings.HasPrefix(imported, "fyne.io/") && s.room() != "" && !slices.Contains(withFyne, s.room()) {
		return "Fyne is known in app and widgets only"
	}
	if ours, ok := strings.CutPrefix(imported, "diapason/"); ok {
		room, _, _ := strings.Cut(ours, "/")
		input := s.isTest() && imported == "diapason/assets/demo" // the register's workbook is a test's input anywhere
		if !input && room != s.room() && !slices.Contains(arrows[s.room()], room) {
			return "no arrow goes from " + s.room() + " to " + room
		}
	}
	if s.isTest() {
		return ""
	}
	for _, f := range fences {
		in := s.dir() == f.where || strings.HasSuffix(f.where, "/") && strings.HasPrefix(s.dir()+"/", f.where)
		if in && (imported == f.forbidden || strings.HasPrefix(imported, f.forbidden+"/")) {
			return f.why
		}
	}
	return ""
}

// readsClock are the files below sync and storage that may ask the machine what time it is, and why: everything else is
// given a clock, so that tests set it forward, back, and to the nights when clocks are changed.
var readsClock = map[string]string{
	"sync/clock.go":                           "the clock itself",
	"sync/sandbox/trial.go":                   "the emulator's clock, when it is given none: it is another machine's",
	"sync/directory/googlefile/googlefile.go": "the connector's clock, when it is given none",
	"sync/directory/trial/call.go":            "the moment of an answer, for a server that does not tell its own",
	"sync/dav/web.go":                         "the moment of an answer, for a server that does not tell its own",
	"storage/bolt/open.go":                    "the store's clock, when it is given none",
	"storage/bolt/restore.go":                 "names what is put aside, before there is a store",
}

func TestHouseReadsTheClockInOnePlace(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.isTest() || s.room() != "sync" && s.room() != "storage" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := call.X.(*ast.Ident)
			if !ok || pkg.Name != "time" || !slices.Contains([]string{"Now", "Since", "Until"}, call.Sel.Name) {
				return true
			}
			if readsClock[s.path] == "" {
				t.Errorf("%s reads the machine's clock (time.%s): it must be given one", s.at(n), call.Sel.Name)
			}
			used[s.path] = true
			return true
		})
	}
	for file := range readsClock {
		if !used[file] {
			t.Errorf("%s reads the clock no more: it needs no exception", file)
		}
	}
}

func TestHouseRoomsAreKnown(t *testing.T) {
	for _, s := range sources(t) {
		if _, ok := arrows[s.room()]; !ok {
			t.Errorf("%s stands in a room that nobody has drawn", s.path)
		}
	}
}

func TestHouseHasNoRoomForOddsAndEnds(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range append(strings.Split(s.dir(), "/"), strings.TrimSuffix(path.Base(s.path), ".go"), s.file.Name.Name) {
			switch part {
			case "util", "utils", "common", "helper", "helpers", "manager", "misc", "base":
				t.Errorf("%s: %q says nothing of what lives there", s.path, part)
			}
		}
	}
}

func TestHousePackagesSayWhatLivesThere(t *testing.T) {
	described, shipped := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		shipped[s.dir()] = true
		if s.file.Doc != nil && len(strings.Fields(s.file.Doc.Text())) > 5 {
			described[s.dir()] = true
		}
	}
	for dir := range shipped {
		if !described[dir] {
			t.Errorf("package %q has no comment that says what lives there", dir)
		}
	}
}

// TestHousePlanNamesEveryRoom compares docs/architecture.md with what is there, both ways.
func TestHousePlanNamesEveryRoom(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if room, ok := strings.CutPrefix(line, "| `"); ok {
			room, _, _ = strings.Cut(room, "`")
			drawn[room] = true
		}
	}
	there := map[string]bool{"main.go": true}
	for _, s := range sources(t) {
		if s.dir() != "" {
			there[s.dir()] = true
		}
	}
	for room := range there {
		if !drawn[room] {
			t.Errorf("docs/architecture.md says nothing of %s", room)
		}
	}
	for room := range drawn {
		if !there[room] {
			t.Errorf("docs/architecture.md describes %s, which is not there", room)
		}
	}
}

// proof is one command of docs/reliability.md: the tests it runs and the packages it runs them in.
var proof = regexp.MustCompile("^`go test -tags migrated_fynedo -run '([^']+)'((?: \\.[a-z/]*)+)`$")

// named is a test in a table of docs/reliability.md.
var named = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`")

// target is a target of the Makefile, as documents name it.
var target = regexp.MustCompile("`make ([a-z-]+)[^`]*`")

// TestHouseProvesWhatItPromises compares docs/reliability.md with what is there: each of the 48 rules stands there once,
// in its order, with a command or among those that are not held yet; what a command names exists, and it names nothing
// in vain.
func TestHouseProvesWhatItPromises(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	held, later, _ := strings.Cut(string(raw), "## Not yet")
	tests := testsByPackage(t)
	proven, last := map[string]bool{}, 0
	for rule := range strings.SplitSeq(held, "\n**R") {
		name, promise, ok := strings.Cut(rule, " · ")
		number, err := strconv.Atoi(name)
		if !ok || err != nil {
			continue // what precedes the first rule
		}
		if number <= last {
			t.Errorf("R%d stands after R%d", number, last)
		}
		last, proven[name] = number, true
		command := strings.Split(promise, "\n")[1]
		if !proof.MatchString(command) {
			t.Errorf("R%s is followed by no command: %q", name, command)
		}
	}
	promise := ""
	for line := range strings.SplitSeq(held, "\n") {
		if strings.HasPrefix(line, "**") {
			promise, _, _ = strings.Cut(strings.TrimPrefix(line, "**"), "**")
		}
		m := proof.FindStringSubmatch(line)
		if m != nil {
			checkProof(t, promise, strings.Split(m[1], "|"), strings.Fields(m[2]), tests)
		} else if strings.HasPrefix(line, "`go test") {
			t.Errorf("%s: no command that can be read: %s", promise, line)
		}
	}
	all := slices.Concat(slices.Collect(maps.Values(tests))...)
	for _, m := range named.FindAllStringSubmatch(held, -1) {
		if !slices.Contains(all, m[1]) {
			t.Errorf("%s stands nowhere", m[1])
		}
	}
	for n := 1; n <= 48; n++ {
		name := strconv.Itoa(n)
		put := strings.Contains(later, "\n- **R"+name+"**")
		if both := proven[name] && put; both || !proven[name] && !put {
			t.Errorf("R%d: proven %t, not yet %t", n, proven[name], put)
		}
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range target.FindAllStringSubmatch(string(raw), -1) {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("make %s is not in the Makefile", m[1])
		}
	}
}

// checkProof finds each test in one of the packages, and in each package one of the tests.
func checkProof(t *testing.T, rule string, names, packages []string, tests map[string][]string) {
	t.Helper()
	found := map[string]bool{}
	for _, p := range packages {
		used := false
		for _, name := range names {
			if slices.Contains(tests[p], name) {
				found[name], used = true, true
			}
		}
		if !used {
			t.Errorf("%s: none of its tests stands in %s", rule, p)
		}
	}
	for _, name := range names {
		if !found[name] {
			t.Errorf("%s: %s stands in none of %s", rule, name, strings.Join(packages, ", "))
		}
	}
}

// testsByPackage lists the tests and fuzz targets of each package, by its path as "go test" takes it.
func testsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, s := range sources(t) {
		if !strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		where := "."
		if s.dir() != "" {
			where = "./" + s.dir()
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
				all[where] = append(all[where], f.Name.Name)
			}
		}
	}
	return all
}
