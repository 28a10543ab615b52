package secrets_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"testing"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/storage/secrets"
)

// places are the folders of one user's workspace and key.
type places struct{ workspace, keys string }

func newPlaces(t *testing.T) places {
	t.Helper()
	return places{t.TempDir(), filepath.Join(t.TempDir(), "keys")}
}

func (p places) file() string { return filepath.Join(p.workspace, secrets.FileName) }

func (p places) key() string { return filepath.Join(p.keys, "diapason.key") }

// open opens the secrets; ring may be nil.
func (p places) open(t *testing.T, ring secrets.Keyring) secrets.Store {
	t.Helper()
	s, err := secrets.Open(secrets.Params{Workspace: p.workspace, KeyDir: p.keys, Keyring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func set(t *testing.T, s secrets.Store, name, value string) {
	t.Helper()
	if err := s.Set(t.Context(), name, value); err != nil {
		t.Errorf("set %s: %v", name, err)
	}
}

func want(t *testing.T, s secrets.Store, name, value string) {
	t.Helper()
	if got, err := s.Get(t.Context(), name); err != nil || got != value {
		t.Errorf("%s is %q (%v), want %q", name, got, err, value)
	}
}

func wantNone(t *testing.T, s secrets.Store, name string) {
	t.Helper()
	if got, err := s.Get(t.Context(), name); !errors.Is(err, secrets.ErrNotFound) || !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("%s is %q, %v", name, got, err)
	}
}

// wantProblem wants an error that tells people what to do.
func wantProblem(t *testing.T, err error, code string) {
	t.Helper()
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("it gives %v, want %s", err, code)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// comesBack is what both keepers promise.
func comesBack(t *testing.T, open func() secrets.Store) {
	t.Helper()
	s := open()
	wantNone(t, s, "account/a/password")
	if err := s.Delete(t.Context(), "account/a/password"); err != nil {
		t.Errorf("delete what is not there: %v", err)
	}
	long := strings.Repeat("-----BEGIN OPENSSH PRIVATE KEY-----\né€\n", 160) // 6.7 kB: more than one entry of a keyring
	values := map[string]string{
		"account/a/password": "p@ss « mot » 🔑 '\"\\", "account/a/key": long, "outside/é": "", "feedlink/1": "a 2\tb\r\n",
		"feedlink/2": strings.Repeat("x", 1500), "feedlink/3": strings.Repeat("x", 1501), "feedlink/4": strings.Repeat("é", 1500),
	}
	for name, value := range values {
		set(t, s, name, "before "+value)
		set(t, s, name, value)
	}
	for _, s := range []secrets.Store{s, open()} { // and after a restart
		for name, value := range values {
			want(t, s, name, value)
		}
	}
	set(t, s, "account/a/key", "short")
	want(t, open(), "account/a/key", "short")
	for _, name := range []string{"account/a/key", "feedlink/3"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Error(err)
		}
		wantNone(t, s, name)
		wantNone(t, open(), name)
	}
	want(t, s, "feedlink/2", values["feedlink/2"])
}

func TestSecretsComeBackFromTheEncryptedFile(t *testing.T) {
	p := newPlaces(t)
	comesBack(t, func() secrets.Store { return p.open(t, nil) })
}

func TestAnyTextComesBack(t *testing.T) {
	p := newPlaces(t)
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.String().Draw(rt, "value")
		s := p.open(t, nil)
		if err := s.Set(context.Background(), "n", value); err != nil {
			rt.Fatal(err)
		}
		if got, err := s.Get(context.Background(), "n"); err != nil || got != value {
			rt.Fatalf("%q, %v", got, err)
		}
	})
}

func TestOnlyTheUserMayReadTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are the folder's there")
	}
	p := newPlaces(t)
	set(t, p.open(t, nil), "n", "v")
	rights := map[string]os.FileMode{
		p.keys: 0o700, p.key(): 0o600, p.file(): 0o600, filepath.Join(p.workspace, "secrets.json"): 0o600,
	}
	for path, want := range rights {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if err := os.Chmod(p.key(), 0o644); err != nil {
		t.Fatal(err)
	}
	want(t, p.open(t, nil), "n", "v")
	if info, err := os.Stat(p.key()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a key that others could read stays %v, %v", info.Mode(), err)
	}
}

