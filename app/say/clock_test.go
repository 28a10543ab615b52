package say_test

import (
	"testing"

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
