package command

import (
	"os"
	"strings"
	"testing"
)

const oneCard = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:zoe@carnet.example\r\nN:Martin;Zoé;;;\r\nFN:Zoé Martin\r\n" +
	"EMAIL;TYPE=HOME:zoe@example.com\r\nCATEGORIES:Élèves\r\nEND:VCARD\r\n"

func TestContactsAreImportedExportedAndTakenBack(t *testing.T) {
	sh := newShell(t)
	file := sh.file("carnet.vcf", oneCard)
	doc := sh.ok("contacts", "import", file)
	wantNumbers(t, doc, map[string]float64{"created": 1, "updated": 0, "unchanged": 0})
	wantNumbers(t, sh.ok("contacts", "import", file), map[string]float64{"created": 0, "updated": 0, "unchanged": 1})
	wantNumbers(t, sh.ok("contacts", "export", sh.dir+"/eleves.vcf", "--label", "eleves"), map[string]float64{"count": 1})
	written, err := os.ReadFile(sh.dir + "/eleves.vcf")
	if err != nil || !strings.Contains(string(written), "zoe@example.com") {
		t.Errorf("%v, %s", err, written)
	}
	sh.ok("undo", doc["run"].(string))
	wantNumbers(t, sh.ok("contacts", "export", sh.dir+"/tous.vcf"), map[string]float64{"count": 0})
}

func TestCardsLeftAsideAreSaidWithWhomTheyResemble(t *testing.T) {
	sh := newShell(t)
	sh.ok("contacts", "import", sh.file("carnet.vcf", oneCard))
	other := strings.NewReplacer("Zoé", "Noé", "UID:zoe@carnet.example\r\n", "").Replace(oneCard)
	o := sh.run("contacts", "import", sh.file("autre.vcf", other+oneCard[:40]), "--lang", "fr")
	if o.code != ExitFailures {
		t.Errorf("exit %d", o.code)
	}
	for _, want := range []string{"Ligne 1", "« Noé Martin » est laissé de côté", "Déjà là : Zoé Martin.", "Ligne 8"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("%q is not said:\n%s", want, o.stderr)
		}
	}
	renamed := strings.Replace(oneCard, "N:Martin;Zoé", "N:Morel;Zoé", 1)
	if o := sh.run("contacts", "import", sh.file("morel.vcf", renamed)); !strings.Contains(o.stderr, "Zoé Martin garde ce qui était là") {
		t.Errorf("what is kept is not said:\n%s", o.stderr)
	}
	wantNumbers(t, sh.ok("contacts", "import", sh.file("douteux.vcf", other), "--doubtful"), map[string]float64{"created": 1})
	if o := sh.run("contacts", "import", sh.dir+"/absent.vcf"); o.code != ExitUsage {
		t.Errorf("a file that is not there: exit %d, %s", o.code, o.stderr)
	}
}
