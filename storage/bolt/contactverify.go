package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"diapason/storage"
)

func (v *verifier) contact(key, value []byte) error {
	c := new(storage.Contact)
	if err := decode(value, c); err != nil {
		return err
	}
	if c.TrashedAt.IsZero() {
		v.counts[countContacts]++
	}
	v.entries(contactEntries(c))
	if c.Revision == 0 {
		v.found(bContacts, key, "revision is zero")
	}
	accounts, err := v.ids(bContactLinks, prefix(string(key)), 0, lastPart)
	if err != nil {
		return err
	}
	row := c.Row(accounts)
	v.expected[bContactRows]++
	if got := v.in(bContactRows).Get(key); !bytes.Equal(got, encodeContactRow(&row)) {
		v.found(bContactRows, key, "row differs from the contact and its links")
	}
	return v.sound(bContacts, key, c.ID, c.Validate(), nil)
}

func (v *verifier) contactLink(key, value []byte) error {
	l := new(storage.ContactLink)
	if err := decode(value, l); err != nil {
		return err
	}
	if !bytes.Equal(join(l.ContactID, l.AccountID), key) {
		return fmt.Errorf("record calls itself %q on %q", l.ContactID, l.AccountID)
	}
	v.entries(contactLinkEntries(l))
	if err := soundLink(l); err != nil {
		v.found(bContactLinks, key, "%v", err)
	}
	return v.contactOn(l.ContactID, l.AccountID)
}

// contactOn checks that what ties a contact to an account ties what exists.
func (v *verifier) contactOn(contactID, accountID string) error {
	if v.in(bContacts).Get([]byte(contactID)) == nil {
		return errors.New("its contact does not exist")
	}
	return v.bookOf(accountID)
}

func (v *verifier) bookOf(accountID string) error {
	if v.in(bAccounts).Get([]byte(accountID)) == nil {
		return errors.New("its account does not exist")
	}
	return nil
}

func (v *verifier) contactSend(key, value []byte) error {
	account, id, _ := bytes.Cut(key, []byte{0})
	if err := v.contactOn(string(id), string(account)); err != nil {
		return err
	}
	c, err := v.Contact(string(id))
	if err != nil {
		return err
	}
	if written, n := binary.Uvarint(value); n != len(value) || n <= 0 || written != uint64(c.Revision) {
		return errors.New("it was not made by the contact's last write")
	}
	return nil
}

func (v *verifier) contactQuestion(key, value []byte) error {
	q := new(storage.ContactQuestion)
	err := decode(value, q)
	if err := named(err, q.ID, key); err != nil {
		return err
	}
	return v.bookOf(q.AccountID)
}

func (v *verifier) contactBook(key, value []byte) error {
	b := new(storage.ContactBook)
	err := decode(value, b)
	if err := named(err, b.AccountID, key); err != nil {
		return err
	}
	return v.bookOf(b.AccountID)
}
