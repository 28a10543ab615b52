package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"time"

	"diapason/storage"
	"diapason/sync/merge"
)

// asked is what a run shall do, in parts of at most a slice of establishments, so that it can be read in short
// transactions.
type asked interface {
	// part gives the n-th part, from 0; over reports that there is none any more.
	part(tx storage.Reader, n int) (requests []Request, over bool, err error)
}

// fresh are requests that no run was made of.
type fresh [][]Request

func (f fresh) part(_ storage.Reader, n int) ([]Request, bool, error) {
	if n >= len(f) {
		return nil, true, nil
	}
	return f[n], false, nil
}

// keptParts are the slices of a run that wait on the disk.
type keptParts struct {
	run   string
	count int
}

func (k keptParts) part(tx storage.Reader, n int) ([]Request, bool, error) {
	if n >= k.count {
		return nil, true, nil
	}
	part, err := readPart(tx, k.run, k.count-n)
	return part, part == nil, err
}

// keptLines are the lines of a run that have no operations yet, from one on. A listing that stands in several of them
// is given once.
type keptLines struct {
	run  string
	from int
	seen map[[2]string]bool
}

func (k keptLines) part(tx storage.Reader, n int) ([]Request, bool, error) {
	lines, err := tx.RunItems(k.run, k.from+n*slice, slice)
	if err != nil || len(lines) == 0 {
		return nil, true, err
	}
	var part []Request // one per account
	for _, l := range lines {
		key := [2]string{l.EstablishmentID, l.AccountID}
		if l.Result != storage.ItemPending || k.seen[key] {
			continue
		}
		k.seen[key] = true
		at := slices.IndexFunc(part, func(r Request) bool { return r.AccountIDs[0] == l.AccountID })
		if at < 0 {
			at = len(part)
			part = append(part, Request{AccountIDs: []string{l.AccountID}})
		}
		part[at].EstablishmentIDs = append(part[at].EstablishmentIDs, l.EstablishmentID)
	}
	part, err = existing(tx, part)
	return part, false, err
}

// askedOf gives what a kept run still asks for.
func askedOf(run *storage.Run) asked {
	if run.Gathering != nil {
		return keptLines{run: run.ID, from: run.Gathering.From, seen: map[[2]string]bool{}}
	}
	return keptParts{run: run.ID, count: run.Queueing}
}

// survey is a plan summed up while it is read: what it does to each account, and what identifies its changes.
type survey struct {
	accounts map[string]storage.Counts
	risk     map[string]storage.Counts // what of it counts, given what left lately
	windows  map[string]*merge.Window
	names    map[string]*storage.Account
	now      time.Time
	changes  int
	parts    []string  // the hash of each part
	running  hash.Hash // of the part being read
}

func newSurvey(now time.Time) *survey {
	return &survey{
		accounts: map[string]storage.Counts{}, risk: map[string]storage.Counts{},
		windows: map[string]*merge.Window{}, names: map[string]*storage.Account{}, now: now, running: sha256.New(),
	}
}

// add counts a pair that was judged.
func (s *survey) add(tx storage.Reader, p *pair) error {
	if !p.item.sends() {
		return nil
	}
	id := p.account.ID
	if s.windows[id] == nil {
		w, err := readWindow(tx, id)
		if err != nil {
			return err
		}
		s.windows[id], s.names[id] = w, p.account
	}
	impact := merge.Impact(p.listing, p.fields, creation(p.listing))
	s.accounts[id] = s.accounts[id].Plus(impact)
	s.risk[id] = s.risk[id].Plus(s.windows[id].Fresh(s.now, p.listing.Marks, impact))
	s.changes++
	writeItem(s.running, &p.item)
	return nil
}

// writeItem adds what identifies a change to a hash: lengths go before texts, so that no two changes read alike.
func writeItem(h hash.Hash, i *PlanItem) {
	b := make([]byte, 0, 256)
	text := func(t string) { b = append(strconv.AppendInt(b, int64(len(t)), 10), ':'); b = append(b, t...) }
	text(i.EstablishmentID)
	text(i.AccountID)
	text(string(i.Intent))
	for _, c := range i.Changes {
		text(string(c.Field))
		text(c.Before)
		text(c.After)
	}
	h.Write(append(b, '\n'))
}

