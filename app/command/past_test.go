package command

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sent gives a shell whose two establishments were published to a folder, edited by a second import and published again;
// and the run of that second publication.
func sent(t *testing.T) (*shell, string) {
	t.Helper()
	sh := newShell(t)
	out := filepath.Join(sh.dir, "carte")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	const head = "identifier;status;name;streetAndNumber;zip;city;country;lat;lng;phone\n"
	first := sh.file("un.csv", head+
		"H1;active;Hôtel des Écluses;1 rue de Rivoli;75001;Paris;FR;48.86;2.34;01 42 60 12 34\n"+
		"H2;active;Hôtel du Port;2 rue de Rivoli;75001;Paris;FR;48.86;2.35;01 42 60 12 34\n")
	sh.ok("import", "establishments", first)
	sh.ok("account", "add", "directory.geojson", "--name", "Carte", "--set", "folder="+out)
	sh.ok("sync", "--all")
	second := sh.file("deux.csv", "identifier;phone\nH1;01 42 60 99 99\nH2;01 42 60 99 99\n")
	sh.ok("import", "establishments", second)
	return sh, sh.ok("sync", "--all")["run"].(string)
}

func (sh *shell) entries(args ...string) int {
	sh.t.Helper()
	return len(sh.ok(append([]string{"journal"}, args...)...)["entries"].([]any))
}

func TestJournalIsSearched(t *testing.T) {
	sh, _ := sent(t)
	all := sh.entries()
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"--search", "ecluses"}, all / 2}, // neither accents nor capitals matter
		{[]string{"--search", "99 99"}, 0},         // values are looked for as they are kept
		{[]string{"--search", "+33142609999"}, 4},  // two edits, two sendings
		{[]string{"--search", "carte"}, 4},         // the account's sendings
		{[]string{"--account", "Carte"}, 4},
		{[]string{"--account", "Carte", "--establishment", "H1"}, 2},
		{[]string{"--until", "2020-01-01"}, 0},
		{[]string{"--since", "1h"}, all},
		{[]string{"--limit", "3"}, 3},
		{[]string{"--search", "introuvable"}, 0},
	} {
		if got := sh.entries(c.args...); got != c.want {
			t.Errorf("journal %s: %d entries, want %d", strings.Join(c.args, " "), got, c.want)
		}
	}
	if o := sh.run("journal", "--account", "Personne"); o.code != ExitUsage {
		t.Errorf("unknown account: exit %d", o.code)
	}
}

func TestSupportFileIsWrittenOnce(t *testing.T) {
	sh, _ := sent(t)
	path := filepath.Join(sh.dir, "assistance.zip")
	if got := sh.ok("journal", "--support", path, "--since", "7d")["file"]; got != path {
		t.Errorf("file %v", got)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = string(text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(texts["journal.jsonl"], "Hôtel du Port") || !strings.Contains(texts["versions.json"], "1.2.3") {
		t.Errorf("it holds %v", texts)
	}
	if o := sh.run("journal", "--support", path); o.code == ExitDone || !strings.Contains(o.stderr, "existe déjà") {
		t.Errorf("a second one: exit %d\n%s", o.code, o.stderr)
	}
}

func TestUndoOfAPublicationPublishesTheOldValuesAgain(t *testing.T) {
	sh, run := sent(t)
	// A later import changes one of the values.
	sh.ok("import", "establishments", sh.file("trois.csv", "identifier;phone\nH2;01 42 60 11 11\n"))
	o := sh.run("undo", run, "--json")
	if o.code != ExitFailures {
		t.Fatalf("exit %d\n%s", o.code, o.stderr)
	}
	doc := o.document(t)
	wantNumbers(t, doc, map[string]float64{"restored": 1, "conflicts": 1, "sent": 1, "deleted": 0})
	left := doc["left"].([]any)
	if len(left) != 1 || left[0].(map[string]any)["now"] != "+33142601111" || left[0].(map[string]any)["name"] != "Hôtel du Port" {
		t.Errorf("left %v", left)
	}
	files, err := filepath.Glob(filepath.Join(sh.dir, "carte", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("files %v %v", files, err)
	}
	shown := false
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		shown = shown || strings.Contains(string(raw), "+33142601234") || strings.Contains(string(raw), "+33 1 42 60 12 34")
	}
	if !shown {
		t.Error("the old phone is not shown again")
	}
}

func TestJournalSinceReadsDatesAndSpans(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "36h": now.Add(-36 * time.Hour), "7d": now.AddDate(0, 0, -7), "2026-01-31T08:00:00Z": time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC),
	} {
		if got, err := readSince(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
}
