package command

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"diapason/sync/agenda/publication/publicationtest"
)

// card writes a contact as a file or a server keeps it.
func card(uid, family, given string, more ...string) string {
	lines := append([]string{"BEGIN:VCARD", "VERSION:3.0", "UID:" + uid, "N:" + family + ";" + given + ";;;", "FN:" + given + " " + family}, more...)
	return strings.Join(append(lines, "END:VCARD", ""), "\r\n")
}

// nuage is a workspace with the contacts of a file, and the account « Nuage » over an address book on a real server with
// other cards.
func nuage(t *testing.T, here string, there map[string]string) (*shell, *publicationtest.Collection) {
	t.Helper()
	sh, server := newShell(t), publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	sh.ok("contacts", "import", sh.file("carnet.vcf", here), "--doubtful")
	for name, text := range there {
		if status, body := server.Call(http.MethodPut, name, text, http.Header{"Content-Type": {"text/vcard"}}); status != http.StatusCreated {
			t.Fatal(status, body)
		}
	}
	sh.ok("account", "add", "contacts.carddav", "--name", "Nuage", "--set", "base-url="+server.URL, "--set", "user="+publicationtest.User,
		"--set", "label=*", "--secret", "password=@"+sh.file("bon", publicationtest.Password+"\n"))
	if o := sh.run("contacts", "sync", "Nuage"); o.code != ExitFailures {
		t.Fatalf("a pass with questions: exit %d, %s", o.code, o.stderr)
	}
	return sh, server
}

// questions reads "contacts questions", by the names of whom they are about.
func (sh *shell) questions(args ...string) map[string]map[string]any {
	sh.t.Helper()
	asked := map[string]map[string]any{}
	for _, q := range sh.ok(append([]string{"contacts", "questions"}, args...)...)["questions"].([]any) {
		one := q.(map[string]any)
		asked[one["name"].(string)] = one
	}
	return asked
}

// misused wants a misuse that is explained.
func (sh *shell) misused(says string, args ...string) {
	sh.t.Helper()
	if o := sh.run(args...); o.code != ExitUsage || !strings.Contains(o.stderr, says) {
		sh.t.Errorf("%v: exit %d, %s", args, o.code, o.stderr)
	}
}

func TestConflictsAreListedAndDecidedFieldByFieldOrAlike(t *testing.T) {
	const names = "Zoé Ali Max"
	var here string
	there := map[string]string{}
	for _, name := range strings.Fields(names) {
		email := "EMAIL;TYPE=HOME:" + name + "@example.com"
		here += card("h"+name, "Morel", name, email, "TITLE:Luthière", "BDAY:1980-01-02")
		there[name+".vcf"] = card("t"+name, "Morel", name, email, "TITLE:Directrice", "BDAY:1981-01-02")
	}
	sh, server := nuage(t, here, there)
	asked := sh.questions("Nuage")
	if len(asked) != 3 {
		t.Fatalf("%v", asked)
	}
	zoe := asked["Zoé Morel"]
	id := zoe["id"].(string)
	fields := zoe["fields"].([]any)
	if zoe["kind"] != "conflict" || zoe["accountName"] != "Nuage" || len(fields) != 2 || len(zoe["contacts"].([]any)) != 1 || zoe["card"] != nil {
		t.Fatalf("%v", zoe)
	}
	if f := fields[0].(map[string]any); f["field"] != "title" || f["here"] != "Luthière" || f["there"] != "Directrice" || f["decided"] != "" {
		t.Errorf("%v", f)
	}
	o := sh.run("contacts", "questions", "--lang", "fr")
	for _, want := range []string{"Conflit\tNuage\tZoé Morel", "title\tici\u00a0: Luthière\tlà-bas\u00a0: Directrice", "janvier 1980", "3 questions"} {
		if !strings.Contains(o.stdout+o.stderr, want) {
			t.Errorf("%q is not shown:\n%s%s", want, o.stdout, o.stderr)
		}
	}
	sh.misused("une seule réponse", "contacts", "decide", id)
	sh.misused("une seule réponse", "contacts", "decide", id, "--keep", "here", "--ignore")
	sh.misused("--new ne répond pas", "contacts", "decide", id, "--new")
	sh.misused("title, birthday", "contacts", "decide", id, "--field", "note=here")
	sh.misused("title, birthday", "contacts", "decide", id, "--field", "title=nowhere")
	sh.misused("pas de question", "contacts", "decide", "nothing", "--ignore")
	sh.misused("Indiquer la question", "contacts", "decide", "--keep", "here")
	sh.misused("--all décide", "contacts", "decide", "--all", "--ignore")
	sh.misused("ne peut pas valoir", "contacts", "decide", id, "--keep", "both")

	sh.ok("contacts", "decide", id, "--field", "Fonction=there", "--field", "birthday=here")
	if f := sh.questions()["Zoé Morel"]["fields"].([]any)[0].(map[string]any); f["decided"] != "there" {
		t.Errorf("%v", f)
	}
	sh.ok("contacts", "decide", asked["Ali Morel"]["id"].(string), "--keep", "here")
	wantNumbers(t, sh.ok("contacts", "decide", "--all", "--account", "Nuage", "--keep", "there"), map[string]float64{"decided": 1})
	sh.ok("contacts", "sync", "Nuage")
	if left := sh.questions(); len(left) != 0 {
		t.Errorf("still asked: %v", left)
	}
	for name, want := range map[string][]string{
		"Zoé": {"TITLE:Directrice", "BDAY:1980-01-02"}, "Ali": {"TITLE:Luthière", "BDAY:1980-01-02"}, "Max": {"TITLE:Directrice", "BDAY:1981-01-02"},
	} {
		_, text := server.Call(http.MethodGet, name+".vcf", "", nil)
		for _, line := range want {
			if !strings.Contains(text, line) {
				t.Errorf("%s lacks %s:\n%s", name, line, text)
			}
		}
	}
}

