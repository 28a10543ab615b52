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
	return e.inSlices(ctx, storage.RunEdit, actor, len(ids), func(w *writer, run *storage.Run, i int) error {
		return e.bulkEdit(w, run, ids[i], edit, actor)
	})
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
