package openinghours

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The oracle is the JavaScript evaluator that OpenStreetMap's own tools use. It is LGPL-3.0-only: this test runs it in
// a process of its own, and it is never shipped.
const (
	oraclePackage = "opening_hours"
	oracleVersion = "3.14.0"
)

// oracleScript reads a JSON list of texts and answers, for each, the open intervals of the two weeks asked for, in
// minutes since their beginning.
const oracleScript = `
const OpeningHours = require('opening_hours');
const {texts, from, to} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const a = new Date(from), b = new Date(to), minutes = d => (d - a) / 60000;
console.log(JSON.stringify(texts.map(text => {
  try { return {open: new OpeningHours(text, null).getOpenIntervals(a, b).map(i => [minutes(i[0]), minutes(i[1])])}; }
  catch (e) { return {error: String(e)}; }
})));
`

type oracleAnswer struct {
	Open  [][2]int `json:"open"`
	Error string   `json:"error"`
}

func TestOpenStreetMapsEvaluatorOpensAndClosesWhenWeDo(t *testing.T) {
	dir := oracleDir(t)
	from := time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 0, 14)
	gen := anyHours()
	var all []Hours
	var texts []string
	for seed := range 400 {
		// Without known hours OpenStreetMap has nothing to answer for the days that bear no date.
		if h := gen.Example(seed); OSMText(h) != "" {
			all, texts = append(all, h), append(texts, OSMText(h))
		}
	}
	answers := askOracle(t, dir, texts, from, to)
	if len(answers) != len(texts) {
		t.Fatalf("%d answers to %d texts", len(answers), len(texts))
	}
	for i, a := range answers {
		if a.Error != "" {
			t.Errorf("%s: %s", texts[i], a.Error)
			continue
		}
		for at := from; at.Before(to); at = at.Add(15 * time.Minute) {
			if got, want := OpenAt(all[i], at), a.at(int(at.Sub(from)/time.Minute)); got != want {
				t.Errorf("%s\non %s: we say open=%v, the evaluator %v", texts[i], at.Format("Mon 2 Jan 15:04"), got, want)
				break
			}
		}
	}
}

func (a oracleAnswer) at(minute int) bool {
	for _, i := range a.Open {
		if i[0] <= minute && minute < i[1] {
			return true
		}
	}
	return false
}

func askOracle(t *testing.T, dir string, texts []string, from, to time.Time) []oracleAnswer {
	t.Helper()
	in, err := json.Marshal(map[string]any{"texts": texts, "from": from, "to": to})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "-e", oracleScript)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TZ=UTC")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []oracleAnswer
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// oracleDir gives a folder where the evaluator is installed, once per user and version. Without Node.js or network the
// test is skipped, but not on the build machine (CI=true), which must have both.
func oracleDir(t *testing.T) string {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			missing("%s is not installed: hours are not compared with %s", program, oraclePackage)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "diapason-test", oraclePackage+"-"+oracleVersion)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", oraclePackage, "package.json")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund", "--prefix", dir,
		oraclePackage+"@"+oracleVersion)
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing("%s could not be installed: %v\n%s", oraclePackage, err, out)
	}
	return dir
}