func TestDoubtfulCardsAreSomebodyHereSomebodyNewOrLeftAlone(t *testing.T) {
	shared := "EMAIL;TYPE=HOME:info@example.com"
	linked := card("d", "Durand", "Max", "EMAIL;TYPE=HOME:max@example.com")
	sh, _ := nuage(t, card("a", "Morel", "Zoé", shared)+card("b", "Ben Salah", "Ali", shared)+linked, map[string]string{
		"x.vcf": card("x", "Roux", "Lou", shared), "y.vcf": card("y", "Petit", "Noé", shared), "z.vcf": card("z", "Blanc", "Ida", shared),
	})
	asked := sh.questions()
	if len(asked) != 3 {
		t.Fatalf("%v", asked)
	}
	lou := asked["Lou Roux"]
	if lou["kind"] != "match" || len(lou["contacts"].([]any)) != 2 || lou["card"].(map[string]any)["familyName"].([]any)[0] != "Roux" {
		t.Errorf("%v", lou)
	}
	o := sh.run("contacts", "questions", "--lang", "fr")
	for _, want := range []string{"Fiche douteuse\tNuage\tLou Roux", "peut-être\t", "Zoé Morel"} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("%q is not shown:\n%s", want, o.stdout)
		}
	}
	id := func(name string) string { return asked[name]["id"].(string) }
	sh.misused("Aucun contact", "contacts", "decide", id("Lou Roux"), "--same-as", "Personne")
	sh.misused("Plusieurs contacts", "contacts", "decide", id("Lou Roux"), "--same-as", "info@example.com")
	sh.ok("contacts", "decide", id("Noé Petit"), "--new")
	sh.ok("contacts", "decide", id("Ida Blanc"), "--ignore")
	if left := sh.questions(); len(left) != 1 {
		t.Errorf("%v", left)
	}
	sh.misused("déjà lié", "contacts", "decide", id("Lou Roux"), "--same-as", "MAX durand")
	sh.ok("contacts", "import", sh.file("lou.vcf", card("l", "Rousse", "Louise", "EMAIL;TYPE=HOME:lou@example.com")))
	sh.ok("contacts", "decide", id("Lou Roux"), "--same-as", "lou@example.com")
	sh.run("contacts", "sync", "Nuage") // names that differ are a conflict now
	if left := sh.questions(); len(left) != 1 || left["Louise Rousse"]["kind"] != "conflict" {
		t.Errorf("%v", left)
	}
}

func TestDuplicatesAreMergedOrSetApart(t *testing.T) {
	sh := newShell(t)
	shared := "EMAIL;TYPE=HOME:info@example.com"
	sh.ok("contacts", "import", sh.file("carnet.vcf", card("a", "Morel", "Zoé", shared, "TITLE:Luthière")+
		card("b", "Morel", "Z.", shared, "TITLE:Directrice", "TEL;TYPE=CELL:0612345678")+card("c", "Ben Salah", "Ali", shared)), "--doubtful")
	groups := func() [][]string {
		var list [][]string
		for _, d := range sh.ok("contacts", "duplicates")["duplicates"].([]any) {
			var names []string
			for _, c := range d.(map[string]any)["contacts"].([]any) {
				names = append(names, c.(map[string]any)["name"].(string))
			}
			slices.Sort(names)
			list = append(list, names)
		}
		return list
	}
	if got := groups(); len(got) != 1 || !slices.Equal(got[0], []string{"Ali Ben Salah", "Z. Morel", "Zoé Morel"}) {
		t.Fatalf("%q", got)
	}
	if o := sh.run("contacts", "duplicates", "--lang", "fr"); !strings.Contains(o.stdout, "Même e-mail\tinfo@example.com\t") {
		t.Errorf("%s", o.stdout)
	}
	sh.ok("contacts", "apart", "Ali Ben Salah", "Zoé Morel")
	sh.ok("contacts", "apart", "Ali Ben Salah", "Z. Morel")
	for _, dry := range []bool{true, false} {
		args := []string{"contacts", "merge", "Zoé Morel", "Z. Morel"}
		if dry {
			args = append(args, "--dry-run")
		}
		if got := groups(); len(got) != 1 || !slices.Equal(got[0], []string{"Z. Morel", "Zoé Morel"}) {
			t.Fatalf("%q", got)
		}
		doc := sh.ok(args...)
		changes, left := doc["changes"].([]any), doc["left"].([]any)
		if doc["dryRun"] != dry || len(changes) != 1 || changes[0].(map[string]any)["after"] != "0612345678" || !slices.Contains(left, any("title")) {
			t.Errorf("%v", doc)
		}
	}
	if got := groups(); len(got) != 0 {
		t.Errorf("%q", got)
	}
	sh.misused("deux contacts différents", "contacts", "merge", "Zoé Morel", "Zoé Morel")
	sh.misused("deux contacts différents", "contacts", "apart", "Zoé Morel", "Zoé Morel")
	sh.misused("Il manque CONTACT", "contacts", "apart")
	if found := sh.ok("verify")["violations"].([]any); len(found) != 0 {
		t.Errorf("%v", found)
	}
}