func TestACopiedWorkspaceGivesNothingAway(t *testing.T) {
	p := newPlaces(t)
	const value = "correct horse battery staple"
	set(t, p.open(t, nil), "account/a/password", value)
	copied := newPlaces(t)
	if err := os.CopyFS(filepath.Join(copied.workspace, "w"), os.DirFS(p.workspace)); err != nil {
		t.Fatal(err)
	}
	copied.workspace = filepath.Join(copied.workspace, "w")
	for _, name := range []string{secrets.FileName, "secrets.json"} {
		raw := read(t, filepath.Join(copied.workspace, name))
		if bytes.Contains(raw, []byte(value)) || bytes.Contains(raw, []byte("account/a")) {
			t.Errorf("%s shows it", name)
		}
	}
	before := read(t, copied.file())
	s := copied.open(t, nil)
	_, err := s.Get(t.Context(), "account/a/password")
	wantProblem(t, err, "secrets.keyMissing")
	wantProblem(t, s.Set(t.Context(), "other", "x"), "secrets.keyMissing")
	wantProblem(t, s.Delete(t.Context(), "account/a/password"), "secrets.keyMissing")

	stranger := newPlaces(t)
	set(t, stranger.open(t, nil), "n", "v")
	copied.keys = stranger.keys
	s = copied.open(t, nil)
	_, err = s.Get(t.Context(), "account/a/password")
	wantProblem(t, err, "secrets.keyWrong")
	wantProblem(t, s.Set(t.Context(), "other", "x"), "secrets.keyWrong")
	if !bytes.Equal(read(t, copied.file()), before) {
		t.Error("a refused change touched the file")
	}
	copied.keys = p.keys // the key is put back in its place
	want(t, copied.open(t, nil), "account/a/password", value)

	// The file set aside, secrets are entered again under the key that is there.
	copied.keys = stranger.keys
	if err := os.Rename(copied.file(), copied.file()+".aside"); err != nil {
		t.Fatal(err)
	}
	s = copied.open(t, nil)
	wantNone(t, s, "account/a/password")
	set(t, s, "account/a/password", "again")
	want(t, copied.open(t, nil), "account/a/password", "again")
}

func TestADamagedFileIsLeftAsItIs(t *testing.T) {
	p := newPlaces(t)
	set(t, p.open(t, nil), "n", "value")
	whole := read(t, p.file())
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	for name, raw := range map[string][]byte{
		"cut in the head": whole[:10], "cut in the body": whole[:len(whole)-3], "empty": {}, "changed": flipped,
	} {
		write(t, p.file(), raw)
		s := p.open(t, nil)
		_, err := s.Get(t.Context(), "n")
		wantProblem(t, err, "secrets.damaged")
		wantProblem(t, s.Set(t.Context(), "n", "x"), "secrets.damaged")
		if !bytes.Equal(read(t, p.file()), raw) {
			t.Errorf("%s: the file was changed", name)
		}
	}
	write(t, p.file(), whole)
	write(t, p.key(), []byte("AGE-SECRET-KEY-1NONSENSE\n"))
	_, err := p.open(t, nil).Get(t.Context(), "n")
	wantProblem(t, err, "secrets.keyWrong")
	if strings.Contains(err.Error(), "NONSENSE") {
		t.Errorf("the error shows the key: %v", err)
	}
	write(t, filepath.Join(p.workspace, "secrets.json"), []byte(`{"keeper":`))
	_, err = secrets.Open(secrets.Params{Workspace: p.workspace, KeyDir: p.keys})
	wantProblem(t, err, "secrets.damaged")
}

// The choice may be lost with its file, what was kept may not.
func TestSecretsAreFoundWithoutTheChoice(t *testing.T) {
	p := newPlaces(t)
	set(t, p.open(t, nil), "n", "v")
	if err := os.Remove(filepath.Join(p.workspace, "secrets.json")); err != nil {
		t.Fatal(err)
	}
	ring := newMemory()
	s := p.open(t, ring)
	want(t, s, "n", "v")
	set(t, s, "o", "w")
	want(t, p.open(t, ring), "o", "w")
	if len(ring.entries) > 0 {
		t.Errorf("the keyring got %v", ring.entries)
	}
}

