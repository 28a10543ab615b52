package bolt

import (
	"bytes"
	"errors"
	"fmt"

	"diapason/storage"
)

// sound checks what every part of the agenda has: a name that is its key, values that may be kept, references to what
// exists.
func (v *verifier) sound(
	b bucket, key []byte, id string, ps storage.Problems, references func(func(storage.Referent, string)),
) error {
	if err := named(nil, id, key); err != nil {
		return err
	}
	if len(ps) > 0 {
		v.found(b, key, "invalid: %v", ps)
	}
	if references == nil {
		return nil
	}
	if err := v.referTo(references); err != nil {
		return fmt.Errorf("it refers to nothing: %w", err)
	}
	return nil
}

func (v *verifier) reservationType(key, value []byte) error {
	t := new(storage.ReservationType)
	if err := decode(value, t); err != nil {
		return err
	}
	if name := labelKey(t.Name); v.types[name] {
		v.found(bTypes, key, "another type has its name")
	} else {
		v.types[name] = true
	}
	return v.sound(bTypes, key, t.ID, t.Validate(), nil)
}

func (v *verifier) person(key, value []byte) error {
	p := new(storage.Person)
	if err := decode(value, p); err != nil {
		return err
	}
	if p.Administrator {
		if v.administrator {
			v.found(bPersons, key, "a second administrator")
		}
		v.administrator = true
	}
	return v.sound(bPersons, key, p.ID, p.Validate(), nil)
}

func (v *verifier) resource(key, value []byte) error {
	r := new(storage.Resource)
	if err := decode(value, r); err != nil {
		return err
	}
	v.entries(resourceEntries(r))
	return v.sound(bResources, key, r.ID, r.Validate(), r.References)
}

func (v *verifier) reservation(key, value []byte) error {
	r := new(storage.Reservation)
	if err := decode(value, r); err != nil {
		return err
	}
	v.counts[countReservations]++
	v.entries(reservationEntries(r))
	if err := r.Sound(); err != nil {
		v.found(bReservations, key, "%v", err)
	}
	if r.Revision == 0 {
		v.found(bReservations, key, "revision is zero")
	}
	return v.sound(bReservations, key, r.ID, r.Validate(), r.References)
}

func (v *verifier) feedLink(key, value []byte) error {
	l := new(storage.FeedLink)
	if err := decode(value, l); err != nil {
		return err
	}
	v.entries(feedLinkEntries(l))
	if err := l.Sound(); err != nil {
		v.found(bFeedLinks, key, "%v", err)
	}
	if err := v.ownable(l); err != nil && !errors.Is(err, storage.ErrNotFound) {
		v.found(bFeedLinks, key, "%v", err)
	}
	return v.sound(bFeedLinks, key, l.ID, l.Validate(), l.References)
}

func (v *verifier) publication(key, value []byte) error {
	p := new(storage.Publication)
	if err := decode(value, p); err != nil {
		return err
	}
	if !bytes.Equal(join(p.LinkID, p.AccountID), key) {
		return fmt.Errorf("record calls itself %q on %q", p.LinkID, p.AccountID)
	}
	if err := p.Sound(); err != nil {
		v.found(bPublications, key, "%v", err)
	}
	if err := v.published(p); err != nil {
		return fmt.Errorf("it refers to nothing: %w", err)
	}
	return nil
}

func (v *verifier) outsideFeed(key, value []byte) error {
	o := new(storage.OutsideFeed)
	if err := decode(value, o); err != nil {
		return err
	}
	v.entries(outsideFeedEntries(o))
	return v.sound(bOutsideFeeds, key, o.ID, o.Validate(), o.References)
}
