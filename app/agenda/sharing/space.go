package sharing

import (
	"context"
	"maps"
	"slices"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/publication"
	"diapason/sync/directory"
)

// Publications is what the panel asks of the feeds' office; what it writes is carried by the engine's lanes.
type Publications interface {
	Publish(ctx context.Context, linkID, accountID string) (*storage.Publication, error)
	Withdraw(ctx context.Context, linkID, accountID string) error
	Again(ctx context.Context, linkID, accountID string) error
}

// Accounts is what the panel asks of the engine about the places where a link is published.
type Accounts interface {
	AccountSettings(kind string) ([]directory.Setting, bool)
	AddAccountWith(ctx context.Context, a *storage.Account, secrets map[string]string) error
	TestAccount(ctx context.Context, id string) error
}

// standing is how a link stands on an account. Its word is the translation key "sharing.space." + standing.
type standing string

const (
	standingNone      standing = "none"      // not published there
	standingWaiting   standing = "waiting"   // on its way
	standingPublished standing = "published" // stands there
	standingFailed    standing = "failed"    // did not get there, or cannot be read there
	standingLeaving   standing = "leaving"   // is being taken away
)

// standingOf tells how a publication stands, which is nil where there is none, and what is wrong with it or its account.
func standingOf(p *storage.Publication, a *storage.Account) (standing, *storage.Problem) {
	if p == nil {
		return standingNone, nil
	}
	wrong := p.Problem
	if a.Pause != nil && wrong == nil {
		wrong = a.Pause
	}
	switch {
	case wrong != nil && (p.State != "" || p.Problem != nil):
		return standingFailed, wrong
	case !a.Enabled && p.State != "":
		return standingFailed, storage.NewProblem("sharing.spaceOff", "name", a.Name)
	case p.Leaving:
		return standingLeaving, nil
	case p.State != "" && p.PublishedAt.IsZero(), p.Published == "":
		return standingWaiting, nil
	}
	return standingPublished, nil
}

// publishedSince says when a link was published: « Publié aujourd’hui à 9 h 41 ».
func publishedSince(at, now time.Time) string {
	at = at.In(now.Location())
	if storage.DateOf(at) == storage.DateOf(now) {
		return words.T("sharing.space.publishedToday", "time", say.Time(at))
	}
	return words.T("sharing.space.published", "moment", say.MomentWithin(at, now))
}

// spacesOf reads the accounts where the agenda can be published.
func spacesOf(tx storage.Reader) ([]*storage.Account, error) {
	all, err := tx.Accounts()
	return slices.DeleteFunc(all, func(a *storage.Account) bool { return a.Job() != storage.JobAgenda || a.Leaving }), err
}

// publishes reports whether this program can publish links on the Internet.
func (b *board) publishes() bool { return b.p.Publications != nil && b.p.Accounts != nil }

// space is the account that the panel is about: the one chosen, else one where the link is, else the first; nil for none.
func (b *board) space() *storage.Account {
	var best *storage.Account
	for _, a := range b.spaces {
		switch {
		case a.ID == b.spaceID:
			return a
		case best == nil, b.published(best.ID) == nil && b.published(a.ID) != nil:
			best = a
		}
	}
	return best
}

// published gives the link's publication on an account, nil for none.
func (b *board) published(accountID string) *storage.Publication {
	link := b.current()
	if link == nil {
		return nil
	}
	return publishedOn(link, accountID)
}

func publishedOn(link *agenda.Link, accountID string) *storage.Publication {
	for _, p := range link.Publications {
		if p.AccountID == accountID {
			return p
		}
	}
	return nil
}

// publicAddress is where the link can be read on the chosen account, "" before it is there.
func (b *board) publicAddress() string {
	a := b.space()
	if a == nil {
		return b.urls.Public
	}
	if p := b.published(a.ID); p != nil && !p.Leaving && !p.PublishedAt.IsZero() {
		return p.PublicURL
	}
	return ""
}

// asksPublic reports whether an account has a public address, and does not say which.
func (b *board) asksPublic(a *storage.Account) bool {
	return a.Settings[publication.SettingPublicURL] == "" && b.hasPublic(a)
}

// hasPublic reports whether what stands on an account has an address: a calendar (CalDAV) has none.
func (b *board) hasPublic(a *storage.Account) bool {
	settings, _ := b.p.Accounts.AccountSettings(a.Kind)
	return slices.ContainsFunc(settings, func(s directory.Setting) bool { return s.Name == publication.SettingPublicURL })
}

// setPublic keeps the public address of an account, and has what stands there read at it.
func (b *board) setPublic(a *storage.Account, address string) {
	if address == "" {
		return
	}
	changed := *a
	changed.Settings = maps.Clone(a.Settings)
	changed.Settings[publication.SettingPublicURL] = address
	b.do(func(ctx context.Context) error { return b.p.Accounts.AddAccountWith(ctx, &changed, nil) }, nil)
}

// publish has the link stand on an account.
func (b *board) publish(a *storage.Account) {
	id := b.draft.ID
	b.spaceID = a.ID
	b.do(func(ctx context.Context) error {
		_, err := b.p.Publications.Publish(ctx, id, a.ID)
		return err
	}, nil)
}

// again sends the link once more; an account that waits for a repair is asked first whether it answers.
func (b *board) again(a *storage.Account) {
	p := b.published(a.ID)
	if p == nil {
		return
	}
	id, leaving := b.draft.ID, p.Leaving
	b.do(func(ctx context.Context) error {
		if a.Pause != nil {
			if err := b.p.Accounts.TestAccount(ctx, a.ID); err != nil {
				return err
			}
		}
		if leaving {
			return b.p.Publications.Withdraw(ctx, id, a.ID)
		}
		return b.p.Publications.Again(ctx, id, a.ID)
	}, nil)
}

// withdraw takes the link away from an account.
func (b *board) withdraw(a *storage.Account) {
	id := b.draft.ID
	b.do(func(ctx context.Context) error { return b.p.Publications.Withdraw(ctx, id, a.ID) },
		func() { b.p.Host.Toast(words.T("sharing.space.withdrawn", "name", a.Name), "", nil) })
}
