package say_test

import (
	"strings"
	"testing"
	"time"

	"diapason/app/say"
)

func TestClockIsReadAsPeopleTypeIt(t *testing.T) {
	for text, want := range map[string]int{
		"8": 480, "8h": 480, "8 h": 480, "8 h 30": 510, "8\u00a0h\u00a030": 510, "8H30": 510, "08:30": 510, "8:30": 510,
		"8.30": 510, "0830": 510, "830": 510, "0": 0, "00:00": 0, "24": 1440, "24:00": 1440, "23h59": 1439,
	} {
		got, err := say.ReadClock(text)
		if err != nil || got != want {
			t.Errorf("say.ReadClock(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "h", "25", "24h01", "8h3", "8h60", "huit", "8:30:00", "-1", "12345", ":30"} {
		if got, err := say.ReadClock(text); err == nil {
			t.Errorf("say.ReadClock(%q) = %d, want an error", text, got)
		}
	}
}

func TestAgoIsSaidInTheLargestUnit(t *testing.T) {
	now := time.Date(2026, 11, 19, 9, 45, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Hour: "À l’instant", 30 * time.Second: "À l’instant", time.Minute: "Il y a 1 min", 59 * time.Minute: "Il y a 59 min",
		time.Hour: "Il y a 1 h", 47 * time.Hour: "Il y a 47 h", 48 * time.Hour: "Il y a 2 jours",
	} {
		if got := strings.ReplaceAll(say.Ago(now.Add(-d), now), "\u00a0", " "); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