// endPart closes the hash of a part.
func (s *survey) endPart() {
	s.parts = append(s.parts, hex.EncodeToString(s.running.Sum(nil)[:16]))
	s.running.Reset()
}

// hash identifies the whole plan.
func (s *survey) hash() string {
	h := sha256.New()
	for _, p := range s.parts {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// survey reads what is asked for, a part per transaction, and sums it up; see, when there is one, is shown every line of
// the plan. It writes nothing.
func (e *Engine) survey(ctx context.Context, a asked, see func(PlanItem)) (*survey, error) {
	s := newSurvey(e.clock.Now())
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if e.stopping() {
			return nil, errStopped
		}
		over := false
		err := e.store.View(ctx, func(tx storage.Reader) error {
			part, last, err := a.part(tx, n)
			if over = last; err != nil || over {
				return err
			}
			return e.surveyPart(tx, s, part, see)
		})
		if err != nil {
			return nil, err
		}
		if over {
			return s, nil
		}
	}
}

func (e *Engine) surveyPart(tx storage.Reader, s *survey, part []Request, see func(PlanItem)) error {
	still := unseen
	if see != nil {
		still = func(row *storage.Row, a *storage.Account) error {
			see(PlanItem{EstablishmentID: row.ID, AccountID: a.ID, Name: row.Name, Intent: IntentUnchanged})
			return nil
		}
	}
	for _, r := range part {
		err := e.each(tx, r, still, func(p *pair) error {
			e.judge(p, r.Force)
			if see != nil {
				see(p.item)
			}
			return s.add(tx, p)
		})
		if err != nil {
			return err
		}
	}
	s.endPart()
	return nil
}

// unseen passes over the pairs that stay as they are.
func unseen(*storage.Row, *storage.Account) error { return nil }

// tolerant leaves out what has become impossible since a run was asked for: accounts that are gone.
type tolerant struct{ asked }

func (t tolerant) part(tx storage.Reader, n int) ([]Request, bool, error) {
	part, over, err := t.asked.part(tx, n)
	if err != nil || over {
		return part, over, err
	}
	accounts, err := tx.Accounts()
	if err != nil {
		return nil, false, err
	}
	part = slices.DeleteFunc(part, func(r Request) bool {
		return !slices.ContainsFunc(accounts, func(a *storage.Account) bool {
			return a.Enabled && a.IsDirectory() && (len(r.AccountIDs) == 0 || slices.Contains(r.AccountIDs, a.ID))
		})
	})
	return part, false, nil
}

// partKey names the setting that keeps a slice of a run until it is queued; they are numbered downwards.
func partKey(runID string, n int) string { return fmt.Sprintf("sync.queue/%s/%d", runID, n) }

func (w *writer) keepPart(runID string, n int, part []Request) error {
	raw, err := json.Marshal(part)
	if err != nil {
		return fmt.Errorf("slice of run %s: %w", runID, err)
	}
	return w.PutSetting(partKey(runID, n), string(raw))
}

// readPart gives a slice of a run without the establishments that are no more; nil when it is not kept any more.
func readPart(tx storage.Reader, runID string, n int) ([]Request, error) {
	raw, err := tx.Setting(partKey(runID, n))
	if err != nil || raw == "" {
		return nil, err
	}
	part := []Request{}
	if err := json.Unmarshal([]byte(raw), &part); err != nil {
		return nil, fmt.Errorf("slice of run %s: %w", runID, err)
	}
	return existing(tx, part)
}

// existing leaves out the establishments that were deleted, and the requests that have none left.
func existing(tx storage.Reader, part []Request) ([]Request, error) {
	for i := range part {
		kept := part[i].EstablishmentIDs[:0]
		for _, id := range part[i].EstablishmentIDs {
			switch _, err := tx.Row(id); {
			case err == nil:
				kept = append(kept, id)
			case !errors.Is(err, storage.ErrNotFound):
				return nil, err
			}
		}
		part[i].EstablishmentIDs = kept
	}
	return slices.DeleteFunc(part, func(r Request) bool { return len(r.EstablishmentIDs) == 0 }), nil
}
