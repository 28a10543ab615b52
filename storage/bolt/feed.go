package bolt

import (
	"fmt"
	"time"

	"diapason/storage"
)

func feedLinkEntries(l *storage.FeedLink) []entry {
	es := []entry{{ixFeedToken, []byte(l.TokenHash), []byte(l.ID)}}
	for _, f := range l.Former {
		if !containsKey(es, []byte(f.Hash)) {
			es = append(es, entry{ixFeedToken, []byte(f.Hash), []byte(l.ID)})
		}
	}
	return append(es, referenceEntries(holdsFeedLink, l.ID, l.References)...)
}

func outsideFeedEntries(o *storage.OutsideFeed) []entry {
	return referenceEntries(holdsOutsideFeed, o.ID, o.References)
}

func (r *reader) FeedLink(id string) (*storage.FeedLink, error) {
	return one[storage.FeedLink](r, bFeedLinks, id)
}

func (r *reader) FeedLinks() ([]*storage.FeedLink, error) {
	return page[storage.FeedLink](r, bFeedLinks, nil, nil, 0)
}

func (r *reader) FeedLinkByToken(hash string) (*storage.FeedLink, error) {
	id := r.in(ixFeedToken).Get([]byte(hash))
	if id == nil {
		return nil, fmt.Errorf("feed link by its token: %w", storage.ErrNotFound)
	}
	return r.FeedLink(string(id))
}

func (r *reader) Publication(linkID, accountID string) (*storage.Publication, error) {
	p := new(storage.Publication)
	if err := r.get(bPublications, join(linkID, accountID), p); err != nil {
		return nil, err
	}
	return p, nil
}

func (r *reader) Publications(accountID string) ([]*storage.Publication, error) {
	all, err := page[storage.Publication](r, bPublications, nil, nil, 0)
	if err != nil || accountID == "" {
		return all, err
	}
	var out []*storage.Publication
	for _, p := range all {
		if p.AccountID == accountID {
			out = append(out, p)
		}
	}
	return out, nil
}

func (r *reader) OutsideFeed(id string) (*storage.OutsideFeed, error) {
	return one[storage.OutsideFeed](r, bOutsideFeeds, id)
}

func (r *reader) OutsideFeeds() ([]*storage.OutsideFeed, error) {
	return page[storage.OutsideFeed](r, bOutsideFeeds, nil, nil, 0)
}

func (w *writer) PutFeedLink(l *storage.FeedLink) error {
	if ps := l.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&l.ID); err != nil {
		return err
	}
	if err := l.Sound(); err != nil {
		return err
	}
	if err := w.referTo(l.References); err != nil {
		return err
	}
	if err := w.ownable(l); err != nil {
		return err
	}
	for _, e := range feedLinkEntries(l) {
		if other := w.in(e.bucket).Get(e.key); e.bucket == ixFeedToken && other != nil && string(other) != l.ID {
			return fmt.Errorf("feed link %s: its token: %w", l.ID, storage.ErrDuplicate)
		}
	}
	utc(&l.CreatedAt)
	utc(&l.RevokedAt)
	for i := range l.Former {
		utc(&l.Former[i].At)
	}
	for i := range l.Readings {
		utc(&l.Readings[i].At)
	}
	if err := refile(w, bFeedLinks, l.ID, l, feedLinkEntries); err != nil {
		return err
	}
	w.changes.Agenda = true
	return w.save(bFeedLinks, []byte(l.ID), l)
}

// ownable makes sure that a link belongs to somebody: not to the administrator, who is nobody in particular.
func (r *reader) ownable(l *storage.FeedLink) error {
	owner, err := r.Person(l.OwnerID)
	if err == nil && owner.Administrator {
		return storage.NewProblem("feedLink.owner.administrator", "name", owner.Name).On(storage.FieldLinkOwner)
	}
	return err
}

func (w *writer) DeleteFeedLink(id string) error {
	l, err := w.FeedLink(id)
	if err != nil {
		return err
	}
	if _, err := w.deleteAll(bPublications, prefix(id)); err != nil {
		return err
	}
	if err := w.put(feedLinkEntries(l), nil); err != nil {
		return err
	}
	w.changes.Agenda = true
	return w.remove(bFeedLinks, id)
}

func (w *writer) PutPublication(p *storage.Publication) error {
	if err := checkIDs(p.LinkID, p.AccountID); err != nil {
		return err
	}
	if err := p.Sound(); err != nil {
		return err
	}
	if err := w.published(p); err != nil {
		return err
	}
	for _, t := range []*time.Time{&p.PublishedAt, &p.VerifiedAt, &p.NotBefore} {
		utc(t)
	}
	w.changes.Agenda = true
	return w.save(bPublications, join(p.LinkID, p.AccountID), p)
}

// published makes sure that a publication's link and account exist.
func (r *reader) published(p *storage.Publication) error {
	if r.in(bFeedLinks).Get([]byte(p.LinkID)) == nil {
		return fmt.Errorf("feed link %q: %w", p.LinkID, storage.ErrNotFound)
	}
	return r.accountExists(p.AccountID)
}

func (w *writer) DeletePublication(linkID, accountID string) error {
	w.changes.Agenda = true
	return w.remove(bPublications, string(join(linkID, accountID)))
}

// dropPublications forgets what was published on an account.
func (w *writer) dropPublications(accountID string) error {
	ps, err := w.Publications(accountID)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if err := w.DeletePublication(p.LinkID, p.AccountID); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) PutOutsideFeed(o *storage.OutsideFeed) error {
	if ps := o.Validate(); len(ps) > 0 {
		return ps
	}
	if err := w.identify(&o.ID); err != nil {
		return err
	}
	if err := w.referTo(o.References); err != nil {
		return err
	}
	if err := refile(w, bOutsideFeeds, o.ID, o, outsideFeedEntries); err != nil {
		return err
	}
	utc(&o.NextRead)
	utc(&o.LastOK)
	w.changes.Agenda = true
	return w.save(bOutsideFeeds, []byte(o.ID), o)
}

func (w *writer) DeleteOutsideFeed(id string) error {
	o, err := w.OutsideFeed(id)
	if err != nil {
		return err
	}
	if err := w.retire(bOutsideFeeds, storage.ReferentOutsideFeed, id, o.Name); err != nil {
		return err
	}
	return w.put(outsideFeedEntries(o), nil)
}
