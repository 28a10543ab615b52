//go:build linux

package crashtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// hotels is how many establishments the worker edits: few, so that edits and publications of one listing meet.
const hotels = 12

// mortal is a workspace whose engine lives in a process that gets killed.
type mortal struct {
	*testing.T
	program string
	dir     string
	// tried are the values that the worker was about to write and did not acknowledge before it died, per identifier;
	// kept the last acknowledged one.
	tried map[string][]string
	kept  map[string]string
}

func newMortal(t *testing.T) *mortal {
	t.Helper()
	return &mortal{T: t, program: build(t), dir: t.TempDir(), tried: map[string][]string{}, kept: map[string]string{}}
}

// rig is such a workspace, and the directory that it publishes to.
type rig struct {
	*mortal
	trial  *sandbox.Trial
	server *httptest.Server
	oracle *oracle
}

func newRig(t *testing.T) *rig {
	t.Helper()
	d, err := sandbox.NewTrial(sandbox.TrialParams{})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{mortal: newMortal(t), trial: d, oracle: newOracle(d)}
	r.server = httptest.NewServer(r.oracle)
	t.Cleanup(r.server.Close)
	r.populate()
	return r
}

// populate makes the workspace: establishments that publish by themselves, and the account of the directory.
func (r *rig) populate() {
	r.Helper()
	store := r.open()
	engine := sync.New(sync.Params{Store: store, Kinds: directory.NewKinds(trial.Kind())})
	a := &storage.Account{
		Kind: trial.ID, Name: "Essai", Settings: map[string]string{trial.SettingURL: r.server.URL},
	}
	if err := engine.AddAccount(r.Context(), a); err != nil {
		r.Fatal(err)
	}
	for i := range hotels {
		e := &storage.Establishment{
			Identifier: fmt.Sprintf("H%03d", i), Status: storage.StatusActive, Name: fmt.Sprintf("Hôtel %d", i), AutoSync: true,
			Address: storage.Address{Street: fmt.Sprintf("%d rue Haute", i+1), Zip: "75001", City: "Paris", Country: "FR"},
			Email:   fmt.Sprintf("accueil-%d@example.org", i),
		}
		if err := engine.Create(r.Context(), e, storage.ActorUser); err != nil {
			r.Fatal(err)
		}
		r.kept[e.Identifier] = e.Email
	}
	engine.Stop()
	if err := store.Close(); err != nil {
		r.Fatal(err)
	}
}

func (m *mortal) open() *bolt.Store {
	m.Helper()
	store, err := bolt.Open(context.Background(), bolt.Params{Dir: m.dir})
	if err != nil {
		m.Fatal(err)
	}
	return store
}

// victim is a running worker.
type victim struct {
	*exec.Cmd
	ended chan error
}

// start runs the worker; seam is the GOFAIL_FAILPOINTS to arm, "" for none.
func (r *rig) start(seed int, mode, seam string) *victim {
	r.Helper()
	return r.spawn(hotels, seed, mode, seam)
}

// spawn runs the worker; what n is depends on the mode.
func (m *mortal) spawn(n, seed int, mode, seam string) *victim {
	m.Helper()
	v := &victim{Cmd: exec.Command(m.program, m.dir, strconv.Itoa(n), strconv.Itoa(seed), mode), ended: make(chan error, 1)}
	v.Env = append(os.Environ(), "GOFAIL_FAILPOINTS="+seam)
	stderr := new(bytes.Buffer)
	v.Stderr = stderr
	stdout, err := v.StdoutPipe()
	if err != nil {
		m.Fatal(err)
	}
	if err := v.Start(); err != nil {
		m.Fatal(err)
	}
	go func() {
		m.listen(stdout)
		err := v.Wait()
		if stderr.Len() > 0 {
			err = fmt.Errorf("the worker says: %s", stderr)
		}
		v.ended <- err
	}()
	return v
}

// listen notes what the worker tries and acknowledges, until it dies. The reader of its notes waits for its end first.
func (m *mortal) listen(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) != 3 {
			continue // cut in the middle by its death
		}
		switch identifier, email := words[1], words[2]; words[0] {
		case "try":
			m.tried[identifier] = append(m.tried[identifier], email)
		case "ack":
			m.kept[identifier], m.tried[identifier] = email, nil
		}
	}
}

// patience bounds every wait for a process: far above what any of them needs.
const patience = time.Minute

