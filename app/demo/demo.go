// Package demo is the demonstration workspace: twelve invented establishments, the trial directory served on this
// machine, some hundreds of invented contacts with two address books, and a workbook of real hotels to import. Prepare makes it; Show runs the whole job without a window and says
// each step with its figures.
//
// It uses the engine as any screen does and has no way of its own to do anything. The trial directory forgets nothing:
// what was published there is kept in the workspace's folder.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"diapason/assets/demo"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/agenda"
	"diapason/sync/contacts"
	"diapason/sync/directory/trial"
	"diapason/sync/establishments"
)

// Workspace is what the demonstration works on.
type Workspace struct {
	Store    storage.Store
	Engine   *sync.Engine
	Importer *establishments.Importer
	// Agenda takes the invented reservations; nil: none are made.
	Agenda *agenda.Agenda
	// Contacts takes the invented contacts, see Contacts.
	Contacts *contacts.Service
	Clock    sync.Clock // nil: the machine's
	// TrialURL is where the trial directory answers.
	TrialURL string
}

// Prepare puts the twelve establishments, their reservations of this week, the trial directory's account and the hotels' workbook into the workspace, and
// gives the account's id. It may be called again: what is there stays.
func Prepare(ctx context.Context, w Workspace) (accountID string, err error) {
	if err := w.establishments(ctx); err != nil {
		return "", err
	}
	if err := w.agenda(ctx); err != nil {
		return "", err
	}
	if err := os.WriteFile(w.workbook(), demo.Hotels, 0o600); err != nil {
		return "", fmt.Errorf("write the hotels' workbook: %w", err)
	}
	return Connect(ctx, w)
}

// workbook is where the hotels' workbook lies, to be imported or dropped on the window.
func (w Workspace) workbook() string { return filepath.Join(w.Store.Path(), demo.HotelsName) }

// establishments creates the twelve, unless the workspace has any.
func (w Workspace) establishments(ctx context.Context) error {
	var kept int
	err := w.Store.View(ctx, func(tx storage.Reader) (err error) {
		kept, err = tx.CountEstablishments()
		return err
	})
	if err != nil || kept > 0 {
		return err
	}
	var texts []map[storage.Field]string
	if err := json.Unmarshal(demo.Establishments, &texts); err != nil {
		return fmt.Errorf("demonstration's establishments: %w", err)
	}
	for _, values := range texts {
		e := &storage.Establishment{}
		for _, f := range append([]storage.Field{storage.FieldCountry}, storage.Fields...) { // the country reads the phones
			if text, ok := values[f]; ok {
				if err := e.SetValue(f, text); err != nil {
					return fmt.Errorf("demonstration's establishment %s: %w", values[storage.FieldIdentifier], err)
				}
			}
		}
		if err := w.Engine.Create(ctx, e, storage.ActorImport); err != nil {
			return fmt.Errorf("demonstration's establishment %s: %w", e.Identifier, err)
		}
	}
	return nil
}

// Connect adds the trial directory's account, or gives the kept one the directory's present address, and gives its id.
func Connect(ctx context.Context, w Workspace) (accountID string, err error) {
	a := &storage.Account{Kind: trial.ID, Name: words.T("demo.account")}
	err = w.Store.View(ctx, func(tx storage.Reader) error {
		accounts, err := tx.Accounts()
		for _, kept := range accounts {
			if kept.Kind == trial.ID {
				a = kept
			}
		}
		return err
	})
	if err != nil {
		return "", err
	}
	a.Settings = map[string]string{trial.SettingURL: w.TrialURL}
	if err := w.Engine.AddAccount(ctx, a); err != nil {
		return "", fmt.Errorf("add the trial directory: %w", err)
	}
	return a.ID, nil
}

// errUnexpected ends a demonstration whose figures are not those it announces.
var errUnexpected = errors.New("the demonstration did not go as it should")

// invented reports whether an identifier is one of the twelve's.
func invented(identifier string) bool { return strings.HasPrefix(identifier, "DEMO-") }
