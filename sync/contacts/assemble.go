package contacts

import (
	"context"
	"errors"
	"slices"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/match"
)

// assemble brings cards and contacts together: by their links, by former names, by likeness; then come the cards that are
// gone, those that a complete reading did not find, and the contacts that changed here.
func (p *pass) assemble(ctx context.Context) error {
	if p.rules.first && p.opening.Pair != "" && p.otherAccount() && !p.rehearsed {
		if err := p.unlinkAll(ctx); err != nil { // the account that the links speak of is another one
			return err
		}
	}
	strangers, err := p.tied(ctx)
	if err != nil {
		return err
	}
	var links []*storage.ContactLink
	if p.whole {
		if links, err = p.links(ctx); err != nil {
			return err
		}
	}
	if err := p.recognise(ctx, strangers, links); err != nil {
		return err
	}
	if err := p.lost(ctx, links); err != nil {
		return err
	}
	if err := p.changedHere(ctx); err != nil {
		return err
	}
	if err := p.awaitAnswers(ctx); err != nil {
		return err
	}
	return p.reweigh(ctx, p.lines)
}

// otherAccount reports whether the pass before was with another account there.
func (p *pass) otherAccount() bool { return pairID(p.opening.Pair) != p.pair.ID }

// add enters a line.
func (p *pass) add(l *line) *line {
	p.lines = append(p.lines, l)
	if l.contactID != "" {
		p.byID[l.contactID] = l
	}
	return l
}