// dead waits for the death of a worker, which must not have ended by itself.
func (m *mortal) dead(v *victim) {
	m.Helper()
	select {
	case err := <-v.ended:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != -1 {
			m.Fatalf("the worker was not killed: %v", err)
		}
	case <-time.After(patience):
		v.Process.Kill() //nolint:errcheck // the test fails anyway
		m.Fatal("the worker was not killed in time")
	}
}

// ended waits for a worker that ends by itself.
func (m *mortal) ended(v *victim) {
	m.Helper()
	select {
	case err := <-v.ended:
		if err != nil {
			m.Fatal(err)
		}
	case <-time.After(patience):
		v.Process.Kill() //nolint:errcheck // the test fails anyway
		m.Fatal("it never comes to rest")
	}
}

// survived opens the workspace after a kill: it is sound, and holds the last acknowledged value of each establishment, or
// one that was being written when it happened. What is found is what must be kept from now on.
func (r *rig) survived() {
	r.Helper()
	store := r.open()
	storagetest.Verify(r.T, store)
	for identifier, e := range r.establishments(store) {
		allowed := append([]string{r.kept[identifier]}, r.tried[identifier]...)
		if !contains(allowed, e.Email) {
			r.Errorf("%s: %s is kept, acknowledged was %s", identifier, e.Email, r.kept[identifier])
		}
		r.kept[identifier], r.tried[identifier] = e.Email, nil
	}
	if err := store.Close(); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) establishments(store *bolt.Store) map[string]*storage.Establishment {
	r.Helper()
	all := map[string]*storage.Establishment{}
	err := store.View(context.Background(), func(tx storage.Reader) error {
		list, err := tx.Establishments("", 0)
		for _, e := range list {
			all[e.Identifier] = e
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	if len(all) != hotels {
		r.Fatalf("%d establishments are left of %d", len(all), hotels)
	}
	return all
}

// inTune lets the worker finish everything, and compares both sides: each establishment is there once, shows what is
// kept here, and no change ever took effect twice.
func (r *rig) inTune() {
	r.Helper()
	r.ended(r.start(0, "settle", ""))
	store := r.open()
	defer store.Close() //nolint:errcheck // only read from
	storagetest.Verify(r.T, store)
	ours, theirs := r.establishments(store), r.trial.Records()
	if len(theirs) != hotels {
		r.Errorf("%d listings there for %d establishments", len(theirs), hotels)
	}
	for _, record := range theirs {
		if e := ours[record.ExternalID]; e == nil || record.Values["email"] != e.Email {
			r.Errorf("%s: %s there, here %+v", record.ExternalID, record.Values["email"], e)
		}
	}
	for _, doubled := range r.oracle.doubled {
		r.Error(doubled)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

var (
	buildOnce stdsync.Once
	built     string
	errBuild  error
)

// build makes the worker from a copy of the source in which the seams are alive; once for all tests.
func build(t *testing.T) string {
	t.Helper()
	buildOnce.Do(func() { built, errBuild = buildWorker(os.TempDir()) })
	if errBuild != nil {
		t.Fatal(errBuild)
	}
	return built
}

// seamDirs hold the packages with seams.
var seamDirs = []string{"sync", "sync/contacts", "storage/bolt"}

func buildWorker(temp string) (string, error) {
	dir, err := os.MkdirTemp(temp, "diapason-crash-")
	if err != nil {
		return "", err
	}
	const top = "../.."
	for _, part := range []string{"storage", "sync", "app/crashtest/worker"} {
		if err := copySource(filepath.Join(top, part), filepath.Join(dir, part)); err != nil {
			return "", err
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(top, name), filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	enable := []string{"tool", "gofail", "enable"}
	for _, part := range seamDirs {
		enable = append(enable, filepath.Join(dir, part))
		dies := "package " + filepath.Base(part) + "\n\nimport \"syscall\"\n\n" +
			"func dies() {\n\tsyscall.Kill(syscall.Getpid(), syscall.SIGKILL)\n\tselect {}\n}\n"
		if err := os.WriteFile(filepath.Join(dir, part, "dies.go"), []byte(dies), 0o600); err != nil {
			return "", err
		}
	}
	if out, err := exec.Command("go", enable...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("gofail: %w\n%s", err, out)
	}
	program := filepath.Join(dir, "worker")
	compile := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./app/crashtest/worker")
	compile.Dir = dir
	if out, err := compile.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
}

func copySource(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o600)
}
