package sync

import (
	"context"
	"fmt"
	"slices"

	"diapason/storage"
	"diapason/sync/directory"
)

// pair is one establishment on one account, as a request sees it.
type pair struct {
	est     *storage.Establishment
	account *storage.Account
	caps    directory.Capabilities
	listing *storage.Listing
	exists  bool
	op      *storage.Operation
	fields  []storage.Field // that a publication sends
	item    PlanItem
}

// sends reports whether a publication would send something of this line.
func (i *PlanItem) sends() bool {
	return i.Intent == IntentCreate || i.Intent == IntentUpdate || i.Intent == IntentClose
}

// Plan says what Sync would do with the same request, and whether the guard would hold it; it writes nothing.
func (e *Engine) Plan(ctx context.Context, r Request) (Plan, error) {
	var plan Plan
	var parts [][]Request
	err := e.store.View(ctx, func(tx storage.Reader) error {
		accounts, err := e.addressed(tx, r)
		if err != nil {
			return err
		}
		if parts, err = split(tx, []Request{r}); err != nil {
			return err
		}
		pairs := 0
		for _, part := range parts {
			pairs += len(part[0].EstablishmentIDs) * len(accounts)
		}
		plan.Items = make([]PlanItem, 0, pairs)
		return nil
	})
	if err != nil {
		return Plan{}, err
	}
	s, err := e.survey(ctx, fresh(parts), func(i PlanItem) { plan.Items = append(plan.Items, i) })
	if err != nil {
		return Plan{}, err
	}
	g, err := e.verdict(ctx, s)
	if err != nil {
		return Plan{}, err
	}
	plan.Hash = g.Hash
	if len(g.Reasons) > 0 {
		plan.Guard = g
	}
	return plan, nil
}

// Sync queues what a request asks for and returns once that is on the disk; Wait waits for its end. What cannot be
// sent is decided at once in the run's report, with the reason.
func (e *Engine) Sync(ctx context.Context, r Request) (string, error) {
	return e.queueRun(ctx, storage.RunSync, r.Actor, []Request{r})
}

// Check queues the re-reading of the chosen establishments ("Vérifier maintenant"); nothing is sent.
func (e *Engine) Check(ctx context.Context, r Request) (string, error) {
	return e.queueRun(ctx, storage.RunCheck, r.Actor, []Request{r})
}

func (e *Engine) addPublication(r Request, w *writer, run *storage.Run, p *pair) error {
	e.judge(p, r.Force)
	item := line(p)
	switch p.item.Intent {
	case IntentSkipped:
		item.Result = storage.ItemSkipped
	case IntentUnchanged:
		if awaitsReading(p) {
			return w.queueCheck(run, p, item)
		}
		item.Result = storage.ItemUnchanged
	case IntentBlocked:
		item.Result = storage.ItemFailed
	}
	item.Problems = p.item.Blockers
	if err := w.addItem(run, item); err != nil {
		return err
	}
	switch item.Result {
	case storage.ItemFailed:
		return w.PutListing(p.listing) // its blockers are shown beside the fields
	case storage.ItemPending:
		p.listing.Flow = storage.FlowQueued
		if err := w.PutListing(p.listing); err != nil {
			return err
		}
		return w.queue(p.op, &storage.Operation{
			AccountID: p.account.ID, EstablishmentID: p.est.ID, Kind: storage.OpPublish, Actor: run.Actor,
			RunID: run.ID, Item: item.Seq, Force: r.Force, Agreed: w.agreement(p.listing),
		})
	}
	return nil
}

func (e *Engine) addCheck(_ Request, w *writer, run *storage.Run, p *pair) error {
	item := line(p)
	switch {
	case !publishable(p.est.Status):
		item.Result, item.Problems = storage.ItemSkipped, storage.Problems{notPublished(p.est.Status)}
	case len(p.caps.Readable) == 0:
		item.Result = storage.ItemSkipped
		item.Problems = storage.Problems{storage.NewProblem("sync.notReadable", "account", p.account.Name)}
	case p.op != nil && !gaveUpReading(p.op) && !takesOver(run.Actor, p.op):
		item.Result = storage.ItemSkipped // what waits re-reads by itself
		item.Problems = storage.Problems{storage.NewProblem("sync.alreadyQueued")}
	}
	if item.Result != storage.ItemPending {
		return w.addItem(run, item)
	}
	return w.queueCheck(run, p, item)
}

