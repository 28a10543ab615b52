package establishments

import (
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/tabular"
)

// placeholders are the words people write into a cell to say that there is nothing.
var placeholders = []string{"n/a", "n.a.", "néant", "neant", "nc", "n/c", "n.c.", "non communiqué", "sans objet", "null"}

// isPlaceholder reports whether a cell says nothing. Words count for nothing except in a name or a code, and a text that
// an export neutralised means what it says.
func isPlaceholder(f storage.Field, c tabular.Cell) bool {
	t := strings.TrimSpace(c.Text)
	if t == "" {
		return true
	}
	if len(t) > 20 || c.Flags&tabular.FlagLiteral != 0 {
		return false
	}
	if strings.Trim(t, "-–—./_? \u00a0") == "" {
		return true
	}
	return f != storage.FieldName && f != storage.FieldIdentifier && f != storage.FieldBusinessIdentifier &&
		slices.Contains(placeholders, strings.ToLower(t))
}

// frenchZip gives a postcode its leading zero back where a spreadsheet took it for a number.
func frenchZip(c tabular.Cell) string {
	t := strings.TrimSpace(c.Text)
	if c.Flags&tabular.FlagNumber != 0 && len(t) == 4 && allDigits(t) {
		return "0" + t
	}
	return t
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// canonicalText turns what a foreign file writes into what SetValue reads: statuses in words, "3 étoiles", dates of
// several forms, grouped numbers, points in numbers. What it does not know comes back as it is.
func canonicalText(f storage.Field, c tabular.Cell, country string) string {
	t := strings.TrimSpace(c.Text)
	switch f {
	case storage.FieldZip:
		if country == "FR" || country == "" {
			return strings.ReplaceAll(frenchZip(c), " ", "")
		}
	case storage.FieldStatus:
		if s, ok := statusWords[storage.SearchKey(t)]; ok {
			return string(s)
		}
	case storage.FieldStars:
		return leadingNumber(t)
	case storage.FieldRooms, storage.FieldCapacity:
		return wholeNumber(t)
	case storage.FieldOpeningDate, storage.FieldReopenDate:
		return isoDate(t)
	case storage.FieldLegalIdent:
		if c.Flags&tabular.FlagNumber != 0 && len(t) == 13 {
			return "0" + t // a SIREN that begins with zero, eaten as above
		}
	}
	return t
}

var statusWords = map[string]storage.Status{
	"actif": storage.StatusActive, "active": storage.StatusActive, "ouvert": storage.StatusActive, "open": storage.StatusActive,
	"ouverte": storage.StatusActive, "en activite": storage.StatusActive, "publie": storage.StatusActive,
	"brouillon": storage.StatusDraft, "draft": storage.StatusDraft, "inactive": storage.StatusDraft, "inactif": storage.StatusDraft,
	"ferme": storage.StatusClosed, "fermee": storage.StatusClosed, "closed": storage.StatusClosed,
	"ferme definitivement": storage.StatusClosed, "permanently closed": storage.StatusClosed,
	"ferme temporairement": storage.StatusTemporarilyClosed, "temporairement ferme": storage.StatusTemporarilyClosed,
	"temporarily closed": storage.StatusTemporarilyClosed, "fermeture temporaire": storage.StatusTemporarilyClosed,
	"archive": storage.StatusArchived, "archivee": storage.StatusArchived, "archived": storage.StatusArchived,
}

// leadingNumber reads "3 étoiles", "3*" and "★★★"; another text comes back as it is.
func leadingNumber(t string) string {
	if n := strings.Count(t, "★") + strings.Count(t, "*"); n > 0 && strings.Trim(t, "★* ") == "" {
		return string(rune('0' + min(n, 9)))
	}
	if len(t) > 1 && t[0] >= '0' && t[0] <= '9' && (t[1] < '0' || t[1] > '9') && t[1] != '.' && t[1] != ',' && t[1] != '-' {
		return t[:1]
	}
	return wholeNumber(t)
}

// wholeNumber takes the grouping spaces and a zero fraction away.
func wholeNumber(t string) string {
	t = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, t)
	for _, zero := range []string{".0", ",0", ".00", ",00"} {
		if whole, ok := strings.CutSuffix(t, zero); ok && allDigits(whole) {
			return whole
		}
	}
	return t
}

// isoDate reads the dates of a French file too: 24/12/2026, 24.12.2026, 24-12-2026, and drops a time.
func isoDate(t string) string {
	day, _, _ := strings.Cut(t, " ")
	for _, layout := range []string{"2006-01-02", "02/01/2006", "2/1/2006", "02.01.2006", "02-01-2006", "2006/01/02"} {
		if d, err := time.Parse(layout, day); err == nil {
			return d.Format("2006-01-02")
		}
	}
	return t
}
