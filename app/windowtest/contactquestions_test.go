//go:build linux

package windowtest

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/sync/agenda/publication/publicationtest"
)

// vcardOf writes a card of a file or of a server.
func vcardOf(lines ...string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
}

// disagreeing makes a workspace and a real CardDAV server that know the same shop by its e-mail, and call its function and
// its company otherwise. Nothing was synchronised yet.
func disagreeing(t *testing.T) (home, workspace string, server *publicationtest.Collection) {
	t.Helper()
	home, workspace = newHome(t), filepath.Join(t.TempDir(), "espace")
	server = publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	status, _ := server.Call(http.MethodPut, "rives.vcf", vcardOf("UID:rives", "N:Morel;Zita;;;", "FN:Zita Morel", "ORG:Les Deux Rives",
		"TITLE:Gerante", "EMAIL;TYPE=HOME:contact@deuxrives.example"), http.Header{"Content-Type": {"text/vcard"}})
	if status != http.StatusCreated {
		t.Fatal(status)
	}
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	variables := append(at(home), "DBUS_SESSION_BUS_ADDRESS="+desk.bus) // where no keyring of this machine answers
	commandWith(t, variables, workspace, "contacts", "import", file("ici.vcf", vcardOf("UID:ici", "N:Morel;Zita;;;", "FN:Zita Morel",
		"ORG:Librairie des Deux Rives", "TITLE:Libraire", "EMAIL;TYPE=HOME:contact@deuxrives.example")))
	commandWith(t, variables, workspace, "account", "add", "contacts.carddav", "--name", "Nuage", "--set", "base-url="+server.URL,
		"--set", "user="+publicationtest.User, "--set", "label=*", "--secret", "password=@"+file("secret", publicationtest.Password+"\n"))
	return home, workspace, server
}

func TestConflictIsAnsweredAndTheNextPassBringsItAbout(t *testing.T) {
	home, workspace, server := disagreeing(t)
	p := openAt(t, home, workspace)
	p.press("Contacts")
	p.press("Synchronisation")
	p.see("Nuage") // known: a pass can be asked for
	p.press("Synchroniser")
	p.press("Conflits")
	p.see("Nuage\u00a0: 2 champs diffèrent, 3 sont identiques")
	for _, text := range []string{"Société", "Fonction", "Librairie des Deux Rives", "Les Deux Rives", "Libraire", "Gerante"} {
		p.see(text)
	}
	p.press("Librairie des Deux Rives")
	p.see("Choisir une valeur pour chaque champ")
	p.press("Gerante")
	p.see("L’ancienne valeur reste dans l’historique")
	p.press("Appliquer")
	p.see("Prendra effet au prochain passage.")
	p.see("1 décision attend le prochain passage.")
	_, body := server.Call(http.MethodGet, "rives.vcf", "", nil)
	if !strings.Contains(body, "ORG:Les Deux Rives") {
		t.Errorf("something left before the next pass:\n%s", body)
	}
	p.pressIn("Synchroniser", "1 décision attend le prochain passage.")
	p.see("Rien n’attend de décision")
	waitUntil(t, "our company on the server", func() bool {
		_, body = server.Call(http.MethodGet, "rives.vcf", "", nil)
		return strings.Contains(body, "ORG:Librairie des Deux Rives")
	})
	if !strings.Contains(body, "TITLE:Gerante") {
		t.Errorf("their function went:\n%s", body)
	}
	p.press("Liste")
	p.press("Zita Morel")
	p.see("Gerante")
	p.close()
}

func TestPassesOverSeveralBooksGoOnAfterTheirPageIsLeft(t *testing.T) {
	home, workspace, first := disagreeing(t)
	second := publicationtest.StartRadicale(t, "").AddressBook("autre", "Autre")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(publicationtest.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	commandWith(t, append(at(home), "DBUS_SESSION_BUS_ADDRESS="+desk.bus), workspace, "account", "add", "contacts.carddav", "--name", "Zone",
		"--set", "base-url="+second.URL, "--set", "user="+publicationtest.User, "--set", "label=*", "--secret", "password=@"+secret)
	status, _ := first.Call(http.MethodPut, "ali.vcf", vcardOf("UID:ali", "N:Ben Salah;Ali;;;", "FN:Ali Ben Salah"), http.Header{"Content-Type": {"text/vcard"}})
	if status != http.StatusCreated {
		t.Fatal(status)
	}
	p := openAt(t, home, workspace)
	p.press("Contacts")
	p.see("Zita Morel")
	p.see("Règles de synchronisation…") // the accounts are known: passes can be asked for
	p.press("Synchroniser")
	p.see("Passages demandés sur 2 comptes, l’un après l’autre")
	p.press("Activité")
	waitUntil(t, "what came from the first book in the second one", func() bool {
		_, body := second.Call("PROPFIND", "", "", http.Header{"Depth": {"1"}})
		return strings.Count(body, ".vcf") == 2
	})
	p.close()
}

func TestDuplicatesAreMergedAndTheMergeTakenBackByKey(t *testing.T) {
	workspace, file := filepath.Join(t.TempDir(), "espace"), filepath.Join(t.TempDir(), "deux.vcf")
	text := vcardOf("N:Morel;Zita;;;", "FN:Zita Morel", "EMAIL;TYPE=HOME:contact@deuxrives.example") +
		vcardOf("N:Petit;Paul;;;", "FN:Paul Petit", "EMAIL;TYPE=HOME:contact@deuxrives.example", "TITLE:Libraire")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, workspace, "contacts", "import", file)
	p := open(t, workspace)
	p.press("Contacts")
	p.press("Doublons")
	p.see("Même e-mail\u00a0: contact@deuxrives.example")
	p.see("Contact après la fusion")
	p.press("Paul") // the given name; the family name stays
	p.see("Paul Morel")
	p.press("Fusionner")
	p.see("Fusionnés en un seul contact\u00a0: Paul Morel")
	p.see("Aucun doublon")
	p.key("ctrl+z")
	p.see("C’est annulé.")
	p.press("Ce sont deux personnes")
	p.see("Zita Morel et Paul Petit restent deux contacts.")
	p.see("Aucun doublon")
	p.press("Annuler") // in the toast
	p.see("Même e-mail\u00a0: contact@deuxrives.example")
	p.close()
}