// tied finds the links of the cards that were read, by their names of today and of before. It gives the cards that no
// link speaks of.
func (p *pass) tied(ctx context.Context) (strangers []book.Entry, err error) {
	for part := range slices.Chunk(p.order, slice) {
		err := p.s.view(ctx, func(tx storage.Reader) error {
			for _, id := range part {
				e := p.entries[id]
				if e.Deleted {
					continue
				}
				l, err := p.linkOf(tx, e)
				if err != nil {
					return err
				}
				if l == nil {
					strangers = append(strangers, *e)
					continue
				}
				if p.echo(l, e) {
					p.echoed[l.ContactID] = true
					continue
				}
				p.add(&line{contactID: l.ContactID, remoteID: id})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return strangers, nil
}

// echo reports whether a card that is said to have changed is the very one that the link was made from: what we wrote, or
// read already. A contact that changed here is entered all the same, as is one whose card is asked for. A complete
// reading weighs every card.
func (p *pass) echo(l *storage.ContactLink, e *book.Entry) bool {
	return !p.whole && inTune(l) && e.InScope && e.Fault == nil && e.ID == l.RemoteID && e.ETag != "" && e.ETag == l.ETag &&
		e.At.Equal(l.RemoteAt) && len(differences(&l.Theirs, &e.Card)) == 0
}

// inTune reports whether a link says all of how its contact and its card stand to each other.
func inTune(l *storage.ContactLink) bool {
	return !l.SyncedAt.IsZero() && l.LeftAt.IsZero() && l.MissingSince.IsZero()
}

// known gives the versions of the cards that are in tune (book.Cursor).
func (p *pass) known(ctx context.Context, ids []string) (map[string]string, error) {
	versions := map[string]string{}
	for part := range slices.Chunk(ids, slice) {
		err := p.s.view(ctx, func(tx storage.Reader) error {
			for _, id := range part {
				l, err := tx.ContactLinkByRemote(p.account.ID, id)
				if errors.Is(err, storage.ErrNotFound) {
					continue
				}
				if err != nil {
					return err
				}
				if inTune(l) {
					versions[id] = l.ETag
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return versions, nil
}

// linkOf gives the link of a card, nil when there is none. A contact that two names lead to keeps the first.
func (p *pass) linkOf(tx storage.Reader, e *book.Entry) (*storage.ContactLink, error) {
	for _, id := range append([]string{e.ID}, e.Former...) {
		l, err := tx.ContactLinkByRemote(p.account.ID, id)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p.byID[l.ContactID] == nil && !p.echoed[l.ContactID] {
			return l, nil
		}
	}
	return nil, nil
}

// links gives all links of the account.
func (p *pass) links(ctx context.Context) ([]*storage.ContactLink, error) {
	var all []*storage.ContactLink
	for after := ""; ; {
		var page []*storage.ContactLink
		err := p.s.view(ctx, func(tx storage.Reader) (err error) {
			page, err = tx.ContactLinks(p.account.ID, after, slice)
			return err
		})
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < slice {
			return all, nil
		}
		after = page[len(page)-1].ContactID
	}
}

// unlinkAll forgets all links of the account.
func (p *pass) unlinkAll(ctx context.Context) error {
	for {
		n := 0
		err := p.s.update(ctx, func(w storage.Writer) error {
			page, err := w.ContactLinks(p.account.ID, "", slice)
			if err != nil {
				return err
			}
			for _, l := range page {
				if err := w.DeleteContactLink(l.ContactID, p.account.ID); err != nil {
					return err
				}
			}
			n = len(page)
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// recognise finds the contacts of cards that no link speaks of. A link whose card is gone, or that a complete reading did
// not find, holds its contact no more: the other side may have renamed the card.
func (p *pass) recognise(ctx context.Context, strangers []book.Entry, links []*storage.ContactLink) error {
	lost := map[string]bool{}
	for _, l := range links {
		lost[l.ContactID] = p.entries[l.RemoteID] == nil && p.byID[l.ContactID] == nil
	}
	inScope := func(e book.Entry) bool {
		return e.Fault == nil && (e.InScope || e.Key != "") && !slices.Contains(p.opening.Ignored, e.ID)
	}
	strangers = slices.DeleteFunc(strangers, func(e book.Entry) bool { return !inScope(e) })
	results, err := match.Find(strangers, match.Params{
		Lookup: lookup{ctx, p.s},
		Linked: func(contactID string) (string, error) {
			if l := p.byID[contactID]; l != nil {
				return l.remoteID, nil
			}
			var link *storage.ContactLink
			err := p.s.view(ctx, func(tx storage.Reader) (err error) {
				_, link, err = p.standing(tx, contactID)
				return err
			})
			if err != nil || link == nil || lost[contactID] {
				return "", err
			}
			if e := p.entries[link.RemoteID]; e != nil && e.Deleted {
				return "", nil
			}
			return link.RemoteID, nil
		},
	})
	if err != nil {
		return err
	}
	for i, r := range results {
		e := &strangers[i]
		l := &line{contactID: r.ContactID, remoteID: e.ID, name: e.Card.FullName()}
		switch {
		case !e.InScope && r.ContactID == "":
			continue
		case len(r.Candidates) > 0:
			if !e.InScope {
				continue
			}
			l.candidates, l.why = r.Candidates, string(r.Why)
		case r.ContactID == "" && e.Key != "":
			if l.contactID, err = p.trashedKey(ctx, e.Key); err != nil {
				return err
			}
		}
		p.add(l)
	}
	return nil
}

// trashedKey gives the contact of the trash that our key names; "" when there is none.
func (p *pass) trashedKey(ctx context.Context, key string) (id string, err error) {
	err = p.s.view(ctx, func(tx storage.Reader) error {
		c, link, err := p.standing(tx, key)
		if err == nil && c != nil && !c.TrashedAt.IsZero() && link == nil && p.byID[key] == nil {
			id = key
		}
		return err
	})
	return id, err
}

// lost enters the lines of cards that are gone, or that a complete reading did not find.
func (p *pass) lost(ctx context.Context, links []*storage.ContactLink) error {
	asked := map[string]bool{}
	for _, id := range p.ask {
		asked[id] = true
	}
	if !p.rules.first {
		for _, l := range links {
			if e := p.entries[l.RemoteID]; e != nil || p.byID[l.ContactID] != nil || !l.LeftAt.IsZero() {
				continue
			}
			line := p.add(&line{contactID: l.ContactID, remoteID: l.RemoteID})
			if line.asked = asked[l.ContactID]; line.asked {
				continue // no list is believed about it any more
			}
			if ago := p.s.p.Clock.Now().Sub(l.CreatedHere); l.CreatedHere.IsZero() || ago < 0 || ago >= settling {
				p.missing++
			}
			line.dropped, line.done, line.vanished = true, true, true // the next pass asks for it
		}
	}
	for part := range slices.Chunk(p.order, slice) {
		err := p.s.view(ctx, func(tx storage.Reader) error {
			for _, id := range part {
				if !p.entries[id].Deleted {
					continue
				}
				l, err := tx.ContactLinkByRemote(p.account.ID, id)
				if errors.Is(err, storage.ErrNotFound) {
					continue
				}
				if err != nil {
					return err
				}
				if p.byID[l.ContactID] == nil {
					p.add(&line{contactID: l.ContactID, remoteID: id})
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// changedHere enters the contacts that changed here, all of them in a first pass, those that somebody decided about, and
// those whose cards are to be asked for.
func (p *pass) changedHere(ctx context.Context) error {
	enter := func(tx storage.Reader, ids []string, asked bool) error {
		for _, id := range ids {
			if p.byID[id] != nil {
				continue
			}
			_, link, err := p.standing(tx, id)
			if err != nil {
				return err
			}
			l := &line{contactID: id, asked: asked}
			if link != nil {
				l.remoteID = link.RemoteID
			}
			p.add(l)
		}
		return nil
	}
	err := p.s.view(ctx, func(tx storage.Reader) error {
		decided, err := p.decisions(tx)
		if err != nil {
			return err
		}
		for id, sides := range decided {
			if !answered(sides) {
				continue
			}
			if err := enter(tx, []string{id}, true); err != nil {
				return err
			}
		}
		return enter(tx, p.ask, true)
	})
	for after := ""; err == nil; {
		var ids []string
		err = p.s.view(ctx, func(tx storage.Reader) (err error) {
			if ids, err = p.nextHere(tx, after); err != nil {
				return err
			}
			return enter(tx, ids, false)
		})
		if len(ids) < slice {
			break
		}
		after = ids[len(ids)-1]
	}
	return err
}

// nextHere gives the next contacts to look at.
func (p *pass) nextHere(tx storage.Reader, after string) ([]string, error) {
	if !p.rules.first {
		return tx.ContactsToSend(p.account.ID, after, slice)
	}
	contacts, err := tx.Contacts(after, slice)
	ids := make([]string, len(contacts))
	for i, c := range contacts {
		ids[i] = c.ID
	}
	return ids, err
}

// lookup finds contacts in transactions of their own, so that none is long.
type lookup struct {
	ctx context.Context
	s   *Service
}

// Contact gives a contact.
func (l lookup) Contact(id string) (c *storage.Contact, err error) {
	err = l.s.view(l.ctx, func(tx storage.Reader) (err error) {
		c, err = tx.Contact(id)
		return err
	})
	return c, err
}

// ContactIDsByEmail gives the contacts that have an e-mail.
func (l lookup) ContactIDsByEmail(key string) (ids []string, err error) {
	err = l.s.view(l.ctx, func(tx storage.Reader) (err error) {
		ids, err = tx.ContactIDsByEmail(key)
		return err
	})
	return ids, err
}

// ContactIDsByMobile gives the contacts that have a mobile number.
func (l lookup) ContactIDsByMobile(e164 string) (ids []string, err error) {
	err = l.s.view(l.ctx, func(tx storage.Reader) (err error) {
		ids, err = tx.ContactIDsByMobile(e164)
		return err
	})
	return ids, err
}
