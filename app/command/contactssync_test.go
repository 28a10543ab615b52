package command

import (
	"net/http"
	"testing"

	"diapason/sync/agenda/publication/publicationtest"
)

func TestContactsAreSynchronisedWithARealServer(t *testing.T) {
	sh, server := newShell(t), publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	good := sh.file("bon", publicationtest.Password+"\n")
	sh.ok("contacts", "import", sh.file("carnet.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Morel;Zoé;;;\r\nFN:Zoé Morel\r\nEND:VCARD\r\n"))
	sh.ok("account", "add", "contacts.carddav", "--name", "Nuage", "--set", "base-url="+server.URL, "--set", "user="+publicationtest.User,
		"--set", "label=*", "--secret", "password=@"+good)
	for range 2 { // a dry run does nothing
		doc := sh.ok("contacts", "sync", "Nuage", "--dry-run")
		lines := doc["lines"].([]any)
		if len(lines) != 1 || doc["first"] != true || doc["guard"] != nil {
			t.Fatalf("%v", doc)
		}
		if line := lines[0].(map[string]any); line["there"] != "create" || line["name"] != "Zoé Morel" {
			t.Errorf("%v", line)
		}
	}
	if o := sh.run("contacts", "sync", "Personne", "--dry-run"); o.code != ExitUsage {
		t.Errorf("exit %d for an account that is not there", o.code)
	}
	wantNumbers(t, sh.ok("contacts", "sync", "Nuage"), map[string]float64{"sent": 1, "created": 0, "updated": 0})
	if status, _ := server.Call(http.MethodPut, "ali.vcf",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ali\r\nN:Ben Salah;Ali;;;\r\nFN:Ali Ben Salah\r\nEND:VCARD\r\n",
		http.Header{"Content-Type": {"text/vcard"}}); status != http.StatusCreated {
		t.Fatal(status)
	}
	wantNumbers(t, sh.ok("contacts", "sync", "Nuage"), map[string]float64{"sent": 0, "created": 1, "updated": 0})
	wantNumbers(t, sh.ok("contacts", "sync", "Nuage"), map[string]float64{"sent": 0, "created": 0, "updated": 0})
	if found := sh.ok("verify")["violations"].([]any); len(found) != 0 {
		t.Errorf("%v", found)
	}
}
