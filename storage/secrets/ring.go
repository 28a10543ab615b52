package secrets

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"diapason/storage"
)

// SystemKeyring is the operating system's: Keychain, Credential Manager or Secret Service.
func SystemKeyring() Keyring { return system{} }

type system struct{}

// errNoBus is given where no session bus can be: asking for it would start one that nobody ends (dbus-launch).
var errNoBus = errors.New("no session bus")

func (system) Get(service, name string) (string, error) {
	if !busThere() {
		return "", errNoBus
	}
	return keyring.Get(service, name)
}

func (system) Set(service, name, value string) error {
	if !busThere() {
		return errNoBus
	}
	return keyring.Set(service, name, value)
}

func (system) Delete(service, name string) error {
	if !busThere() {
		return errNoBus
	}
	return keyring.Delete(service, name)
}

// busThere reports whether a session bus can be reached, on the systems whose keyring needs one: by its address, or by
// its socket in the user's run-time folder.
func busThere() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return true
	}
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if folder == "" {
		folder = filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	}
	_, err := os.Stat(filepath.Join(folder, "bus"))
	return err == nil
}

// ring keeps secrets in a keyring. A keyring waits for a person without saying so: each call runs on a goroutine of its
// own, which goes on when nobody waits for it any more.
type ring struct {
	keyring  Keyring
	service  string
	patience time.Duration
	turn     chan struct{} // held by the one call under way
}

func newRing(p Params, service string) *ring {
	return &ring{keyring: p.Keyring, service: service, patience: p.Patience, turn: make(chan struct{}, 1)}
}

// partSize is how much of a value one entry of a keyring holds, in bytes. The narrowest are Windows' (2,560 bytes an
// entry) and macOS's (3,000 for name and value in base64).
const partSize = 1500

// do runs f within the patience for this keyring.
func (r *ring) do(ctx context.Context, f func() error) error {
	if r.keyring == nil {
		return silent(errors.New("no keyring on this computer"))
	}
	waiting, stop := context.WithTimeout(ctx, r.patience)
	defer stop()
	select {
	case r.turn <- struct{}{}:
	case <-waiting.Done():
		return r.gaveUp(ctx)
	}
	done := make(chan error, 1)
	go func() {
		err := f()
		<-r.turn
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || errors.Is(err, ErrNotFound) {
			return err
		}
		return silent(err)
	case <-waiting.Done():
		return r.gaveUp(ctx)
	}
}

// gaveUp says who gave up: the caller, or we.
func (r *ring) gaveUp(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return silent(fmt.Errorf("no answer within %s", r.patience))
}

func silent(err error) error { return storage.NewProblem("secrets.keyringSilent").Because(err) }

// try finds out whether the keyring keeps what it is given.
func (r *ring) try(ctx context.Context) error {
	const name, value = "trial", "trial"
	return r.do(ctx, func() error {
		if err := r.keyring.Set(r.service, name, value); err != nil {
			return err
		}
		got, err := r.keyring.Get(r.service, name)
		if err != nil {
			return err
		}
		if got != value {
			return errors.New("it gives back something else")
		}
		return r.keyring.Delete(r.service, name)
	})
}

// Get reads a secret. Its first entry tells how many parts it has, and what the names of the others have in common:
// "3 5f2c… " and the first part.
func (r *ring) Get(ctx context.Context, name string) (string, error) {
	var value string
	err := r.do(ctx, func() error {
		h, err := r.head(name)
		if err != nil {
			return err
		}
		var b strings.Builder
		b.WriteString(h.part)
		for i := 1; i < h.parts; i++ {
			part, err := r.keyring.Get(r.service, h.name(name, i))
			if err != nil {
				return fmt.Errorf("part %d of %q: %w", i, name, plain(err))
			}
			b.WriteString(part)
		}
		value = b.String()
		return nil
	})
	if err != nil { // value may be written still, when nobody waits any more
		return "", err
	}
	return value, nil
}

// head is the first entry of a secret.
type head struct {
	parts int
	batch string
	part  string
}

func (h head) name(name string, i int) string { return name + "#" + h.batch + "." + strconv.Itoa(i) }

func (h head) text() string { return strconv.Itoa(h.parts) + " " + h.batch + " " + h.part }

func (r *ring) head(name string) (head, error) {
	text, err := r.keyring.Get(r.service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return head{}, missing(name)
	}
	if err != nil {
		return head{}, err
	}
	number, rest, _ := strings.Cut(text, " ")
	batch, part, ok := strings.Cut(rest, " ")
	parts, err := strconv.Atoi(number)
	if err != nil || !ok || parts < 1 || parts > MaxValue/partSize+1 {
		return head{}, fmt.Errorf("the entry of %q was not written by Diapason", name)
	}
	return head{parts: parts, batch: batch, part: part}, nil
}

// plain keeps a missing part from being taken for a missing secret.
func plain(err error) error {
	if errors.Is(err, keyring.ErrNotFound) {
		return errors.New("it is missing")
	}
	return err
}

// Set writes the other parts first: the first entry, which is replaced at once, leads from the old ones to the new ones.
func (r *ring) Set(ctx context.Context, name, value string) error {
	var random [6]byte
	if _, err := rand.Read(random[:]); err != nil {
		return err
	}
	h := head{parts: max(1, (len(value)+partSize-1)/partSize), batch: hex.EncodeToString(random[:])}
	return r.do(ctx, func() error {
		old, err := r.head(name)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		for i := 1; i < h.parts; i++ {
			part := value[i*partSize : min((i+1)*partSize, len(value))]
			if err := r.keyring.Set(r.service, h.name(name, i), part); err != nil {
				return err
			}
		}
		h.part = value[:min(partSize, len(value))]
		if err := r.keyring.Set(r.service, name, h.text()); err != nil {
			return err
		}
		return r.drop(name, old)
	})
}

// drop removes the other parts of a secret that was replaced or deleted.
func (r *ring) drop(name string, h head) error {
	var problems error
	for i := 1; i < h.parts; i++ {
		if err := r.keyring.Delete(r.service, h.name(name, i)); !errors.Is(err, keyring.ErrNotFound) {
			problems = errors.Join(problems, err)
		}
	}
	return problems
}

// Delete removes the first entry first: without it the others mean nothing.
func (r *ring) Delete(ctx context.Context, name string) error {
	err := r.do(ctx, func() error {
		h, err := r.head(name)
		if err != nil {
			return err
		}
		if err := r.keyring.Delete(r.service, name); err != nil {
			return err
		}
		return r.drop(name, h)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
