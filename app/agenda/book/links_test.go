package book

import (
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
)

func TestLinksTellWhatIsReadWhileTheProgramIsClosed(t *testing.T) {
	link := func(revoked bool, ps ...*storage.Publication) agenda.Link {
		l := agenda.Link{FeedLink: &storage.FeedLink{}, Rendered: agenda.Rendered{Modified: now}, Publications: ps}
		if revoked {
			l.RevokedAt = now
		}
		return l
	}
	at := now.Add(-time.Hour)
	there := &storage.Publication{Published: "x", PublishedAt: at}
	for _, tt := range []struct {
		name  string
		links []agenda.Link
		want  Links
	}{
		{"none", nil, Links{}},
		{"on this computer only", []agenda.Link{link(false)}, Links{Working: 1, Changed: now}},
		{"one of two on the Internet", []agenda.Link{link(false, there), link(false)}, Links{Working: 2, Changed: now, Public: 1, Published: at}},
		{"on two accounts", []agenda.Link{link(false, there, there)}, Links{Working: 1, Changed: now, Public: 1, Published: at}},
		{"not there yet", []agenda.Link{link(false, &storage.Publication{State: storage.OpPending})}, Links{Working: 1, Changed: now, Waiting: true}},
		{
			"refused",
			[]agenda.Link{link(false, &storage.Publication{State: storage.OpRetry, Problem: storage.NewProblem("publication.full")})},
			Links{Working: 1, Changed: now, Wrong: true},
		},
		{"going away", []agenda.Link{link(false, &storage.Publication{Published: "x", PublishedAt: at, Leaving: true})}, Links{Working: 1, Changed: now}},
		{"revoked", []agenda.Link{link(true, there)}, Links{}},
	} {
		if got := linksOf(tt.links); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
