package instance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason/storage"
)

// carrying gives the listener of a process without a window that carries one thing out.
func carrying(t *testing.T, dir string, f func(ctx context.Context, text string) (any, error)) *Listener {
	t.Helper()
	l, err := Listen(dir, Params{Carry: func(ctx context.Context, what string, with json.RawMessage) (any, error) {
		if what != "double" {
			return nil, storage.ErrLocked
		}
		var text string
		if err := json.Unmarshal(with, &text); err != nil {
			return nil, err
		}
		return f(ctx, text)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func closing(t *testing.T, l *Listener) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestHolderCarriesOutWhatItKnowsAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	var got string
	if err := Ask(t.Context(), dir, "double", "a", &got); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("nobody there: %v", err)
	}
	long := strings.Repeat("é\n", 150_000) // in JSON longer than what one reading of a socket gives
	l := carrying(t, dir, func(_ context.Context, text string) (any, error) { return text + text, nil })
	for _, text := range []string{"", "a", long} {
		if err := Ask(t.Context(), dir, "double", text, &got); err != nil || got != text+text {
			t.Errorf("%d bytes came back, %v", len(got), err)
		}
	}
	for _, what := range []string{"", "halve", "window", "sh -c id"} {
		if err := Ask(t.Context(), dir, what, "a", &got); !errors.Is(err, storage.ErrLocked) {
			t.Errorf("%q: %v", what, err)
		}
	}
	if Wake(t.Context(), dir) || called(l) {
		t.Error("a process without a window says that it has one")
	}
	closing(t, l)
	if err := Ask(t.Context(), dir, "double", "a", &got); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("gone: %v", err)
	}
}

func TestErrorsMeanTheSameOnBothSides(t *testing.T) {
	problem := storage.NewProblem("feedLink.revoked", "label", "Famille").On("label")
	var wrong error
	dir := t.TempDir()
	l := carrying(t, dir, func(context.Context, string) (any, error) { return nil, wrong })
	defer closing(t, l)
	for _, tt := range []struct {
		name  string
		wrong error
		is    func(error) bool
	}{
		{"a problem", problem, func(err error) bool {
			var p *storage.Problem
			return errors.As(err, &p) && p.Error() == problem.Error() && p.Field == problem.Field
		}},
		{"a problem with a cause", storage.NewProblem("x").Because(errors.New("disk")), func(err error) bool { return err.Error() == "x" }},
		{"one of several", storage.Problems{problem}, func(err error) bool {
			var ps storage.Problems
			return errors.As(err, &ps) && len(ps) == 1
		}},
		{"several", storage.Problems{problem, problem}, func(err error) bool {
			var ps storage.Problems
			return errors.As(err, &ps) && len(ps) == 2 && ps[1].Args["label"] == "Famille"
		}},
		{"a sentinel", storage.ErrNotFound, func(err error) bool { return errors.Is(err, storage.ErrNotFound) }},
		{"another", errors.New("no luck"), func(err error) bool { return strings.HasSuffix(err.Error(), "no luck") }},
	} {
		wrong = tt.wrong
		var got string
		if err := Ask(t.Context(), dir, "double", "", &got); err == nil || !tt.is(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestCopyOfAHeldWorkspaceIsAnother(t *testing.T) {
	dir, moved := t.TempDir(), t.TempDir()
	l := carrying(t, dir, func(context.Context, string) (any, error) { return "done", nil })
	defer closing(t, l)
	if err := os.CopyFS(filepath.Join(moved, "copie"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := Ask(t.Context(), filepath.Join(moved, "copie"), "double", "a", &got); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("the copy: %q, %v", got, err)
	}
	if os.PathSeparator == '/' { // the same folder by another name
		if err := os.Symlink(dir, filepath.Join(moved, "lien")); err != nil {
			t.Fatal(err)
		}
		if err := Ask(t.Context(), filepath.Join(moved, "lien"), "double", "a", &got); err != nil {
			t.Errorf("by another name: %v", err)
		}
	}
}

func TestWhoDoesNotKnowTheSecretIsToldNothing(t *testing.T) {
	dir := t.TempDir()
	asked := 0
	l := carrying(t, dir, func(context.Context, string) (any, error) { asked++; return "done", nil })
	defer closing(t, l)
	at, err := read(dir)
	if err != nil || len(at.Secret) < 26 { // 130 bits in base32
		t.Fatalf("%d characters of secret, %v", len(at.Secret), err)
	}
	for _, says := range []string{
		`{"secret":"","what":"double","with":"a"}`, `{"what":"double","with":"a"}`,
		`{"secret":"` + strings.ToLower(at.Secret) + `","what":"double","with":"a"}`, `{"secret":"` + at.Secret + `"`, "GET / HTTP/1.0\r\n",
	} {
		c, err := net.Dial("unix", at.Socket)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(says + "\n")); err != nil {
			t.Error(err)
		}
		if said, err := bufio.NewReader(c).ReadString('\n'); err == nil || said != "" {
			t.Errorf("%s: told %q", says, said)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if asked > 0 {
		t.Errorf("carried out %d times", asked)
	}
}

func TestEachHolderHasASecretOfItsOwnThatOnlyItsUserReads(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, addressName) // left by somebody who let everybody read it
	if err := os.WriteFile(open, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var secrets []string
	for range 2 {
		l := listen(t, dir)
		at, err := read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(secrets, at.Secret) {
			t.Error("the secret of before opens again")
		}
		secrets = append(secrets, at.Secret)
		if info, err := os.Stat(open); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		closing(t, l)
	}
}

func TestHolderThatEndsInTheMiddleIsSaid(t *testing.T) {
	dir := t.TempDir()
	begun, ended := make(chan struct{}), make(chan struct{})
	l := carrying(t, dir, func(ctx context.Context, _ string) (any, error) {
		close(begun)
		<-ctx.Done()
		close(ended)
		return "late", nil
	})
	go func() {
		<-begun
		l.Close() //nolint:errcheck // looked at below
	}()
	var got string
	if err := Ask(t.Context(), dir, "double", "a", &got); err != nil || got != "late" {
		t.Errorf("what was under way is answered: %q, %v", got, err)
	}
	<-ended

	crash := t.TempDir() // a process that takes the question and dies
	socket, err := net.Listen("unix", filepath.Join(shortDir(t), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close() //nolint:errcheck // of the test
	at, err := json.Marshal(address{Folder: crash, Socket: socket.Addr().String(), Secret: "secret"})
	if err == nil {
		err = os.WriteFile(filepath.Join(crash, addressName), at, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if c, err := socket.Accept(); err == nil {
			bufio.NewReader(c).ReadString('\n') //nolint:errcheck // the caller reports what it got
			c.Close()                           //nolint:errcheck // the caller reports what it got
		}
	}()
	if err := Ask(t.Context(), crash, "double", "a", &got); !errors.Is(err, ErrSilent) {
		t.Errorf("died: %v", err)
	}
}

func TestCallerCanGiveUp(t *testing.T) {
	dir := t.TempDir()
	begun := make(chan struct{})
	l := carrying(t, dir, func(ctx context.Context, _ string) (any, error) {
		close(begun)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	defer closing(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	var got string
	if err := Ask(ctx, dir, "double", "a", &got); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
