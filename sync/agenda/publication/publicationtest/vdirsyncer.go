package publicationtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Vdirsyncer keeps a folder of its own in tune with a storage elsewhere, as its documentation tells.
type Vdirsyncer struct {
	Folder string

	t         testing.TB
	config    string
	extension string
}

// NewVdirsyncer writes its configuration: pair is what it adds to that of the pair, storage the lines of the storage
// "there". Where it is not installed the test is skipped, but not on the build machine (CI=true), which must have it.
func NewVdirsyncer(t testing.TB, extension, pair, storage string) *Vdirsyncer {
	t.Helper()
	if _, err := exec.LookPath("vdirsyncer"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("vdirsyncer is not installed")
	}
	dir := t.TempDir()
	v := &Vdirsyncer{t: t, config: filepath.Join(dir, "config"), Folder: filepath.Join(dir, "here"), extension: extension}
	if err := os.Mkdir(v.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`[general]
status_path = %q

[pair both]
a = "here"
b = "there"
collections = null
%s

[storage here]
type = "filesystem"
path = %q
fileext = %q

[storage there]
%s
`, filepath.Join(dir, "status"), pair, v.Folder, extension, storage)
	write(t, config, 0o600, v.config)
	v.do("discover")
	return v
}

func (v *Vdirsyncer) do(what string) {
	v.t.Helper()
	cmd := exec.CommandContext(v.t.Context(), "vdirsyncer", "--config", v.config, what)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		v.t.Fatalf("vdirsyncer %s: %v\n%s", what, err, out)
	}
}

// Run runs it.
func (v *Vdirsyncer) Run() {
	v.t.Helper()
	v.do("sync")
}

// Sync runs it, and gives what its folder holds then, by path.
func (v *Vdirsyncer) Sync() map[string]string {
	v.t.Helper()
	v.Run()
	contents := map[string]string{}
	for _, file := range v.Paths() {
		content, err := os.ReadFile(file)
		if err != nil {
			v.t.Fatal(err)
		}
		contents[file] = string(content)
	}
	return contents
}

// Paths gives the files of its folder.
func (v *Vdirsyncer) Paths() []string {
	v.t.Helper()
	files, err := filepath.Glob(filepath.Join(v.Folder, "*"+v.extension))
	if err != nil {
		v.t.Fatal(err)
	}
	return files
}
