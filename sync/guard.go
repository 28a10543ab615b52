package sync

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"diapason/storage"
	"diapason/sync/merge"
)

// heldRuns names the setting that lists the runs waiting for the user's agreement, as JSON.
const heldRuns = "sync.guard.held"

// suspect reports whether requests might be out of the ordinary, from the rows alone; large ones are left to
// settleGuard, which reads them in short transactions.
func (e *Engine) suspect(w *writer, parts [][]Request) (bool, error) {
	for _, part := range parts {
		for _, r := range part {
			if _, err := e.addressed(w, r); err != nil {
				return false, err
			}
		}
	}
	if len(parts) > weighedAtOnce {
		return true, nil
	}
	touched := map[string]int{}
	for _, r := range slices.Concat(parts...) {
		if err := countTouched(w, r, touched); err != nil {
			return false, err
		}
	}
	return e.mayCross(w, touched)
}

// weighedAtOnce is the number of parts whose rows are read within the transaction that makes the run: some milliseconds.
const weighedAtOnce = 8

// countTouched adds, per account, the listings of a request that are there already and differ from what we want, as the
// rows know it.
func countTouched(tx storage.Reader, r Request, touched map[string]int) error {
	for _, id := range r.EstablishmentIDs {
		row, err := tx.Row(id)
		if err != nil {
			return fmt.Errorf("row of %s: %w", id, err)
		}
		for i := range row.Listings {
			l := &row.Listings[i]
			if l.Changed > 0 && (len(r.AccountIDs) == 0 || slices.Contains(r.AccountIDs, l.AccountID)) {
				touched[l.AccountID]++
			}
		}
	}
	return nil
}

// mayCross reports whether that many changed listings could cross a threshold, whatever is changed of them.
func (e *Engine) mayCross(tx storage.Reader, touched map[string]int) (bool, error) {
	for id, n := range touched {
		a, err := tx.Account(id)
		if err != nil {
			return false, fmt.Errorf("account %s: %w", id, err)
		}
		w, err := readWindow(tx, id)
		if err != nil {
			return false, err
		}
		if n+w.Sent(e.clock.Now()).Modified > e.capabilities(a).Guard.OrDefault().Lowest() {
			return true, nil
		}
	}
	return false, nil
}

// harmless is suspect for what was asked for in parts, each read in its own transaction.
func (e *Engine) harmless(ctx context.Context, a asked) (bool, error) {
	touched := map[string]int{}
	for n := 0; ; n++ {
		over, may := false, false
		err := e.store.View(ctx, func(tx storage.Reader) error {
			part, last, err := a.part(tx, n)
			if over = last; err != nil {
				return err
			}
			for _, r := range part {
				if err := countTouched(tx, r, touched); err != nil {
					return err
				}
			}
			may, err = e.mayCross(tx, touched)
			return err
		})
		if err != nil || over || may {
			return !may, err
		}
		if e.stopping() {
			return false, errStopped
		}
	}
}

// verdict says what a plan comes to and, where it is out of the ordinary, why.
func (e *Engine) verdict(ctx context.Context, s *survey) (*storage.Guard, error) {
	g := &storage.Guard{Accounts: s.accounts, Changes: s.changes, Hash: s.hash()}
	var linked map[string]int // counted when it matters: it takes a reading of every row
	ids := slices.SortedFunc(maps.Keys(s.risk), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.names[a].Name, s.names[b].Name), cmp.Compare(a, b))
	})
	for _, id := range ids {
		thresholds, sent := e.capabilities(s.names[id]).Guard.OrDefault(), s.windows[id].Sent(s.now)
		if s.risk[id].Modified+sent.Modified > thresholds.Lowest() && linked == nil {
			var err error
			if linked, err = e.linked(ctx); err != nil {
				return nil, err
			}
		}
		plan := s.risk[id]
		plan.Linked = linked[id]
		for _, r := range merge.Guard(plan, sent, thresholds) {
			g.Reasons = append(g.Reasons, reasonOf(r, s.names[id].Name))
		}
		counts := g.Accounts[id]
		counts.Linked = linked[id]
		g.Accounts[id] = counts
	}
	return g, nil
}

// reasonOf puts a reason into a form that has words.
func reasonOf(r merge.GuardReason, account string) *storage.Problem {
	code := "guard." + string(r.Kind)
	if r.Sent > 0 {
		code += "Today"
	}
	return storage.NewProblem(code, "account", account, "n", strconv.Itoa(r.Count), "sent", strconv.Itoa(r.Sent),
		"linked", strconv.Itoa(r.Linked), "limit", strconv.Itoa(r.Limit))
}

