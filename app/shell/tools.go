package shell

import (
	"context"

	"diapason/app/integrations"
	"diapason/app/planning"
	"diapason/app/settings"
	"diapason/assets/words"
	"diapason/storage/bolt"
)

func buildIntegrations(s *Shell) Screen {
	var rules func(accountID string)
	if s.p.Contacts != nil {
		rules = s.openRules
	}
	return integrations.New(integrations.Params{
		Store: s.p.Store, Engine: s.p.Engine, Kinds: s.p.Engine.Kinds(), Host: s, Now: s.today, UI: s.p.UI, Secrets: s.p.Secrets, Rules: rules,
		Simulation: func() integrations.Simulation {
			if s.p.Simulation == nil {
				return nil
			}
			if d := s.p.Simulation(); d != nil {
				return d
			}
			return nil
		},
	})
}

func buildSettings(s *Shell) Screen {
	p := settings.Params{
		Store: s.p.Store, Host: s, Now: s.today, UI: s.p.UI, Version: s.p.Version,
		Preferences: settings.Preferences{
			Language: words.Lang(), Theme: s.prefs.theme(), Scale: float32(s.prefs.kept.Float(prefScale)),
		},
		Backups:   s.backups,
		BackupNow: s.p.BackupNow,
		Retention: s.p.Engine,
		Support:   &settings.Support{Write: s.p.Engine.SupportFile, Choose: s.chooseSupport},
		Planning: planning.New(planning.Params{
			Store: s.p.Store, Engine: s.p.Engine, Kinds: s.p.Engine.Kinds(), Host: s, Now: s.today, UI: s.p.UI,
		}),
	}
	if s.p.RestoreLater != nil {
		p.Restore = func(b settings.Backup) {
			s.p.RestoreLater(b.Path)
			s.app.Quit()
		}
	}
	return settings.New(p)
}

// chooseSupport lets people choose where the support file goes.
func (s *Shell) chooseSupport(name string, done func(path string, err error)) {
	s.pick.SaveFile(words.T("settings.support.title"), name, Filter{Name: words.T("settings.support.archives"), Endings: []string{".zip"}}, done)
}

// backups lists the rotating backups of the workspace.
func (s *Shell) backups(context.Context) ([]settings.Backup, error) {
	files, err := bolt.Backups(s.p.Store.Path())
	if err != nil {
		return nil, err
	}
	list := make([]settings.Backup, len(files))
	for i, f := range files {
		list[i] = settings.Backup{Path: f.Path, At: f.At, Size: f.Size}
	}
	return list, nil
}

// ChooseFolder lets people choose a folder; path is "" when they changed their mind.
func (s *Shell) ChooseFolder(title string, done func(path string, err error)) {
	s.pick.Folder(words.T("shell.files.folder", "what", title), done)
}

// SetScale keeps the size of the interface; it takes effect at the next start.
func (s *Shell) SetScale(scale float32) { s.prefs.kept.SetFloat(prefScale, float64(scale)) }
