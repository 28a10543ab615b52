package contacts

import (
	"slices"

	"diapason/storage"
)

// codeFrozen is why a person is asked about a field that changes back and forth for ever.
const codeFrozen = "contacts.frozen"

// putLink keeps a link, and tells the journal which of its fields were frozen, or let go, with what the book showed then.
// Before is nil for a new one.
func (r *report) putLink(before, after *storage.ContactLink, c *storage.Contact) error {
	if err := r.PutContactLink(after); err != nil || before == nil {
		return err
	}
	for _, told := range []struct {
		fields, except []storage.Field
		entry          storage.JournalEntry
	}{
		{after.Frozen, before.Frozen, storage.JournalEntry{
			Actor: storage.ActorProvider, Action: storage.JournalFreeze, Reason: storage.NewProblem(codeFrozen),
		}},
		{before.Frozen, after.Frozen, storage.JournalEntry{
			Actor: storage.ActorUser, Action: storage.JournalRelease, Reason: storage.NewProblem("contacts.unfrozen"),
		}},
	} {
		moved := slices.DeleteFunc(slices.Clone(told.fields), func(f storage.Field) bool { return slices.Contains(told.except, f) })
		if len(moved) == 0 {
			continue
		}
		told.entry.ContactID, told.entry.Name = c.ID, c.FullName()
		told.entry.Changes = slices.DeleteFunc(differences(&before.Theirs, &after.Theirs), func(d storage.FieldChange) bool {
			return !slices.Contains(moved, d.Field)
		})
		if err := r.tell(&told.entry); err != nil {
			return err
		}
	}
	return nil
}
