package shell

import (
	stdsync "sync"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// jobList is what the status bar follows.
type jobList interface {
	List() []sync.Progress
	Cancel(runID string)
	OnChange(f func(sync.Progress)) (remove func())
}

// jobFeed brings the jobs' news to the interface's goroutine: however many notices come, one update waits there at most.
type jobFeed struct {
	jobs jobList
	ui   func(func())
	show func(running []sync.Progress, ended []sync.Progress)

	mu     stdsync.Mutex
	owed   bool
	ended  []sync.Progress // since the last update
	remove func()
}

func newJobFeed(jobs jobList, ui func(func()), show func(running, ended []sync.Progress)) *jobFeed {
	f := &jobFeed{jobs: jobs, ui: ui, show: show}
	f.remove = jobs.OnChange(f.note)
	return f
}

// note is called on the workers' goroutines.
func (f *jobFeed) note(p sync.Progress) {
	f.mu.Lock()
	if p.Finished {
		f.ended = append(f.ended, p)
	}
	first := !f.owed
	f.owed = true
	f.mu.Unlock()
	if first {
		f.ui(f.update)
	}
}

func (f *jobFeed) update() {
	f.mu.Lock()
	ended := f.ended
	f.owed, f.ended = false, nil
	f.mu.Unlock()
	f.show(f.jobs.List(), ended)
}

// statusLine shows the jobs in the status bar: the oldest running one with its cancel link, else the last useful fact.
type statusLine struct {
	bar  *widgets.StatusBar
	jobs jobList
	now  sync.Progress // the job shown; zero when none runs
	last *sync.Progress
	// screen is what the screen in front says while nothing runs, "" for nothing; nil for most screens.
	screen func() (tone widgets.Tone, text, detail, note string)
	// showing tells whether the screen in front shows a job itself, and what is to be remarked in the place of what can be
	// done about it; nil for most screens.
	showing func(runID string) (note string, shown bool)
	report  func(runID string) // opens the report of a run; nil when there is no such screen
}

func newStatusLine(jobs jobList, report func(string)) *statusLine {
	s := &statusLine{bar: widgets.NewStatusBar(), jobs: jobs, report: report}
	s.show(jobs.List(), nil)
	return s
}

// show draws the present state of the jobs.
func (s *statusLine) show(running, ended []sync.Progress) {
	if len(ended) > 0 {
		s.last = &ended[len(ended)-1]
	}
	if len(running) == 0 {
		s.now = sync.Progress{}
		s.fact()
		return
	}
	s.now = running[0]
	share := -1.0
	if s.now.Total > 0 && !s.now.Growing {
		share = float64(s.now.Done) / float64(s.now.Total)
	}
	note, shown := "", false
	if s.showing != nil {
		note, shown = s.showing(s.now.RunID)
	}
	s.bar.SetNote(look.IconShield, note)
	if shown || s.now.Cancelling { // it can be cancelled there, or was: what is on its way is let through
		s.bar.SetAction("", nil)
	} else {
		s.bar.SetAction(words.T("shell.cancel"), func() { s.jobs.Cancel(s.now.RunID) })
	}
	s.bar.ShowProgress(say.Job(s.now), share, s.now.Current)
}

// follow says what the screen in front says, nil for nothing, unless a job runs; showing tells which jobs it shows.
func (s *statusLine) follow(
	screen func() (tone widgets.Tone, text, detail, note string), showing func(runID string) (note string, shown bool),
) {
	s.screen, s.showing = screen, showing
	s.show(s.jobs.List(), nil)
}

// fact shows what the screen in front says, else what happened last, or that all is ready.
func (s *statusLine) fact() {
	s.bar.SetAction("", nil)
	if s.screen != nil {
		if tone, text, detail, note := s.screen(); text != "" {
			icon := look.StatusOK
			switch tone {
			case widgets.Warning:
				icon = look.StatusAction
			case widgets.Info:
				icon = look.StatusWaiting
			}
			s.bar.SetNote(look.IconSignal, note)
			s.bar.ShowFact(tone, icon, text, detail)
			return
		}
	}
	s.bar.SetNote(look.IconLock, words.T("shell.local"))
	if s.last == nil {
		s.bar.ShowFact(widgets.Success, look.StatusOK, words.T("shell.ready"), "")
		return
	}
	tone, icon := widgets.Success, look.StatusOK
	switch {
	case s.last.State == storage.RunHeld:
		tone, icon = widgets.Warning, look.StatusAction
	case s.last.State == storage.RunCancelled:
		tone, icon = widgets.Neutral, look.StatusDisabled
	case s.last.Failed > 0 || s.last.State == storage.RunFailed:
		tone, icon = widgets.Error, look.StatusError
	}
	if s.report != nil {
		run := s.last.RunID
		s.bar.SetAction(words.T("shell.report"), func() { s.report(run) })
	}
	s.bar.ShowFact(tone, icon, say.JobDone(*s.last), "")
}
