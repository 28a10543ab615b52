package ical

import (
	"math"
	"strings"
	stdsync "sync"
	"time"
	_ "time/tzdata" // the zones' rules, on systems that have none

	"diapason/storage"
)

const utc = "UTC"

// zones keeps the zones that were loaded: loading one reads a file. Only names that exist are kept, so it stays small. Any
// goroutine may use it.
var zones stdsync.Map // name -> *time.Location

// location loads a zone by its IANA name. Names that mean another thing on each machine ("Local", "localtime"), or count
// leap seconds ("right/…"), are refused like names that mean nothing.
func location(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	if !isZoneName(name) {
		return nil, storage.NewProblem("ical.zone", "value", name)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, storage.NewProblem("ical.zone", "value", name).Because(err)
	}
	zones.Store(name, z)
	return z, nil
}

func isZoneName(name string) bool {
	if len(name) < 2 || len(name) > 64 {
		return false
	}
	switch name {
	case "Local", "localtime", "posixrules", "Factory":
		return false
	}
	for i, part := range strings.Split(name, "/") {
		if part == "" || i == 0 && (part == "posix" || part == "right") {
			return false
		}
		for _, c := range part {
			if !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '-' && c != '+' {
				return false
			}
		}
	}
	return true
}

func isLetter(c rune) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }

// clock turns civil times of a zone into moments. It remembers the zone and the offset of the last one: events that follow
// each other mostly share them, and to look them up costs more than to write the event. The zero clock is ready.
type clock struct {
	name   string
	zone   *time.Location
	offset time.Duration // between the civil times from and to, in seconds since 1970 as if they were UTC
	from   int64
	to     int64
}

// sure is how far from a change of the offset the clock still looks it up: more than a day and any offset.
const sure = 2 * 24 * 60 * 60

// set chooses the zone.
func (c *clock) set(name string) error {
	if c.zone != nil && c.name == name {
		return nil
	}
	zone, err := location(name)
	if err == nil {
		*c = clock{name: name, zone: zone}
	}
	return err
}

// instant is instantIn for the zone that was set.
func (c *clock) instant(wall time.Time) time.Time {
	if at := wall.Unix(); c.from <= at && at < c.to {
		return wall.Add(-c.offset)
	}
	at := instantIn(wall, c.zone)
	local := at.In(c.zone)
	_, offset := local.Zone()
	begin, end := local.ZoneBounds()
	c.offset = time.Duration(offset) * time.Second
	c.from, c.to = math.MinInt64, math.MaxInt64
	if !begin.IsZero() {
		c.from = begin.Unix() + int64(offset) + sure
	}
	if !end.IsZero() {
		c.to = end.Unix() + int64(offset) - sure
	}
	return at
}
