package secrets_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"diapason/storage/secrets"
)

// memory is a keyring that does as it is told: no real one fails on demand.
type memory struct {
	mu      stdsync.Mutex
	entries map[string]string
	fails   error
	// asks, when set, holds each call until it is closed: the keyring asks a person for its password.
	asks chan struct{}
}

func newMemory() *memory { return &memory{entries: map[string]string{}} }

func (m *memory) wait() error {
	m.mu.Lock()
	asks, err := m.asks, m.fails
	m.mu.Unlock()
	if asks != nil {
		<-asks
	}
	return err
}

func (m *memory) Get(service, name string) (string, error) {
	if err := m.wait(); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.entries[service+" "+name]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return v, nil
}

func (m *memory) Set(service, name, value string) error {
	if err := m.wait(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(value) > 2000 { // Windows' limit
		return keyring.ErrSetDataTooBig
	}
	m.entries[service+" "+name] = value
	return nil
}

func (m *memory) Delete(service, name string) error {
	if err := m.wait(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[service+" "+name]; !ok {
		return keyring.ErrNotFound
	}
	delete(m.entries, service+" "+name)
	return nil
}

func (m *memory) behave(fails error, asks chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fails, m.asks = fails, asks
}

// The keyring of this system, the real one: on Linux a Secret Service of its own, unlocked, on a bus of its own.
func TestSecretsComeBackFromTheSystemsKeyring(t *testing.T) {
	if os.Getenv("DIAPASON_IN_KEYRING") != "" || runtime.GOOS != "linux" {
		if runtime.GOOS != "linux" {
			keyring.MockInit() // the user's own keyring is not for tests
		}
		p := newPlaces(t)
		comesBack(t, func() secrets.Store { return p.open(t, secrets.SystemKeyring()) })
		if _, err := os.Stat(p.file()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the secrets are in a file: %v", err)
		}
		copied := newPlaces(t) // without the choice, the keyring has nothing for this workspace
		wantNone(t, copied.open(t, secrets.SystemKeyring()), "feedlink/2")
		return
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no Secret Service here: " + program + " is missing")
		}
	}
	home := t.TempDir()
	child := exec.Command("dbus-run-session", "--", "sh", "-c",
		`printf secret | gnome-keyring-daemon --unlock --components=secrets --daemonize >"$HOME/daemon" && exec "$0" "$@"`,
		os.Args[0], "-test.run=^TestSecretsComeBackFromTheSystemsKeyring$", "-test.v")
	child.Env = append(os.Environ(), "DIAPASON_IN_KEYRING=1", "HOME="+home, "XDG_RUNTIME_DIR="+home,
		"XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home, "DISPLAY=")
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestSecretsComeBackFromTheSystemsKeyring") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSecretsComeBackFromAKeyringOfSmallEntries(t *testing.T) {
	p, ring := newPlaces(t), newMemory()
	comesBack(t, func() secrets.Store { return p.open(t, ring) })
	for name := range ring.entries {
		if strings.Contains(name, "account/a/key") || strings.Contains(name, "feedlink/3") || strings.Contains(name, "trial") {
			t.Errorf("%s was left behind", name)
		}
	}
}

// Where no session bus is, as under a scheduled task on a server, none is started.
func TestWithoutASessionBusTheFileIsUsed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only the Secret Service needs a bus")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	p := newPlaces(t)
	set(t, p.open(t, secrets.SystemKeyring()), "n", "v")
	want(t, p.open(t, nil), "n", "v") // it is in the file
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		t.Errorf("a bus was started: %s", address)
	}
}

func TestTheChoiceIsMadeOnceAndRemembered(t *testing.T) {
	p, ring := newPlaces(t), newMemory()
	wantNone(t, p.open(t, ring), "n")
	if _, err := os.Stat(filepath.Join(p.workspace, "secrets.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading chose already: %v", err)
	}
	ring.behave(errors.New("locked"), nil)
	set(t, p.open(t, ring), "n", "v")
	ring.behave(nil, nil)
	s := p.open(t, ring) // the keyring answers now, but the secrets are in the file
	want(t, s, "n", "v")
	set(t, s, "o", "w")
	if len(ring.entries) > 0 {
		t.Errorf("the keyring got %v", ring.entries)
	}
}