// awaitsReading reports whether a listing was accepted, by an earlier run, and not re-read since: nobody knows yet that it
// is unchanged.
func awaitsReading(p *pair) bool {
	if p.op == nil || p.op.Kind != storage.OpCheck {
		return false
	}
	return p.listing.Flow == storage.FlowQueued || gaveUpReading(p.op)
}

func gaveUpReading(op *storage.Operation) bool {
	return op.Kind == storage.OpCheck && op.State == storage.OpDead
}

// takesOver reports whether a reading asked for now takes the place of one that waits: the user's goes before the
// scheduler's, and is made at once when the other was put off.
func takesOver(actor storage.Actor, op *storage.Operation) bool {
	return actor == storage.ActorUser && op.Kind == storage.OpCheck &&
		(op.Actor == storage.ActorScheduler || op.State == storage.OpRetry)
}

// queueCheck adds a line to the run that a re-reading decides; one that waits already is taken over. A listing whose
// reading was given up waits for it again.
func (w *writer) queueCheck(run *storage.Run, p *pair, item *storage.RunItem) error {
	if err := w.addItem(run, item); err != nil {
		return err
	}
	if p.op != nil && gaveUpReading(p.op) {
		rest(p.listing, p.est.Status)
		if p.listing.Flow == storage.FlowIdle {
			p.listing.Flow = storage.FlowQueued
		}
		if err := w.PutListing(p.listing); err != nil {
			return err
		}
	}
	return w.queue(p.op, &storage.Operation{
		AccountID: p.account.ID, EstablishmentID: p.est.ID, Kind: storage.OpCheck, Actor: run.Actor,
		RunID: run.ID, Item: item.Seq,
	})
}

func line(p *pair) *storage.RunItem {
	return &storage.RunItem{
		EstablishmentID: p.est.ID, AccountID: p.account.ID, Name: p.est.Name, Result: storage.ItemPending,
	}
}

