package agenda

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
)

// visible gives what readers of a feed may see of a reservation.
func visible(r *storage.Reservation) *storage.Reservation {
	v := r.Clone()
	scrub(&v.Details)
	for i := range v.Overrides {
		scrub(&v.Overrides[i].Details)
	}
	return v
}

// scrub takes away what no feed tells.
func scrub(d *storage.Details) {
	d.PrivateNotes = ""
	for i := range d.Participants {
		d.Participants[i].Answer = ""
	}
}

// content gives what a reservation says, in one form, without what keeping it adds.
func content(r *storage.Reservation) []byte {
	c := *r
	c.Revision, c.Sequence, c.ChangedAt, c.CreatedAt = 0, 0, time.Time{}, time.Time{}
	if slices.ContainsFunc(c.Overrides, func(o storage.Override) bool { return o.SequenceAhead != 0 }) {
		c.Overrides = slices.Clone(c.Overrides)
		for i := range c.Overrides {
			c.Overrides[i].SequenceAhead = 0
		}
	}
	raw, err := json.Marshal(&c)
	if err != nil {
		panic("agenda: " + err.Error()) // plain fields only
	}
	return raw
}

func same(a, b *storage.Reservation) bool { return bytes.Equal(content(a), content(b)) }

func contentHash(r *storage.Reservation) string {
	sum := sha256.Sum256(content(r))
	return hex.EncodeToString(sum[:])
}

// told are the fields of the journal with the text that stands for each.
var told = []struct {
	field storage.Field
	text  func(*storage.Reservation) string
}{
	{storage.FieldReservationType, func(r *storage.Reservation) string { return r.TypeID }},
	{storage.FieldReservationTitle, func(r *storage.Reservation) string { return r.Title }},
	{storage.FieldReservationEstablishment, func(r *storage.Reservation) string { return r.EstablishmentID }},
	{storage.FieldReservationResource, func(r *storage.Reservation) string { return r.ResourceID }},
	{storage.FieldReservationStatus, func(r *storage.Reservation) string { return string(r.Status) }},
	{storage.FieldReservationStart, func(r *storage.Reservation) string { return r.Start.String() }},
	{storage.FieldReservationEnd, func(r *storage.Reservation) string { return r.End.String() }},
	{storage.FieldReservationZone, func(r *storage.Reservation) string { return r.Zone }},
	{storage.FieldReservationRecurrence, recurrenceText},
	{storage.FieldReservationOccurrences, overridesText},
	{storage.FieldReservationInCharge, func(r *storage.Reservation) string { return strings.Join(r.InCharge, ", ") }},
	{storage.FieldReservationParticipants, participantsText},
	{storage.FieldReservationPublicNotes, func(r *storage.Reservation) string { return r.PublicNotes }},
	{storage.FieldReservationPrivateNotes, func(r *storage.Reservation) string { return r.PrivateNotes }},
	{storage.FieldReservationAddress, func(r *storage.Reservation) string { return r.Address }},
	{storage.FieldReservationLink, func(r *storage.Reservation) string { return r.Link }},
}

// masked stands in the journal for private notes: it is copied into support files.
func masked(text string) string {
	if text == "" {
		return ""
	}
	return "•••"
}

func recurrenceText(r *storage.Reservation) string {
	if r.Recurrence == nil {
		return ""
	}
	parts := []string{r.Recurrence.Rule}
	for _, l := range r.Recurrence.Except {
		parts = append(parts, "−"+l.String())
	}
	for _, l := range r.Recurrence.Extra {
		parts = append(parts, "+"+l.String())
	}
	return strings.Join(parts, " ")
}

func overridesText(r *storage.Reservation) string {
	var parts []string
	for _, o := range r.Overrides {
		parts = append(parts, strings.TrimSpace(o.Original.String()+" → "+o.Start.String()+" "+o.Title))
	}
	return strings.Join(parts, "; ")
}

func participantsText(r *storage.Reservation) string {
	var parts []string
	for _, p := range r.Participants {
		parts = append(parts, p.PersonID+" "+string(p.Answer))
	}
	return strings.Join(parts, ", ")
}

// differences lists what changed, for the journal.
func differences(before, after *storage.Reservation) []storage.FieldChange {
	var changes []storage.FieldChange
	for _, t := range told {
		if b, a := t.text(before), t.text(after); b != a {
			if t.field == storage.FieldReservationPrivateNotes {
				b, a = masked(b), masked(a)
			}
			changes = append(changes, storage.FieldChange{Field: t.field, Before: b, After: a})
		}
	}
	if len(changes) == 0 { // in the details of an occurrence
		n := strconv.Itoa(len(after.Overrides))
		changes = []storage.FieldChange{{Field: storage.FieldReservationOccurrences, Before: n, After: n}}
	}
	return changes
}
