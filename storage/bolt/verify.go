package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// maxViolations stops a verification that finds nothing but faults.
const maxViolations = 1000

// Verify checks the whole file in one consistent read: structure, indexes against records both ways, rows against what
// they are computed from, references, counters and the queue. It exceeds ReadBudget on large workspaces.
func (s *Store) Verify(ctx context.Context) ([]storage.Violation, error) {
	v := &verifier{ctx: ctx, collator: newCollator(), counts: map[string]int64{}, types: map[string]bool{}}
	// Nothing is written while the structure is checked: bbolt compares the pages of the transaction with the free pages of
	// the moment, and finds faults where there are none when a commit moves them. The rest is read beside the writers.
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	still := stdsync.OnceFunc(func() { <-s.turn })
	defer still()
	err := s.view(ctx, func(r *reader) error {
		v.reader = r
		for err := range r.tx.Check() {
			v.found(bMeta, nil, "structure: %v", err)
		}
		still()
		if len(v.violations) > 0 {
			return nil // nothing below can be trusted
		}
		return v.all()
	})
	if err != nil {
		return nil, err
	}
	return v.violations, nil
}

type verifier struct {
	*reader
	ctx      context.Context
	collator *collator
	counts   map[string]int64 // as they should be
	expected [bucketCount]int // number of entries that records call for
	types    map[string]bool  // names of reservation types seen, as search keys
	// administrator tells that a person was found who is it.
	administrator bool
	violations    []storage.Violation
}

func (v *verifier) found(b bucket, key []byte, format string, args ...any) {
	if len(v.violations) < maxViolations {
		v.violations = append(v.violations, storage.Violation{
			Bucket: b.String(), Key: string(key), Text: fmt.Sprintf(format, args...),
		})
	}
}

