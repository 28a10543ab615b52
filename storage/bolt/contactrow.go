package bolt

import (
	"encoding/binary"

	"diapason/storage"
)

// The kept form of a ContactRow is made as that of a Row (row.go): its texts, a byte that tells whether it is in the
// trash, the time of the last change, its labels and accounts.
const contactRowVersion = 1

func encodeContactRow(r *storage.ContactRow) []byte {
	texts := [...]string{r.Name, r.Organization, r.Email, r.Phone, r.Sort, r.Search}
	n := 32
	for _, s := range texts {
		n += len(s) + 2
	}
	b := append(make([]byte, 0, n), contactRowVersion)
	for _, s := range texts {
		b = appendText(b, s)
	}
	trashed := byte(0)
	if r.Trashed {
		trashed = 1
	}
	b = appendTime(append(b, trashed), r.ChangedAt)
	for _, list := range [][]string{r.Labels, r.Accounts} {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, s := range list {
			b = appendText(b, s)
		}
	}
	return b
}

func decodeContactRow(id string, value []byte) (storage.ContactRow, error) {
	d := rowReader{s: string(value)}
	if d.byte() != contactRowVersion {
		return storage.ContactRow{}, errRow
	}
	r := storage.ContactRow{ID: id}
	for _, s := range []*string{&r.Name, &r.Organization, &r.Email, &r.Phone, &r.Sort, &r.Search} {
		*s = d.text()
	}
	r.Trashed = d.byte() == 1
	r.ChangedAt = d.time()
	for _, list := range []*[]string{&r.Labels, &r.Accounts} {
		if n := d.count(); n > 0 {
			*list = make([]string, n)
			for i := range *list {
				(*list)[i] = d.text()
			}
		}
	}
	if d.bad || d.s != "" {
		return storage.ContactRow{}, errRow
	}
	return r, nil
}
