package shell

import (
	"diapason/app/activity"
	people "diapason/app/contacts"
	"diapason/app/contacts/rules"
	"diapason/app/decisions"
	"diapason/app/establishments"
	"diapason/app/establishments/list"
	"diapason/app/profile"
	"diapason/widgets/look"
)

// Places of the rail.
const (
	placeEstablishments = "establishments"
	placeContacts       = "contacts"
	placeAgenda         = "agenda"
	placeActivity       = "activity"
	placeIntegrations   = "integrations"
	placeSettings       = "settings"
)

// allPlaces lists the screens that there are.
func (s *Shell) allPlaces() []Place {
	places := []Place{{ID: placeEstablishments, Icon: look.IconStore, Build: buildEstablishments}}
	if s.p.Contacts != nil {
		places = append(places, Place{ID: placeContacts, Icon: look.IconContacts, Build: buildContacts})
	}
	if s.p.Agenda != nil {
		places = append(places, Place{ID: placeAgenda, Icon: look.IconAgenda, Build: buildAgenda})
	}
	return append(places, []Place{
		{ID: placeActivity, Icon: look.IconActivity, Tool: true, Build: buildActivity},
		{ID: placeIntegrations, Icon: look.IconIntegrations, Tool: true, Build: buildIntegrations},
		{ID: placeSettings, Icon: look.IconSettings, Tool: true, Build: buildSettings},
	}...)
}

func (s *Shell) newRows() *list.List {
	return list.New(list.Params{
		Store: s.p.Store, Engine: s.p.Engine, Kinds: s.p.Engine.Kinds(), UI: s.p.UI, Now: s.today, Settings: s.prefs,
		Log: s.p.Log,
	})
}

func buildEstablishments(s *Shell) Screen {
	rows := s.rows
	if s.rows = nil; rows == nil { // built again, in another language
		rows = s.newRows()
	}
	p := establishments.Params{
		List: rows,
		Host: s,
		Detail: func(close func()) establishments.Detail {
			return profile.New(profile.Params{
				Store: s.p.Store, Engine: s.p.Engine, Kinds: s.p.Engine.Kinds(), Host: s, Now: s.today, UI: s.p.UI, OnClose: close,
			})
		},
	}
	if s.p.Demo != nil {
		p.Demo = s.demo
	}
	return establishments.New(p)
}

func buildActivity(s *Shell) Screen {
	screen := activity.New(activity.Params{
		Store: s.p.Store, Engine: s.p.Engine, Kinds: s.p.Engine.Kinds(), Host: s, Now: s.today, UI: s.p.UI,
		Decisions: decisions.New(decisions.Params{
			Store: s.p.Store, Engine: s.p.Engine, Kinds: s.p.Engine.Kinds(), Host: s, Now: s.today, UI: s.p.UI,
		}),
	})
	screen.SetWaiting(s.waiting.n)
	return screen
}

func buildContacts(s *Shell) Screen {
	return people.New(people.Params{
		Store: s.p.Store, Service: s.p.Contacts, Host: s, Canvas: s.window.Canvas, UndoRun: s.p.Engine.Undo,
		Jobs: s.p.Engine.Jobs(), Rules: s.openRules, AsksConsent: s.p.Engine.AsksConsent, Now: s.today, UI: s.p.UI,
	})
}

// openRules shows the rules of synchronisation of an account, of the first one for "".
func (s *Shell) openRules(accountID string) {
	rules.New(rules.Params{
		Service: s.p.Contacts, Engine: s.p.Engine, Host: s, Canvas: s.window.Canvas, UI: s.p.UI,
	}).Open(accountID)
}

// OpenEstablishment shows an establishment's pane.
func (s *Shell) OpenEstablishment(id string) {
	s.Go(placeEstablishments)
	if v, ok := s.screens[placeEstablishments].(interface{ Open(id string) }); ok {
		v.Open(id)
	}
}
