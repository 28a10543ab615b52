package command

import (
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
)

// contactsDuplicates lists contacts that may be one.
type contactsDuplicates struct{}

// contactsDuplicate is one group of them in the document.
type contactsDuplicate struct {
	By       contacts.SharedBy `json:"by"`
	Value    string            `json:"value"`
	Contacts []candidate       `json:"contacts"`
}

// Run lists the groups, with what their contacts share.
func (contactsDuplicates) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		found, err := w.Contacts.Duplicates(s.ctx)
		if err != nil {
			return err
		}
		list := make([]contactsDuplicate, 0, len(found))
		for _, d := range found {
			group := contactsDuplicate{By: d.By, Value: d.Value}
			cells := []string{words.T("contact.duplicate." + string(d.By)), d.Value}
			if group.Contacts, err = contactsNamed(s, w, d.IDs...); err != nil {
				return err
			}
			for _, c := range group.Contacts {
				cells = append(cells, c.ID+" "+c.Name)
			}
			list = append(list, group)
			if err := s.line(cells...); err != nil {
				return err
			}
		}
		s.say(words.N("command.contacts.duplicates", len(list)))
		return s.document(map[string]any{"duplicates": list})
	})
}

// contactsNamed gives the names of contacts.
func contactsNamed(s *session, w *Workspace, ids ...string) ([]candidate, error) {
	list := make([]candidate, 0, len(ids))
	err := w.Store.View(s.ctx, func(tx storage.Reader) error {
		list = list[:0]
		for _, id := range ids {
			row, err := tx.ContactRow(id)
			if err != nil {
				return err
			}
			list = append(list, candidate{id, row.Name})
		}
		return nil
	})
	return list, err
}

// contactsMerge makes one contact of two.
type contactsMerge struct {
	Kept   string `arg:"" name:"kept"`
	Other  string `arg:"" name:"merged"`
	DryRun bool   `name:"dry-run"`
}

// contactsMergeReport is what became of two contacts.
type contactsMergeReport struct {
	DryRun  bool            `json:"dryRun"`
	Kept    candidate       `json:"kept"`
	Other   candidate       `json:"other"`   // in the trash now
	Changes []plannedChange `json:"changes"` // of the one that is kept
	Left    []storage.Field `json:"left"`    // fields whose text differs; the kept one's stays
}

// Run gives the kept contact what the other one says more, and puts that one in the trash.
func (c contactsMerge) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		var cards [2]*storage.Contact
		for i, text := range []string{c.Kept, c.Other} {
			id, err := findContact(s, w.Store, text)
			if err != nil {
				return err
			}
			err = w.Store.View(s.ctx, func(tx storage.Reader) (err error) {
				cards[i], err = tx.Contact(id)
				return err
			})
			if err != nil {
				return err
			}
		}
		kept, other := cards[0], cards[1]
		card := kept.Card.Clone()
		left := w.Contacts.Unite(&card, &other.Card)
		if !c.DryRun {
			if _, err := w.Contacts.Merge(s.ctx, kept.ID, other.ID, card); err != nil {
				return err
			}
		}
		return c.tell(s, kept, other, &card, left)
	})
}

// tell says what the kept contact gained, and what it did not take.
func (c contactsMerge) tell(s *session, kept, other *storage.Contact, card *storage.Card, left []storage.Field) error {
	report := contactsMergeReport{
		DryRun: c.DryRun, Kept: candidate{kept.ID, kept.FullName()}, Other: candidate{other.ID, other.FullName()},
		Changes: []plannedChange{}, Left: append([]storage.Field{}, left...),
	}
	for _, f := range storage.CardFields(&kept.Card, card) {
		before, after := strings.Join(kept.Values(f), "\n"), strings.Join(card.Values(f), "\n")
		if before == after {
			continue
		}
		report.Changes = append(report.Changes, plannedChange{Field: f, Before: before, After: after})
		if err := s.line(say.ContactField(f), shown(f, before), shown(f, after)); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		labels := make([]string, len(left))
		for i, f := range left {
			labels[i] = say.ContactField(f)
		}
		s.sayT("command.contacts.merge.left", "name", report.Kept.Name, "other", report.Other.Name, "fields", strings.Join(labels, ", "))
	}
	key := "command.contacts.merged"
	if c.DryRun {
		key = "command.contacts.wouldMerge"
	}
	s.sayT(key, "name", report.Kept.Name, "other", report.Other.Name)
	return s.document(report)
}

// contactsApart says of contacts that they are as many people.
type contactsApart struct {
	Contacts []string `arg:"" name:"contacts"`
}

// Run marks the contacts; they are never shown together as duplicates again.
func (c contactsApart) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		var ids []string
		for _, text := range c.Contacts {
			id, err := findContact(s, w.Store, text)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		if _, err := w.Contacts.SetApart(s.ctx, ids...); err != nil {
			return err
		}
		list, err := contactsNamed(s, w, ids...)
		if err != nil {
			return err
		}
		s.say(words.N("command.contacts.apart", len(list)))
		return s.document(map[string]any{"apart": list})
	})
}
