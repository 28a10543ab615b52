package command

import (
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/agenda/publication"
)

// Couriers gives the engine's lanes the places where feeds are published.
func Couriers(office *publication.Office, kinds ...publication.Kind) []sync.CourierKind {
	list := make([]sync.CourierKind, len(kinds))
	for i, k := range kinds {
		list[i] = sync.CourierKind{
			ID: k.ID, Settings: k.Settings,
			Open: func(a *storage.Account, secrets map[string]string) (sync.Courier, error) {
				return office.Open(k, a, secrets)
			},
		}
	}
	return list
}

// linkPublish has a link's feed stand on an account.
type linkPublish struct {
	Link    string `arg:"" name:"link"`
	Account string `arg:"" name:"account"`
	Again   bool   `name:"again"`
}

// Run asks for the publication; « serve » and the window carry it there.
func (c linkPublish) Run(s *session) error {
	return s.onPublication(c.Link, c.Account, func(w *Workspace, l *storage.FeedLink, a *storage.Account) error {
		p, err := w.Publications.Publish(s.ctx, l.ID, a.ID)
		if err != nil {
			return err
		}
		if c.Again {
			if err := w.Publications.Again(s.ctx, l.ID, a.ID); err != nil {
				return err
			}
		}
		s.sayT("command.link.published", "name", l.Label, "account", a.Name)
		return s.document(map[string]any{"link": l.ID, "account": a.ID, "url": p.PublicURL})
	})
}

// linkWithdraw takes a link's feed away from an account.
type linkWithdraw struct {
	Link    string `arg:"" name:"link"`
	Account string `arg:"" name:"account"`
}

// Run asks for the removal; « serve » and the window carry it out.
func (c linkWithdraw) Run(s *session) error {
	return s.onPublication(c.Link, c.Account, func(w *Workspace, l *storage.FeedLink, a *storage.Account) error {
		if err := w.Publications.Withdraw(s.ctx, l.ID, a.ID); err != nil {
			return err
		}
		s.sayT("command.link.withdrawn", "name", l.Label, "account", a.Name)
		return s.document(map[string]any{"link": l.ID, "account": a.ID, "withdrawn": true})
	})
}

// onPublication opens the workspace and finds a link, and an account where it may stand.
func (s *session) onPublication(link, account string, f func(*Workspace, *storage.FeedLink, *storage.Account) error) error {
	return s.withAgenda(func(w *Workspace) error {
		l, err := linkOf(s.ctx, w, link)
		if err != nil {
			return err
		}
		a, err := findAccount(s, w.Store, account)
		if err != nil {
			return err
		}
		if a.Job() != storage.JobAgenda {
			return storage.NewProblem("command.notAgenda", "account", a.Name)
		}
		return f(w, l, a)
	})
}

// linkPublished lists what is published where.
type linkPublished struct{}

// publicationStatus is one link on one account.
type publicationStatus struct {
	Link      string     `json:"link"`
	Name      string     `json:"name"`
	Account   string     `json:"account"`
	State     string     `json:"state"` // "published", "waiting", "leaving" or "blocked"
	Published *time.Time `json:"published"`
	Verified  *time.Time `json:"verified"`
	URL       string     `json:"url"`
	Problem   *failure   `json:"problem"`
}

// Run lists the publications with their state.
func (linkPublished) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) error {
		all := []publicationStatus{}
		names := map[string]string{}
		err := w.Store.View(s.ctx, func(tx storage.Reader) error {
			kept, err := tx.Publications("")
			if err != nil {
				return err
			}
			for _, p := range kept {
				link, err := tx.FeedLink(p.LinkID)
				if err != nil {
					return err
				}
				account, err := tx.Account(p.AccountID)
				if err != nil {
					return err
				}
				names[p.AccountID] = account.Name
				all = append(all, publicationOf(p, link))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, p := range all {
			why := ""
			if p.Problem != nil {
				why = p.Problem.Message
			}
			if err := s.line(p.Name, names[p.Account], words.T("command.publication."+p.State), why); err != nil {
				return err
			}
		}
		if len(all) == 0 {
			s.sayT("command.publication.none")
		}
		return s.document(map[string]any{"publications": all})
	})
}

func publicationOf(p *storage.Publication, l *storage.FeedLink) publicationStatus {
	status := publicationStatus{Link: l.ID, Name: l.Label, Account: p.AccountID, URL: p.PublicURL, State: "published"}
	switch {
	case p.State == storage.OpBlocked:
		status.State = "blocked"
	case p.Leaving || !l.RevokedAt.IsZero():
		status.State = "leaving"
	case p.State != "":
		status.State = "waiting"
	}
	if !p.PublishedAt.IsZero() {
		status.Published = &p.PublishedAt
	}
	if !p.VerifiedAt.IsZero() {
		status.Verified = &p.VerifiedAt
	}
	if p.Problem != nil {
		status.Problem = &failure{Code: p.Problem.Code, Message: say.Problem(p.Problem)}
	}
	return status
}
