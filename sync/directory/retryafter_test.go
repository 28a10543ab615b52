package directory_test

import (
	"net/http"
	"testing"
	"time"

	"diapason/sync/directory"
)

func TestRetryAfterIsObeyedWithinReason(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) // an hour behind the server
	const server = "Sun, 01 Mar 2026 10:00:00 GMT"
	cases := map[string]struct {
		text, date string
		want       time.Duration
	}{
		"seconds":                  {"40", server, 40 * time.Second},
		"seconds between spaces":   {" 40 ", "", 40 * time.Second},
		"date on its own clock":    {"Sun, 01 Mar 2026 10:02:00 GMT", server, 2 * time.Minute},
		"date, server without one": {"Sun, 01 Mar 2026 09:02:00 GMT", "", 2 * time.Minute},
		"date, unreadable Date":    {"Sun, 01 Mar 2026 09:02:00 GMT", "today", 2 * time.Minute},
		"date in the old forms":    {"Sunday, 01-Mar-26 10:02:00 GMT", server, 2 * time.Minute},
		"date gone":                {"Sun, 01 Mar 2026 09:59:00 GMT", server, 0},
		"date of another century":  {"Sun, 01 Mar 2126 10:00:00 GMT", server, 24 * time.Hour},
		"a year in seconds":        {"31536000", "", 24 * time.Hour},
		"more than a number holds": {"99999999999999999999999", "", 24 * time.Hour},
		"zero":                     {"0", "", 0},
		"below zero":               {"-5", "", 0},
		"a fraction":               {"1.5", "", 0},
		"words":                    {"soon, maybe", "", 0},
		"missing":                  {"", "", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := directory.RetryAfter(http.Header{"Retry-After": {c.text}, "Date": {c.date}}, now); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "0", "120", "-1", "1e9", "Sun, 01 Mar 2026 10:02:00 GMT", "9223372036854775807"} {
		f.Add(text, "Sun, 01 Mar 2026 10:00:00 GMT")
		f.Add(text, "")
	}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text, date string) {
		got := directory.RetryAfter(http.Header{"Retry-After": {text}, "Date": {date}}, now)
		if got < 0 || got > 24*time.Hour {
			t.Errorf("%s for %q at %q", got, text, date)
		}
	})
}
