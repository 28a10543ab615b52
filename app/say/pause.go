package say

import (
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

// Pause says why an account waits and, when it goes on by itself, until when: « Essai est injoignable depuis 14 h 02,
// reprise à 14 h 17 ».
func Pause(p *storage.Problem, now time.Time) string {
	if p == nil {
		return ""
	}
	said := &storage.Problem{Code: p.Code, Args: make(map[string]string, len(p.Args))}
	for name, value := range p.Args {
		if at, err := time.Parse(time.RFC3339, value); err == nil && (name == "since" || name == "until") {
			value = instant(name, at.In(now.Location()), now)
		}
		said.Args[name] = value
	}
	return Problem(said)
}

// instant gives a moment within a sentence, its day only when it is another one than today.
func instant(name string, at, now time.Time) string {
	day, today := storage.DateOf(at), storage.DateOf(now)
	if day == today {
		return words.T("say.instant."+name+"Today", "time", Time(at))
	}
	return words.T("say.instant."+name+"Day", "day", shortDay(day, today), "time", Time(at))
}