func (v *verifier) all() error {
	checks := []struct {
		b bucket
		f func(key, value []byte) error
	}{
		{bEstablishments, v.establishment},
		{bListings, v.listing},
		{bAccounts, v.account},
		{bOperations, v.operation},
		{bRuns, v.run},
		{bItems, v.item},
		{bJournal, v.journal},
		{bProfiles, v.profile},
		{bSchedules, v.schedule},
		{bTypes, v.reservationType},
		{bPersons, v.person},
		{bResources, v.resource},
		{bReservations, v.reservation},
		{bFeedLinks, v.feedLink},
		{bPublications, v.publication},
		{bOutsideFeeds, v.outsideFeed},
		{bContacts, v.contact},
		{bContactLinks, v.contactLink},
		{bContactSends, v.contactSend},
		{bContactQuestions, v.contactQuestion},
		{bContactBooks, v.contactBook},
		{bContactApart, v.contactApart},
	}
	for _, c := range checks {
		err := v.scan(c.b, nil, nil, func(k, value []byte) (bool, error) {
			if err := c.f(k, value); err != nil {
				v.found(c.b, k, "%v", err)
			}
			return len(v.violations) < maxViolations, v.ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	if err := v.counters(); err != nil {
		return err
	}
	return v.surplus()
}

// entries checks that every index entry of a record is there.
func (v *verifier) entries(es []entry) {
	for i := range es {
		e := &es[i]
		v.expected[e.bucket]++
		got := v.in(e.bucket).Get(e.key)
		if got == nil {
			v.found(e.bucket, e.key, "entry is missing")
		} else if !bytes.Equal(got, e.value) {
			v.found(e.bucket, e.key, "entry points at %q instead of %q", got, e.value)
		}
	}
}

// surplus looks for index entries that no record calls for. Each record calls for its own entries only, and all of
// those are there: when the numbers agree, there is none.
func (v *verifier) surplus() error {
	for b := range bucketCount {
		if !layout[b].derived || b == bCounts {
			continue
		}
		n := 0
		err := v.scan(b, nil, nil, func(_, _ []byte) (bool, error) { n++; return true, nil })
		if err != nil {
			return err
		}
		if n != v.expected[b] {
			v.found(b, nil, "%d entries where the records call for %d", n, v.expected[b])
		}
	}
	return v.ctx.Err()
}

func (v *verifier) establishment(key, value []byte) error {
	e := new(storage.Establishment)
	if err := decode(value, e); err != nil {
		return err
	}
	if e.ID != string(key) {
		return fmt.Errorf("record calls itself %q", e.ID)
	}
	if ps := e.Validate(); len(ps) > 0 {
		v.found(bEstablishments, key, "invalid: %v", ps)
	}
	if e.Revision == 0 {
		v.found(bEstablishments, key, "revision is zero")
	}
	v.counts[countEstablishments]++
	v.entries(establishmentEntries(e))
	row := rowOf(e, v.collator)
	listings, err := v.Listings(e.ID)
	if err != nil {
		return err
	}
	for _, l := range listings {
		row.Listings = append(row.Listings, rowListingOf(l))
	}
	v.expected[bRows]++
	if got := v.in(bRows).Get(key); !bytes.Equal(got, encodeRow(&row)) {
		v.found(bRows, key, "row differs from the establishment and its listings")
	}
	return nil
}

func (v *verifier) listing(key, value []byte) error {
	l := new(storage.Listing)
	if err := decode(value, l); err != nil {
		return err
	}
	if !bytes.Equal(join(l.EstablishmentID, l.AccountID), key) {
		return fmt.Errorf("record calls itself %q on %q", l.EstablishmentID, l.AccountID)
	}
	v.entries(listingEntries(l))
	return v.references(l.EstablishmentID, l.AccountID)
}

func (v *verifier) references(establishmentID, accountID string) error {
	if v.in(bEstablishments).Get([]byte(establishmentID)) == nil {
		return fmt.Errorf("its establishment does not exist")
	}
	if v.in(bAccounts).Get([]byte(accountID)) == nil {
		return fmt.Errorf("its account does not exist")
	}
	return nil
}

func (v *verifier) account(key, value []byte) error {
	a := new(storage.Account)
	err := decode(value, a)
	return named(err, a.ID, key)
}

func named(err error, id string, key []byte) error {
	if err == nil && id != string(key) {
		return fmt.Errorf("record calls itself %q", id)
	}
	return err
}

func (v *verifier) operation(key, value []byte) error {
	o := new(storage.Operation)
	if err := decode(value, o); err != nil {
		return err
	}
	if !bytes.Equal(join(o.EstablishmentID, o.AccountID), key) {
		return fmt.Errorf("record calls itself %q on %q", o.EstablishmentID, o.AccountID)
	}
	v.counts[countOperations+string(o.State)]++
	v.entries(operationEntries(o))
	return v.references(o.EstablishmentID, o.AccountID)
}

func (v *verifier) run(key, value []byte) error {
	r := new(storage.Run)
	err := decode(value, r)
	if err := named(err, r.ID, key); err != nil {
		return err
	}
	v.entries(runEntries(r))
	return nil
}

func (v *verifier) item(key, value []byte) error {
	i := new(storage.RunItem)
	if err := decode(value, i); err != nil {
		return err
	}
	if !bytes.Equal(itemKey(i.RunID, i.Seq), key) {
		return fmt.Errorf("record calls itself item %d of %q", i.Seq, i.RunID)
	}
	if v.in(bRuns).Get([]byte(i.RunID)) == nil {
		return fmt.Errorf("its run does not exist")
	}
	return nil
}

func (v *verifier) journal(key, value []byte) error {
	j := new(storage.JournalEntry)
	err := decode(value, j)
	if err := named(err, j.ID, key); err != nil {
		return err
	}
	v.entries(journalEntries(j))
	return nil
}

func (v *verifier) profile(key, value []byte) error {
	p := new(storage.ImportProfile)
	err := decode(value, p)
	return named(err, p.ID, key)
}

func (v *verifier) schedule(key, value []byte) error {
	s := new(storage.Schedule)
	err := decode(value, s)
	if err := named(err, s.ID, key); err != nil {
		return err
	}
	if len(s.Slots) > storage.KeptSlots {
		return fmt.Errorf("%d slots", len(s.Slots))
	}
	seen := map[time.Time]bool{}
	for i, slot := range s.Slots {
		if slot.State == storage.SlotStarted && i > 0 {
			return fmt.Errorf("slot %s is under way beside a later one", slot.Planned)
		}
		if !slot.ByHand && seen[slot.Planned] {
			return fmt.Errorf("slot %s ran twice", slot.Planned)
		}
		seen[slot.Planned] = seen[slot.Planned] || !slot.ByHand
	}
	return nil
}

func (v *verifier) counters() error {
	err := v.scan(bCounts, nil, nil, func(k, value []byte) (bool, error) {
		want := v.counts[string(k)]
		delete(v.counts, string(k))
		if len(value) != 8 || int64(binary.BigEndian.Uint64(value)) != want {
			v.found(bCounts, k, "counter differs from the %d records", want)
		}
		return true, nil
	})
	for name, n := range v.counts {
		v.found(bCounts, []byte(name), "counter is missing, %d records", n)
	}
	return err
}
