package shell

import (
	"context"
	"errors"

	"diapason/app/guard"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// held shows the runs that wait for the user's agreement: a banner as long as there is one, and the dialog of the one
// that the user has just asked for.
type held struct {
	banner *widgets.Banner
	newest string // the run that the banner opens
	open   bool   // a dialog is
	read   int    // generation of the last reading asked for
	remove func()
}

// newHeldBanner makes the banner in the window's present language.
func (s *Shell) newHeldBanner() {
	s.held.banner = widgets.NewBanner()
	s.readHeld()
}

// followHeld shows from now on which runs wait.
func (s *Shell) followHeld() {
	s.held.remove = s.p.Store.OnChange(func(c storage.Changes) {
		if c.All || len(c.Runs) > 0 && c.Settings {
			s.p.UI(s.readHeld)
		}
	})
}

// readHeld reads elsewhere which runs wait, and shows it.
func (s *Shell) readHeld() {
	s.held.read++
	generation := s.held.read
	go func() {
		runs, err := s.p.Engine.Held(s.ctx)
		if err != nil {
			if !errors.Is(err, context.Canceled) && !errors.Is(err, storage.ErrClosed) {
				s.p.Log.Error("held runs", "error", err)
			}
			return
		}
		s.p.UI(func() {
			if generation == s.held.read {
				s.showHeld(runs)
			}
		})
	}()
}

func (s *Shell) showHeld(runs []*storage.Run) {
	shown := s.held.banner.Visible()
	if len(runs) == 0 {
		s.held.newest = ""
		s.held.banner.Hide()
	} else {
		s.held.newest = runs[0].ID
		s.held.banner.SetMessage(widgets.Warning, words.N("guard.banner", len(runs)), words.T("guard.show"),
			func() { s.ShowHeld(s.held.newest) })
	}
	if shown != s.held.banner.Visible() {
		s.root.Refresh()
	}
}

// heldHeight is the room that the banner takes at a width.
func (s *Shell) heldHeight(width float32) float32 {
	if !s.held.banner.Visible() {
		return 0
	}
	return 8 + s.held.banner.HeightFor(width-2*look.Margin)
}

// offerHeld opens the dialog of a run that the user asked for and that was held, unless something else is being asked.
func (s *Shell) offerHeld(ended []sync.Progress) {
	for _, p := range ended {
		if p.State != storage.RunHeld || p.Kind != storage.RunSync && p.Kind != storage.RunContacts {
			continue
		}
		go func() {
			var run *storage.Run
			err := s.p.Store.View(s.ctx, func(tx storage.Reader) (err error) {
				run, err = tx.Run(p.RunID)
				return err
			})
			if err != nil || run.Actor != storage.ActorUser || run.State != storage.RunHeld {
				return // the banner says that it waits
			}
			s.p.UI(func() {
				if !widgets.Covered(s.window.Canvas()) {
					s.ShowHeld(run.ID)
				}
			})
		}()
	}
}

// ShowHeld opens the dialog of a held run.
func (s *Shell) ShowHeld(runID string) {
	if s.held.open || runID == "" {
		return
	}
	s.held.open = true
	go func() {
		names, pass := map[string]string{}, false
		err := s.p.Store.View(s.ctx, func(tx storage.Reader) error {
			run, err := tx.Run(runID)
			if err != nil {
				return err
			}
			pass = run.Kind == storage.RunContacts
			accounts, err := tx.Accounts()
			for _, a := range accounts {
				names[a.ID] = say.Account(a, s.p.Engine.Kinds())
			}
			return err
		})
		s.p.UI(func() {
			if err != nil {
				s.held.open = false
				s.Failure(err)
				return
			}
			guard.Show(s.window.Canvas(), guard.Params{
				Engine: s.p.Engine, Accounts: names, Pass: pass, Host: s, UI: s.p.UI, OnClosed: func() { s.held.open = false },
			}, runID)
		})
	}()
}
