package publication_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/agenda"
	"diapason/sync/agenda/publication/publicationtest"
)

// TestChangeOfAReservationReachesTheWebSpaceAndARevokedLinkLeavesIt is the whole way: an edit, its rendering, the lane,
// Apache, the public address.
func TestChangeOfAReservationReachesTheWebSpaceAndARevokedLinkLeavesIt(t *testing.T) {
	t.Parallel()
	p := davPeer(t, publicationtest.DAVParams{})
	r := newRigOf(t, p.kind)
	r.engine.Stop()
	l := agenda.New(agenda.Params{
		Store: r.store, Secrets: r.secrets, Clock: sync.WallClock{}, Log: slog.New(slog.DiscardHandler), Zone: "Europe/Paris",
		Words:    func(_, key string, _ ...string) string { return key },
		Language: func() string { return "fr" },
	})
	r.feeds = l
	r.compose(time.Millisecond)
	l.PublishTo(r.office)
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Stop)
	r.meet(p)

	person := &storage.Person{Name: "Camille Exemple", Staff: true}
	if err := l.SavePerson(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	link := l.Draft(person.ID)
	link.Label = "Équipe"
	if err := l.AddLink(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	first := r.publish(link.ID)
	start := storage.LocalOf(time.Now().AddDate(0, 0, 7).Truncate(time.Hour))
	reservation := &storage.Reservation{
		TypeID: "rehearsal", Details: storage.Details{Title: "Quatuor"}, Start: start, End: start.Add(time.Hour), Zone: "Europe/Paris",
	}
	if _, err := l.Save(t.Context(), reservation); err != nil {
		t.Fatal(err)
	}
	shows := func(title string) func(*storage.Publication) bool {
		return func(now *storage.Publication) bool {
			return done(now) && !now.VerifiedAt.IsZero() && strings.Contains(p.shows(now.Name), title)
		}
	}
	r.comes(link.ID, shows("Quatuor"))
	reservation.Details.Title = "Quintette"
	if _, err := l.Save(t.Context(), reservation); err != nil {
		t.Fatal(err)
	}
	r.comes(link.ID, shows("Quintette"))
	if err := l.RegenerateLink(t.Context(), link.ID); err != nil {
		t.Fatal(err)
	}
	second := r.comes(link.ID, func(now *storage.Publication) bool { return shows("Quintette")(now) && now.Name != first.Name })
	if p.shows(first.Name) != "" {
		t.Error("the former address is still read")
	}
	if err := l.RevokeLink(t.Context(), link.ID); err != nil {
		t.Fatal(err)
	}
	r.comes(link.ID, func(now *storage.Publication) bool { return now == nil })
	if p.shows(second.Name) != "" {
		t.Error("the revoked feed is still read")
	}
}
