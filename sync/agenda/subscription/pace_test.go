package subscription

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
)

func TestAddressIsUnderstoodAsServicesGiveIt(t *testing.T) {
	for text, want := range map[string]string{
		"webcal://calendar.gites.example/ical/1.ics?s=abc": "https://calendar.gites.example/ical/1.ics?s=abc",
		"  HTTPS://gites.example:443/a.ics#top \n":         "https://gites.example:443/a.ics",
		"WEBCALS://gites.example/a":                        "https://gites.example/a",
		"http://192.168.1.4:8080/a.ics":                    "http://192.168.1.4:8080/a.ics",
		"gites.example/a.ics":                              "",
		"ftp://gites.example/a.ics":                        "",
		"file:///etc/passwd":                               "",
		"https://":                                         "",
		"":                                                 "",
		"https://gites.example/\x7f":                       "",
	} {
		u, err := ParseAddress(text)
		if got := ""; err == nil {
			if got = u.String(); got != want {
				t.Errorf("%q: %q", text, got)
			}
		} else if want != "" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if host := Host(address(t, "https://gites.example:443/a")); host != "gites.example" {
		t.Errorf("host %q", host)
	}
	if host := Host(address(t, "http://gites.example:8080/a")); host != "gites.example:8080" {
		t.Errorf("host %q", host)
	}
}

func TestServiceMayNotLeadInside(t *testing.T) {
	for text, least := range map[string]reach{
		"93.184.216.34": reachPublic, "2606:4700::6812:1": reachPublic, "64:ff9b::5db8:d822": reachPublic,
		"10.1.2.3": reachNetwork, "192.168.0.1": reachNetwork, "fd00::1": reachNetwork, "::ffff:192.168.0.1": reachNetwork,
		"127.0.0.1": reachAll, "::1": reachAll, "0.0.0.0": reachAll, "169.254.169.254": reachAll, "fe80::1": reachAll,
		"100.64.0.1": reachAll, "240.0.0.1": reachAll, "224.0.0.1": reachAll, "64:ff9b::7f00:1": reachAll, "::ffff:127.0.0.1": reachAll,
	} {
		for _, r := range []reach{reachPublic, reachNetwork, reachAll} {
			if got := r.allows(netip.MustParseAddr(text)); got != (r >= least) {
				t.Errorf("%s within %d: %t", text, r, got)
			}
		}
	}
}

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func TestSlotsKeepTheirTimeOfTheHour(t *testing.T) {
	for name, c := range map[string]struct {
		planned time.Time
		want    time.Duration // after monday
	}{
		"never planned":            {time.Time{}, time.Hour},
		"just read":                {monday, time.Hour},
		"read late":                {monday.Add(-10 * time.Minute), 50 * time.Minute},
		"read after a long sleep":  {monday.Add(-49*time.Hour - 10*time.Minute), 50 * time.Minute},
		"read by hand before":      {monday.Add(20 * time.Minute), 20 * time.Minute},
		"planned by a wrong clock": {monday.AddDate(3, 0, 0), time.Hour},
	} {
		if got := Next(c.planned, monday, time.Hour).Sub(monday); got != c.want {
			t.Errorf("%s: in %s", name, got)
		}
	}
}

func TestFailuresAreFollowedByLongerPauses(t *testing.T) {
	for _, c := range []struct {
		f    Failure
		n    int
		want time.Duration
	}{
		{Failure{Kind: Passing}, 1, 15 * time.Minute},
		{Failure{Kind: Passing}, 3, time.Hour},
		{Failure{Kind: Lasting}, 50, 6 * time.Hour},
		{Failure{Kind: Offline}, 50, 15 * time.Minute},
		{Failure{Kind: Passing, RetryAfter: 8 * time.Hour}, 2, 8 * time.Hour},
	} {
		if got := Pause(&c.f, c.n); got != c.want {
			t.Errorf("%+v, %d times: %s", c.f, c.n, got)
		}
	}
}

func TestCalendarIsDueAtItsTimeAndAfterAClockThatWasAhead(t *testing.T) {
	for name, c := range map[string]struct {
		feed storage.OutsideFeed
		want bool
	}{
		"new":                {storage.OutsideFeed{Enabled: true, Every: time.Hour}, true},
		"its time":           {storage.OutsideFeed{Enabled: true, Every: time.Hour, NextRead: monday}, true},
		"later":              {storage.OutsideFeed{Enabled: true, Every: time.Hour, NextRead: monday.Add(time.Minute)}, false},
		"switched off":       {storage.OutsideFeed{Every: time.Hour, NextRead: monday}, false},
		"beyond its time":    {storage.OutsideFeed{Enabled: true, Every: time.Hour, NextRead: monday.Add(2 * time.Hour)}, true},
		"pausing":            {storage.OutsideFeed{Enabled: true, Every: time.Hour, Failures: 9, NextRead: monday.Add(6 * time.Hour)}, false},
		"beyond every pause": {storage.OutsideFeed{Enabled: true, Every: time.Hour, Failures: 9, NextRead: monday.AddDate(0, 0, 2)}, true},
	} {
		if got := Due(&c.feed, monday); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestCalendarThatLostMuchAtOnceIsDoubted(t *testing.T) {
	for _, c := range []struct {
		known, missing int
		want           bool
	}{
		{0, 0, false}, {1, 1, false}, {2, 2, true}, {3, 2, false}, {8, 4, false}, {8, 5, true}, {10, 5, false}, {11, 6, true}, {500, 249, false}, {500, 500, true},
	} {
		if got := Doubtful(c.known, c.missing); got != c.want {
			t.Errorf("%d of %d: %t", c.missing, c.known, got)
		}
	}
}

// bubble is the clock of a synctest bubble that a test can move beside its timers, as a sleep of the machine does.
type bubble struct {
	mu    stdsync.Mutex
	ahead time.Duration
}

func (b *bubble) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.ahead)
}

func (b *bubble) sleepMachine(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ahead += d
}

// looped runs a loop over one calendar that is read every hour.
func looped(t *testing.T, clock *bubble, read func(ctx context.Context, id string)) (poke chan struct{}) {
	t.Helper()
	var mu stdsync.Mutex
	next := clock.Now()
	poke = make(chan struct{}, 1)
	l := &Loop{
		Clock: clock, Log: slog.New(slog.DiscardHandler), Poked: poke,
		Due: func(_ context.Context, now time.Time) ([]string, error) {
			mu.Lock()
			defer mu.Unlock()
			if next.After(now) {
				return nil, nil
			}
			return []string{"f"}, nil
		},
		Read: func(ctx context.Context, id string) error {
			read(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			next = Next(next, clock.Now(), time.Hour)
			return errors.New("what is read is told to nobody here")
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { l.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return poke
}

func TestLoopReadsAtItsSlotsAndOnceAfterASleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &bubble{}
		var at []time.Time
		looped(t, clock, func(context.Context, string) { at = append(at, clock.Now()) })
		begun := clock.Now()
		time.Sleep(2*time.Hour + time.Minute)
		synctest.Wait()
		if len(at) != 3 || !at[0].Equal(begun) || at[2].Sub(begun) < 2*time.Hour || at[2].Sub(begun) > 2*time.Hour+turnEvery {
			t.Fatalf("read at %v", at)
		}
		clock.sleepMachine(9 * time.Hour)
		woken := clock.Now()
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if len(at) != 4 || at[3].Sub(woken) < wakeLeast || at[3].Sub(woken) > wakeMost+2*turnEvery {
			t.Errorf("after a sleep until %v, read at %v", woken, at[3:])
		}
		clock.sleepMachine(-9 * time.Hour) // set back: nothing is read again, nothing hangs
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(at) != 4 {
			t.Errorf("read again by a clock that was set back: %v", at[4:])
		}
	})
}

func TestLoopReadsACalendarOneTimeAtOnceAndEndsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &bubble{}
		var mu stdsync.Mutex
		started := 0
		poke := looped(t, clock, func(ctx context.Context, _ string) {
			mu.Lock()
			started++
			mu.Unlock()
			<-ctx.Done() // a service that never ends: the loop's own end does
		})
		for range 3 {
			poke <- struct{}{}
			time.Sleep(turnEvery)
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if started != 1 {
			t.Errorf("read %d times at once", started)
		}
	})
}
