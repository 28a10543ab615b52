package settings

import (
	"testing"
	"time"

	"diapason/assets/words"
)

func TestSizeIsSaidInTheUnitThatFits(t *testing.T) {
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	for bytes, want := range map[int64]string{
		0: "0\u00a0ko", 96_000: "96\u00a0ko", 1_234_000: "1,2\u00a0Mo", 45_600_000: "46\u00a0Mo", 2_500_000_000: "2,5\u00a0Go",
	} {
		if got := sizeText(bytes); got != want {
			t.Errorf("%d: %q, want %q", bytes, got, want)
		}
	}
}

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
