// Package book says what an outside address book is to Diapason: how it is read, in pages and since an earlier reading,
// how cards are created, updated and deleted there, and what it declares of itself (Capabilities). Every service has a
// package of its own beside this one (google, carddav); sync/contacts drives them all and never tests which one it is.
//
// Nothing here keeps state, waits or decides what to send.
package book

import (
	"context"
	"errors"
	"time"

	"diapason/storage"
)

// Sentinel errors, matched with errors.Is. All others are *directory.Error, with its classes.
var (
	// ErrExpired is returned by Read when what Cursor.Since names is too old, or not known any more: read whole.
	ErrExpired = errors.New("the state of the earlier reading has expired")
	// ErrChanged is the Err of a Receipt when the card there is not the one that was read: read it again and merge.
	ErrChanged = errors.New("the card changed on the other side")
)

// Book is one account's address book. Its methods may be called from any goroutine, one at a time.
type Book interface {
	Capabilities() Capabilities
	// Identity names the account on its side, with one harmless call.
	Identity(ctx context.Context) (Identity, error)
	// Read gives one page of cards.
	Read(ctx context.Context, c Cursor) (Page, error)
	// Get reads cards again, in any order. One that is gone comes back with Deleted.
	Get(ctx context.Context, ids []string) ([]Entry, error)
	// Create, Update and Delete give one Receipt for each, in the same position. An error means that nothing is known of
	// any of them.
	Create(ctx context.Context, cards []New) ([]Receipt, error)
	Update(ctx context.Context, cards []Update) ([]Receipt, error)
	Delete(ctx context.Context, cards []Entry) ([]Receipt, error)
	// Probe finds, by our key, the cards that creations without an answer have left.
	Probe(ctx context.Context, keys []string) (map[string]Entry, error)
}

// Identity is who an account is on its side.
type Identity struct {
	ID   string // stable, and of this address book only
	Name string // for people: an e-mail address
}

// Cursor tells where a reading goes on.
type Cursor struct {
	Since string // Page.State of an earlier reading: only what changed after it; "": everything
	Page  string // Page.Next of the page before; "": the first
	// Known gives the versions (Entry.ETag) under which some cards were last seen, by their ID; cards that it does not know
	// are left out. A reading since an earlier one may leave out what still has that version: our own writings, most of the
	// time. Nil: nothing is known.
	Known func(ctx context.Context, ids []string) (map[string]string, error)
}

// Page is a part of a reading.
type Page struct {
	Entries []Entry
	Next    string // "" on the last page
	State   string // on the last page: what Since may be next time; "" when the book cannot tell
	// Whole tells that this reading gives every card, so that what is on none of its pages is not there.
	Whole bool
	// Total is the number of cards in the whole book, as it counts them; -1 when it does not say.
	Total      int
	ServerTime time.Time // of the answer; zero when it did not say
}

// Entry is a card as it stands in the book.
type Entry struct {
	ID     string
	Former []string // names that it had before, told once
	ETag   string
	At     time.Time // last change by the book's clock; zero when it does not say
	// Deleted is told by the book; the rest but ID is empty then.
	Deleted bool
	Card    storage.Card // what of it we own, in the book's types
	Raw     []byte       // all of it, as it came: an Update carries through what we do not own
	Key     string       // our key, when it bears one
	// InScope tells whether it bears the account's label; always true when all cards are synchronised.
	InScope bool
	// Fault says why the card could not be read; it is there, and left alone.
	Fault *storage.Problem
}

// New is a card to create. Key is ours: the contact's id.
type New struct {
	Key  string
	Card storage.Card
}

// Update is a card to change: the fields of Card that differ from those of Entry.Card are written, the others are not
// touched.
type Update struct {
	Entry Entry // as it was read last
	Card  storage.Card
	Key   string // written when Entry does not bear it
}

// Receipt is the answer to one card.
type Receipt struct {
	Entry  Entry // as it stands now
	Answer string
	Err    error
	// Left says what of the card the book could not be made to show, and why; the rest is written.
	Left *storage.Problem
}

// Capabilities are what a book declares.
type Capabilities struct {
	CreateMax, UpdateMax, DeleteMax, GetMax int     // cards per call, at least 1
	RatePerSecond                           float64 // calls; 0: no limit
	// CreateBest is how many cards it is best to create per call, within CreateMax: where calls are counted and not cards. 0:
	// as many as the engine finds right.
	CreateBest int
	// Lacks are the fields of a card, as storage names them without their type, that it cannot keep: "labels".
	Lacks []storage.Field
	// DeletionsTold tells that a reading since an earlier one names the cards that are gone.
	DeletionsTold bool
	// BlindDeletions tells that cards are deleted whatever their version: they are to be read just before.
	BlindDeletions bool
	// Delay is how long our own writes may take to show in readings.
	Delay time.Duration
	// PhoneTypes, EmailTypes and AddressTypes are what it calls the types of values that people can choose there.
	PhoneTypes, EmailTypes, AddressTypes []string
}
