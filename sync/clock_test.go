package sync_test

import (
	"testing"
	"time"

	"diapason/sync"
)

func TestMachineZoneHasAName(t *testing.T) {
	env := func(tz string) func(string) string { return func(string) string { return tz } }
	for tz, want := range map[string]string{
		"America/New_York": "America/New_York", ":Indian/Reunion": "Indian/Reunion", "UTC": "UTC", "Etc/UTC": "UTC",
	} {
		if got := sync.LocalZone(env(tz)); got != want {
			t.Errorf("TZ=%s gives %q", tz, got)
		}
	}
	for _, tz := range []string{"", "Local", "nonsense"} { // then whatever this machine says
		if got := sync.LocalZone(env(tz)); got == "" || got == "Local" {
			t.Errorf("TZ=%s gives %q", tz, got)
		} else if _, err := time.LoadLocation(got); err != nil {
			t.Errorf("TZ=%s gives %q: %v", tz, got, err)
		}
	}
}

func TestZonesOnOfferExist(t *testing.T) {
	for _, name := range sync.Zones {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}
