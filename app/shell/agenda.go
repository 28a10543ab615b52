package shell

import (
	"time"

	"diapason/app/agenda"
	"diapason/app/agenda/sharing"
)

func buildAgenda(s *Shell) Screen {
	// The agenda's own zone, which has a name: « Local » would say nothing to a calendar elsewhere.
	now := func() time.Time { return s.p.Clock.Now().In(s.p.Agenda.Zone()) }
	var screen *agenda.Screen
	screen = agenda.New(agenda.Params{
		Store: s.p.Store, Service: s.p.Agenda, Host: s, Now: now, UI: s.p.UI,
		Sharing: func(leave func()) agenda.Panel {
			p := sharing.Params{
				Store: s.p.Store, Service: s.p.Agenda, Host: s, NewPerson: screen.AskPerson, Leave: leave, Now: now, UI: s.p.UI,
				AddSpace: func() { s.Integrations() },
			}
			if s.p.Publications != nil {
				p.Publications, p.Accounts = s.p.Publications, s.p.Engine
			}
			return sharing.New(p)
		},
	})
	return screen
}

// OpenFile asks for a file to read.
func (s *Shell) OpenFile(title, name string, endings []string, done func(path string, err error)) {
	s.pick.OpenFile(title, Filter{Name: name, Endings: endings}, done)
}
