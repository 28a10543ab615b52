package list

import (
	"context"
	"errors"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
)

// SyncScope tells what « Synchroniser » would act on: the ticked rows, else the visible ones.
func (l *List) SyncScope() []string {
	if l.selection.count > 0 {
		return l.SelectedIDs()
	}
	return l.VisibleIDs()
}

// Sync sends establishments to the enabled directories.
func (l *List) Sync(ids []string) {
	if len(l.accounts) == 0 {
		l.report(Report{Err: storage.NewProblem("list.noAccount")})
		return
	}
	n := len(ids)
	l.start(n > 1, func(ctx context.Context) (Report, error) {
		_, err := l.p.Engine.Sync(ctx, sync.Request{EstablishmentIDs: ids, Actor: storage.ActorUser})
		return Report{Text: words.N("list.syncStarted", n)}, err
	})
}

// SetAutoSync turns auto-sync on or off for several establishments, as one run that can be undone.
func (l *List) SetAutoSync(ids []string, on bool) {
	key := "list.autoSyncOff"
	if on {
		key = "list.autoSyncOn"
	}
	l.bulk(ids, sync.BulkEdit{AutoSync: &on}, key)
}

// Archive hides establishments from the list and from every directory.
func (l *List) Archive(ids []string) {
	if !l.bulk(ids, sync.BulkEdit{Status: storage.StatusArchived}, "list.archived") {
		return
	}
	for _, id := range ids {
		if slot, ok := l.slots.find(id); ok {
			l.selection.set(slot, false)
		}
	}
	l.changed(Change{Selection: true})
}

// Restore makes archived establishments active again.
func (l *List) Restore(ids []string) {
	l.bulk(ids, sync.BulkEdit{Status: storage.StatusActive}, "list.restored")
}

// Relabel adds labels to several establishments and takes others away.
func (l *List) Relabel(ids, add, remove []string) {
	if len(add)+len(remove) == 0 {
		return
	}
	l.bulk(ids, sync.BulkEdit{AddLabels: add, RemoveLabels: remove}, "list.relabelled")
}

// bulk reports whether the edit began.
func (l *List) bulk(ids []string, edit sync.BulkEdit, key string) bool {
	n := len(ids)
	return n > 0 && l.start(n > 1, func(ctx context.Context) (Report, error) {
		run, err := l.p.Engine.BulkEdit(ctx, ids, edit, storage.ActorUser)
		return Report{Text: words.N(key, n), UndoRun: run}, err
	})
}

// Undo takes a run back.
func (l *List) Undo(runID string) {
	l.start(true, func(ctx context.Context) (Report, error) {
		_, err := l.p.Engine.Undo(ctx, runID)
		return Report{Text: words.T("list.undone")}, err
	})
}

// NewEstablishment is what the creation dialog asks for.
type NewEstablishment struct {
	Name, Street, Zip, City, Country string
}

// Create makes an establishment; done gets its id, or the problems to show beside the fields.
func (l *List) Create(n NewEstablishment, done func(id string, err error)) {
	e := &storage.Establishment{Status: storage.StatusActive}
	var problems storage.Problems
	for _, v := range []struct {
		field storage.Field
		text  string
	}{
		{storage.FieldCountry, n.Country}, // decides how the postcode is read
		{storage.FieldName, n.Name},
		{storage.FieldStreet, n.Street},
		{storage.FieldZip, n.Zip},
		{storage.FieldCity, n.City},
	} {
		var p *storage.Problem
		if err := e.SetValue(v.field, v.text); errors.As(err, &p) {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		done("", problems)
		return
	}
	go func() {
		err := l.p.Engine.Create(l.ctx, e, storage.ActorUser)
		l.p.UI(func() { done(e.ID, err) })
	}()
}

// start runs an action elsewhere and reports its outcome. One on several establishments may take a while: a second one
// meanwhile does not begin, and the report says why. It reports whether the action began.
func (l *List) start(several bool, act func(ctx context.Context) (Report, error)) bool {
	if several && l.acting {
		l.report(Report{Text: words.T("list.stillActing")})
		return false
	}
	l.acting = l.acting || several
	go func() {
		r, err := act(l.ctx)
		if err != nil {
			r = Report{Err: err}
		}
		l.p.UI(func() {
			l.acting = l.acting && !several
			l.report(r)
		})
	}()
	return true
}
