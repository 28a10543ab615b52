package contacts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"diapason/storage"
)

// contentHash tells states of a contact apart, as people see them.
func contentHash(c *storage.Contact) string {
	raw, err := json.Marshal(struct {
		Card       storage.Card
		TrashedAt  time.Time
		MergedInto string
	}{c.Card, c.TrashedAt.UTC(), c.MergedInto})
	if err != nil {
		panic("contacts: a card cannot be written as JSON: " + err.Error()) // texts and a time always can
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:16])
}

// TakeBack takes back what a run did to one contact, inside the caller's transaction, from its entry of the journal.
// What was changed since stays, and the Problem says so.
func (s *Service) TakeBack(tx storage.Writer, entry *storage.JournalEntry, runID string) (*storage.Problem, error) {
	now, conflict, err := weighBack(tx, entry)
	if now == nil || conflict != nil || err != nil {
		return conflict, err
	}
	return nil, s.back(tx, now, entry.ContactBefore, cause{actor: storage.ActorUser, run: runID})
}

// CanTakeBack tells what TakeBack would say.
func (s *Service) CanTakeBack(tx storage.Reader, entry *storage.JournalEntry) (*storage.Problem, error) {
	_, conflict, err := weighBack(tx, entry)
	return conflict, err
}

// weighBack finds the contact to be put back; nil when it was already.
func weighBack(tx storage.Reader, entry *storage.JournalEntry) (*storage.Contact, *storage.Problem, error) {
	now, err := tx.Contact(entry.ContactID)
	gone := errors.Is(err, storage.ErrNotFound)
	switch {
	case err != nil && !gone:
		return nil, nil, err
	case gone && entry.ContactBefore != nil:
		return nil, storage.NewProblem("contacts.changed", "name", entry.Name), nil
	case gone, entry.ContactBefore != nil && contentHash(now) == contentHash(entry.ContactBefore):
		return nil, nil, nil
	case contentHash(now) != entry.Hash:
		return nil, storage.NewProblem("contacts.changed", "name", entry.Name), nil
	}
	return now, nil, nil
}
