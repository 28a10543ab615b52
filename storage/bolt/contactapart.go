package bolt

import (
	"bytes"
	"errors"
	"fmt"

	"diapason/storage"
)

func (r *reader) ContactEmailKeys(last storage.ContactKey, limit int) ([]storage.ContactKey, error) {
	return r.contactKeys(ixContactEmail, last, limit)
}

func (r *reader) ContactMobileKeys(last storage.ContactKey, limit int) ([]storage.ContactKey, error) {
	return r.contactKeys(ixContactMobile, last, limit)
}

// contactKeys reads an index whose keys end with a contact.
func (r *reader) contactKeys(b bucket, last storage.ContactKey, limit int) ([]storage.ContactKey, error) {
	var from []byte
	if last.ContactID != "" {
		from = after(join(last.Key, last.ContactID))
	}
	var out []storage.ContactKey
	err := r.scan(b, nil, from, func(k, _ []byte) (bool, error) {
		whole, i := string(k), bytes.LastIndexByte(k, 0)
		out = append(out, storage.ContactKey{Key: whole[:i], ContactID: whole[i+1:]})
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) ContactsApart() (map[string][]string, error) {
	marks := map[string][]string{}
	err := r.scan(bContactApart, nil, nil, func(k, _ []byte) (bool, error) {
		id, mark, _ := bytes.Cut(k, []byte{0})
		marks[string(id)] = append(marks[string(id)], string(mark))
		return true, nil
	})
	return marks, err
}

func (w *writer) PutContactApart(contactID, mark string) error {
	if err := checkIDs(contactID, mark); err != nil {
		return err
	}
	if w.in(bContacts).Get([]byte(contactID)) == nil {
		return fmt.Errorf("contact %q: %w", contactID, storage.ErrNotFound)
	}
	w.changes.contact(contactID)
	return w.in(bContactApart).Put(join(contactID, mark), nil)
}

func (w *writer) DeleteContactApart(contactID, mark string) error {
	w.changes.contact(contactID)
	return w.in(bContactApart).Delete(join(contactID, mark))
}

func (v *verifier) contactApart(key, _ []byte) error {
	id, mark, marked := bytes.Cut(key, []byte{0})
	if !marked || len(mark) == 0 {
		return errors.New("it marks with nothing")
	}
	if v.in(bContacts).Get(id) == nil {
		return errors.New("its contact does not exist")
	}
	return nil
}
