package storage

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Limits of the agenda.
const (
	MaxTitle        = 500    // characters
	MaxNotes        = 20_000 // characters, of public and of private notes
	MaxUID          = 1000   // bytes
	MaxFeedMonths   = 60     // of a feed's window, on each side
	MaxReminder     = 40320  // minutes: four weeks
	MinOutsideEvery = 15 * time.Minute
	MaxOutsideEvery = 24 * time.Hour
)

// DefaultOutsideEvery is how often a new outside feed is read.
const DefaultOutsideEvery = time.Hour

// The fields of the agenda's forms, beside those of establishments: where a problem is shown, and what a journal entry
// says changed. Their labels are the translations "field." + Field.
const (
	FieldReservationType          Field = "reservation.type"
	FieldReservationTitle         Field = "reservation.title"
	FieldReservationEstablishment Field = "reservation.establishment"
	FieldReservationResource      Field = "reservation.resource"
	FieldReservationStatus        Field = "reservation.status"
	FieldReservationInCharge      Field = "reservation.inCharge"
	FieldReservationParticipants  Field = "reservation.participants"
	FieldReservationPublicNotes   Field = "reservation.publicNotes"
	FieldReservationPrivateNotes  Field = "reservation.privateNotes"
	FieldReservationAddress       Field = "reservation.address"
	FieldReservationLink          Field = "reservation.link"
	FieldReservationStart         Field = "reservation.start"
	FieldReservationEnd           Field = "reservation.end"
	FieldReservationZone          Field = "reservation.zone"
	FieldReservationRecurrence    Field = "reservation.recurrence"
	FieldReservationOccurrences   Field = "reservation.occurrences"

	FieldAgendaName  Field = "agenda.name"
	FieldAgendaEmail Field = "agenda.email"
	FieldAgendaColor Field = "agenda.color"

	FieldLinkOwner     Field = "feedLink.owner"
	FieldLinkDetail    Field = "feedLink.detail"
	FieldLinkLanguage  Field = "feedLink.language"
	FieldLinkMonths    Field = "feedLink.months"
	FieldLinkReminders Field = "feedLink.reminders"

	FieldOutsideEvery Field = "outsideFeed.every"
)

// The values that are known, in the order they are offered.
var (
	ReservationStatuses = []ReservationStatus{ReservationOption, ReservationConfirmed, ReservationCancelled}
	Attendances         = []Attendance{
		AttendanceInvited, AttendanceAccepted, AttendanceDeclined, AttendancePresent, AttendanceAbsent,
	}
	FeedDetails = []FeedDetail{FeedBusy, FeedTitle, FeedFull}
)

// note adds a problem, when there is one.
func (ps *Problems) note(f Field, p *Problem) {
	if p != nil {
		*ps = append(*ps, p.On(f))
	}
}

func checkName(name string) *Problem {
	if strings.TrimSpace(name) == "" {
		return NewProblem("agenda.name.missing")
	}
	return checkLength(name, MaxName)
}

func checkLength(text string, limit int) *Problem {
	if _, err := limited(text, limit); err != nil {
		return asProblem(err)
	}
	return nil
}

// checkColor wants "#RRGGBB".
func checkColor(color string) *Problem {
	digits, ok := strings.CutPrefix(color, "#")
	if _, err := hex.DecodeString(digits); !ok || err != nil || len(digits) != 6 {
		return NewProblem("color.unreadable", "value", color)
	}
	return nil
}

// checkAddress wants an absolute address of the web; a house's own server needs no dot in its name.
func checkAddress(link string) *Problem {
	if link == "" {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return NewProblem("url.unreadable", "value", link)
	}
	return checkLength(link, MaxText)
}

// Validate gives every problem of a type; nil when it may be kept.
func (t *ReservationType) Validate() Problems {
	var ps Problems
	ps.note(FieldAgendaName, checkName(t.Name))
	ps.note(FieldAgendaColor, checkColor(t.Color))
	return ps
}

