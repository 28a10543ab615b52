//go:build linux

package windowtest

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"diapason/assets/words"
	"diapason/sync/sandbox"
)

// direction is the demonstration's account at Google's emulator.
const direction = "direction@lumen.test"

// stir does in the demonstration's Google account, while nobody serves it, what its owner does there between two passes:
// adds some contacts, changes some, and deletes more than a pass follows by itself.
func stir(t *testing.T, workspace string) {
	t.Helper()
	google := sandbox.NewGoogle(sandbox.GoogleParams{
		Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "diapason-demonstration", Secret: "GOCSPX-demonstration"}},
		Accounts: []sandbox.GoogleAccount{{ID: "100000000000000000001", Email: direction, Name: "Direction"}},
	})
	if err := google.Keep(filepath.Join(workspace, "carnets-essai.json")); err != nil {
		t.Fatal(err)
	}
	there := google.People.Contacts(direction)
	if len(there) < 200 {
		t.Fatalf("%d contacts in the demonstration's Google account", len(there))
	}
	for i, name := range []string{"Alizée", "Bérénice", "Cyprien"} {
		google.People.Add(direction, fmt.Sprintf(
			`{"names": [{"givenName": %q, "familyName": "Vasseur"}], "emailAddresses": [{"value": "vasseur%d@courriel.example", "type": "home"}]}`, name, i))
	}
	for i, c := range there[100:109] {
		google.People.Edit(direction, c.Name, fmt.Sprintf(`{"phoneNumbers": [{"value": "06 39 98 80 %02d", "type": "mobile"}]}`, i))
	}
	for _, c := range there[120:160] {
		google.People.Remove(direction, c.Name)
	}
	if err := google.Save(); err != nil {
		t.Fatal(err)
	}
}

// contacts shows the list with a contact's pane, the tabs beside it, the rules, and what a pass would do.
func (a album) contacts(p *program) {
	p.t.Helper()
	p.press(words.T("shell.place.contacts"))
	p.press("Adèle Abadie")
	p.see(words.T("contacts.save"))
	p.gone(words.T("sharing.created"))
	a.take(p, "24-contacts")
	p.key("Escape")

	p.press(words.T("contacts.tab.passes"))
	p.press("06 39 98 60 20")
	p.press("bureau.gabin-gauvain20@courriel.example")
	p.see(words.T("questions.history"))
	a.take(p, "25-contacts-passes")
	p.press(words.T("contacts.tab.questions"))
	p.press("Adèle Peyrolles")
	p.press(words.T("questions.keepAll"))
	p.see(words.T("questions.history"))
	a.take(p, "26-contacts-questions")
	p.press(words.T("contacts.tab.doubles"))
	p.see(words.T("doubles.preview"))
	a.take(p, "27-contacts-doubles")

	p.press(words.T("contacts.rules.open"))
	p.see(words.T("contacts.rules.title"))
	a.take(p, "28-contacts-rules")
	p.key("Escape")
	p.press(words.T("contacts.tab.passes"))
	p.press(words.T("passes.preview"))
	p.see(words.T("passes.preview.there"))
	a.take(p, "29-contacts-preview")
	p.press(words.T("passes.preview.close"))
	p.gone(words.T("passes.preview.close"))
}

// books shows a pass that is held, and one that its book refuses since its password is another one.
func (a album) books(p *program) {
	p.t.Helper()
	p.press(words.T("shell.place.contacts"))
	p.press(words.T("contacts.tab.passes"))
	p.press(words.T("contacts.sync"))
	p.see(words.T("guard.pass.title"))
	p.see(words.T("guard.pass.column.there"))
	a.take(p, "30-contacts-held")
	p.press(words.T("guard.pass.refuse"))
	p.gone(words.T("guard.show"))

	p.press("Carnet partagé") // named when the workspace was made
	p.press(words.T("contacts.sync"))
	p.see(words.T("passes.condition.reconnect"))
	alert := p.onLine(words.T("shell.integrations.open"), "*widgets.Button")
	p.middle(alert[len(alert)-1]) // closes it
	p.gone(words.T("shell.integrations.open"))
	p.gone(words.T("guard.pass.refused"))
	a.take(p, "31-contacts-reconnect")
	p.press(words.T("shell.place.integrations"))
	p.see(words.T("integrations.signIn"))
	a.take(p, "32-integrations-reconnect")
}
