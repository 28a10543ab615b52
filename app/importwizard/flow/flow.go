// Package flow is the import assistant without its window: which step it is at, the file and its mapping, the plan and
// the rows in view, the import and its outcome. It is plain Go; the view in app/importwizard shows it.
//
// A Flow belongs to the interface's goroutine. Files, plans and the store are read elsewhere, and what comes of it is
// taken over through Params.UI unless something newer was asked for meanwhile.
package flow

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// Store is what the assistant reads and writes itself: the remembered mappings.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	Update(ctx context.Context, f func(storage.Writer) error) error
}

// Importer plans and applies; *establishments.Importer is one.
type Importer interface {
	Plan(
		ctx context.Context, w *tabular.Workbook, m establishments.Mapping, o establishments.Options, progress func(float64),
	) (*establishments.Plan, error)
	Apply(ctx context.Context, p *establishments.Plan) (*storage.Run, error)
}

// Jobs tells how far the import is.
type Jobs interface {
	OnChange(f func(sync.Progress)) (remove func())
}

// Params are what a Flow needs; Backup and Log may be nil.
type Params struct {
	Store    Store
	Importer Importer
	Jobs     Jobs
	// Undo takes a whole run back.
	Undo func(ctx context.Context, runID string) (undoRunID string, err error)
	// Backup is called before an import of more than a hundred rows.
	Backup func(ctx context.Context) error
	UI     func(func()) // runs a function on the interface's goroutine, in order, and returns at once
	Now    func() time.Time
	Log    *slog.Logger
}

// Step is one of the assistant's steps.
type Step int

// The steps, in order.
const (
	StepFile Step = iota
	StepColumns
	StepPreview
	StepImport
)

// Work is what keeps the assistant busy.
type Work int

// The works.
const (
	Idle Work = iota
	Reading
	Planning
	Importing
	Undoing
)

// Change says what a view must draw again.
type Change int

// The changes, from the smallest.
const (
	ChangeProgress Change = iota // Share, Done, Total
	ChangeRows                   // rows that were still being read have arrived
	ChangeAll
)

// Flow is the assistant's state.
type Flow struct {
	// OnChange is called after anything shown has changed.
	OnChange func(Change)
	// OnError is called when something beside the steps failed: a correction, a report.
	OnError func(error)

	p    Params
	ctx  context.Context
	stop context.CancelFunc

	step   Step
	work   Work
	seq    uint64 // number of the newest work; older ones are dropped
	cancel context.CancelFunc
	err    error
	share  float64

	path     string
	book     *tabular.Workbook
	profiles []*storage.ImportProfile
	found    *establishments.Suggestion
	mapping  establishments.Mapping
	options  establishments.Options
	remember bool
	planned  bool // the plan answers the present mapping and options

	plan   *establishments.Plan
	counts establishments.Counts
	view   view

	job     sync.Progress
	run     *storage.Run
	undone  bool
	leaving bool // closed while the import was running
}

// New makes a Flow at its first step, without a file.
func New(p Params) *Flow {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	f := &Flow{p: p, remember: true}
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.view.reset()
	return f
}

// Close stops what is running and lets go of the file. An import that is running goes on to its end: the window's status
// bar shows it and can stop it.
func (f *Flow) Close() {
	f.OnChange, f.OnError = nil, nil
	if f.work == Importing {
		f.leaving = true
		return
	}
	f.stop()
	f.seq++
	f.letGo()
}

// letGo closes the plan and the file, elsewhere: the work that used them may still be ending.
func (f *Flow) letGo() {
	plan, book := f.plan, f.book
	f.plan, f.book, f.found, f.planned = nil, nil, nil, false
	f.view.reset()
	if plan == nil && book == nil {
		return
	}
	go func() {
		var err error
		if plan != nil {
			err = plan.Close()
		}
		if book != nil {
			err = errors.Join(err, book.Close())
		}
		if err != nil {
			f.p.Log.Warn("import: file not closed", "error", err)
		}
	}()
}

func (f *Flow) changed(c Change) {
	if f.OnChange != nil {
		f.OnChange(c)
	}
}

func (f *Flow) fail(err error) {
	if f.OnError != nil {
		f.OnError(err)
	}
}

// outcome is what a work gives back to the interface's goroutine: apply takes it over, drop lets it go when something
// newer was asked for.
type outcome struct {
	apply, drop func()
	err         error
}

// begin does one work elsewhere; a work that was running is cancelled and its outcome dropped.
func (f *Flow) begin(w Work, do func(ctx context.Context, progress func(float64)) outcome) {
	f.halt()
	f.work, f.err, f.share = w, nil, 0
	seq := f.seq
	from := f.ctx
	if w == Importing {
		from = context.WithoutCancel(f.ctx) // it outlives the assistant
	}
	ctx, cancel := context.WithCancel(from)
	f.cancel = cancel
	go func() {
		o := do(ctx, f.pacer(seq))
		cancel()
		f.p.UI(func() {
			if seq != f.seq {
				if o.drop != nil {
					o.drop()
				}
				return
			}
			f.work, f.err = Idle, o.err
			if o.apply != nil {
				o.apply()
			}
			if f.leaving {
				f.Close()
			}
			f.changed(ChangeAll)
		})
	}()
	f.changed(ChangeAll)
}

// halt drops the work that is running.
func (f *Flow) halt() {
	f.seq++
	f.work = Idle
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
}

