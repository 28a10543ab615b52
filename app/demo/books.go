package demo

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	stdsync "sync"
	"time"

	"diapason/storage"
	"diapason/sync/sandbox"
)

// booksFile keeps the demonstration's address books, in the workspace's folder.
const booksFile = "carnets-essai.json"

// The program and the account that Google's emulator knows.
const (
	bookClient = "diapason-demonstration"
	bookSecret = "GOCSPX-demonstration"
	bookOwner  = "100000000000000000001"
	bookEmail  = "direction@lumen.test"
)

// sharedBook is where the server of the shared address book answers, which refuses everybody.
const sharedBook = "/carnet/"

// Books are the demonstration's address books, answering on this machine: Google's, and one over CardDAV whose password is
// not accepted any more.
type Books struct {
	URL    string
	google *sandbox.Google
	stop   context.CancelFunc
	server *sandbox.Server

	mu  stdsync.Mutex
	pin time.Time // the emulator's present; zero: the machine's
}

// markFile tells that a workspace is nothing but a demonstration's.
const markFile = ".demonstration"

// Mark makes a workspace's folder a demonstration's, before it is opened for the first time: nothing of it enters the
// person's own keyring.
func Mark(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("folder of the demonstration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, markFile), nil, 0o600); err != nil {
		return fmt.Errorf("folder of the demonstration: %w", err)
	}
	return nil
}

// Marked reports whether a workspace's folder is a demonstration's from the beginning.
func Marked(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, markFile))
	return err == nil
}

// BooksKept reports whether a workspace's folder holds the demonstration's address books.
func BooksKept(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, booksFile))
	return err == nil
}

// StartBooks serves the address books that are kept in a workspace's folder, until Stop.
func StartBooks(dir string) (*Books, error) {
	b := &Books{}
	b.google = sandbox.NewGoogle(sandbox.GoogleParams{
		Now: b.now, Clients: []sandbox.GoogleClient{{ID: bookClient, Secret: bookSecret}},
		Accounts: []sandbox.GoogleAccount{{ID: bookOwner, Email: bookEmail, Name: "Direction"}},
	})
	if err := b.google.Keep(filepath.Join(dir, booksFile)); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", b.google.Handler())
	refuse := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Carnet"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
	mux.HandleFunc(sharedBook, refuse)
	mux.HandleFunc("/.well-known/carddav", refuse)
	ctx, stop := context.WithCancel(context.Background())
	server, err := sandbox.Serve(ctx, "127.0.0.1:0", mux, b.google.Save)
	if err != nil {
		stop()
		return nil, err
	}
	b.URL, b.stop, b.server = server.URL, stop, server
	return b, nil
}

// Stop lets the calls in flight end and keeps the address books. The engine must have been stopped before.
func (b *Books) Stop() error {
	b.stop()
	return b.server.Wait()
}

// now is the emulator's clock.
func (b *Books) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.pin.IsZero() {
		return b.pin
	}
	return time.Now()
}

// at has f happen there at a moment.
func (b *Books) at(t time.Time, f func()) {
	b.mu.Lock()
	b.pin = t
	b.mu.Unlock()
	f()
	b.mu.Lock()
	b.pin = time.Time{}
	b.mu.Unlock()
}

// How many contacts are on Google only: in the first pass, and in the one after it.
const (
	newcomers = 5
	strangers = 14
)

// fill has the owner of the Google account type contacts: most of those that are here, some that are not, and three of
// which nobody can tell who they are.
func (b *Books) fill(all *cast) error {
	for n := 0; n < people; n += 2 { // every other one
		if c := invent(n, all); n%7 != 3 && !slices.Contains(twice, n) {
			if err := b.add(&c); err != nil {
				return err
			}
		}
	}
	for n := people; n < people+newcomers; n++ { // there only
		c := invent(n, all)
		if err := b.add(&c); err != nil {
			return err
		}
	}
	for _, n := range []int{110, 152} { // one e-mail, which two contacts bear
		c := invent(n, all)
		c.GivenName, c.Phones = "", nil
		if err := b.add(&c); err != nil {
			return err
		}
	}
	other := invent(people+20, all) // the mobile of somebody of another name
	other.Emails, other.Phones = nil, invent(stranger, all).Phones
	return b.add(&other)
}

// add has the owner of the Google account type a contact.
func (b *Books) add(c *storage.Card) error {
	fields, err := person(c)
	if err == nil {
		b.google.People.Add(bookEmail, fields)
	}
	return err
}
