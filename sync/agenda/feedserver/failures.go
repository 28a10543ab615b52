package feedserver

import (
	"net/netip"
	stdsync "sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// failuresPerMinute is how many unknown tokens one address may try.
	failuresPerMinute = 20
	// nextTry is when one that tried too many may try again.
	nextTry = time.Minute / failuresPerMinute
	// mostAddresses bounds what is remembered; each takes some 100 bytes.
	mostAddresses = 4096
)

// failures counts the unknown tokens that each address tried. Known tokens are never counted nor held up: a calendar
// program that is refused once may be switched off by its user's program for good.
type failures struct {
	mu stdsync.Mutex
	by map[netip.Prefix]*rate.Limiter
}

// allow takes note of a failure and reports whether the address has not had too many.
func (f *failures) allow(from netip.Addr, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	whose := network(from)
	limit, ok := f.by[whose]
	if !ok {
		f.forget(now)
		limit = rate.NewLimiter(rate.Every(nextTry), failuresPerMinute)
		f.by[whose] = limit
	}
	return limit.AllowN(now, 1)
}

// forget makes room: for those whose failures are over, else for all.
func (f *failures) forget(now time.Time) {
	if f.by == nil {
		f.by = map[netip.Prefix]*rate.Limiter{}
	}
	if len(f.by) < mostAddresses {
		return
	}
	for whose, limit := range f.by {
		if limit.TokensAt(now) >= failuresPerMinute {
			delete(f.by, whose)
		}
	}
	if len(f.by) >= mostAddresses {
		clear(f.by)
	}
}

// network is what one caller has at his disposal: an IPv4 address, or a whole /64 of IPv6.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(a, bits).Masked()
}
