package integrations

import (
	"slices"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/directory"
)

// condition is the state of an account for people; its word is the translation key "integrations.condition." + the text.
type condition string

const (
	conditionReady    condition = "ready"    // enabled, and it worked
	conditionNew      condition = "new"      // enabled, nothing went out yet
	conditionPaused   condition = "paused"   // waits until a moment
	conditionAction   condition = "action"   // waits for the user
	conditionDisabled condition = "disabled" // switched off
	conditionUnknown  condition = "unknown"  // of a kind that this program does not have
)

// accountRow is one account as the screen shows it.
type accountRow struct {
	Account   *storage.Account
	Kind      directory.Kind
	Condition condition
}

// jobContacts is the Job of the accounts of address books.
const jobContacts = "contacts"

// groupOf gives the job whose section an account stands in; "" is that of the directories.
func groupOf(a *storage.Account) string {
	if job := a.Job(); job == storage.JobAgenda || job == jobContacts {
		return job
	}
	return ""
}

// accountRows sorts the accounts of a section by name and tells the condition of each.
func accountRows(accounts []*storage.Account, group string, kinds directory.Kinds, now time.Time) []accountRow {
	rows := make([]accountRow, 0, len(accounts))
	for _, a := range accounts {
		if groupOf(a) != group {
			continue
		}
		rows = append(rows, accountRow{Account: a, Kind: kinds[a.Kind], Condition: conditionOf(a, kinds, now)})
	}
	slices.SortStableFunc(rows, func(a, b accountRow) int {
		return strings.Compare(storage.SearchKey(a.Account.Name), storage.SearchKey(b.Account.Name))
	})
	return rows
}

func conditionOf(a *storage.Account, kinds directory.Kinds, now time.Time) condition {
	_, known := kinds[a.Kind]
	switch {
	case !known:
		return conditionUnknown
	case !a.Enabled:
		return conditionDisabled
	case a.Pause != nil && a.PausedUntil.IsZero():
		return conditionAction
	case a.Pause != nil && a.PausedUntil.After(now):
		return conditionPaused
	case a.LastOK.IsZero():
		return conditionNew
	}
	return conditionReady
}

// kindRows lists the kinds that an account can be added of, by name, trials last.
func kindRows(kinds directory.Kinds) []directory.Kind {
	rows := make([]directory.Kind, 0, len(kinds))
	for _, k := range kinds {
		rows = append(rows, k)
	}
	slices.SortFunc(rows, func(a, b directory.Kind) int {
		if a.Capabilities.Trial != b.Capabilities.Trial {
			if a.Capabilities.Trial {
				return 1
			}
			return -1
		}
		return strings.Compare(storage.SearchKey(say.Kind(a.ID)), storage.SearchKey(say.Kind(b.ID)))
	})
	return rows
}

// draft is an account being added.
type draft struct {
	Name     string
	Settings map[string]string
	// Secrets are those that were written: of an account that is changed, the others stay as they are kept.
	Secrets map[string]string
	kept    bool // it is an account that is changed
}

// newDraft proposes a name that no account bears yet.
func newDraft(kind directory.Kind, accounts []*storage.Account) draft {
	taken := map[string]bool{}
	for _, a := range accounts {
		taken[storage.SearchKey(a.Name)] = true
	}
	name := say.Kind(kind.ID)
	for n := 2; taken[storage.SearchKey(name)]; n++ {
		name = words.T("integrations.numbered", "name", say.Kind(kind.ID), "n", words.Number(n))
	}
	return draft{Name: name, Settings: map[string]string{}, Secrets: map[string]string{}}
}

// draftOfAccount begins from an account that is changed.
func draftOfAccount(a *storage.Account) draft {
	d := draft{Name: a.Name, Settings: map[string]string{}, Secrets: map[string]string{}, kept: true}
	for name, value := range a.Settings {
		d.Settings[name] = value
	}
	return d
}

// check gives what keeps a draft from being added: the names of the settings that are missing, and "" for the name.
func (d draft) check(settings []directory.Setting) (missing []string) {
	if strings.TrimSpace(d.Name) == "" {
		missing = append(missing, "")
	}
	for _, s := range settings {
		given := strings.TrimSpace(d.Settings[s.Name]) != ""
		if s.Secret {
			given = d.Secrets[s.Name] != "" || d.kept
		}
		if !s.Optional && !s.Granted && !given {
			missing = append(missing, s.Name)
		}
	}
	return missing
}

// account makes the account of a complete draft. Of one that is changed, old, it keeps the identity and what happened.
func (d draft) account(kind string, old *storage.Account) *storage.Account {
	settings := make(map[string]string, len(d.Settings))
	for name, value := range d.Settings {
		if v := strings.TrimSpace(value); v != "" {
			settings[name] = v
		}
	}
	a := storage.Account{Kind: kind, Enabled: true}
	if old != nil {
		a = *old
	}
	a.Name, a.Settings = strings.TrimSpace(d.Name), settings
	return &a
}

// folderOf gives the folder that a file directory writes into, "" when it has none.
func folderOf(a *storage.Account, settings []directory.Setting) string {
	for _, s := range settings {
		if s.Folder {
			return a.Settings[s.Name]
		}
	}
	return ""
}