// each calls f for every pair of a request, establishments in the order asked for. With still, the pairs that a
// publication leaves as they are, as far as the rows know, are given to it instead, unread.
func (e *Engine) each(
	tx storage.Reader, r Request, still func(*storage.Row, *storage.Account) error, f func(*pair) error,
) error {
	accounts, err := e.addressed(tx, r)
	if err != nil {
		return err
	}
	ids := distinct(r.EstablishmentIDs)
	if r.All {
		if ids, err = published(tx); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return storage.NewProblem("sync.nothingChosen")
	}
	for _, id := range ids {
		moving := accounts
		if still != nil && !r.Force {
			if moving, err = e.moving(tx, id, accounts, still); err != nil {
				return err
			}
		}
		if len(moving) == 0 {
			continue
		}
		est, err := tx.Establishment(id)
		if err != nil {
			return fmt.Errorf("establishment %s: %w", id, err)
		}
		for _, a := range moving {
			p := &pair{est: est, account: a, caps: e.capabilities(a)}
			if p.listing, p.exists, err = listing(tx, est.ID, a.ID); err != nil {
				return err
			}
			if p.op, err = operation(tx, a.ID, est.ID); err != nil {
				return err
			}
			if err := f(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// moving gives the accounts on which a publication may have something to do, and gives the others to still.
func (e *Engine) moving(
	tx storage.Reader, id string, accounts []*storage.Account, still func(*storage.Row, *storage.Account) error,
) ([]*storage.Account, error) {
	row, err := tx.Row(id)
	if err != nil {
		return nil, fmt.Errorf("row of %s: %w", id, err)
	}
	var moving []*storage.Account
	for _, a := range accounts {
		if !publishable(row.Status) || !isStill(&row, a.ID) || !e.compared(a) {
			moving = append(moving, a)
			continue
		}
		if err := still(&row, a); err != nil {
			return nil, err
		}
	}
	return moving, nil
}

// isStill reports whether a listing was read back and shows what we want, as its row knows.
func isStill(row *storage.Row, accountID string) bool {
	at := slices.IndexFunc(row.Listings, func(l storage.RowListing) bool { return l.AccountID == accountID })
	return at >= 0 && row.Listings[at].Word == storage.WordUpToDate && row.Listings[at].Changed == 0
}

// addressed lists the accounts of a request; without any it cannot be done.
func (e *Engine) addressed(tx storage.Reader, r Request) ([]*storage.Account, error) {
	accounts, err := e.usable(tx)
	if err != nil {
		return nil, err
	}
	if len(r.AccountIDs) > 0 {
		accounts = slices.DeleteFunc(accounts, func(a *storage.Account) bool {
			return !slices.Contains(r.AccountIDs, a.ID)
		})
	}
	if len(accounts) == 0 {
		return nil, storage.NewProblem("sync.noAccount")
	}
	return accounts, nil
}

// published lists the establishments of a request for all of them.
func published(tx storage.Reader) ([]string, error) {
	var all []string
	for _, s := range []storage.Status{storage.StatusActive, storage.StatusTemporarilyClosed, storage.StatusClosed} {
		ids, err := tx.EstablishmentIDsByStatus(s)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all, nil
}

// judge decides what a publication would do with a pair, and prepares its listing for it.
func (e *Engine) judge(p *pair, force bool) {
	p.item = PlanItem{EstablishmentID: p.est.ID, AccountID: p.account.ID, Name: p.est.Name}
	l := p.listing
	want(l, p.est, p.caps)
	fields := toSend(l, force)
	p.fields = fields
	p.item.Changes = changesOf(l, fields)
	skip := func(i Intent, why *storage.Problem) {
		p.item.Intent, p.item.Changes = i, nil
		if why != nil {
			p.item.Blockers = storage.Problems{why}
		}
	}
	switch {
	case !publishable(p.est.Status):
		skip(IntentSkipped, notPublished(p.est.Status))
	case p.est.Status == storage.StatusClosed && creation(l):
		skip(IntentSkipped, storage.NewProblem("sync.closed"))
	case l.Written != nil && l.Written.Equal(l.Desired) && !force:
		skip(IntentUnchanged, l.Reason)
	case len(l.Blockers) > 0 && len(fields) > 0:
		p.item.Intent, p.item.Blockers = IntentBlocked, l.Blockers
	case len(fields) == 0 && l.Sync == storage.SyncNotInSync:
		skip(IntentUnchanged, storage.NewProblem("sync.driftUndecided"))
	case len(fields) == 0:
		skip(IntentUnchanged, nil)
	case creation(l):
		p.item.Intent = IntentCreate
	case p.est.Status == storage.StatusClosed:
		p.item.Intent = IntentClose
	default:
		p.item.Intent = IntentUpdate
	}
}

// Retry asks again, in a new run, for what failed in a run.
func (e *Engine) Retry(ctx context.Context, runID string) (string, error) {
	var run *storage.Run
	var again []Request // one per account
	err := e.store.View(ctx, func(tx storage.Reader) error {
		var err error
		if run, err = tx.Run(runID); err != nil {
			return err
		}
		again, err = failures(tx, runID)
		return err
	})
	if err != nil {
		return "", err
	}
	if len(again) == 0 {
		return "", storage.NewProblem("sync.nothingToRetry")
	}
	if run.Kind == storage.RunCheck {
		return e.queueRun(ctx, storage.RunCheck, storage.ActorUser, again)
	}
	return e.queueRun(ctx, storage.RunSync, storage.ActorUser, again)
}

func failures(tx storage.Reader, runID string) ([]Request, error) {
	var requests []Request
	for from := 0; ; from += slice {
		items, err := tx.RunItems(runID, from, slice)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			if i.Result != storage.ItemFailed || i.AccountID == "" {
				continue
			}
			at := slices.IndexFunc(requests, func(r Request) bool { return r.AccountIDs[0] == i.AccountID })
			if at < 0 {
				at = len(requests)
				requests = append(requests, Request{AccountIDs: []string{i.AccountID}})
			}
			requests[at].EstablishmentIDs = append(requests[at].EstablishmentIDs, i.EstablishmentID)
		}
		if len(items) < slice {
			return requests, nil
		}
	}
}
