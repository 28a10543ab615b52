package command

import (
	"fmt"
	"net/http"
	"strings"
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

func TestSeveralAddressBooksAreSynchronisedOneAfterAnother(t *testing.T) {
	sh, radicale := newShell(t), publicationtest.StartRadicale(t, "")
	good := sh.file("bon", publicationtest.Password+"\n")
	connect := func(name string, server *publicationtest.Collection) {
		sh.ok("account", "add", "contacts.carddav", "--name", name, "--set", "base-url="+server.URL, "--set", "user="+publicationtest.User,
			"--set", "label=*", "--secret", "password=@"+good)
	}
	if o := sh.run("contacts", "sync", "--all"); o.code != ExitUsage || !strings.Contains(o.stderr, "Aucun carnet d’adresses") {
		t.Errorf("exit %d without an address book: %s", o.code, o.stderr)
	}
	first, second := radicale.AddressBook("un", "Un"), radicale.AddressBook("deux", "Deux")
	connect("Bureau", first)
	connect("Atelier", second)
	if status, _ := first.Call(http.MethodPut, "ali.vcf",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ali\r\nN:Ben Salah;Ali;;;\r\nFN:Ali Ben Salah\r\nEND:VCARD\r\n",
		http.Header{"Content-Type": {"text/vcard"}}); status != http.StatusCreated {
		t.Fatal(status)
	}
	passes := func(o outcome, code int) []any {
		t.Helper()
		if o.code != code {
			t.Fatalf("exit %d: %s", o.code, o.stderr)
		}
		return o.document(t)["passes"].([]any)
	}
	plans := passes(sh.run("contacts", "sync", "Bureau", "Atelier", "--dry-run", "--json"), ExitDone)
	if lines := plans[0].(map[string]any)["lines"].([]any); len(plans) != 2 || len(lines) != 1 {
		t.Fatalf("%v", plans)
	}
	// What came from the first book goes on to the second.
	both := passes(sh.run("contacts", "sync", "Bureau", "Atelier", "--json"), ExitDone)
	wantNumbers(t, both[0].(map[string]any), map[string]float64{"sent": 0, "created": 1})
	wantNumbers(t, both[1].(map[string]any), map[string]float64{"sent": 1, "created": 0})
	if _, body := second.Call("PROPFIND", "", "", http.Header{"Depth": {"1"}}); strings.Count(body, ".vcf") != 1 {
		t.Errorf("the second book:\n%s", body)
	}
	// Of all, one that its server refuses leaves the others alone, and is left alone once it waits for its owner.
	good = sh.file("faux", "autre\n")
	connect("Cave", radicale.AddressBook("trois", "Trois"))
	for range 2 {
		o := sh.run("contacts", "sync", "--all", "--json")
		all := passes(o, ExitFailures)
		if len(all) != 3 || all[2].(map[string]any)["problem"] == nil || !strings.Contains(o.stderr, "Cave\u00a0:") {
			t.Fatalf("%v\n%s", all, o.stderr)
		}
		wantNumbers(t, all[0].(map[string]any), map[string]float64{"sent": 0, "created": 0, "updated": 0})
		wantNumbers(t, all[1].(map[string]any), map[string]float64{"sent": 0, "created": 0, "updated": 0})
	}
	for _, wrong := range [][]string{{"contacts", "sync"}, {"contacts", "sync", "Bureau", "--all"}} {
		if o := sh.run(wrong...); o.code != ExitUsage {
			t.Errorf("%v: exit %d", wrong, o.code)
		}
	}
}

// TestAHeldPassIsToldAndAgreedToInTheWordsOfContacts deletes most cards there: the pass waits, and goes on when told to;
// then it is taken back.
func TestAHeldPassIsToldAndAgreedToInTheWordsOfContacts(t *testing.T) {
	sh, server := newShell(t), publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	good := sh.file("bon", publicationtest.Password+"\n")
	sh.ok("account", "add", "contacts.carddav", "--name", "Nuage", "--set", "base-url="+server.URL, "--set", "user="+publicationtest.User,
		"--set", "label=*", "--secret", "password=@"+good)
	for i := range 20 {
		card := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:p%d\r\nN:Morel%02d;Zoé;;;\r\nFN:Zoé Morel%02d\r\nEND:VCARD\r\n", i, i, i)
		status, _ := server.Call(http.MethodPut, fmt.Sprintf("p%d.vcf", i), card, http.Header{"Content-Type": {"text/vcard"}})
		if status != http.StatusCreated {
			t.Fatal(status)
		}
	}
	wantNumbers(t, sh.ok("contacts", "sync", "Nuage"), map[string]float64{"created": 20})
	for i := range 12 {
		if status, _ := server.Call(http.MethodDelete, fmt.Sprintf("p%d.vcf", i), "", nil); status/100 != 2 {
			t.Fatal(status)
		}
	}
	guard := sh.held("contacts", "sync", "Nuage")
	items := guard["items"].([]any)
	if len(items) != 12 || items[0].(map[string]any)["here"] != "trash" || guard["here"].(map[string]any)["closed"] != 12.0 {
		t.Fatalf("%v", guard)
	}
	plan := guard["plan"].(string)
	if o := sh.run("status"); !strings.Contains(o.stderr, "Pour faire exactement ces 12 changements : diapason sync --agree "+plan) {
		t.Errorf("the status does not say how to go on: %s", o.stderr)
	}
	o := sh.run("sync", "--agree", plan, "--json")
	if o.code != ExitDone || strings.Contains(o.stderr, "Fiche") || !strings.Contains(o.stderr, "12") {
		t.Fatalf("exit %d: %s", o.code, o.stderr)
	}
	doc := o.document(t)
	wantNumbers(t, doc, map[string]float64{"sent": 0, "created": 0, "updated": 12})
	undone := sh.ok("undo", doc["run"].(string))
	wantNumbers(t, undone, map[string]float64{"restored": 12, "deleted": 0, "conflicts": 0})
	wantNumbers(t, sh.ok("contacts", "sync", "Nuage"), map[string]float64{"sent": 12, "created": 0, "updated": 0})
	if found := sh.ok("verify")["violations"].([]any); len(found) != 0 {
		t.Errorf("%v", found)
	}
}
