package contacts

import (
	"context"

	"diapason/storage"
)

// Reach says how well the contacts outside the trash can be recognised in an address book.
type Reach struct {
	Contacts     int
	WithoutEmail int // no card is recognised as theirs by an e-mail
	SharingEmail int // an e-mail of theirs is another contact's too: a person is asked
}

// Reach counts the contacts that have no e-mail, and those that share one.
func (s *Service) Reach(ctx context.Context) (Reach, error) {
	var reach Reach
	bearers := map[string]bool{} // of an e-mail; true when it is not theirs alone
	err := s.eachKey(ctx, storage.Reader.ContactEmailKeys, func(_ storage.Reader, _ string, ids []string) error {
		for _, id := range ids {
			bearers[id] = bearers[id] || len(ids) > 1
		}
		return nil
	})
	if err != nil {
		return Reach{}, err
	}
	err = s.view(ctx, func(tx storage.Reader) (err error) {
		reach.Contacts, err = tx.CountContacts()
		return err
	})
	for _, shared := range bearers {
		if shared {
			reach.SharingEmail++
		}
	}
	reach.WithoutEmail = max(0, reach.Contacts-len(bearers)) // somebody may edit meanwhile
	return reach, err
}
