package feedserver_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason/sync/agenda/feedserver"
)

// vdirsyncer subscribes to a link of its own folder, as its documentation tells ("http" storage).
type vdirsyncer struct {
	*testing.T
	config, folder string
}

// newVdirsyncer writes its configuration. Where it is not installed the test is skipped, but not on the build machine
// (CI=true), which must have it.
func newVdirsyncer(t *testing.T, link string) vdirsyncer {
	t.Helper()
	if _, err := exec.LookPath("vdirsyncer"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("vdirsyncer is not installed")
	}
	dir := t.TempDir()
	v := vdirsyncer{t, filepath.Join(dir, "config"), filepath.Join(dir, "agenda")}
	if err := os.Mkdir(v.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`[general]
status_path = %q

[pair agenda]
a = "here"
b = "link"
collections = null
conflict_resolution = "b wins"

[storage here]
type = "filesystem"
path = %q
fileext = ".ics"

[storage link]
type = "http"
url = %q
`, filepath.Join(dir, "status"), v.folder, link)
	if err := os.WriteFile(v.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	v.do("discover")
	return v
}

func (v vdirsyncer) do(what string) {
	v.Helper()
	cmd := exec.CommandContext(v.Context(), "vdirsyncer", "--config", v.config, what)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		v.Fatalf("vdirsyncer %s: %v\n%s", what, err, out)
	}
}

// titles are what its folder holds after a reading, sorted.
func (v vdirsyncer) titles() (all []string) {
	v.Helper()
	v.do("sync")
	files, err := filepath.Glob(filepath.Join(v.folder, "*.ics"))
	if err != nil {
		v.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			v.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if title, ok := strings.CutPrefix(strings.TrimSpace(line), "SUMMARY:"); ok {
				all = append(all, title)
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestVdirsyncerSeesAdditionsChangesAndRemovals(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert", "Répétition"))
	v := newVdirsyncer(t, r.base+feedserver.Path(token))
	expect := func(when string, want ...string) {
		t.Helper()
		if got := v.titles(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", when, got, want)
		}
	}
	expect("first reading", "Concert", "Répétition")
	r.put(token, body(t, "Concert", "Répétition", "Visite"))
	expect("one more", "Concert", "Répétition", "Visite")
	r.put(token, body(t, "Concert", "Répétition générale", "Visite"))
	expect("one changed", "Concert", "Répétition générale", "Visite")
	r.put(token, body(t, "Concert"))
	expect("two less", "Concert")
	if read := r.shelf.Readings(); len(read) != 1 || read[0].Client != "vdirsyncer" {
		t.Errorf("told of %v", read)
	}
}
