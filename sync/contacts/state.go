package contacts

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// stateVersion is that of the form in which the state of a pass is kept.
const stateVersion = 1

// state is what is kept of a pass in ContactBook.Pass: who asked for it, what is under way, and what the next one must not
// forget.
type state struct {
	Version int    `json:"version"`
	RunID   string `json:"run,omitempty"` // "" while no pass is under way
	Held    bool   `json:"held,omitempty"`
	// Paused tells that a person has the pass wait: nothing is asked of the book, but what became of a batch in flight.
	Paused bool `json:"paused,omitempty"`
	// Behind are the runs that were asked for together with this one, and come first.
	Behind []string `json:"behind,omitempty"`
	// Agreed is the hash of the plan that the user agreed to.
	Agreed string `json:"agreed,omitempty"`
	// Inflight is a batch whose outcome is not known: it was on its way when it was written.
	Inflight *inflight `json:"inflight,omitempty"`
	// Attempt counts the calls in a row without success; nothing is tried before NotBefore.
	Attempt   int       `json:"attempt,omitempty"`
	NotBefore time.Time `json:"notBefore,omitzero"`
	// Ask are the contacts whose cards the next pass asks for, whatever the reading tells: a complete reading did not find
	// them, which is not believed before, or what became of their lines is not known.
	Ask []string `json:"ask,omitempty"`
	// Preview are lines of the plan that was held, for people; Unshown is how many more it has.
	Preview []Line `json:"preview,omitempty"`
	Unshown int    `json:"unshown,omitempty"`
}

// inflight is a batch on its way. Found at the start of a pass, or after a call without an answer, it is looked for there
// before anything is sent again.
type inflight struct {
	Op    there     `json:"op"`
	Since time.Time `json:"since"`
	Items []sending `json:"items"`
}

// sending is one card on its way.
type sending struct {
	ContactID string       `json:"contact"`
	Revision  int          `json:"revision"` // of the contact, when it left
	RemoteID  string       `json:"remote,omitempty"`
	Card      storage.Card `json:"card"` // what the book shall show
	// Wanted is what the contact says in the book's types; Fields are those that it changes, and that nobody changed there.
	Wanted storage.Card    `json:"wanted"`
	Fields []storage.Field `json:"fields,omitempty"`
}

// readState gives the state kept with a book; an empty one when nothing is.
func readState(b *storage.ContactBook) (*state, error) {
	st := &state{Version: stateVersion}
	if len(b.Pass) == 0 {
		return st, nil
	}
	if err := json.Unmarshal(b.Pass, st); err != nil {
		return nil, fmt.Errorf("pass of account %s: %w", b.AccountID, err)
	}
	if st.Version != stateVersion {
		return nil, fmt.Errorf("pass of account %s: form %d is not known", b.AccountID, st.Version)
	}
	return st, nil
}

// begin gives the state to a pass, or to none (""): nothing of the one before stays but what the next must not forget.
func (st *state) begin(runID string) {
	*st = state{Version: st.Version, RunID: runID, Inflight: st.Inflight, NotBefore: st.NotBefore, Ask: st.Ask}
}

// keep writes the state into a book; nothing worth keeping leaves nothing.
func (st *state) keep(b *storage.ContactBook) error {
	b.Pass = nil
	if st.RunID == "" && st.Inflight == nil && len(st.Ask) == 0 {
		return nil
	}
	raw, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("pass of account %s: %w", b.AccountID, err)
	}
	b.Pass = raw
	return nil
}

// bookOf gives what is remembered of an account's book, with the state of its pass.
func bookOf(tx storage.Reader, accountID string) (*storage.ContactBook, *state, error) {
	b, err := tx.ContactBook(accountID)
	if err != nil {
		return nil, nil, err
	}
	b.AccountID = accountID
	st, err := readState(b)
	return b, st, err
}

// putBook keeps a book with the state of its pass.
func putBook(w storage.Writer, b *storage.ContactBook, st *state) error {
	if err := st.keep(b); err != nil {
		return err
	}
	return w.PutContactBook(b)
}

// awaitsAnswer reports whether a card of a contact is on its way to some book.
func awaitsAnswer(tx storage.Reader, contactID string) (bool, error) {
	accounts, err := tx.Accounts()
	if err != nil {
		return false, err
	}
	for _, a := range accounts {
		if a.Job() != storage.JobContacts {
			continue
		}
		_, st, err := bookOf(tx, a.ID)
		if err != nil {
			return false, err
		}
		if st.Inflight != nil && slices.ContainsFunc(st.Inflight.Items, func(i sending) bool { return i.ContactID == contactID }) {
			return true, nil
		}
	}
	return false, nil
}

// windows count what left lately, in both directions, for the guard.
type windows struct {
	There merge.Window `json:"there"`
	Here  merge.Window `json:"here"`
}

func readWindows(b *storage.ContactBook) (*windows, error) {
	w := &windows{}
	if len(b.Sent) == 0 {
		return w, nil
	}
	if err := json.Unmarshal(b.Sent, w); err != nil {
		return nil, fmt.Errorf("what left lately for account %s: %w", b.AccountID, err)
	}
	return w, nil
}

func (w *windows) keep(b *storage.ContactBook) error {
	raw, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("what left lately for account %s: %w", b.AccountID, err)
	}
	b.Sent = raw
	return nil
}
