package passes

import (
	"cmp"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// condition is where an address book stands; its word is the translation key "passes.condition." + the text.
type condition string

const (
	conditionRunning   condition = "running"   // a pass is under way
	conditionPaused    condition = "paused"    // a person made it wait
	conditionQueued    condition = "queued"    // it waits for the pass of another account
	conditionWaiting   condition = "waiting"   // it waits until a moment
	conditionHeld      condition = "held"      // by the guard
	conditionReconnect condition = "reconnect" // the person's consent, or the right password, is needed again
	conditionAction    condition = "action"    // the person must act in Intégrations
	conditionDisabled  condition = "disabled"  // switched off there
	conditionFailed    condition = "failed"    // the last pass did not go through
	conditionNew       condition = "new"       // no pass was ever made
	conditionAsks      condition = "asks"      // questions wait for the person
	conditionPending   condition = "pending"   // changes wait to be sent
	conditionReady     condition = "ready"     // in tune
)

// conditionOf tells where a book stands; asks reports whether accounts of a kind are connected by consent.
func conditionOf(st *contacts.Standing, now time.Time, asks func(kind string) bool) condition {
	a, run := st.Account, st.Run
	switch {
	case !a.Enabled:
		return conditionDisabled
	case a.Pause != nil && a.PausedUntil.IsZero():
		if asks(a.Kind) && strings.HasPrefix(a.Pause.Code, "oauth.") || strings.HasSuffix(a.Pause.Code, ".auth") {
			return conditionReconnect
		}
		return conditionAction
	case run != nil && run.State == storage.RunHeld:
		return conditionHeld
	case underWay(st) && st.Paused:
		return conditionPaused
	case !waitsUntil(st, now).IsZero():
		return conditionWaiting
	case underWay(st) && st.Behind != nil:
		return conditionQueued
	case underWay(st):
		return conditionRunning
	case run != nil && run.State == storage.RunFailed && (run.Problem != nil || st.Questions == 0): // else what was refused is asked about
		return conditionFailed
	case st.LastOK.IsZero():
		return conditionNew
	case st.Questions > 0:
		return conditionAsks
	case st.Pending > 0:
		return conditionPending
	}
	return conditionReady
}

// underWay reports whether a pass runs, or would if it did not wait.
func underWay(st *contacts.Standing) bool { return st.Run != nil && st.Run.State == storage.RunRunning }

// waitsUntil gives the moment that a book waits until; zero when it does not.
func waitsUntil(st *contacts.Standing, now time.Time) time.Time {
	until := st.NotBefore
	if st.Account.Pause != nil && st.Account.PausedUntil.After(until) {
		until = st.Account.PausedUntil
	}
	if !until.After(now) {
		return time.Time{}
	}
	return until
}

// syncable reports whether a pass can be asked for.
func (c condition) syncable() bool {
	switch c {
	case conditionHeld, conditionFailed, conditionNew, conditionAsks, conditionPending, conditionReady:
		return true
	}
	return false
}

// mark is how a state is shown.
type mark struct {
	tone widgets.Tone
	icon look.Icon
	calm bool
}

var marks = map[condition]mark{
	conditionRunning:   {widgets.Info, look.StatusRunning, false},
	conditionPaused:    {widgets.Neutral, look.StatusWaiting, false},
	conditionQueued:    {widgets.Neutral, look.StatusWaiting, true},
	conditionWaiting:   {widgets.Neutral, look.StatusWaiting, false},
	conditionHeld:      {widgets.Warning, look.StatusAction, false},
	conditionReconnect: {widgets.Warning, look.StatusAction, false},
	conditionAction:    {widgets.Warning, look.StatusAction, false},
	conditionDisabled:  {widgets.Neutral, look.StatusDisabled, true},
	conditionFailed:    {widgets.Error, look.StatusError, false},
	conditionNew:       {widgets.Neutral, look.StatusManual, true},
	conditionAsks:      {widgets.Warning, look.StatusDrift, false},
	conditionPending:   {widgets.Info, look.StatusUp, false},
	conditionReady:     {widgets.Success, look.StatusOK, true},
}

// card is an account as its card shows it.
type card struct {
	id            string
	title, detail string
	condition     condition
	state         string
}

// cardOf writes the card of an account.
func cardOf(st *contacts.Standing, now time.Time, asks func(string) bool) card {
	a := st.Account
	c := card{id: a.ID, title: accountName(a), condition: conditionOf(st, now, asks)}
	kind := kindName(a.Kind)
	c.detail = words.N("passes.card.contacts", st.Cards, "kind", kind)
	switch c.condition {
	case conditionReconnect, conditionAction:
		if since := refusedSince(st); !since.IsZero() {
			c.detail = words.T("passes.card.refused", "kind", kind, "when", say.MomentWithin(since, now))
		}
	case conditionNew:
		c.detail = words.T("passes.card.new", "kind", kind)
	}
	switch c.condition {
	case conditionWaiting:
		c.state = words.T("passes.condition.waiting", "time", say.Time(waitsUntil(st, now).In(now.Location())))
	case conditionAsks:
		c.state = words.N("passes.condition.asks", st.Questions)
	case conditionPending:
		c.state = words.N("passes.condition.pending", st.Pending)
	default:
		c.state = words.T("passes.condition." + string(c.condition))
	}
	return c
}

// refusedSince tells since when a book that waits for a person refuses: its last pass ended with that.
func refusedSince(st *contacts.Standing) time.Time {
	if since := st.Account.FailingSince; !since.IsZero() || st.Run == nil || st.Run.State != storage.RunFailed {
		return since
	}
	return st.Run.EndedAt
}

// accountName names an account.
func accountName(a *storage.Account) string { return cmp.Or(a.Name, say.Kind(a.Kind)) }

// kindName gives the short name of a kind of book: « Google », « CardDAV ».
func kindName(kind string) string {
	if key := "passes.kind." + kind; words.Has(key) {
		return words.T(key)
	}
	return say.Kind(kind)
}

// bookName names a book of a kind inside a sentence: « Google Contacts », « CardDAV ».
func bookName(kind string) string {
	if key := "passes.book." + kind; words.Has(key) {
		return words.T(key)
	}
	return say.Kind(kind)
}
