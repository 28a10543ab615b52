package bolt

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"diapason/storage"
)

func (w *writer) PutEstablishment(e *storage.Establishment) error {
	if ps := e.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&e.ID); err != nil {
		return err
	}
	old, err := w.Establishment(e.ID)
	exists, err := found(err)
	if err != nil {
		return err
	}
	kept := uint64(0)
	var before []entry
	if exists {
		kept, before = old.Revision, establishmentEntries(old)
	}
	if e.Revision != kept {
		return storage.NewProblem("establishment.changed", "name", e.Name).Because(storage.ErrConflict)
	}
	if err := w.checkIdentifier(e); err != nil {
		return err
	}
	if err := checkTexts(append([]string{e.Name, e.Address.Street, e.Address.Zip, e.Address.City}, e.Labels...)); err != nil {
		return err
	}
	w.stamp(e)
	fresh := establishmentEntries(e)
	if err := w.put(before, fresh); err != nil {
		return err
	}
	if !exists {
		w.add(countEstablishments, 1)
	}
	if err := w.save(bEstablishments, []byte(e.ID), e); err != nil {
		return err
	}
	row := rowOf(e, w.store.collator)
	if exists {
		shown, err := w.Row(e.ID)
		if err != nil {
			return err
		}
		row.Listings = shown.Listings
	}
	return w.putRow(&row)
}

// checkIdentifier keeps the user's own codes unique.
func (w *writer) checkIdentifier(e *storage.Establishment) error {
	if e.Identifier == "" {
		return nil
	}
	if len(e.Identifier) > 4*storage.MaxIdentifier || strings.IndexByte(e.Identifier, 0) >= 0 ||
		!utf8.ValidString(e.Identifier) {
		return fmt.Errorf("storage: unusable business code %q", e.Identifier)
	}
	if other := w.in(ixIdentifier).Get([]byte(e.Identifier)); other != nil && string(other) != e.ID {
		return storage.NewProblem("identifier.duplicate", "value", e.Identifier).
			On(storage.FieldIdentifier).Because(storage.ErrDuplicate)
	}
	return nil
}

// stamp raises the revision and fills the times that the caller left empty. All is put back when the transaction fails.
func (w *writer) stamp(e *storage.Establishment) {
	revision, created, updated := e.Revision, e.CreatedAt, e.UpdatedAt
	w.undo = append(w.undo, func() { e.Revision, e.CreatedAt, e.UpdatedAt = revision, created, updated })
	e.Revision++
	if e.UpdatedAt.IsZero() {
		e.UpdatedAt = w.store.now()
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = e.UpdatedAt
	}
	utc(&e.CreatedAt)
	utc(&e.UpdatedAt)
}

func (w *writer) putRow(r *storage.Row) error {
	w.changes.establishment(r.ID)
	return w.append(bRows, []byte(r.ID), encodeRow(r))
}

func (w *writer) DeleteEstablishment(id string) error {
	e, err := w.Establishment(id)
	if err != nil {
		return err
	}
	if err := w.unused(storage.ReferentEstablishment, id, e.Name); err != nil {
		return err
	}
	listings, err := w.Listings(id)
	if err != nil {
		return err
	}
	for _, l := range listings {
		if err := w.put(listingEntries(l), nil); err != nil {
			return err
		}
	}
	clear(w.listed)
	if _, err := w.deleteAll(bListings, prefix(id)); err != nil {
		return err
	}
	accounts, err := w.ids(bOperations, prefix(id), 0, lastPart)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := w.DeleteOperation(a, id); err != nil {
			return err
		}
	}
	if err := w.put(establishmentEntries(e), nil); err != nil {
		return err
	}
	w.add(countEstablishments, -1)
	w.changes.establishment(id)
	if err := w.in(bRows).Delete([]byte(id)); err != nil {
		return err
	}
	return w.in(bEstablishments).Delete([]byte(id))
}

func (w *writer) PutListing(l *storage.Listing) error {
	if err := checkIDs(l.EstablishmentID, l.AccountID); err != nil {
		return err
	}
	if err := w.refer(l.EstablishmentID, l.AccountID); err != nil {
		return err
	}
	utc(&l.SentAt)
	utc(&l.CheckedAt)
	utc(&l.NextCheck)
	utc(&l.RetryAt)
	kept := *l
	for _, s := range []*storage.Snapshot{&kept.Desired, &kept.Accepted, &kept.Observed} {
		if len(*s) == 0 {
			*s = nil // as it will be read back: the word depends on it
		}
	}
	key := join(l.EstablishmentID, l.AccountID)
	before, read := w.listed[string(key)]
	if !read {
		old, err := w.Listing(l.EstablishmentID, l.AccountID)
		if _, err := found(err); err != nil {
			return err
		}
		if old != nil {
			before = listingEntries(old)
		}
	}
	now := listingEntries(&kept)
	if err := w.put(before, now); err != nil {
		return err
	}
	if err := w.save(bListings, key, &kept); err != nil {
		return err
	}
	w.listed[string(key)] = now
	shown := rowListingOf(&kept)
	return w.changeRow(l.EstablishmentID, l.AccountID, &shown)
}

// Listing reads as the reader does, and remembers the index entries: who reads a listing within a transaction as a rule
// puts it afterwards.
func (w *writer) Listing(establishmentID, accountID string) (*storage.Listing, error) {
	l, err := w.reader.Listing(establishmentID, accountID)
	if err == nil {
		w.listed[string(join(establishmentID, accountID))] = listingEntries(l)
	}
	return l, err
}

func (w *writer) DeleteListing(establishmentID, accountID string) error {
	l, err := w.Listing(establishmentID, accountID)
	if err != nil {
		return err
	}
	if err := w.put(listingEntries(l), nil); err != nil {
		return err
	}
	key := join(establishmentID, accountID)
	if err := w.in(bListings).Delete(key); err != nil {
		return err
	}
	delete(w.listed, string(key))
	return w.changeRow(establishmentID, accountID, nil)
}

// changeRow replaces what the row shows of one listing (nil: nothing). Listings stand in the order of account ids.
func (w *writer) changeRow(establishmentID, accountID string, shown *storage.RowListing) error {
	row, err := w.Row(establishmentID)
	if err != nil {
		return err
	}
	i, exists := slices.BinarySearchFunc(row.Listings, accountID, func(l storage.RowListing, id string) int {
		return strings.Compare(l.AccountID, id)
	})
	switch {
	case exists && shown != nil:
		row.Listings[i] = *shown
	case exists:
		row.Listings = slices.Delete(row.Listings, i, i+1)
	case shown != nil:
		row.Listings = slices.Insert(row.Listings, i, *shown)
	}
	return w.putRow(&row)
}