func TestAKeyringThatFallsSilentLosesNothing(t *testing.T) {
	p, ring := newPlaces(t), newMemory()
	set(t, p.open(t, ring), "n", "hunter2")
	ring.behave(errors.New("locked"), nil)
	for _, s := range []secrets.Store{p.open(t, ring), p.open(t, nil)} {
		_, err := s.Get(t.Context(), "n")
		wantProblem(t, err, "secrets.keyringSilent")
		err = s.Set(t.Context(), "n", "hunter3")
		wantProblem(t, err, "secrets.keyringSilent")
		if strings.Contains(err.Error(), "hunter") {
			t.Errorf("the error shows a value: %v", err)
		}
		wantProblem(t, s.Delete(t.Context(), "n"), "secrets.keyringSilent")
	}
	if _, err := os.Stat(p.file()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("secrets went to the file: %v", err)
	}
	ring.behave(nil, nil)
	want(t, p.open(t, ring), "n", "hunter2")
}

func TestAForeignEntryIsNotTakenForASecret(t *testing.T) {
	p, ring := newPlaces(t), newMemory()
	s := p.open(t, ring)
	set(t, s, "n", strings.Repeat("v", 4000))
	for name, spoil := range map[string]func(){
		"a part is missing": func() {
			for k := range ring.entries {
				if strings.HasSuffix(k, ".2") {
					delete(ring.entries, k)
				}
			}
		},
		"no number": func() {
			for k := range ring.entries {
				if strings.HasSuffix(k, " n") {
					ring.entries[k] = "typed by hand"
				}
			}
		},
	} {
		spoil()
		_, err := s.Get(t.Context(), "n")
		wantProblem(t, err, "secrets.keyringSilent")
		if errors.Is(err, secrets.ErrNotFound) {
			t.Errorf("%s: it is taken for none: %v", name, err)
		}
	}
}

func TestAKeyringThatWaitsForAPersonIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, ring := newPlaces(t), newMemory()
		asks := make(chan struct{})
		ring.behave(nil, asks)
		start := time.Now()
		set(t, p.open(t, ring), "n", "v") // the file
		if took := time.Since(start); took != secrets.DefaultPatience {
			t.Errorf("it waited %s", took)
		}
		want(t, p.open(t, nil), "n", "v")

		ringed := newPlaces(t)
		ring.behave(nil, nil)
		s := ringed.open(t, ring)
		set(t, s, "n", "v")
		ring.behave(nil, asks)
		start = time.Now()
		_, err := s.Get(t.Context(), "n")
		wantProblem(t, err, "secrets.keyringSilent")
		_, err = s.Get(t.Context(), "n") // the first call is still on its way
		wantProblem(t, err, "secrets.keyringSilent")
		if took := time.Since(start); took != 2*secrets.DefaultPatience {
			t.Errorf("it waited %s", took)
		}
		close(asks)
		synctest.Wait()
		ring.behave(nil, nil)
		want(t, s, "n", "v")
	})
}

func TestWhoGivesUpWaitingChoosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, ring := newPlaces(t), newMemory()
		asks := make(chan struct{})
		ring.behave(nil, asks)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := p.open(t, ring)
		if err := s.Set(ctx, "n", "v"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it gives %v", err)
		}
		if files, err := os.ReadDir(p.workspace); err != nil || len(files) > 0 {
			t.Errorf("%v, %v", files, err)
		}
		close(asks)
		synctest.Wait()
		set(t, s, "n", "v") // the person unlocked it meanwhile
		if _, err := os.Stat(p.file()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the secrets are in a file: %v", err)
		}
	})
}
