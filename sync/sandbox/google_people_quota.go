package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// PeopleLimits are the calls that one user may make within a minute; 0: any number. A batch that creates or updates
// counts six times. What Google grants is shown in its console only.
type PeopleLimits struct {
	CriticalReads, CriticalWrites, Reads, Writes int
	// FullReadings limits first pages of readings that ask for a sync token without giving one.
	FullReadings int
}

// ObservedPeopleLimits are what programs have met.
var ObservedPeopleLimits = PeopleLimits{CriticalReads: 90, CriticalWrites: 90, Reads: 120, Writes: 90}

// peopleUse is what a call counts for.
type peopleUse struct {
	at                                                         time.Time
	criticalReads, criticalWrites, reads, writes, fullReadings int
}

// peopleMeters are the limited kinds of calls, as refusals name them.
var peopleMeters = []struct {
	words, metric, limit string
	allowed              func(PeopleLimits) int
	used                 func(peopleUse) int
}{
	{
		"Critical read requests (Contact and Profile Reads)", "critical_read_requests", "CriticalReads",
		func(l PeopleLimits) int { return l.CriticalReads }, func(u peopleUse) int { return u.criticalReads },
	},
	{
		"Critical write requests", "critical_write_requests", "CriticalWrites",
		func(l PeopleLimits) int { return l.CriticalWrites }, func(u peopleUse) int { return u.criticalWrites },
	},
	{
		"Read requests", "read_requests", "Reads",
		func(l PeopleLimits) int { return l.Reads }, func(u peopleUse) int { return u.reads },
	},
	{
		"Write requests", "write_requests", "Writes",
		func(l PeopleLimits) int { return l.Writes }, func(u peopleUse) int { return u.writes },
	},
	{
		"FullSync requests", "full_sync_requests", "FullSync",
		func(l PeopleLimits) int { return l.FullReadings }, func(u peopleUse) int { return u.fullReadings },
	},
}

// charge counts a call, or refuses it when it is one too many within a minute. Called with the lock held.
func (p *People) charge(c *peopleCall, cost peopleUse) *answer {
	if cost.criticalReads == 1 && c.q.Get("requestSyncToken") == "true" && c.q.Get("syncToken") == "" && c.q.Get("pageToken") == "" {
		cost.fullReadings = 1
	}
	c.usage = slices.DeleteFunc(c.usage, func(u peopleUse) bool { return c.now.Sub(u.at) >= time.Minute })
	for _, m := range peopleMeters {
		allowed, wanted := m.allowed(p.limits), m.used(cost)
		if allowed == 0 || wanted == 0 {
			continue
		}
		used := wanted
		for _, u := range c.usage {
			used += m.used(u)
		}
		if used <= allowed {
			continue
		}
		wait := time.Minute
		for _, u := range c.usage { // in the order of time: until enough of them are a minute old
			if used -= m.used(u); used <= allowed {
				wait = time.Minute - c.now.Sub(u.at)
				break
			}
		}
		c.throttle++
		a := peopleRefused(http.StatusTooManyRequests, "RESOURCE_EXHAUSTED",
			"Quota exceeded for quota metric '"+m.words+"' and limit '"+m.words+" per minute per user' of service 'people.googleapis.com' for consumer 'project_number:1'.",
			peopleReason("googleapis.com", "RATE_LIMIT_EXCEEDED", map[string]string{
				"quota_limit": m.limit + "PerMinutePerProjectPerUser", "quota_metric": "people.googleapis.com/" + m.metric,
				"service": "people.googleapis.com", "consumer": "projects/1",
			}))
		a.header = map[string]string{"Retry-After": strconv.Itoa(int((wait + time.Second - 1) / time.Second))}
		return &a
	}
	cost.at = c.now
	c.usage = append(c.usage, cost)
	return nil
}
