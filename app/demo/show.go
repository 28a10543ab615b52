package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"diapason/app/say"
	"diapason/assets/demo"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

const (
	chosen = 3 // establishments published by hand
	// patience is how long one step may take on a slow machine before the demonstration gives up.
	patience = time.Minute
	// newPhone is the number that Auto-sync takes out; from the range that Arcep keeps for fiction.
	newPhone = "01 99 00 42 42"
)

// Report is what the demonstration did, in figures.
type Report struct {
	Workspace  string         `json:"workspace"`
	Imported   int            `json:"imported"`
	Unchanged  int            `json:"unchanged"`
	Rejected   int            `json:"rejected"`
	Published  int            `json:"published"`
	Listings   map[string]int `json:"listings"`
	AutoSynced string         `json:"autoSynced"` // the number read back from the directory after the edit
}

// show is one demonstration without a window.
type show struct {
	Workspace
	ctx     context.Context
	account string
	print   func(string)
	report  Report
}

// Show imports the hotels, publishes three of them, waits until the directory shows them, turns Auto-sync on for one,
// changes its telephone and waits until the directory shows that too. print gets one sentence per step. The engine runs.
func Show(ctx context.Context, w Workspace, print func(string)) (Report, error) {
	s := &show{Workspace: w, ctx: ctx, print: print, report: Report{Workspace: w.Store.Path()}}
	account, err := Prepare(ctx, w)
	if err != nil {
		return s.report, err
	}
	s.account = account
	s.tell("demo.step.workspace", "folder", w.Store.Path())
	if err := s.importHotels(); err != nil {
		return s.report, err
	}
	three, err := s.choose()
	if err != nil {
		return s.report, err
	}
	if err := s.publish(three); err != nil {
		return s.report, err
	}
	if err := s.autoSync(three[0]); err != nil {
		return s.report, err
	}
	s.tell("demo.step.end", "folder", w.Store.Path())
	return s.report, nil
}

func (s *show) tell(key string, args ...string) { s.print(words.T(key, args...)) }

func (s *show) importHotels() (err error) {
	workbook, err := tabular.Open(s.ctx, s.workbook())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, workbook.Close()) }()
	suggestion, err := establishments.SuggestMapping(s.ctx, workbook, nil)
	if err != nil {
		return err
	}
	plan, err := s.Importer.Plan(s.ctx, workbook, suggestion.Mapping, establishments.Options{}, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plan.Close()) }()
	run, err := s.Importer.Apply(s.ctx, plan)
	if err != nil {
		return err
	}
	t := run.Totals
	s.report.Imported, s.report.Unchanged, s.report.Rejected = t.Created, t.Unchanged, t.Rejected
	s.tell("demo.step.import", "file", demo.HotelsName, "created", words.Number(t.Created),
		"updated", words.Number(t.Updated), "unchanged", words.Number(t.Unchanged), "rejected", words.Number(t.Rejected))
	return nil
}

// choose takes the first establishments, in the order of the list, that wait to be synchronised and came from the file.
func (s *show) choose() ([]storage.Row, error) {
	var three []storage.Row
	err := storage.EachRow(s.ctx, s.Store, func(r storage.Row) {
		if len(three) < chosen && r.WordOn(s.account) == storage.WordToSync && !invented(r.Identifier) {
			three = append(three, r)
		}
	})
	if err == nil && len(three) < chosen {
		err = fmt.Errorf("%w: %d establishments to choose from", errUnexpected, len(three))
	}
	for _, r := range three {
		s.tell("demo.step.chosen", "name", r.Name, "address", r.Line)
	}
	return three, err
}

func (s *show) publish(three []storage.Row) error {
	request := sync.Request{Actor: storage.ActorUser, AccountIDs: []string{s.account}}
	for _, r := range three {
		request.EstablishmentIDs = append(request.EstablishmentIDs, r.ID)
	}
	id, err := s.Engine.Sync(s.ctx, request)
	if err != nil {
		return err
	}
	run, err := s.Engine.Wait(s.ctx, id)
	if err != nil {
		return err
	}
	s.report.Published = run.Totals.Sent
	s.tell("demo.step.published", "sent", words.Number(run.Totals.Sent), "failed", words.Number(run.Totals.Failed))
	for _, r := range three {
		if _, err := s.await(r.ID, func(l *storage.Listing) bool { return l.Word() == storage.WordUpToDate }); err != nil {
			return err
		}
	}
	return s.count()
}

// count tells the listings by word.
func (s *show) count() error {
	s.report.Listings = map[string]int{}
	if err := storage.EachRow(s.ctx, s.Store, func(r storage.Row) { s.report.Listings[string(r.WordOn(s.account))]++ }); err != nil {
		return err
	}
	for _, w := range storage.Words {
		if n := s.report.Listings[string(w)]; n > 0 {
			s.tell("demo.step.count", "word", say.Word(w), "n", words.Number(n))
		}
	}
	return nil
}

// autoSync turns Auto-sync on for one, edits it, and waits until the directory shows the edit.
func (s *show) autoSync(r storage.Row) error {
	on := true
	if _, err := s.Engine.BulkEdit(s.ctx, []string{r.ID}, sync.BulkEdit{AutoSync: &on}, storage.ActorUser); err != nil {
		return err
	}
	s.tell("demo.step.autoSync", "name", r.Name)
	e, err := s.Engine.Edit(s.ctx, r.ID, map[storage.Field]string{storage.FieldPhone: newPhone}, storage.ActorUser)
	if err != nil {
		return err
	}
	s.tell("demo.step.edited", "name", r.Name, "phone", say.Phone(e.Phone, e.Address.Country))
	l, err := s.await(r.ID, func(l *storage.Listing) bool {
		return l.Word() == storage.WordUpToDate && l.Observed[storage.FieldPhone] == e.Phone
	})
	if err != nil {
		return err
	}
	s.report.AutoSynced = l.Observed[storage.FieldPhone]
	s.tell("demo.step.readBack", "phone", say.Phone(s.report.AutoSynced, e.Address.Country), "word", say.Word(l.Word()))
	return nil
}

// await waits until a listing is as wanted, looking after every commit.
func (s *show) await(establishmentID string, wanted func(*storage.Listing) bool) (*storage.Listing, error) {
	changed := make(chan struct{}, 1)
	remove := s.Store.OnChange(func(storage.Changes) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer remove()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	for {
		var l *storage.Listing
		err := s.Store.View(ctx, func(tx storage.Reader) (err error) {
			l, err = tx.Listing(establishmentID, s.account)
			return err
		})
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		if err == nil && wanted(l) {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if err := s.ctx.Err(); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("%w: the directory does not show %s", errUnexpected, establishmentID)
		}
	}
}
