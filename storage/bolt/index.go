package bolt

import (
	"bytes"

	"diapason/storage"
)

// entry is one key of an index bucket. These functions are the only ones that know what is indexed: writes and the
// verifier both use them.
type entry struct {
	bucket bucket
	key    []byte
	value  []byte
}

func establishmentEntries(e *storage.Establishment) []entry {
	es := make([]entry, 0, 5+len(e.Labels))
	if e.Identifier != "" {
		es = append(es, entry{ixIdentifier, []byte(e.Identifier), []byte(e.ID)})
	}
	es = append(es,
		entry{bucket: ixStatus, key: join(string(e.Status), e.ID)},
		entry{bucket: ixName, key: join(storage.SearchKey(e.Name), e.ID)},
	)
	if k := e.NaturalKey(); k != "" {
		es = append(es, entry{bucket: ixNatural, key: append(naturalHash(k), e.ID...)})
	}
	labels := len(es)
	for _, l := range e.Labels {
		k := join(labelKey(l), e.ID)
		if !containsKey(es[labels:], k) {
			es = append(es, entry{bucket: ixLabel, key: k})
		}
	}
	return es
}

func containsKey(es []entry, key []byte) bool {
	for i := range es {
		if bytes.Equal(es[i].key, key) {
			return true
		}
	}
	return false
}

func listingEntries(l *storage.Listing) []entry {
	es := []entry{
		{bucket: ixListingAccount, key: join(l.AccountID, l.EstablishmentID)},
		{bucket: ixListingWord, key: join(l.AccountID, string(l.Word()), l.EstablishmentID)},
	}
	if !l.NextCheck.IsZero() {
		k := append(append(prefix(l.AccountID), timeKey(l.NextCheck)...), l.EstablishmentID...)
		es = append(es, entry{bucket: ixListingDue, key: k})
	}
	return es
}

// priority orders operations: what a person asked for leaves first, what the scheduler asked for last.
func priority(a storage.Actor) byte {
	switch a {
	case storage.ActorUser:
		return 0
	case storage.ActorScheduler:
		return 2
	}
	return 1
}

func operationEntries(o *storage.Operation) []entry {
	k := append(prefix(o.AccountID), priority(o.Actor))
	k = append(append(k, timeKey(o.CreatedAt)...), o.EstablishmentID...)
	return []entry{{bucket: ixOperationOrder, key: k}}
}

func runEntries(r *storage.Run) []entry {
	return []entry{{bucket: ixRunStart, key: append(timeKey(r.StartedAt), r.ID...)}}
}

func journalEntries(j *storage.JournalEntry) []entry {
	var es []entry
	if j.EstablishmentID != "" {
		es = append(es, entry{bucket: ixJournalEstablishment, key: join(j.EstablishmentID, j.ID)})
	}
	if j.RunID != "" {
		es = append(es, entry{bucket: ixJournalRun, key: join(j.RunID, j.ID)})
	}
	if j.ReservationID != "" {
		es = append(es, entry{bucket: ixJournalReservation, key: join(j.ReservationID, j.ID)})
	}
	if j.ContactID != "" {
		es = append(es, entry{bucket: ixJournalContact, key: join(j.ContactID, j.ID)})
	}
	return es
}

// put brings the indexes from the entries of the old state to those of the new one, touching only what differs.
func (w *writer) put(old, fresh []entry) error {
	for i := range old {
		if !hasEntry(fresh, &old[i]) {
			if err := w.in(old[i].bucket).Delete(old[i].key); err != nil {
				return err
			}
		}
	}
	for i := range fresh {
		if !hasEntry(old, &fresh[i]) {
			if err := w.in(fresh[i].bucket).Put(fresh[i].key, fresh[i].value); err != nil {
				return err
			}
		}
	}
	return nil
}

func hasEntry(es []entry, e *entry) bool {
	for i := range es {
		if es[i].bucket == e.bucket && bytes.Equal(es[i].key, e.key) && bytes.Equal(es[i].value, e.value) {
			return true
		}
	}
	return false
}
