package settings

import (
	"testing"
	"time"
)

func TestNewestBackupComesFirst(t *testing.T) {
	at := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	got := newestFirst([]Backup{{Path: "old", At: at}, {Path: "new", At: at.Add(time.Hour)}})
	if got[0].Path != "new" || got[1].Path != "old" {
		t.Errorf("got %v", got)
	}
}

func TestScaleFallsOnTheNearestChoice(t *testing.T) {
	for scale, want := range map[float32]float32{0: 1, 1: 1, 1.45: 1.5, 9: 2, 0.1: 0.8} {
		if got := Scales[nearestScale(scale)]; got != want {
			t.Errorf("%v: %v, want %v", scale, got, want)
		}
	}
}
