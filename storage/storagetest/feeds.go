package storagetest

import (
	"context"
	"errors"
	"testing"

	"diapason/storage"
)

var feedTests = []test{
	{"a feed link is found by its token and by those it had", func(t *testing.T, s *Suite) {
		s.furnish()
		l := link("", 2)
		l.Former = []storage.FormerToken{{Hash: tokenHash(1), At: at(3)}}
		l.Reminders, l.Readings = []int{15, 0}, []storage.FeedReading{{Client: "Thunderbird", From: "127.0.0.1", At: at(5)}}
		l.RevokedAt = at(6)
		s.update(func(w storage.Writer) error { return w.PutFeedLink(l) })
		for _, n := range []int{1, 2} {
			got := get(s, func(r storage.Reader) (*storage.FeedLink, error) { return r.FeedLinkByToken(tokenHash(n)) })
			same(t, "link by token", got, l)
		}
		same(t, "links", get(s, storage.Reader.FeedLinks), []*storage.FeedLink{l})
		s.refused(storage.ErrDuplicate, func(w storage.Writer) error { return w.PutFeedLink(link("other", 1)) })
		l.Former = nil
		s.update(func(w storage.Writer) error { return errors.Join(w.PutFeedLink(l), w.PutFeedLink(link("other", 1))) })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error {
			_, err := w.FeedLinkByToken(tokenHash(3))
			return err
		})
	}},
	{"a link refers to what exists and has a sound token", func(t *testing.T, s *Suite) {
		s.furnish()
		broken := map[string]func(*storage.FeedLink){
			"owner":         func(l *storage.FeedLink) { l.OwnerID = "x" },
			"type":          func(l *storage.FeedLink) { l.TypeIDs = []string{"x"} },
			"establishment": func(l *storage.FeedLink) { l.EstablishmentIDs = []string{"x"} },
			"resource":      func(l *storage.FeedLink) { l.ResourceIDs = []string{"x"} },
		}
		for what, f := range broken {
			l := link("l", 1)
			f(l)
			err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutFeedLink(l) })
			if !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, f := range map[string]func(*storage.FeedLink){
			"the token itself": func(l *storage.FeedLink) { l.TokenHash = "abcdefghijklmnopqrstuvwxyz234567" },
			"a former token":   func(l *storage.FeedLink) { l.Former = []storage.FormerToken{{Hash: "x"}} },
			"readings":         func(l *storage.FeedLink) { l.Readings = make([]storage.FeedReading, storage.KeptReadings+1) },
		} {
			l := link("l", 1)
			f(l)
			if err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutFeedLink(l) }); err == nil {
				t.Errorf("%s was accepted", what)
			}
		}
	}},
	{"publications are those of a link on an account, and go with either", func(t *testing.T, s *Suite) {
		s.furnish()
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutAccount(account("a")), w.PutAccount(account("b")),
				w.PutFeedLink(link("l", 1)), w.PutFeedLink(link("m", 2)))
		})
		p := &storage.Publication{
			LinkID: "l", AccountID: "a", Name: "k3s.ics", PublicURL: "https://www.example.com/k3s.ics", State: storage.OpRetry,
			Wanted: "w", Published: "p", PublishedAt: at(1), VerifiedAt: at(2), Attempt: 2, NotBefore: at(3),
			Problem: storage.NewProblem("p"), Leaving: true,
			Events: map[string]storage.PublishedEvent{"u": {Path: "/u.ics", ETag: "e", Hash: "h"}},
		}
		other := &storage.Publication{LinkID: "m", AccountID: "b", Name: "x.ics"}
		third := &storage.Publication{LinkID: "l", AccountID: "b", Name: "y.ics"}
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutPublication(p), w.PutPublication(other), w.PutPublication(third))
		})
		of := func(account string) []*storage.Publication {
			return get(s, func(r storage.Reader) ([]*storage.Publication, error) { return r.Publications(account) })
		}
		same(t, "all", of(""), []*storage.Publication{p, third, other})
		same(t, "of a", of("a"), []*storage.Publication{p})
		got := get(s, func(r storage.Reader) (*storage.Publication, error) { return r.Publication("l", "a") })
		same(t, "one", got, p)
		s.update(func(w storage.Writer) error { return w.DeleteAccount("a") })
		same(t, "without a", of(""), []*storage.Publication{third, other})
		s.update(func(w storage.Writer) error { return w.DeleteFeedLink("l") })
		same(t, "without l", of(""), []*storage.Publication{other})
		s.update(func(w storage.Writer) error { return w.DeletePublication("m", "b") })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeletePublication("m", "b") })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutPublication(third) })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error {
			return w.PutPublication(&storage.Publication{LinkID: "m", AccountID: "a", Name: "z.ics"})
		})
		for _, bad := range []*storage.Publication{
			{LinkID: "m", AccountID: "b", Name: "../z.ics"},
			{LinkID: "m", AccountID: "b", Name: "z.ics", State: "x"},
		} {
			if err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutPublication(bad) }); err == nil {
				t.Errorf("%+v was accepted", bad)
			}
		}
	}},
	{"outside feeds read back and refer to what exists", func(t *testing.T, s *Suite) {
		s.furnish()
		f := outside("f")
		f.Problem, f.ETag, f.LastModified, f.Hash = storage.NewProblem("p"), `"e"`, "m", "h"
		s.update(func(w storage.Writer) error { return w.PutOutsideFeed(f) })
		same(t, "feeds", get(s, storage.Reader.OutsideFeeds), []*storage.OutsideFeed{f})
		same(t, "feed", get(s, func(r storage.Reader) (*storage.OutsideFeed, error) { return r.OutsideFeed("f") }), f)
		for _, change := range []func(*storage.OutsideFeed){
			func(f *storage.OutsideFeed) { f.TypeID = "x" },
			func(f *storage.OutsideFeed) { f.EstablishmentID = "x" },
			func(f *storage.OutsideFeed) { f.ResourceID = "x" },
		} {
			bad := outside("g")
			change(bad)
			s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutOutsideFeed(bad) })
		}
	}},
}
