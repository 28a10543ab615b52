package shell

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
)

// alertsEvery is how often the window asks what has lasted too long, besides after each change.
const alertsEvery = time.Minute

// mostAlerts is how many alerts are on screen together; the next one shows when one of them is over or closed.
const mostAlerts = 2

// alerts shows what has been blocked, or without success, for too long: a banner each, as long as the state lasts, or
// until it is closed. One that was closed shows again only after its state was over.
type alerts struct {
	box    *fyne.Container
	list   []sync.Alert
	closed map[string]bool // by Alert.ID
	read   int             // generation of the last reading asked for
	remove func()
}

// newAlerts makes the banners in the window's present language.
func (s *Shell) newAlerts() {
	s.alerts.box = &fyne.Container{Layout: stackBanners{}}
	if s.alerts.closed == nil {
		s.alerts.closed = map[string]bool{}
	}
	s.fillAlerts()
}

// followAlerts shows from now on what lasts too long.
func (s *Shell) followAlerts() {
	s.alerts.remove = s.p.Store.OnChange(func(c storage.Changes) {
		if c.All || c.Accounts { // schedules change too often to be asked each time; the next minute tells
			s.p.UI(s.readAlerts)
		}
	})
	go func() {
		tick := time.NewTicker(alertsEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.p.UI(s.readAlerts)
			case <-s.ctx.Done():
				return
			}
		}
	}()
	s.readAlerts()
}

// readAlerts asks the engine elsewhere, and shows what it answers.
func (s *Shell) readAlerts() {
	s.alerts.read++
	generation := s.alerts.read
	go func() {
		list, err := s.p.Engine.Alerts(s.ctx)
		if err != nil {
			if !errors.Is(err, context.Canceled) && !errors.Is(err, storage.ErrClosed) {
				s.p.Log.Error("alerts", "error", err)
			}
			return
		}
		s.p.UI(func() {
			if generation == s.alerts.read {
				s.showAlerts(list)
			}
		})
	}()
}

func (s *Shell) showAlerts(list []sync.Alert) {
	lasts := map[string]bool{}
	for _, a := range list {
		lasts[a.ID] = true
	}
	for id := range s.alerts.closed {
		if !lasts[id] {
			delete(s.alerts.closed, id)
		}
	}
	s.alerts.list = list
	if s.fillAlerts() {
		s.root.Refresh()
	}
}

// fillAlerts makes the banners of the first alerts that were not closed; it reports whether they are others than before.
func (s *Shell) fillAlerts() (changed bool) {
	var banners []fyne.CanvasObject
	for _, a := range s.alerts.list {
		if s.alerts.closed[a.ID] || len(banners) == mostAlerts {
			continue
		}
		b := widgets.NewBanner()
		action, do := s.remedy(a)
		b.SetMessage(widgets.Warning, alertText(a, s.today()), action, do)
		b.SetClose(words.T("shell.close"), func() { s.closeAlert(a.ID) })
		banners = append(banners, b)
	}
	before := s.alerts.box.Objects
	changed = len(before) != len(banners)
	for i := 0; !changed && i < len(banners); i++ {
		changed = before[i].(*widgets.Banner).Text() != banners[i].(*widgets.Banner).Text()
	}
	if changed {
		s.alerts.box.Objects = banners
	}
	return changed
}

// closeAlert takes a banner away for as long as its state lasts.
func (s *Shell) closeAlert(id string) {
	s.alerts.closed[id] = true
	s.fillAlerts()
	s.root.Refresh()
}

// alertText says what lasts, and when it went well for the last time.
func alertText(a sync.Alert, now time.Time) string {
	text := say.Problem(a.Problem)
	if a.LastOK.IsZero() {
		return text
	}
	return words.T("shell.alert.lastOK", "alert", text, "when", say.MomentWithin(a.LastOK, now))
}

// remedy gives the way to where an alert is seen to.
func (s *Shell) remedy(a sync.Alert) (action string, do func()) {
	switch {
	case a.Place == sync.AlertRun && s.CanOpenRun():
		return words.T("shell.report"), func() { s.OpenRun(a.RunID) }
	case a.Place == sync.AlertSchedule && s.has(placeSettings):
		return words.T("shell.planning.open"), s.Planning
	case a.Place == sync.AlertAccount && s.has(placeIntegrations):
		return words.T("shell.integrations.open"), func() { s.Integrations() }
	}
	return "", nil
}

// Planning opens the page of what comes back by itself.
func (s *Shell) Planning() {
	s.Go(placeSettings)
	if p, ok := s.screens[placeSettings].(interface{ OpenPlanning() }); ok {
		p.OpenPlanning()
	}
}
