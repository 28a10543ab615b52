package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestManualsExamplesWork runs the examples of docs/cli.md from top to bottom on one workspace: exit codes and the keys
// of the documents are those that the manual shows.
func TestManualsExamplesWork(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	sh := newShell(t)
	sh.file("etablissements.csv", threeShops)
	sh.calendar("agenda")
	sh.file("carnet.vcf", oneCard)
	t.Chdir(sh.dir)
	examples := 0
	for _, block := range consoleBlock.FindAllStringSubmatch(string(raw), -1) {
		lines := strings.Split(strings.TrimSpace(block[1]), "\n")
		for i := 0; i+1 < len(lines); i += 2 {
			examples++
			shown := lines[i+1]
			args := strings.Fields(strings.TrimPrefix(lines[i], "$ diapason "))
			o := sh.run(args...)
			if strings.HasPrefix(shown, "exit 2") {
				if o.code != ExitUsage {
					t.Errorf("%s: exit %d, the manual says 2\n%s", lines[i], o.code, o.stderr)
				}
				continue
			}
			if o.code != ExitDone {
				t.Errorf("%s: exit %d\n%s", lines[i], o.code, o.stderr)
				continue
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(shown), &want); err != nil {
				t.Fatalf("%s: %v", lines[i], err)
			}
			compareDocuments(t, lines[i], want, o.document(t))
		}
	}
	if examples < 20 {
		t.Errorf("only %d examples were found", examples)
	}
}

// compareDocuments wants the same keys, and the same numbers and flags; texts with … and lists may be anything.
func compareDocuments(t *testing.T, command string, want, got map[string]any) {
	t.Helper()
	for key, w := range want {
		g, ok := got[key]
		if !ok {
			t.Errorf("%s: no key %s", command, key)
			continue
		}
		switch w.(type) {
		case float64, bool:
			if g != w {
				t.Errorf("%s: %s is %v, the manual says %v", command, key, g, w)
			}
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s: key %s is not in the manual", command, key)
		}
	}
}
