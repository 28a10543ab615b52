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

// ExportParams say which contacts a file gets, always those outside the trash.
type ExportParams struct {
	// Name is the file's, for the list of running jobs.
	Name string
	// Label is what they bear; "": any, or none.
	Label string
	// IDs are the only ones; nil: all.
	IDs []string
}

// ExportFile writes contacts as a .vcf file and counts them. ImportFile knows them again.
func (s *Service) ExportFile(ctx context.Context, w io.Writer, p ExportParams) (count int, err error) {
	id, err := newID()
	if err != nil {
		return 0, err
	}
	run := &storage.Run{ID: id, Kind: storage.RunExport, Subject: p.Name}
	run.Totals.Total = len(p.IDs)
	ctx, shown := s.show(ctx, run)
	state := storage.RunFailed
	defer func() { shown.finish(state) }()
	wanted := p.wanted()
	for after, more := "", true; more; {
		var page []*storage.Contact
		err := s.view(ctx, func(tx storage.Reader) (err error) {
			page, err = tx.Contacts(after, exportPage)
			return err
		})
		if ctx.Err() != nil {
			state = storage.RunCancelled
		}
		if err != nil {
			return count, err
		}
		var cards []vcard.New
		for _, c := range page {
			after = c.ID
			if c.TrashedAt.IsZero() && wanted(c) {
				cards = append(cards, vcard.New{UID: c.ID, Card: fieldmap.Out(&c.Card, fieldmap.VCard())})
			}
		}
		if err := vcard.Encode(w, cards...); err != nil {
			return count, err
		}
		count += len(cards)
		shown.advance(count, p.Name)
		more = len(page) == exportPage
	}
	state = storage.RunDone
	return count, nil
}

// wanted tells which contacts are asked for.
func (p ExportParams) wanted() func(*storage.Contact) bool {
	only := map[string]bool{}
	for _, id := range p.IDs {
		only[id] = true
	}
	key := storage.SearchKey(p.Label)
	return func(c *storage.Contact) bool {
		labelled := key == "" || slices.ContainsFunc(c.Labels, func(l string) bool { return storage.SearchKey(l) == key })
		return labelled && (p.IDs == nil || only[c.ID])
	}
}
