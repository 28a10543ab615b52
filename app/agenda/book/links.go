package book

import (
	"time"

	"diapason/sync/agenda"
)

// Links is what is known of the subscription links.
type Links struct {
	Working int       // that can be read
	Changed time.Time // when what they show last changed; zero while nothing was rendered

	Public    int       // that stand on the Internet too, where they can be read while the program is closed
	Published time.Time // when the latest of those got there
	Waiting   bool      // one has yet to get there for the first time
	Wrong     bool      // one did not get there, or cannot be read there
}

func linksOf(all []agenda.Link) (l Links) {
	for _, link := range all {
		if !link.RevokedAt.IsZero() {
			continue
		}
		l.Working++
		l.Changed = later(l.Changed, link.Rendered.Modified)
		stands := false
		for _, p := range link.Publications {
			if p.Leaving {
				continue
			}
			stands = stands || p.Published != "" && p.Problem == nil
			l.Published = later(l.Published, p.PublishedAt)
			l.Waiting = l.Waiting || p.Problem == nil && p.Published == ""
			l.Wrong = l.Wrong || p.Problem != nil
		}
		if stands {
			l.Public++
		}
	}
	return l
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
