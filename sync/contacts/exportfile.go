package contacts

import (
	"context"
	"io"
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/vcard"
)

// exportPage is how many contacts one transaction reads.
const exportPage = 500

// ExportFile writes the contacts outside the trash as a .vcf file, those of a label only when one is given, and counts
// them. ImportFile knows them again.
func (s *Service) ExportFile(ctx context.Context, w io.Writer, label string) (count int, err error) {
	key := storage.SearchKey(label)
	for after, more := "", true; more; {
		var page []*storage.Contact
		err := s.view(ctx, func(tx storage.Reader) (err error) {
			page, err = tx.Contacts(after, exportPage)
			return err
		})
		if err != nil {
			return count, err
		}
		var cards []vcard.New
		for _, c := range page {
			after = c.ID
			labelled := key == "" || slices.ContainsFunc(c.Labels, func(l string) bool { return storage.SearchKey(l) == key })
			if labelled && c.TrashedAt.IsZero() {
				cards = append(cards, vcard.New{UID: c.ID, Card: fieldmap.Out(&c.Card, fieldmap.VCard())})
			}
		}
		if err := vcard.Encode(w, cards...); err != nil {
			return count, err
		}
		count += len(cards)
		more = len(page) == exportPage
	}
	return count, nil
}
