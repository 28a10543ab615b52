package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/contacts"
	"diapason/sync/contacts/google"
	"diapason/sync/oauth"
	"diapason/sync/sandbox"
)

// The kinds of the two accounts.
const (
	googleKind  = "contacts.google"
	cardDAVKind = "contacts.carddav"
)

// cardsName is the name of the file that the contacts are imported from, as Activité shows it.
const cardsName = "contacts-demonstration.vcf"

// Join adds the accounts of the two address books, or tells those that are there where their books answer since this
// start. It comes before the window: a pane that people fill in follows the accounts.
func Join(ctx context.Context, w Workspace, b *Books) error {
	accounts, err := w.books(ctx)
	if err != nil {
		return err
	}
	if len(accounts) > 0 {
		return w.reconnect(ctx, accounts, b)
	}
	if err := w.grant(ctx, b); err != nil {
		return fmt.Errorf("demonstration's Google account: %w", err)
	}
	if err := w.share(ctx, b); err != nil {
		return fmt.Errorf("demonstration's shared address book: %w", err)
	}
	return nil
}

// Contacts gives the workspace its invented contacts and makes two passes over the Google account: what is left to decide
// is there then. It does nothing in a workspace with contacts. Join was called, and the engine runs.
func Contacts(ctx context.Context, w Workspace, b *Books) error {
	accounts, err := w.books(ctx)
	if err != nil {
		return err
	}
	some := false
	err = w.Store.View(ctx, func(tx storage.Reader) error {
		first, err := tx.Contacts("", 1)
		some = len(first) > 0
		return err
	})
	at := slices.IndexFunc(accounts, ownGoogle)
	if err != nil || some || at < 0 {
		return err
	}
	account := accounts[at].ID
	all, err := readCast()
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := cards(&file); err != nil {
		return err
	}
	if _, err := w.Contacts.ImportFile(ctx, cardsName, &file, contacts.ImportParams{}); err != nil {
		return fmt.Errorf("demonstration's contacts: %w", err)
	}
	if err := b.fill(all); err != nil {
		return err
	}
	if err := w.pass(ctx, account); err != nil {
		return err
	}
	if err := w.meanwhile(ctx, account, b); err != nil {
		return err
	}
	return w.pass(ctx, account)
}

// ownGoogle tells the demonstration's Google account from a person's.
func ownGoogle(a *storage.Account) bool {
	return a.Kind == googleKind && a.Settings[oauth.SettingClientID] == bookClient
}

// books gives the accounts of address books.
func (w Workspace) books(ctx context.Context) (found []*storage.Account, err error) {
	err = w.Store.View(ctx, func(tx storage.Reader) error {
		accounts, err := tx.Accounts()
		found = nil
		for _, a := range accounts {
			if a.Job() == storage.JobContacts {
				found = append(found, a)
			}
		}
		return err
	})
	return found, err
}

// reconnect tells the demonstration's accounts where their books answer.
func (w Workspace) reconnect(ctx context.Context, accounts []*storage.Account, b *Books) error {
	for _, a := range accounts {
		switch {
		case ownGoogle(a):
			a.Settings[oauth.SettingBaseURL] = b.URL
		case a.Kind == cardDAVKind && strings.HasSuffix(a.Settings[publication.SettingURL], sharedBook):
			a.Settings[publication.SettingURL] = b.URL + sharedBook
		default:
			continue
		}
		if err := w.Engine.AddAccount(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// grant connects the Google account; its owner consents as in a browser.
func (w Workspace) grant(ctx context.Context, b *Books) error {
	a := &storage.Account{Kind: googleKind, Name: bookEmail, Settings: map[string]string{
		oauth.SettingBaseURL: b.URL, oauth.SettingClientID: bookClient, contacts.SettingLabel: google.AllContacts,
		google.SettingUnits: "60000", // the emulator limits nobody
	}}
	return w.Engine.Connect(ctx, a, map[string]string{oauth.SecretClientSecret: bookSecret}, oauth.Browser{
		Page: func(*storage.Problem) []byte { return nil },
		Open: func(address string) error {
			_, err := sandbox.GooglePerson{Account: bookOwner}.Answer(ctx, address)
			return err
		},
	})
}

// share adds the shared address book. It refuses the password as soon as somebody asks for a pass or a test, which the window
// tells above every screen: nobody does that here.
func (w Workspace) share(ctx context.Context, b *Books) error {
	a := &storage.Account{Kind: cardDAVKind, Name: words.T("demo.sharedBook"), Settings: map[string]string{
		publication.SettingURL: b.URL + sharedBook, publication.SettingUser: "groupe-lumen",
	}}
	return w.Engine.AddAccountWith(ctx, a, map[string]string{publication.SecretPassword: "ancien-mot-de-passe"})
}

// pass puts an address book in tune and waits for the end.
func (w Workspace) pass(ctx context.Context, accountID string) error {
	id, err := w.Contacts.Sync(ctx, accountID, storage.ActorUser)
	if err != nil {
		return err
	}
	_, err = w.Engine.Wait(ctx, id)
	return err
}