func TestTheKeyNeverLiesInTheWorkspace(t *testing.T) {
	dir := t.TempDir()
	for _, keys := range []string{dir, filepath.Join(dir, "keys"), filepath.Join(dir, "..", filepath.Base(dir), "k")} {
		_, err := secrets.Open(secrets.Params{Workspace: dir, KeyDir: keys})
		wantProblem(t, err, "secrets.keyInside")
	}
	if _, err := secrets.Open(secrets.Params{Workspace: dir, KeyDir: dir + "-keys"}); err != nil {
		t.Error(err)
	}
}

func TestWhereNothingCanBeWrittenPeopleAreTold(t *testing.T) {
	p := newPlaces(t)
	write(t, p.keys, nil) // a file where the key's folder should be
	wantProblem(t, p.open(t, nil).Set(t.Context(), "n", "v"), "secrets.disk")
	if _, err := os.Stat(p.file()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
	if err := os.Remove(p.keys); err != nil {
		t.Fatal(err)
	}
	s := p.open(t, nil)
	set(t, s, "n", "v")
	if err := os.Mkdir(p.file()+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(p.file()+".new", "x"), nil) // where the new file is to be made stands something else
	wantProblem(t, s.Set(t.Context(), "n", "w"), "secrets.disk")
	want(t, s, "n", "v")
}

func TestUnusableNamesAndValuesAreRefused(t *testing.T) {
	s := newPlaces(t).open(t, nil)
	for _, name := range []string{"", "a\x00", "a\nb", "\xff", strings.Repeat("n", secrets.MaxName+1)} {
		if err := s.Set(t.Context(), name, "v"); err == nil {
			t.Errorf("the name %q was accepted", name)
		}
	}
	for _, value := range []string{"hunter2\xff", strings.Repeat("hunter2 ", secrets.MaxValue/8+1)} {
		if err := s.Set(t.Context(), "n", value); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("it gives %v", err)
		}
	}
	wantNone(t, s, "n")
}

func TestSecretsAreSafeFromAnyGoroutine(t *testing.T) {
	for keeper, ring := range map[string]secrets.Keyring{"file": nil, "keyring": newMemory()} {
		t.Run(keeper, func(t *testing.T) {
			p := newPlaces(t)
			s := p.open(t, ring)
			var all stdsync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					for n := range 4 {
						set(t, s, fmt.Sprintf("n/%d/%d", i, n), strings.Repeat("v", 1000*n))
						set(t, s, "shared", strings.Repeat(fmt.Sprint(i), 4000))
						if v, err := s.Get(t.Context(), "shared"); err != nil || strings.Count(v, v[:1]) != 4000 {
							t.Errorf("%d of the same, %v", strings.Count(v, v[:1]), err)
						}
					}
				})
			}
			all.Wait()
			for i := range 8 {
				for n := range 4 {
					want(t, p.open(t, ring), fmt.Sprintf("n/%d/%d", i, n), strings.Repeat("v", 1000*n))
				}
			}
		})
	}
}

// Two workspaces of one user begin at the same time: there is one key, and both can be read.
func TestTwoWorkspacesMakeOneKey(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys")
	var all stdsync.WaitGroup
	var ps []places
	for range 8 {
		p := places{t.TempDir(), keys}
		ps = append(ps, p)
		all.Go(func() { set(t, p.open(t, nil), "n", p.workspace) })
	}
	all.Wait()
	for _, p := range ps {
		want(t, p.open(t, nil), "n", p.workspace)
	}
	if left, err := os.ReadDir(keys); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestAFileIsToldAndAKeyringIsNot(t *testing.T) {
	p := newPlaces(t)
	s := p.open(t, nil)
	if _, inFile := secrets.InFile(s); inFile {
		t.Error("a file is told before there is a secret")
	}
	set(t, s, "account/a/password", "secret")
	if place, inFile := secrets.InFile(s); !inFile || place.File != p.file() || place.Key != p.key() {
		t.Errorf("told %+v, %v", place, inFile)
	}
	if _, inFile := secrets.InFile(p.open(t, nil)); !inFile {
		t.Error("the file is not told after a restart")
	}
	other := newPlaces(t).open(t, newMemory())
	set(t, other, "account/a/password", "secret")
	if _, inFile := secrets.InFile(other); inFile {
		t.Error("a keyring is told as a file")
	}
}
