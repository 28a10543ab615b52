package subscription

import (
	"context"
	"log/slog"
	"math/rand/v2"
	stdsync "sync"
	"time"
)

const (
	// turnEvery is how often the clock is looked at: a timer of an hour would stand still while the machine sleeps.
	turnEvery = 25 * time.Second
	// After a sleep of the machine nothing is read for a while between these two: the network comes back first.
	wakeLeast = 30 * time.Second
	wakeMost  = time.Minute
	// atOnce is how many calendars are read at the same time.
	atOnce = 4
)

// Loop reads calendars when they are due.
type Loop struct {
	Clock interface{ Now() time.Time }
	Log   *slog.Logger
	// Due gives the ids of the calendars that are due.
	Due func(ctx context.Context, now time.Time) ([]string, error)
	// Read reads one and keeps what became of it, so that it is not due any more.
	Read func(ctx context.Context, id string) error
	// Poked is signalled when something may have become due.
	Poked <-chan struct{}

	last  time.Time // the clock at the last turn
	quiet time.Time // nothing is read before
}

// Run reads until ctx ends, and until the readings under way have ended with it.
func (l *Loop) Run(ctx context.Context) {
	var reading stdsync.WaitGroup
	defer reading.Wait()
	var mu stdsync.Mutex
	busy := map[string]bool{}
	places := make(chan struct{}, atOnce)
	tick := time.NewTicker(turnEvery)
	defer tick.Stop()
	for {
		for _, id := range l.turn(ctx) {
			mu.Lock()
			started := busy[id]
			busy[id] = true
			mu.Unlock()
			if started {
				continue
			}
			reading.Go(func() {
				select {
				case places <- struct{}{}:
					l.read(ctx, id)
					<-places
				case <-ctx.Done():
				}
				mu.Lock()
				delete(busy, id)
				mu.Unlock()
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-l.Poked:
		}
	}
}

// turn gives what is due now.
func (l *Loop) turn(ctx context.Context) []string {
	now := l.Clock.Now()
	if gap := now.Sub(l.last); !l.last.IsZero() && gap > 2*turnEvery {
		l.quiet = now.Add(wakeLeast + rand.N(wakeMost-wakeLeast))
	}
	l.last = now
	if wait := l.quiet.Sub(now); wait > 0 && wait <= wakeMost { // else the clock was set back
		return nil
	}
	due, err := l.Due(ctx, now)
	if err != nil && ctx.Err() == nil {
		l.Log.Error("outside calendars", "error", err)
	}
	return due
}

func (l *Loop) read(ctx context.Context, id string) {
	if err := l.Read(ctx, id); err != nil && ctx.Err() == nil {
		l.Log.Warn("outside calendar not read", "feed", id, "error", err)
	}
}
