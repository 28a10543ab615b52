package profile

import (
	"slices"
	"time"

	"diapason/storage"
)

// verdict says what a line of the comparison asks or tells.
type verdict string

// The verdicts; the caption of a line is the translation key "profile.verdict." + the text.
const (
	verdictSame         verdict = "same"
	verdictUnverifiable verdict = "unverifiable"
	verdictLocal        verdict = "local"  // changed here: goes out with the next publication
	verdictRemote       verdict = "remote" // changed there: asks for a decision
	verdictBoth         verdict = "both"   // changed on both sides: asks for a decision
	verdictKept         verdict = "kept"   // decided: ours goes out again
	verdictAccepted     verdict = "accepted"
)

// asks reports whether the line waits for a decision.
func (v verdict) asks() bool { return v == verdictRemote || v == verdictBoth }

// compareLine is one field of the comparison between us and a directory. The texts are canonical; Days, for the regular
// hours, are the only days that differ (Monday 0).
type compareLine struct {
	Field     storage.Field
	Ours      string
	Published string
	Theirs    string
	Verdict   verdict
	Days      []int
	// DecidedAt and EntryID tell of a decision already taken; EntryID can be undone.
	DecidedAt time.Time
	EntryID   string
}

// comparison is what the expanded row of a directory shows.
type comparison struct {
	Open   []compareLine // to decide, to send, or decided since the last reading; template order
	Folded []compareLine // identical or not verifiable
	Same   int           // how many of Folded are identical
}

// compare builds the comparison of one listing. fields are those the directory carries; decisions is the
// establishment's journal, newest first.
func compare(e *storage.Establishment, l *storage.Listing, fields []storage.Field, decisions []*storage.JournalEntry) comparison {
	var c comparison
	if l == nil || len(l.Observed) == 0 && len(l.Accepted) == 0 {
		return c
	}
	for _, f := range storage.Fields {
		if !slices.Contains(fields, f) {
			continue
		}
		line := compareLine{Field: f, Ours: e.Value(f), Published: l.Accepted[f], Theirs: l.Observed[f]}
		line.Verdict = verdictOf(l, f, line)
		if d := decisionOn(decisions, l, f); d != nil {
			line.decided(d, decisions)
		}
		if f == storage.FieldOpeningHours {
			line.Days = differingDays(line.Ours, line.Published, line.Theirs)
		}
		switch line.Verdict {
		case verdictSame:
			c.Same++
			c.Folded = append(c.Folded, line)
		case verdictUnverifiable:
			c.Folded = append(c.Folded, line)
		default:
			c.Open = append(c.Open, line)
		}
	}
	return c
}

// verdictOf reads the match that the engine kept, and falls back on the texts where it kept none.
func verdictOf(l *storage.Listing, f storage.Field, line compareLine) verdict {
	if slices.Contains(l.Kept, f) {
		return verdictKept
	}
	switch l.Matches[f] {
	case storage.MatchLocalChanged:
		return verdictLocal
	case storage.MatchRemoteChanged:
		return verdictRemote
	case storage.MatchBothChanged:
		return verdictBoth
	case storage.MatchSame:
		return verdictSame
	case storage.MatchUnverifiable:
		if line.Ours != line.Published {
			return verdictLocal
		}
		return verdictUnverifiable
	}
	if line.Ours != line.Published {
		return verdictLocal
	}
	if _, read := l.Observed[f]; !read {
		return verdictUnverifiable
	}
	return verdictSame
}

// decisionOn finds the last decision on a field of a listing that was taken after the directory was last read: an older
// one is history.
func decisionOn(entries []*storage.JournalEntry, l *storage.Listing, f storage.Field) *storage.JournalEntry {
	for _, j := range entries {
		if j.AccountID != l.AccountID || j.At.Before(l.CheckedAt) {
			continue
		}
		if j.Action != storage.JournalAccept && j.Action != storage.JournalKeep {
			continue
		}
		if slices.ContainsFunc(j.Changes, func(c storage.FieldChange) bool { return c.Field == f }) {
			return j
		}
	}
	return nil
}

// decided marks the line with a decision, unless the two sides drifted again since. What is taken back is the edit that
// the acceptance made, which has its own entry.
func (line *compareLine) decided(j *storage.JournalEntry, entries []*storage.JournalEntry) {
	switch {
	case j.Action == storage.JournalKeep && line.Verdict == verdictKept:
		line.DecidedAt = j.At
	case j.Action == storage.JournalAccept && !line.Verdict.asks() && line.Ours == line.Theirs:
		line.Verdict, line.DecidedAt, line.EntryID = verdictAccepted, j.At, editBy(j, entries)
	}
}

// asking gives the fields that wait for a decision.
func (c comparison) asking() []storage.Field {
	var fs []storage.Field
	for _, line := range c.Open {
		if line.Verdict.asks() {
			fs = append(fs, line.Field)
		}
	}
	return fs
}

// differingDays lists the days on which three texts of regular hours are not all the same; nil when one of them is
// unknown or cannot be read, for then the whole week is shown.
func differingDays(texts ...string) []int {
	weeks := make([]storage.Week, 0, len(texts))
	for _, t := range texts {
		w, err := storage.ParseWeek(t)
		if err != nil || !w.Known {
			return nil
		}
		weeks = append(weeks, w)
	}
	var days []int
	for d := range 7 {
		for _, w := range weeks[1:] {
			if !slices.Equal(w.Days[d], weeks[0].Days[d]) {
				days = append(days, d)
				break
			}
		}
	}
	return days
}

// editBy finds the edit that an acceptance made: the directory's, of the same fields, in the same moment.
func editBy(accepted *storage.JournalEntry, entries []*storage.JournalEntry) string {
	for _, j := range entries {
		near := j.At.Sub(accepted.At).Abs() < time.Second
		if near && j.Action == storage.JournalUpdate && j.Actor == storage.ActorDirectory && slices.Equal(j.Changes, accepted.Changes) {
			return j.ID
		}
	}
	return ""
}
