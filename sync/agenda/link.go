package agenda

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// Link is a subscription link with what is known of it.
type Link struct {
	*storage.FeedLink
	Owner        *storage.Person
	Publications []*storage.Publication
	// Rendered is what its feed holds; zero while it was not rendered yet.
	Rendered Rendered
}

// secretName is under which the token of a link is kept.
func secretName(linkID string) string { return "feedlink/" + linkID }

// Draft gives a link with what most want: titles, a month back and a year ahead, in the workspace's language.
func (a *Agenda) Draft(ownerID string) *storage.FeedLink {
	return &storage.FeedLink{
		OwnerID: ownerID, MonthsBack: storage.DefaultMonthsBack, MonthsAhead: storage.DefaultMonthsAhead,
		Detail: storage.FeedTitle, Language: a.p.Language(),
	}
}

// AddLink keeps a new link and makes its token. The owner must be a person who is not the administrator.
func (a *Agenda) AddLink(ctx context.Context, l *storage.FeedLink) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	fresh := l.Clone()
	fresh.ID, fresh.CreatedAt, fresh.RevokedAt, fresh.Former, fresh.Readings = id.String(), a.now(), time.Time{}, nil, nil
	if fresh.Detail == "" {
		fresh.Detail = storage.FeedTitle
	}
	if fresh.Language == "" {
		fresh.Language = a.p.Language()
	}
	err = a.withToken(ctx, fresh.ID, func(hash string) error {
		fresh.TokenHash = hash
		return a.write(ctx, func(tx storage.Writer) error { return tx.PutFeedLink(fresh) })
	})
	if err != nil {
		return err
	}
	a.shelf.Put(fresh.TokenHash, nil) // whoever reads it at once is not refused
	*l = *fresh
	return nil
}

// withToken makes a token and keeps it when keep succeeds with its hash; else the one before stays.
func (a *Agenda) withToken(ctx context.Context, linkID string, keep func(hash string) error) error {
	name := secretName(linkID)
	before, lost := a.p.Secrets.Get(ctx, name)
	token := feedserver.NewToken()
	if err := a.p.Secrets.Set(ctx, name, token); err != nil {
		return storage.Problems{storage.NewProblem("feedLink.secret").Because(err)}
	}
	err := keep(feedserver.Hash(token))
	if err == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	if lost != nil {
		a.forget(ctx, linkID)
	} else if put := a.p.Secrets.Set(ctx, name, before); put != nil {
		a.p.Log.Error("the token of a link could not be put back", "link", linkID, "error", put)
	}
	return err
}

// forget removes a token that opens nothing any more.
func (a *Agenda) forget(ctx context.Context, linkID string) {
	if err := a.p.Secrets.Delete(ctx, secretName(linkID)); err != nil {
		a.p.Log.Warn("the token of a link that ended could not be removed", "link", linkID, "error", err)
	}
}

// ChangeLink changes what a link shows, its label and its owner. Its token and its readings stay.
func (a *Agenda) ChangeLink(ctx context.Context, l *storage.FeedLink) error {
	return a.write(ctx, func(tx storage.Writer) error {
		kept, err := tx.FeedLink(l.ID)
		if err != nil {
			return err
		}
		now := l.Clone()
		now.TokenHash, now.Former, now.Readings = kept.TokenHash, kept.Former, kept.Readings
		now.CreatedAt, now.RevokedAt = kept.CreatedAt, kept.RevokedAt
		if err := tx.PutFeedLink(now); err != nil {
			return err
		}
		*l = *now
		return nil
	})
}

// keptFormer is how many tokens that stopped working a link remembers.
const keptFormer = 20

// RegenerateLink gives a link another token: the addresses of before are answered as revoked. The events keep their UIDs,
// so that whoever subscribes again has nothing twice. A revoked link works again. What is published of it gets another
// address too.
func (a *Agenda) RegenerateLink(ctx context.Context, id string) error {
	if err := a.newToken(ctx, id); err != nil || a.publisher == nil {
		return err
	}
	return a.publisher.Renew(ctx, id)
}