// linked counts, per account, the listings that the account holds.
func (e *Engine) linked(ctx context.Context) (map[string]int, error) {
	n := map[string]int{}
	for after, more := "", true; more; more = after != "" {
		err := e.store.View(ctx, func(tx storage.Reader) (err error) {
			after, err = tx.RowListings(after, rowsAtOnce, func(l *storage.RowListing) { addLinked(n, l) })
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return n, nil
}

// rowsAtOnce is how many rows one transaction counts: some milliseconds.
const rowsAtOnce = 5000

func addLinked(n map[string]int, l *storage.RowListing) {
	if !l.SentAt.IsZero() || shownThere[l.Word] {
		n[l.AccountID]++
	}
}

// shownThere are the words that only a listing known to be there bears.
var shownThere = map[storage.Word]bool{
	storage.WordUpToDate: true, storage.WordDrift: true, storage.WordLinked: true, storage.WordSent: true,
}

// settleGuard judges a run that was not judged yet: it may go on, or it is held and nothing of it leaves. A run that
// was judged, cancelled or removed meanwhile is left alone.
func (e *Engine) settleGuard(runID string) error {
	var run *storage.Run
	err := e.store.View(e.calls, func(tx storage.Reader) (err error) {
		run, err = tx.Run(runID)
		return err
	})
	if err != nil || !run.Unjudged {
		return err
	}
	if fine, err := e.harmless(e.calls, tolerant{askedOf(run)}); err != nil || fine {
		if err == nil {
			err = e.keepVerdict(runID, nil)
		}
		return err
	}
	s, err := e.survey(e.calls, tolerant{askedOf(run)}, nil)
	if err != nil {
		return err
	}
	g, err := e.verdict(e.calls, s)
	if err != nil {
		return err
	}
	return e.keepVerdict(runID, g)
}

// keepVerdict lets a run go on, or holds it when there are reasons to.
func (e *Engine) keepVerdict(runID string, g *storage.Guard) error {
	return e.update(e.calls, func(w *writer) error {
		run, err := w.Run(runID)
		if err != nil || !run.Unjudged || run.State != storage.RunRunning {
			return err
		}
		if run.Unjudged = false; g == nil || len(g.Reasons) == 0 {
			return w.putRun(run)
		}
		return w.hold(run, g)
	})
}

// hold keeps a run that waits for the user's agreement. An earlier one that would have changed just the same is given
// up for it.
func (w *writer) hold(run *storage.Run, g *storage.Guard) error {
	run.State, run.Guard = storage.RunHeld, g
	ids, err := heldIDs(w)
	if err != nil {
		return err
	}
	kept := []string{run.ID}
	for _, id := range ids {
		old, err := w.Run(id)
		if err != nil {
			return fmt.Errorf("held run: %w", err)
		}
		if old.Gathering != nil || old.Guard.Hash != g.Hash {
			kept = append(kept, id)
			continue
		}
		if err := w.forget(old); err != nil {
			return err
		}
		old.State, old.EndedAt, old.Problem = storage.RunCancelled, w.now, storage.NewProblem("guard.superseded")
		if err := w.PutRun(old); err != nil {
			return err
		}
	}
	if err := w.putHeld(kept); err != nil {
		return err
	}
	return w.putRun(run)
}

func heldIDs(tx storage.Reader) ([]string, error) {
	raw, err := tx.Setting(heldRuns)
	if err != nil || raw == "" {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal([]byte(raw), &ids); err != nil {
		return nil, fmt.Errorf("held runs: %w", err)
	}
	return ids, nil
}

func (w *writer) putHeld(ids []string) error { return putHeld(w, ids) }

func putHeld(w storage.Writer, ids []string) error {
	if len(ids) == 0 {
		return w.PutSetting(heldRuns, "")
	}
	raw, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("held runs: %w", err)
	}
	return w.PutSetting(heldRuns, string(raw))
}

// unhold takes a run out of those that wait for an agreement.
func (w *writer) unhold(runID string) error {
	ids, err := heldIDs(w)
	if err != nil {
		return err
	}
	return w.putHeld(slices.DeleteFunc(ids, func(id string) bool { return id == runID }))
}

// KeepHeld enters a run of another job among those that wait for the user's agreement, in the transaction that holds it.
func KeepHeld(w storage.Writer, runID string) error {
	ids, err := heldIDs(w)
	if err != nil || slices.Contains(ids, runID) {
		return err
	}
	return putHeld(w, append([]string{runID}, ids...))
}

// ForgetHeld takes a run of another job out of those that wait.
func ForgetHeld(w storage.Writer, runID string) error {
	ids, err := heldIDs(w)
	if err != nil {
		return err
	}
	return putHeld(w, slices.DeleteFunc(ids, func(id string) bool { return id == runID }))
}

// Held lists the runs that wait for the user's agreement, the newest first.
func (e *Engine) Held(ctx context.Context) ([]*storage.Run, error) {
	var runs []*storage.Run
	err := e.store.View(ctx, func(tx storage.Reader) error {
		runs = nil
		ids, err := heldIDs(tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			run, err := tx.Run(id)
			if err != nil {
				return fmt.Errorf("held run: %w", err)
			}
			runs = append(runs, run)
		}
		return nil
	})
	return runs, err
}
