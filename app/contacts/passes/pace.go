package passes

import "time"

// pace tells from what was seen of a pass how long it will still take.
type pace struct {
	run  string
	seen []moment
}

// moment is how many cards were written at a time.
type moment struct {
	at      time.Time
	written int
}

const (
	// remembered is how far back the pace looks: a book that slows down is believed after that.
	remembered = 3 * time.Minute
	// enough is the shortest time from which a pace can be told.
	enough = 4 * time.Second
)

// note takes in how far a pass is. A pause in which nothing was written is forgotten with resume.
func (p *pace) note(run string, at time.Time, written int) {
	if p.run != run {
		p.run, p.seen = run, nil
	}
	if n := len(p.seen); n > 0 && p.seen[n-1].written >= written {
		return
	}
	p.seen = append(p.seen, moment{at, written})
	for len(p.seen) > 2 && at.Sub(p.seen[0].at) > remembered {
		p.seen = p.seen[1:]
	}
}

// rest forgets what was seen: the pass waits.
func (p *pace) rest() { p.seen = nil }

// left gives how long the rest takes at this pace; false while that cannot be said.
func (p *pace) left(rest int) (time.Duration, bool) {
	if len(p.seen) < 2 || rest <= 0 {
		return 0, false
	}
	first, last := p.seen[0], p.seen[len(p.seen)-1]
	took := last.at.Sub(first.at)
	if took < enough {
		return 0, false
	}
	return time.Duration(float64(took) / float64(last.written-first.written) * float64(rest)), true
}
