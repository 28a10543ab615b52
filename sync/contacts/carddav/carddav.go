// Package carddav is the address book of a CardDAV service (RFC 6352): Nextcloud, Fastmail, iCloud, Radicale, Baïkal. It
// finds the book from the address of the service, reads what changed by its sync token (RFC 6578) or its ctag, and
// changes cards without touching what of them is not ours.
//
// Every write names the version that it replaces. The name and the password go to the service's own site only, over https
// once they leave the network at hand. Lists of cards (groups) are neither read nor written.
package carddav

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"diapason/sync/contacts/book"
	"diapason/sync/dav"
)

// ID is the kind's.
const ID = "contacts.carddav"

// AllContacts is the label that stands for every card of the book.
const AllContacts = "*"

const (
	words   = "carddav."
	example = "https://nuage.example.org/remote.php/dav"
)

// Params are what a book is opened with.
type Params struct {
	BaseURL        string // of the service, of the person there, or of the book itself
	User, Password string
	// Book tells which one when the service has several: its address, the end of it, or its name.
	Book string
	// Label is the category that the cards in tune bear; "" or AllContacts: all cards are.
	Label     string
	Transport http.RoundTripper // nil: the machine's
}

// At once are the cards of one call, and of one page.
const (
	writtenAtOnce = 50
	readAtOnce    = 100
)

// Book is an address book.
type Book struct {
	web   *dav.Web
	named string // the setting
	label string // "": all cards

	home    *dav.Web // of the collection, once it is found
	found   collection
	listing *listing        // of the reading under way
	written map[string]bool // paths, by the call under way
	doubted bool            // whether that call has looked for a full disk
	// multiget is how many cards the service gives at once; 0: as many as are asked for, -1: it gives each by itself.
	multiget int
}

// Open makes a book, without I/O. A problem with its address is a *storage.Problem.
func Open(p Params) (*Book, error) {
	web, err := dav.NewWeb(dav.Params{
		Words: words, URL: p.BaseURL, Example: example, User: p.User, Password: p.Password, Transport: p.Transport,
	})
	if err != nil {
		return nil, err
	}
	b := &Book{web: web, named: p.Book, label: p.Label}
	if b.label == AllContacts {
		b.label = ""
	}
	return b, nil
}

var _ book.Book = (*Book)(nil)

// CloseIdleConnections ends connections that would not survive a sleep of the machine.
func (b *Book) CloseIdleConnections() { b.web.CloseIdleConnections() }

// Capabilities implements book.Book. Types are words of vCard; people may type others, which become labels there.
func (b *Book) Capabilities() book.Capabilities {
	return book.Capabilities{
		CreateMax: writtenAtOnce, UpdateMax: writtenAtOnce, DeleteMax: writtenAtOnce, GetMax: readAtOnce,
		DeletionsTold: true, // where it does not tell them, what changed is read whole
		PhoneTypes:    []string{"cell", "home", "work", "work,cell", "home,fax", "work,fax", "main", "pager", ""},
		EmailTypes:    []string{"home", "work", ""},
		AddressTypes:  []string{"home", "work", ""},
	}
}

// Identity implements book.Book: the person on the service, and the collection.
func (b *Book) Identity(ctx context.Context) (book.Identity, error) {
	b.home = nil // asked anew
	if err := b.find(ctx); err != nil {
		return book.Identity{}, err
	}
	return book.Identity{
		ID: b.web.User() + "@" + b.home.Host() + b.home.Base.Path, Name: cmp.Or(b.web.User(), b.found.name, b.home.Host()),
	}, nil
}

// moment reads a date of HTTP; zero for none.
func moment(text string) time.Time {
	t, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	return t
}
