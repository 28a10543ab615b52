package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"diapason/assets/demo"
	"diapason/sync/sandbox"
)

// patience is how long a process may take before a test gives up.
const patience = 2 * time.Minute

// program builds the program once for all tests and gives its path.
var program = stdsync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "diapason-program-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "diapason")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.Command("go", "build", "-tags", "migrated_fynedo", "-buildvcs=false", "-o", path, ".").CombinedOutput()
	if err != nil {
		err = errors.New(string(out))
	}
	return path, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		if err := os.RemoveAll(filepath.Dir(path)); err != nil {
			code = 1
		}
	}
	os.Exit(code)
}

// process prepares the program on a workspace, without a display.
func process(t *testing.T, workspace string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.WaitDelay = patience
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "DISPLAY" && name != "WAYLAND_DISPLAY" {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, "DIAPASON_WORKSPACE="+workspace)
	return c
}

// run runs the program to its end and gives exit code and outputs.
func run(t *testing.T, workspace string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := process(t, workspace, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestProgramExitsWithTheCodesOfItsManual(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	hotels := filepath.Join(t.TempDir(), demo.HotelsName)
	if err := os.WriteFile(hotels, demo.Hotels, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		code int
	}{
		{[]string{"version"}, 0},
		{[]string{"--help"}, 0},
		{[]string{"frobnicate"}, 2},
		{nil, 2}, // the window, without a display
		{[]string{"import", "establishments", "absent.xlsx"}, 2},
		{[]string{"import", "establishments", hotels, "--json"}, 0},
		{[]string{"import", "establishments", hotels, "--json"}, 0},
		{[]string{"status", "--json"}, 0},
		{[]string{"verify"}, 0},
	}
	for _, tt := range tests {
		if runtime.GOOS != "linux" && tt.args == nil {
			continue // a display is always there
		}
		if code, _, stderr := run(t, workspace, tt.args...); code != tt.code {
			t.Errorf("diapason %s: exit %d, want %d\n%s", strings.Join(tt.args, " "), code, tt.code, stderr)
		}
	}
}

// serving starts "serve" and waits until it says that it works.
func serving(t *testing.T, workspace string) *exec.Cmd {
	t.Helper()
	c := process(t, workspace, "serve")
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil || !strings.Contains(line, workspace) {
		t.Fatalf("serve said %q, %v", line, err)
	}
	go io.Copy(io.Discard, stderr) //nolint:errcheck // it ends with the process
	return c
}

func TestWorkspaceThatIsOpenElsewhereIsLeftAlone(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	c := serving(t, workspace)
	for _, args := range [][]string{{"status", "--json"}, {"restore", "copie.db"}, {"import", "establishments", "main.go"}} {
		code, stdout, stderr := run(t, workspace, args...)
		if args[0] == "status" {
			var doc struct{ Error struct{ Code string } }
			if err := json.Unmarshal([]byte(stdout), &doc); err != nil || doc.Error.Code != "workspace.locked" {
				t.Errorf("document %q, %v", stdout, err)
			}
		}
		if args[0] != "restore" && code != 4 || code == 0 {
			t.Errorf("diapason %s: exit %d\n%s", strings.Join(args, " "), code, stderr)
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if code, _, stderr := run(t, workspace, "status"); code != 0 {
		t.Errorf("afterwards: exit %d\n%s", code, stderr)
	}
	if _, err := os.Stat(filepath.Join(workspace, crashName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a clean end left a crash file: %v", err)
	}
}

// TestKilledImportIsWholeOrGoesOn kills an import at ever later moments; whatever it had written is consistent, and the
// next import ends with every hotel once.
func TestKilledImportIsWholeOrGoesOn(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	hotels := filepath.Join(t.TempDir(), demo.HotelsName)
	if err := os.WriteFile(hotels, demo.Hotels, 0o600); err != nil {
		t.Fatal(err)
	}
	for delay := 20 * time.Millisecond; delay < 400*time.Millisecond; delay += 60 * time.Millisecond {
		c := process(t, workspace, "import", "establishments", hotels)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		killed := time.AfterFunc(delay, func() { c.Process.Kill() }) //nolint:errcheck // it may have ended before
		c.Wait()                                                     //nolint:errcheck // killed
		killed.Stop()
		if code, stdout, stderr := run(t, workspace, "verify"); code != 0 {
			t.Fatalf("killed after %v: exit %d\n%s%s", delay, code, stdout, stderr)
		}
	}
	if code, _, stderr := run(t, workspace, "import", "establishments", hotels); code != 0 {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	_, stdout, _ := run(t, workspace, "status", "--json")
	var doc struct{ Establishments int }
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || doc.Establishments != 1201 {
		t.Errorf("%d establishments, %v", doc.Establishments, err)
	}
}

// TestServeFinishesTheItemUnderWayWhenItIsStopped stops the program between a change that the directory has received and
// its answer.
func TestServeFinishesTheItemUnderWayWhenItIsStopped(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "espace")
	directory, err := sandbox.NewTrial(sandbox.TrialParams{})
	if err != nil {
		t.Fatal(err)
	}
	arrived, answer := make(chan struct{}, 100), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			arrived <- struct{}{}
			<-answer
		}
		directory.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "etablissements.csv")
	rows := "Identifiant;Nom;Rue et numéro;Code postal;Ville;Pays;Auto-sync\nH-1;Hôtel Un;1 rue de Rivoli;75001;Paris;FR;TRUE\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"account", "add", "trial", "--name", "Essai", "--set", "base-url=" + server.URL}, {"import", "establishments", file},
	} {
		if code, _, stderr := run(t, workspace, args...); code != 0 {
			t.Fatalf("diapason %s: exit %d\n%s", strings.Join(args, " "), code, stderr)
		}
	}
	c := serving(t, workspace)
	select {
	case <-arrived:
	case <-time.After(patience):
		t.Fatal("nothing was sent")
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	close(answer)
	if err := c.Wait(); err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if n := directory.Effects("H-1"); n != 1 {
		t.Errorf("%d effects", n)
	}
	if code, stdout, stderr := run(t, workspace, "verify"); code != 0 {
		t.Errorf("verify: exit %d\n%s%s", code, stdout, stderr)
	}
	if code, _, stderr := run(t, workspace, "sync", "H-1"); code != 0 {
		t.Errorf("sync: exit %d\n%s", code, stderr)
	}
	if n := directory.Effects("H-1"); n != 1 {
		t.Errorf("%d effects after the next run: the answer was not kept", n)
	}
	_, stdout, _ := run(t, workspace, "status", "--json")
	var doc struct {
		Listings  map[string]int
		Schedules []struct{ Kind, Next string }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || doc.Listings["upToDate"] != 1 {
		t.Errorf("%v\n%s", err, stdout)
	}
	if len(doc.Schedules) != 2 || doc.Schedules[0].Kind != "check" || doc.Schedules[0].Next == "" || doc.Schedules[1].Next != "" {
		t.Errorf("schedules %+v", doc.Schedules)
	}
}
