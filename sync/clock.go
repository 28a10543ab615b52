package sync

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Clock is the only source of the present moment below the screens; tests inject theirs. It is the clock on the wall:
// it is set forward and back, and goes on while the machine sleeps. Waiting is done with timers, which are monotonic and
// may stand still during a sleep; none waits longer than a turn of the scheduler without reading the wall again.
type Clock interface {
	Now() time.Time
}

// WallClock is the machine's.
type WallClock struct{}

// Now gives the wall clock in UTC, without the monotonic reading, so that a sleep of the machine shows.
func (WallClock) Now() time.Time { return time.Now().Round(0).UTC() }

// Zones are the time zones that people choose among, those of France and its neighbours first.
var Zones = []string{
	"Europe/Paris", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich", "Europe/Monaco", "Europe/London",
	"Europe/Madrid", "Europe/Lisbon", "Europe/Rome", "Europe/Berlin", "Europe/Amsterdam", "Europe/Athens",
	"Indian/Reunion", "Indian/Mayotte", "America/Guadeloupe", "America/Martinique", "America/Cayenne",
	"America/St_Barthelemy", "America/Marigot", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti",
	"Pacific/Wallis", "Africa/Casablanca", "Africa/Tunis", "Africa/Dakar", "America/Montreal", "America/New_York",
	"America/Los_Angeles", "Asia/Dubai", "Asia/Tokyo", "Australia/Sydney", "UTC",
}

// LocalZone gives the IANA name of the machine's time zone: what TZ or /etc/localtime names, else the first of Zones
// whose clocks show the same as the machine's in winter and in summer, else Europe/Paris.
func LocalZone(getenv func(string) string) string {
	names := []string{strings.TrimPrefix(getenv("TZ"), ":")}
	if link, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		if _, name, found := strings.Cut(filepath.ToSlash(link), "/zoneinfo/"); found {
			names = append(names, name)
		}
	}
	if text, err := os.ReadFile("/etc/timezone"); err == nil {
		names = append(names, strings.TrimSpace(string(text)))
	}
	for _, name := range names {
		name = strings.TrimPrefix(name, "Etc/") // Etc/UTC is UTC
		if _, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			return name
		}
	}
	return zoneLike(time.Local, time.Now().Year())
}

// zoneLike finds a zone by what its clocks show in a year.
func zoneLike(local *time.Location, year int) string {
	offsets := func(z *time.Location) (all []int) {
		for month := time.January; month <= time.December; month++ {
			_, offset := time.Date(year, month, 15, 12, 0, 0, 0, time.UTC).In(z).Zone()
			all = append(all, offset)
		}
		return all
	}
	want := offsets(local)
	for _, name := range Zones {
		if z, err := time.LoadLocation(name); err == nil && slices.Equal(offsets(z), want) {
			return name
		}
	}
	return Zones[0]
}
