package say

import (
	"slices"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

// Reason gives the short reason of a row, the one of its most serious listing on the accounts given: « 1 écart à
// examiner », « Nouvel essai à 10 h 05 »; "" when there is nothing to say.
func Reason(r *storage.Row, accounts []string, now time.Time) string {
	var worst *storage.RowListing
	for i := range r.Listings {
		l := &r.Listings[i]
		if !slices.Contains(accounts, l.AccountID) {
			continue
		}
		if worst == nil || l.Word != worst.Word && storage.Worst(worst.Word, l.Word) == l.Word {
			worst = l
		}
	}
	if worst == nil {
		return ""
	}
	return reasonOf(worst, now)
}

func reasonOf(l *storage.RowListing, now time.Time) string {
	switch l.Word {
	case storage.WordError:
		if l.RetryAt.After(now) {
			return retry(l.RetryAt, now)
		}
		return shortReason(l.ReasonCode, "reason.word.error")
	case storage.WordDrift:
		return words.N("reason.word.drift", max(l.Differing, 1))
	case storage.WordToSync:
		if l.SentAt.IsZero() {
			return words.T("reason.word.neverSent")
		}
		if l.Changed > 0 {
			return words.N("reason.word.toSync", l.Changed)
		}
	case storage.WordAction:
		return shortReason(l.ReasonCode, "reason.word.action")
	case storage.WordNotFound:
		return words.T("reason.word.notFound")
	}
	return ""
}

// shortReason gives the short reason of a problem's code, or the general sentence.
func shortReason(code, general string) string {
	if key := "reason." + code; words.Has(key) {
		return words.T(key)
	}
	return words.T(general)
}

// retry says when an error is tried again.
func retry(at, now time.Time) string {
	at = at.In(now.Location())
	if storage.DateOf(at) == storage.DateOf(now) {
		return words.T("reason.retryToday", "time", Time(at))
	}
	return words.T("reason.retryDay", "moment", MomentWithin(at, now))
}
