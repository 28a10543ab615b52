package google

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"diapason/sync/directory"
)

// budget counts what the calls of the last minute weigh in Google's limits by user, so that a call which would be one
// too many is put off instead of being refused there. It waits for nothing itself.
type budget struct {
	units int // by the minute, of readings and of writes alike; not above 0: no limit
	now   func() time.Time

	mu    stdsync.Mutex
	spent []spent
}

// spent is what one call weighed.
type spent struct {
	at            time.Time
	reads, writes int
}

// weight gives what a call counts for.
func weight(r request) spent {
	switch {
	case r.method == http.MethodGet:
		return spent{reads: 1}
	case strings.HasSuffix(r.path, ":batchCreateContacts"), strings.HasSuffix(r.path, ":batchUpdateContacts"):
		return spent{reads: batchWeight, writes: batchWeight}
	}
	return spent{writes: 1}
}

// spend takes a call's weight; the error says how long until it may be made.
func (b *budget) spend(r request) error {
	if b.units <= 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now, w := b.now(), weight(r)
	b.spent = slices.DeleteFunc(b.spent, func(s spent) bool { return now.Sub(s.at) >= time.Minute })
	total := w
	for _, s := range b.spent {
		total.reads, total.writes = total.reads+s.reads, total.writes+s.writes
	}
	for _, s := range b.spent { // oldest first: until enough of them are a minute old
		if total.reads <= b.units && total.writes <= b.units {
			break
		}
		total.reads, total.writes, total.at = total.reads-s.reads, total.writes-s.writes, s.at
	}
	if !total.at.IsZero() {
		e := wrong(directory.Throttled, errors.New("put off here: as many calls as this minute may have"), "google.throttled")
		e.RetryAfter = total.at.Add(time.Minute).Sub(now)
		return e
	}
	w.at = now
	b.spent = append(b.spent, w)
	return nil
}