// pacer gives a progress function that reaches the interface ten times a second at most. It belongs to one goroutine.
func (f *Flow) pacer(seq uint64) func(float64) {
	var last time.Time
	return func(share float64) {
		now := time.Now()
		if now.Sub(last) < 100*time.Millisecond {
			return
		}
		last = now
		f.p.UI(func() {
			if seq == f.seq {
				f.share = share
				f.changed(ChangeProgress)
			}
		})
	}
}

// Step gives the present step.
func (f *Flow) Step() Step { return f.step }

// Work tells what is being done.
func (f *Flow) Work() Work { return f.work }

// Err gives why the last work failed, nil when it did not.
func (f *Flow) Err() error { return f.err }

// Share is how much of the reading or planning is done, 0 to 1.
func (f *Flow) Share() float64 { return f.share }

// Path is the file's, Name its name, Sheet the name of the sheet in use.
func (f *Flow) Path() string { return f.path }

// Open begins with a file: it is read, its columns are mapped, and the step that needs a person comes up.
func (f *Flow) Open(path string) {
	f.letGo()
	f.path, f.step, f.run, f.undone = path, StepFile, nil, false
	f.options = establishments.Options{}
	f.begin(Reading, func(ctx context.Context, _ func(float64)) outcome {
		book, err := tabular.Open(ctx, path)
		if err != nil {
			return outcome{err: err}
		}
		var profiles []*storage.ImportProfile
		err = f.p.Store.View(ctx, func(tx storage.Reader) error {
			profiles, err = tx.Profiles()
			return err
		})
		var found *establishments.Suggestion
		if err == nil {
			found, err = establishments.SuggestMapping(ctx, book, profiles)
		}
		if err != nil {
			return outcome{err: errors.Join(err, book.Close())}
		}
		return outcome{
			apply: func() {
				f.book, f.profiles = book, profiles
				f.take(found)
				f.arrive()
			},
			drop: func() { f.closeLater(book) },
		}
	})
}

func (f *Flow) closeLater(c interface{ Close() error }) {
	go func() {
		if err := c.Close(); err != nil {
			f.p.Log.Warn("import: file not closed", "error", err)
		}
	}()
}

// take adopts a mapping that was found, with the options that were remembered for it.
func (f *Flow) take(s *establishments.Suggestion) {
	f.found, f.mapping, f.planned = s, s.Mapping, false
	if s.Profile != nil {
		f.options = s.Options
	}
}

// arrive goes to the step that needs a person: the choice of a sheet, the columns, or, when every column is certain,
// the preview.
func (f *Flow) arrive() {
	if len(f.Sheets()) > 1 {
		return
	}
	f.step = StepColumns
	if f.certain() {
		f.Next()
	}
}

// certain tells whether each titled column was recognised by its exact name or from a remembered file.
func (f *Flow) certain() bool {
	for i, h := range f.found.Headers {
		if e := f.found.Evidence[i]; h != "" && e != establishments.EvidenceExact && e != establishments.EvidenceProfile {
			return false
		}
	}
	return f.Missing() == nil
}

// Next goes on from the present step, when it can.
func (f *Flow) Next() {
	if !f.Ready() {
		return
	}
	switch f.step {
	case StepFile:
		f.step = StepColumns
		f.changed(ChangeAll)
	case StepColumns:
		f.preview()
	case StepPreview:
		f.apply()
	}
}

// Back returns to the step before; nothing is lost.
func (f *Flow) Back() {
	if f.step == StepFile || f.step == StepImport {
		return
	}
	f.halt()
	f.step--
	f.changed(ChangeAll)
}

// preview makes the plan, unless there is one for the present mapping.
func (f *Flow) preview() {
	f.step = StepPreview
	if f.planned {
		f.changed(ChangeAll)
		return
	}
	if f.plan != nil {
		f.closeLater(f.plan)
		f.plan = nil
		f.view.reset()
	}
	book, mapping, options := f.book, f.mapping, f.options
	profile := f.newProfile()
	f.begin(Planning, func(ctx context.Context, progress func(float64)) outcome {
		plan, err := f.p.Importer.Plan(ctx, book, mapping, options, progress)
		if err != nil {
			return outcome{err: err, apply: func() { f.step = StepColumns }}
		}
		if profile != nil {
			err = f.p.Store.Update(ctx, func(tx storage.Writer) error { return tx.PutProfile(profile) })
			if err != nil {
				f.p.Log.Warn("import: mapping not remembered", "error", err)
			}
		}
		counts := plan.Counts()
		return outcome{
			apply: func() {
				f.plan, f.counts, f.planned = plan, counts, true
				f.view.query = establishments.Query{}
				f.look()
			},
			drop: func() { f.closeLater(plan) },
		}
	})
}

// newProfile gives the mapping and the options to remember, nil for none.
func (f *Flow) newProfile() *storage.ImportProfile {
	if !f.remember {
		return nil
	}
	id, name := uuid.Must(uuid.NewV7()).String(), f.book.Name()
	if f.found.Profile != nil {
		id, name = f.found.Profile.ID, f.found.Profile.Name
	}
	chosen := establishments.Suggestion{Mapping: f.mapping, Headers: f.found.Headers, Options: f.options}
	return establishments.NewProfile(id, name, chosen, f.p.Now())
}