// Validate gives every problem of a person; nil when it may be kept.
func (p *Person) Validate() Problems {
	var ps Problems
	ps.note(FieldAgendaName, checkName(p.Name))
	if _, err := normaliseEmail(p.Email); err != nil {
		ps.note(FieldAgendaEmail, asProblem(err))
	}
	return ps
}

// Validate gives every problem of a resource; nil when it may be kept.
func (r *Resource) Validate() Problems {
	var ps Problems
	ps.note(FieldAgendaName, checkName(r.Name))
	return ps
}

// Validate gives every problem of a link; nil when it may be kept. That its owner exists and is not the administrator is
// for the Store to see.
func (l *FeedLink) Validate() Problems {
	var ps Problems
	if l.OwnerID == "" {
		ps.note(FieldLinkOwner, NewProblem("feedLink.owner.missing"))
	}
	ps.note(FieldAgendaName, checkName(l.Label))
	if !slices.Contains(FeedDetails, l.Detail) {
		ps.note(FieldLinkDetail, NewProblem("value.unreadable"))
	}
	if l.Language != "fr" && l.Language != "en" {
		ps.note(FieldLinkLanguage, NewProblem("value.unreadable"))
	}
	for _, n := range []int{l.MonthsBack, l.MonthsAhead} {
		if n < 0 || n > MaxFeedMonths {
			ps.note(FieldLinkMonths, outOfRange(n, MaxFeedMonths))
		}
	}
	for _, n := range l.Reminders {
		if n < 0 || n > MaxReminder {
			ps.note(FieldLinkReminders, outOfRange(n, MaxReminder))
		}
	}
	return ps
}

func outOfRange(n, limit int) *Problem {
	return NewProblem("number.unreadable", "value", strconv.Itoa(n), "limit", strconv.Itoa(limit))
}

// Sound refuses what no person can have typed: a mistake of the caller.
func (l *FeedLink) Sound() error {
	hashes := []string{l.TokenHash}
	for _, f := range l.Former {
		hashes = append(hashes, f.Hash)
	}
	for _, h := range hashes {
		if b, err := hex.DecodeString(h); err != nil || len(b) != 32 || h != strings.ToLower(h) {
			return fmt.Errorf("feed link %s: a token's hash is no SHA-256 in hexadecimal", l.ID)
		}
	}
	if len(l.Readings) > KeptReadings {
		return fmt.Errorf("feed link %s: %d readings", l.ID, len(l.Readings))
	}
	return nil
}

// Validate gives every problem of an outside feed; nil when it may be kept.
func (o *OutsideFeed) Validate() Problems {
	var ps Problems
	ps.note(FieldAgendaName, checkName(o.Name))
	ps.note(FieldAgendaColor, checkColor(o.Color))
	if o.TypeID == "" {
		ps.note(FieldReservationType, NewProblem("reservation.type.missing"))
	}
	if o.Every < MinOutsideEvery {
		ps.note(FieldOutsideEvery, NewProblem("outsideFeed.tooOften", "minutes", strconv.Itoa(int(MinOutsideEvery.Minutes()))))
	}
	if o.Every > MaxOutsideEvery {
		ps.note(FieldOutsideEvery, NewProblem("outsideFeed.tooSeldom", "hours", strconv.Itoa(int(MaxOutsideEvery.Hours()))))
	}
	return ps
}

// Sound refuses what no person can have typed: a mistake of the caller.
func (p *Publication) Sound() error {
	switch {
	case p.Name == "" || strings.ContainsFunc(p.Name, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) }):
		return fmt.Errorf("publication of %s on %s: unusable name", p.LinkID, p.AccountID)
	case !slices.Contains([]OpState{"", OpPending, OpInflight, OpRetry, OpBlocked, OpDead}, p.State):
		return fmt.Errorf("publication of %s on %s: unknown state %q", p.LinkID, p.AccountID, p.State)
	}
	return nil
}
