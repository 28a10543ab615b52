package decisions

import (
	"slices"

	"diapason/storage"
	"diapason/sync"
)

// key names a listing among those that are shown.
type key struct{ establishment, account string }

func keyOf(w *sync.Waiting) key { return key{w.EstablishmentID, w.AccountID} }

// selection holds the listings that are ticked; they stay ticked while others are read.
type selection map[key]bool

// keep forgets what is no longer shown.
func (s selection) keep(items []sync.Waiting) {
	shown := map[key]bool{}
	for i := range items {
		if decidable(&items[i]) {
			shown[keyOf(&items[i])] = true
		}
	}
	for k := range s {
		if !shown[k] {
			delete(s, k)
		}
	}
}

// decidable tells whether both answers can be given.
func decidable(w *sync.Waiting) bool { return w.Kind == sync.WaitingDrift && len(w.Fields) > 0 }

// chosen gives the ticked ones, in the order they are shown.
func (s selection) chosen(items []sync.Waiting) []*sync.Waiting {
	var out []*sync.Waiting
	for i := range items {
		if s[keyOf(&items[i])] {
			out = append(out, &items[i])
		}
	}
	return out
}

// choices asks for a decision on every field of some listings, or on the given ones only.
func choices(of []*sync.Waiting, fields []storage.Field, confirmed bool) []sync.Choice {
	out := make([]sync.Choice, 0, len(of))
	for _, w := range of {
		out = append(out, sync.Choice{
			EstablishmentID: w.EstablishmentID, AccountID: w.AccountID, Fields: fields, Confirmed: confirmed,
		})
	}
	return out
}

// danger counts the values of each dangerous field that accepting would take over, in the order of the template.
type danger struct {
	Field storage.Field
	N     int
}

// dangers lists them; all counts every value, harmless ones too. fields, when not empty, are those that are decided.
func dangers(of []*sync.Waiting, fields []storage.Field) (found []danger, all int) {
	counts := map[storage.Field]int{}
	for _, w := range of {
		for _, f := range w.Fields {
			if len(fields) == 0 || slices.Contains(fields, f.Field) {
				counts[f.Field]++
				all++
			}
		}
	}
	for _, f := range storage.Fields {
		if f.Dangerous() && counts[f] > 0 {
			found = append(found, danger{f, counts[f]})
		}
	}
	return found, all
}

// kinds are the sections, in the order they are shown.
var kinds = []sync.WaitingKind{sync.WaitingHeld, sync.WaitingDrift, sync.WaitingAction, sync.WaitingNotFound}

// sections sorts what waits by kind; within a kind the engine's order stays.
func sections(items []sync.Waiting) map[sync.WaitingKind][]*sync.Waiting {
	of := map[sync.WaitingKind][]*sync.Waiting{}
	for i := range items {
		of[items[i].Kind] = append(of[items[i].Kind], &items[i])
	}
	return of
}

// remedy is what can be done at once about something that waits; its word is the translation key "decisions.remedy." +
// the text.
type remedy string

const (
	remedyNone      remedy = ""          // only the establishment's pane helps
	remedyUnfreeze  remedy = "unfreeze"  // let frozen fields go
	remedyReconnect remedy = "reconnect" // in Intégrations
	remedySync      remedy = "sync"      // try again
	remedyPublish   remedy = "publish"   // create again what is no longer there
)

// accountReasons are the reasons that are seen to in Intégrations.
var accountReasons = []string{"directory.auth", "guard.otherAccount", "sync.accountOff"}

// remedyOf gives the remedy of an item that is no drift.
func remedyOf(w *sync.Waiting) remedy {
	switch {
	case len(w.Frozen) > 0:
		return remedyUnfreeze
	case w.Kind == sync.WaitingNotFound:
		return remedyPublish
	case w.Reason == nil:
		return remedyNone
	case slices.Contains(accountReasons, w.Reason.Code):
		return remedyReconnect
	case w.Reason.Code == "directory.uploadFile", w.Reason.Field != "":
		return remedyNone // to be uploaded or corrected first
	}
	return remedySync
}

// withRemedy gives those that a remedy is for.
func withRemedy(of []*sync.Waiting, r remedy) []*sync.Waiting {
	var out []*sync.Waiting
	for _, w := range of {
		if remedyOf(w) == r {
			out = append(out, w)
		}
	}
	return out
}

// requests asks to send listings again, one request for each account, in the order in which they are shown.
func requests(of []*sync.Waiting) []sync.Request {
	var out []sync.Request
	at := map[string]int{}
	for _, w := range of {
		i, known := at[w.AccountID]
		if !known {
			i, at[w.AccountID] = len(out), len(out)
			out = append(out, sync.Request{AccountIDs: []string{w.AccountID}, Actor: storage.ActorUser})
		}
		out[i].EstablishmentIDs = append(out[i].EstablishmentIDs, w.EstablishmentID)
	}
	return out
}
