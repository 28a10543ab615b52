package passes

import (
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
	"diapason/widgets"
)

// mostSegments is how many segments the bar of a pass has at most; more batches are shown several to a segment.
const mostSegments = 40

// progress is what the panel of a pass tells.
type progress struct {
	title, about  string
	batch, detail string // « Lot 17 sur 26 » and what follows it
	done          string // « 837 contacts sur 1 284 »
	refused       string // « Lot 9 : 1 contact refusé »; "" when nothing was
	left          string // « Encore 2 min environ »; "" when that cannot be said
	segments      []widgets.Batch
	there, here   storage.SideTally
	counted       bool // there is something to tell of the directions
}

// batches is how many batches a pass makes in all, as far as is known.
func batches(t *storage.PassTally) int {
	return len(t.Batches) + (max(t.Planned-t.Written, 0)+t.Batch-1)/max(t.Batch, 1)
}

// segmentsOf gives the segments of the bar; running tells that the next batch is being written.
func segmentsOf(t *storage.PassTally, running bool) []widgets.Batch {
	total := batches(t)
	if total == 0 {
		return nil
	}
	per := (total + mostSegments - 1) / mostSegments
	segments := make([]widgets.Batch, (total+per-1)/per)
	for i := range segments {
		from, to := i*per, min((i+1)*per, total)
		ended := t.Batches[min(from, len(t.Batches)):min(to, len(t.Batches))]
		segments[i].Share = float64(len(ended)) / float64(to-from)
		for _, b := range ended {
			segments[i].Refused = segments[i].Refused || b.Refused > 0
		}
		segments[i].Current = running && from <= len(t.Batches) && len(t.Batches) < to
	}
	return segments
}

// refusedOf says which batch had cards refused, or how many had.
func refusedOf(t *storage.PassTally) string {
	batches, cards, which := 0, 0, 0
	for i, b := range t.Batches {
		if b.Refused > 0 {
			batches, cards, which = batches+1, cards+b.Refused, i+1
		}
	}
	switch batches {
	case 0:
		return ""
	case 1:
		return words.N("passes.refused.batch", cards, "batch", words.Number(which))
	}
	return words.N("passes.refused.batches", cards, "batches", words.Number(batches))
}

// leftOf says how long the rest takes.
func leftOf(d time.Duration) string {
	switch minutes := int((d + 30*time.Second) / time.Minute); {
	case d < 45*time.Second:
		return words.T("passes.left.soon")
	case minutes < 90:
		return words.N("passes.left.minutes", max(minutes, 1))
	default:
		return words.N("passes.left.hours", (minutes+30)/60)
	}
}

// progressOf writes the panel of a book.
func progressOf(st *contacts.Standing, name string, now time.Time, p *pace) progress {
	run := st.Run
	if run == nil {
		return progress{title: words.T("passes.none"), about: words.T("passes.none.text")}
	}
	out := progress{title: words.T("passes.last"), about: aboutEnded(run, name, now)}
	running := run.State == storage.RunRunning
	if run.State == storage.RunHeld {
		out.title = words.T("passes.heldTitle")
	}
	if running {
		out.title = words.T("passes.current")
		out.about = words.T("passes.began", "account", name, "when", say.MomentWithin(run.StartedAt, now))
	}
	if running && st.Behind != nil {
		out.title = words.T("passes.queued")
		out.about = words.T("passes.queuedText", "account", name, "first", accountName(st.Behind))
		return out
	}
	t := run.Pass
	if t == nil {
		if running {
			out.batch, out.segments = words.T("passes.reading"), []widgets.Batch{{Current: true}}
		}
		return out
	}
	out.there, out.here, out.counted = t.There, t.Here, run.State != storage.RunHeld
	out.segments, out.refused = segmentsOf(t, running && !st.Paused), refusedOf(t)
	switch total := batches(t); {
	case run.State == storage.RunHeld:
		out.batch = words.T("passes.heldNothing")
	case total == 0:
		out.batch = words.T("passes.nothingThere")
	case running:
		out.batch = words.T("passes.batch", "n", words.Number(min(len(t.Batches)+1, total)), "total", words.Number(total))
		out.detail = words.N("passes.perBatch", t.Batch)
	default:
		out.batch = words.N("passes.batches", len(t.Batches))
	}
	if t.Planned > 0 {
		out.done = words.N("passes.written", t.Written, "written", words.Number(t.Written), "planned", words.Number(t.Planned))
	}
	if d, known := p.left(t.Planned - t.Written); running && known {
		out.left = leftOf(d)
	}
	return out
}

// aboutEnded says how a run ended, or that it is held.
func aboutEnded(run *storage.Run, name string, now time.Time) string {
	if run.State == storage.RunHeld {
		return words.T("passes.held", "account", name)
	}
	key := "passes.ended"
	switch {
	case run.State == storage.RunFailed && run.Problem != nil: // else it went through, but for some contacts
		key = "passes.endedFailed"
	case run.State == storage.RunCancelled:
		key = "passes.endedCancelled"
	case run.State == storage.RunUndone:
		key = "passes.endedUndone"
	}
	return words.T(key, "account", name, "when", say.MomentWithin(run.EndedAt, now))
}

// guardNote says how many contacts a pass deletes, on the side where it deletes most, and from how many on the guard holds
// it; "" while nothing is known of the book.
func guardNote(st *contacts.Standing) string {
	if st.Cards == 0 || st.Run == nil || st.Run.Pass == nil {
		return ""
	}
	n := max(st.Run.Pass.There.Deleted, st.Run.Pass.Here.Deleted)
	return words.N("passes.guard", n, "limit", words.Number(merge.DefaultThresholds.Closed.Limit(st.Cards)))
}