func (a *Agenda) newToken(ctx context.Context, id string) error {
	return a.withToken(ctx, id, func(hash string) error {
		former := ""
		err := a.write(ctx, func(tx storage.Writer) error {
			l, err := tx.FeedLink(id)
			if err != nil {
				return err
			}
			at := a.now()
			if !l.RevokedAt.IsZero() {
				at = l.RevokedAt
			}
			l.Former = slices.Insert(l.Former, 0, storage.FormerToken{Hash: l.TokenHash, At: at})
			l.Former = l.Former[:min(len(l.Former), keptFormer)]
			former, l.TokenHash, l.RevokedAt = l.TokenHash, hash, time.Time{}
			return tx.PutFeedLink(l)
		})
		if err == nil {
			body, _ := a.shelf.Body(former)
			a.shelf.Put(hash, body)
			a.shelf.Revoke(former)
		}
		return err
	})
}

// RevokeLink ends a link: its addresses are answered as revoked, and what was published of it is to be removed.
func (a *Agenda) RevokeLink(ctx context.Context, id string) error {
	hash := ""
	err := a.write(ctx, func(tx storage.Writer) error {
		l, err := tx.FeedLink(id)
		if err != nil {
			return err
		}
		if hash = l.TokenHash; l.RevokedAt.IsZero() {
			l.RevokedAt = a.now()
		}
		if err := tx.PutFeedLink(l); err != nil {
			return err
		}
		published, err := publicationsOf(tx, id)
		if err != nil {
			return err
		}
		for _, p := range published {
			p.Leaving, p.State, p.NotBefore = true, storage.OpPending, time.Time{}
			if err := tx.PutPublication(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		a.shelf.Revoke(hash)
		a.forget(context.WithoutCancel(ctx), id)
	}
	return err
}

func publicationsOf(tx storage.Reader, linkID string) ([]*storage.Publication, error) {
	all, err := tx.Publications("")
	return slices.DeleteFunc(all, func(p *storage.Publication) bool { return p.LinkID != linkID }), err
}

// Links gives the links, those that work first, the newest first.
func (a *Agenda) Links(ctx context.Context) ([]Link, error) {
	var links []Link
	err := a.p.Store.View(ctx, func(tx storage.Reader) error {
		kept, err := tx.FeedLinks()
		if err != nil {
			return err
		}
		for _, l := range kept {
			link := Link{FeedLink: l, Rendered: a.renderedOf(l.ID)}
			if link.Owner, err = tx.Person(l.OwnerID); err != nil {
				return fmt.Errorf("owner of link %s: %w", l.ID, err)
			}
			if link.Publications, err = publicationsOf(tx, l.ID); err != nil {
				return err
			}
			links = append(links, link)
		}
		return nil
	})
	slices.SortStableFunc(links, func(x, y Link) int {
		if x.RevokedAt.IsZero() != y.RevokedAt.IsZero() {
			if x.RevokedAt.IsZero() {
				return -1
			}
			return 1
		}
		return y.CreatedAt.Compare(x.CreatedAt)
	})
	return links, err
}

// Token gives the secret part of a link. When it is lost, with the keyring of another machine, the link must be
// regenerated, which the Problem says.
func (a *Agenda) Token(ctx context.Context, id string) (string, error) {
	var l *storage.FeedLink
	err := a.p.Store.View(ctx, func(tx storage.Reader) (err error) {
		l, err = tx.FeedLink(id)
		return err
	})
	if err != nil {
		return "", err
	}
	if !l.RevokedAt.IsZero() {
		return "", storage.NewProblem("feedLink.revoked", "label", l.Label)
	}
	token, err := a.p.Secrets.Get(ctx, secretName(id))
	if err != nil || feedserver.Hash(token) != l.TokenHash {
		return "", storage.NewProblem("feedLink.tokenLost", "label", l.Label).Because(err)
	}
	return token, nil
}
