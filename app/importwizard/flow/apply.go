package flow

import (
	"context"
	"errors"
	"io"

	"diapason/app/wholefile"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/establishments"
)

// backupAbove is the number of rows from which a backup comes first.
const backupAbove = 100

// apply imports what the plan says.
func (f *Flow) apply() {
	f.step, f.job, f.run = StepImport, sync.Progress{Total: f.Writes()}, nil
	plan, writes := f.plan, f.Writes()
	unfollow := f.follow()
	f.begin(Importing, func(ctx context.Context, _ func(float64)) outcome {
		defer unfollow()
		if f.p.Backup != nil && writes > backupAbove {
			if err := f.p.Backup(ctx); err != nil {
				return outcome{err: err, apply: func() { f.step = StepPreview }}
			}
		}
		run, err := f.p.Importer.Apply(ctx, plan)
		if run != nil && errors.Is(err, context.Canceled) {
			err = nil // the run itself tells that it was cancelled
		}
		return outcome{err: err, apply: func() {
			f.run = run
			if run == nil { // nothing was done, but a plan serves once
				f.step, f.planned = StepColumns, false
			}
		}}
	})
}

// follow brings the import's progress to the interface until the function returned is called.
func (f *Flow) follow() (remove func()) {
	return f.p.Jobs.OnChange(func(p sync.Progress) {
		if p.Kind != storage.RunImport {
			return
		}
		f.p.UI(func() {
			if f.work == Importing {
				f.job = p
				f.changed(ChangeProgress)
			}
		})
	})
}

// Progress is how far the import is.
func (f *Flow) Progress() sync.Progress { return f.job }

// Cancel stops the reading, the planning or the import. An import stops after the rows in flight and tells what it did.
func (f *Flow) Cancel() {
	if f.cancel == nil {
		return
	}
	f.cancel()
	if f.work == Importing {
		return // its outcome is awaited
	}
	f.halt()
	if f.step == StepPreview && f.plan == nil {
		f.step = StepColumns
	}
	f.changed(ChangeAll)
}

// Run is the import that was done, nil before. It may have been cancelled or have stopped on an error.
func (f *Flow) Run() *storage.Run { return f.run }

// Undone tells whether the import was taken back here.
func (f *Flow) Undone() bool { return f.undone }

// Undo takes the import back as a whole.
func (f *Flow) Undo() {
	if f.run == nil || f.work != Idle || f.undone {
		return
	}
	id := f.run.ID
	f.begin(Undoing, func(ctx context.Context, _ func(float64)) outcome {
		_, err := f.p.Undo(ctx, id)
		return outcome{err: err, apply: func() { f.undone = err == nil }}
	})
}

// WriteReport writes the rejected rows and their reasons to a workbook at path. say puts a problem into words. done is
// called on the interface's goroutine.
func (f *Flow) WriteReport(path string, say func(*storage.Problem) string, lang string, done func(error)) {
	plan := f.plan
	if plan == nil {
		return
	}
	f.write(path, done, func(w io.Writer) error {
		return establishments.WriteErrorReport(f.ctx, w, plan, say, lang)
	})
}

// WriteTemplate writes an empty workbook to be filled in to path.
func (f *Flow) WriteTemplate(path, lang string, done func(error)) {
	f.write(path, done, func(w io.Writer) error { return establishments.WriteTemplate(w, lang) })
}

// write fills a file beside path, elsewhere, and renames it once it is whole.
func (f *Flow) write(path string, done func(error), fill func(io.Writer) error) {
	go func() {
		err := wholefile.Write(path, fill)
		f.p.UI(func() { done(err) })
	}()
}
