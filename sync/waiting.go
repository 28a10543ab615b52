package sync

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// WaitingKind tells what somebody has to do.
type WaitingKind string

// The kinds; the text is the translation key "waiting." + WaitingKind.
const (
	WaitingHeld     WaitingKind = "held"     // a run that the guard stopped: agree or refuse
	WaitingDrift    WaitingKind = "drift"    // values changed there: keep ours or accept theirs
	WaitingAction   WaitingKind = "action"   // something to correct, to upload or to reconnect, or given up
	WaitingNotFound WaitingKind = "notFound" // no longer there: publish again or leave
)

// waitingWords are the words of listings that wait, with their kinds, in the order they are listed.
var waitingWords = []struct {
	word storage.Word
	kind WaitingKind
}{
	{storage.WordDrift, WaitingDrift}, {storage.WordAction, WaitingAction}, {storage.WordNotFound, WaitingNotFound},
}

// Waiting is one thing that goes on only when somebody decides or acts.
type Waiting struct {
	Kind            WaitingKind
	Run             *storage.Run // of WaitingHeld
	EstablishmentID string
	AccountID       string
	Name            string
	Fields          []DriftField // open drifts
	Frozen          []storage.Field
	Reason          *storage.Problem
	Since           time.Time // when it was last sent or read
}

// DriftField is one field of a drift, with the three values of it.
type DriftField struct {
	Field     storage.Field
	Ours      string // here
	Published string // accepted there last
	Theirs    string // read there last
}

// WaitingPage is a part of what waits; Next is where the next one begins, "" after the last.
type WaitingPage struct {
	Items []Waiting
	Next  string
}

// waitingAt is the position of a listing among those that wait: by account, kind and establishment.
type waitingAt struct {
	account, establishment string
	kind                   int // index in waitingWords
}

func (p waitingAt) String() string {
	return p.account + "\x00" + strconv.Itoa(p.kind) + "\x00" + p.establishment
}

func positionOf(text string) waitingAt {
	parts := strings.SplitN(text, "\x00", 3)
	if len(parts) < 3 {
		return waitingAt{}
	}
	kind, err := strconv.Atoi(parts[1])
	if err != nil {
		return waitingAt{}
	}
	return waitingAt{account: parts[0], kind: kind, establishment: parts[2]}
}

// compare orders positions as they are listed.
func (p waitingAt) compare(q waitingAt) int {
	return cmp.Or(strings.Compare(p.account, q.account), cmp.Compare(p.kind, q.kind),
		strings.Compare(p.establishment, q.establishment))
}

// Waiting lists what waits for a decision or an action, about limit at a time: the held runs first, then the listings of
// each enabled account by kind. after is the Next of the page before, "" for the first.
func (e *Engine) Waiting(ctx context.Context, after string, limit int) (WaitingPage, error) {
	var page WaitingPage
	err := e.store.View(ctx, func(tx storage.Reader) error {
		page = WaitingPage{}
		if after == "" {
			if err := waitingRuns(tx, &page); err != nil {
				return err
			}
		}
		return e.waitingListings(tx, &page, after, max(limit, 1))
	})
	return page, err
}

func waitingRuns(tx storage.Reader, page *WaitingPage) error {
	ids, err := heldIDs(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		run, err := tx.Run(id)
		if err != nil {
			return fmt.Errorf("held run: %w", err)
		}
		w := Waiting{Kind: WaitingHeld, Run: run, Name: run.Subject, Since: run.StartedAt}
		if run.Guard != nil && len(run.Guard.Reasons) > 0 {
			w.Reason = run.Guard.Reasons[0]
		}
		page.Items = append(page.Items, w)
	}
	return nil
}

func (e *Engine) waitingListings(tx storage.Reader, page *WaitingPage, after string, limit int) error {
	accounts, err := e.usable(tx)
	if err != nil {
		return err
	}
	reached := positionOf(after)
	for _, a := range accounts {
		for kind, of := range waitingWords {
			if (waitingAt{a.ID, "\xff", kind}).compare(reached) <= 0 {
				continue // listed whole
			}
			ids, err := tx.EstablishmentIDsByWord(a.ID, of.word)
			if err != nil {
				return err
			}
			for _, id := range ids {
				at := waitingAt{a.ID, id, kind}
				if at.compare(reached) <= 0 {
					continue
				}
				if len(page.Items) >= limit {
					page.Next = reached.String()
					return nil
				}
				item, err := waitingListing(tx, id, a.ID)
				if err != nil {
					return err
				}
				item.Kind, reached = of.kind, at
				page.Items = append(page.Items, item)
			}
		}
	}
	return nil
}

func waitingListing(tx storage.Reader, establishmentID, accountID string) (Waiting, error) {
	item := Waiting{EstablishmentID: establishmentID, AccountID: accountID}
	l, err := tx.Listing(establishmentID, accountID)
	if err != nil {
		return item, err
	}
	row, err := tx.Row(establishmentID)
	if err != nil {
		return item, err
	}
	item.Name, item.Reason, item.Frozen = row.Name, l.Reason, l.Frozen
	if item.Since = l.CheckedAt; item.Since.Before(l.SentAt) {
		item.Since = l.SentAt
	}
	if item.Reason == nil && len(l.Blockers) > 0 {
		item.Reason = l.Blockers[0]
	}
	for _, f := range without(merge.Drift(l.Matches, l.Kept), l.Frozen) {
		item.Fields = append(item.Fields, DriftField{f, l.Desired[f], l.Accepted[f], l.Observed[f]})
	}
	return item, nil
}

// CountWaiting counts what waits, by kind.
func (e *Engine) CountWaiting(ctx context.Context) (map[WaitingKind]int, error) {
	counts := map[WaitingKind]int{}
	err := e.store.View(ctx, func(tx storage.Reader) error {
		clear(counts)
		held, err := heldIDs(tx)
		if err != nil {
			return err
		}
		counts[WaitingHeld] = len(held)
		accounts, err := e.usable(tx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			for _, of := range waitingWords {
				ids, err := tx.EstablishmentIDsByWord(a.ID, of.word)
				if err != nil {
					return err
				}
				counts[of.kind] += len(ids)
			}
		}
		return nil
	})
	return counts, err
}
