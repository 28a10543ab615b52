package storage

import "time"

// ContactReader is the contacts' part of Reader.
type ContactReader interface {
	Contact(id string) (*Contact, error)
	// Contacts is in id order, those of the trash included.
	Contacts(after string, limit int) ([]*Contact, error)
	// ContactRow and ContactRows read the projection; ContactRows is in id order too, and a list of 100,000 is read from it
	// in pages.
	ContactRow(id string) (ContactRow, error)
	ContactRows(after string, limit int) ([]ContactRow, error)
	// ContactIDsByEmail gives the contacts outside the trash that have an e-mail whose EmailKey it is.
	ContactIDsByEmail(key string) ([]string, error)
	// ContactIDsByMobile gives those that have a mobile number of this E.164 form (MobileKey in PhoneRegion).
	ContactIDsByMobile(e164 string) ([]string, error)
	// ContactEmailKeys gives up to limit e-mails (EmailKey) of contacts outside the trash, with who bears them, in the order
	// of keys and then of ids, after one of them; ContactMobileKeys gives mobile numbers (E.164) in the same way.
	ContactEmailKeys(after ContactKey, limit int) ([]ContactKey, error)
	ContactMobileKeys(after ContactKey, limit int) ([]ContactKey, error)
	// ContactsApart gives the marks of the contacts that have some, those of the trash included: two that share a mark were
	// said to be two people.
	ContactsApart() (map[string][]string, error)
	// CountContacts counts those outside the trash.
	CountContacts() (int, error)
	// ContactsTrashedBefore gives up to limit contacts of the trash that went there before a moment.
	ContactsTrashedBefore(t time.Time, limit int) ([]string, error)

	ContactLink(contactID, accountID string) (*ContactLink, error)
	ContactLinkByRemote(accountID, remoteID string) (*ContactLink, error)
	// ContactLinksOf gives those of a contact; ContactLinks those of an account, in the order of the contacts' ids.
	ContactLinksOf(contactID string) ([]*ContactLink, error)
	ContactLinks(accountID, after string, limit int) ([]*ContactLink, error)
	CountContactLinks(accountID string) (int, error)
	// ContactsToSend gives up to limit contacts, in id order, whose last write came after the account's mark (see
	// MarkContactSent): those that a pass must look at, whatever it finds then.
	ContactsToSend(accountID, after string, limit int) ([]string, error)

	ContactQuestion(id string) (*ContactQuestion, error)
	// ContactQuestions gives those of an account ("": all), oldest first.
	ContactQuestions(accountID string) ([]*ContactQuestion, error)
	// ContactBook gives an empty one when nothing is remembered.
	ContactBook(accountID string) (*ContactBook, error)
}

// ContactWriter is the contacts' part of Writer.
type ContactWriter interface {
	// PutContact refuses ErrConflict (Revision) and Problems (Validate); it raises c.Revision and marks it to be sent to
	// every account of JobContacts. A new one has Revision 0 and gets an ID and CreatedAt when it has none.
	PutContact(c *Contact) error
	// DeleteContact removes it with its links; questions keep its name. Only the end of the trash and the undo of a creation do that.
	DeleteContact(id string) error
	// PutContactApart marks a contact as somebody else than all others that bear the same mark. It is not a write of the
	// contact: nothing is sent anywhere, and its revision stays.
	PutContactApart(contactID, mark string) error
	// DeleteContactApart takes a mark away; it does nothing where there is none.
	DeleteContactApart(contactID, mark string) error
	// PutContactLink creates or replaces the link of a contact to an account. It refuses ErrDuplicate (RemoteID that another contact is linked to in the account).
	PutContactLink(l *ContactLink) error
	DeleteContactLink(contactID, accountID string) error
	// MarkContactSent takes a contact out of ContactsToSend of an account, as of a revision: a later write keeps it there.
	// It does nothing when the contact is not there.
	MarkContactSent(contactID, accountID string, revision int) error
	PutContactQuestion(q *ContactQuestion) error
	DeleteContactQuestion(id string) error
	PutContactBook(b *ContactBook) error
}
