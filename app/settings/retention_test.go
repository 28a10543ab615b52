package settings

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

// past keeps a number of months.
type past struct {
	months int
	err    error
}

func (p *past) Retention(context.Context) (int, error) { return p.months, nil }

func (p *past) SetRetention(_ context.Context, months int) error {
	if p.err == nil {
		p.months = months
	}
	return p.err
}

func TestRetentionIsShownAndChosen(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	p, h := &past{months: 24}, &host{}
	direct := func(f func()) { f() }
	s := New(Params{
		Store: workspace{}, Host: h, Now: func() time.Time { return now }, UI: direct, Background: direct, Retention: p,
		Backups:     func(context.Context) ([]Backup, error) { return nil, nil },
		Preferences: Preferences{Language: "fr", Theme: "system"},
	})
	s.Shown()
	if got := s.retention.Value(); got != "24" {
		t.Errorf("shown: %q", got)
	}
	s.retention.OnChosen("6")
	if p.months != 6 || len(h.toasts) != 1 {
		t.Errorf("kept %d months, toasts %q", p.months, h.toasts)
	}
	p.err = errors.New("disk")
	s.retention.OnChosen("12")
	if p.months != 6 || len(h.failures) != 1 || s.retention.Value() != "6" {
		t.Errorf("kept %d months, failures %v, shown %q", p.months, h.failures, s.retention.Value())
	}
}

func TestRetentionOfAnotherProgramIsShownAsTheNextLongerOne(t *testing.T) {
	for months, want := range map[int]int{1: 3, 3: 3, 7: 12, 24: 24, 99: 120, 500: 120} {
		if got := offered(months); got != want {
			t.Errorf("%d months are shown as %d, want %d", months, got, want)
		}
	}
}
