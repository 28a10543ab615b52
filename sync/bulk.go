package sync

import (
	"context"
	"errors"
	"slices"
	"strings"

	"diapason/storage"
)

// BulkEdit applies one edit to several establishments, in slices, as one run that can be undone; it returns when it is
// over. Establishments that it does not change are counted unchanged.
func (e *Engine) BulkEdit(ctx context.Context, ids []string, edit BulkEdit, actor storage.Actor) (string, error) {
	if len(ids) == 0 {
		return "", storage.NewProblem("sync.nothingChosen")
	}
	var run *storage.Run
	err := e.store.Update(ctx, func(tx storage.Writer) error {
		var err error
		if run, err = e.writer(tx).newRun(storage.RunEdit, actor, ""); err != nil {
			return err
		}
		return tx.PutRun(run)
	})
	if err != nil {
		return "", err
	}
	ctx, job := e.jobs.Begin(ctx, run.Kind, run.ID, run.Subject, len(ids))
	for page := range slices.Chunk(ids, slice) {
		if err = ctx.Err(); err != nil {
			break
		}
		scratch := *run
		err = e.update(ctx, func(w *writer) error {
			scratch = *run
			for _, id := range page {
				if err := e.bulkEdit(w, &scratch, id, edit, actor); err != nil {
					return err
				}
			}
			return w.PutRun(&scratch)
		})
		if err != nil {
			break
		}
		*run = scratch
		job.Advance(decided(run.Totals), run.Totals.Failed, "")
	}
	run.EndedAt, run.State = e.clock.Now(), storage.RunDone
	switch {
	case errors.Is(err, context.Canceled):
		run.State, run.Problem, err = storage.RunCancelled, storage.NewProblem("sync.cancelled"), nil
		run.Totals.Skipped = len(ids) - decided(run.Totals)
		run.Totals.Total = len(ids)
	case err != nil:
		run.State, run.Problem = storage.RunFailed, problemOf(err)
	case run.Totals.Failed > 0:
		run.State = storage.RunFailed
	}
	ended := e.store.Update(e.calls, func(tx storage.Writer) error { return tx.PutRun(run) })
	job.Finish(run.State)
	return run.ID, errors.Join(err, ended)
}

func (e *Engine) bulkEdit(w *writer, run *storage.Run, id string, edit BulkEdit, actor storage.Actor) error {
	before, err := w.Establishment(id)
	if err != nil {
		return err
	}
	item := &storage.RunItem{EstablishmentID: id, Name: before.Name, Result: storage.ItemUnchanged}
	after := before.Clone()
	err = edit.apply(after)
	var problems storage.Problems
	switch {
	case errors.As(err, &problems):
		item.Result, item.Problems = storage.ItemFailed, problems
	case err != nil:
		return err
	case len(differences(before, after)) > 0:
		item.Result = storage.ItemRestored
		if err := e.write(w, before, after, Cause{Actor: actor, RunID: run.ID}); err != nil {
			return err
		}
	}
	return w.addItem(run, item)
}

// apply changes one establishment.
func (b BulkEdit) apply(e *storage.Establishment) error {
	values := map[storage.Field]string{}
	if b.AutoSync != nil {
		values[storage.FieldAutoSync] = "FALSE"
		if *b.AutoSync {
			values[storage.FieldAutoSync] = "TRUE"
		}
	}
	if b.Status != "" {
		values[storage.FieldStatus] = string(b.Status)
	}
	if len(b.AddLabels)+len(b.RemoveLabels) > 0 {
		labels := slices.DeleteFunc(slices.Clone(e.Labels), func(l string) bool {
			return slices.ContainsFunc(b.RemoveLabels, func(r string) bool {
				return storage.SearchKey(r) == storage.SearchKey(l)
			})
		})
		values[storage.FieldLabels] = strings.Join(append(labels, b.AddLabels...), ";")
	}
	return apply(e, values)
}
