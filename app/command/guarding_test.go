package command

import (
	"fmt"
	"strings"
	"testing"
)

// network gives a file of n shops that share a website, or have none, and a telephone.
func network(n int, website, phone string) string {
	var b strings.Builder
	b.WriteString("identifier;name;streetAndNumber;zip;city;country;phone;website;autoSync\n")
	for i := range n {
		fmt.Fprintf(&b, "R-%03d;Boutique %d;%d rue des Chapitres;35000;Rennes;FR;%s;%s;FALSE\n", i, i, i+1, phone, website)
	}
	return b.String()
}

// emptiedNetwork publishes twenty shops on a map and then takes the website of all away, here.
func emptiedNetwork(t *testing.T) *shell {
	t.Helper()
	sh := newShell(t)
	sh.ok("account", "add", "geojson", "--name", "Carte", "--set", "folder="+sh.dir)
	sh.ok("import", "establishments", sh.file("un.csv", network(20, "https://www.boutique.example/", "02 61 91 10 06")))
	wantNumbers(t, sh.ok("sync", "--all"), map[string]float64{"sent": 20})
	sh.ok("import", "establishments", sh.file("deux.csv", network(20, "", "02 61 91 10 06")), "--erase-empty")
	return sh
}

func (sh *shell) held(args ...string) map[string]any {
	sh.t.Helper()
	o := sh.run(append(args, "--json")...)
	if o.code != ExitGuard {
		sh.t.Fatalf("diapason %s: exit %d\n%s", strings.Join(args, " "), o.code, o.stderr)
	}
	guard, ok := o.document(sh.t)["guard"].(map[string]any)
	if !ok {
		sh.t.Fatalf("no guard in %s", o.stdout)
	}
	return guard
}

func TestSyncThatWouldEmptyTooMuchStopsWithItsPlanAndGoesOnWhenAgreed(t *testing.T) {
	sh := emptiedNetwork(t)
	dry := sh.held("sync", "--all", "--dry-run")
	guard := sh.held("sync", "--all")
	if dry["plan"] != guard["plan"] || dry["run"] != "" || guard["run"] == "" {
		t.Errorf("dry run %v %v, run %v %v", dry["run"], dry["plan"], guard["run"], guard["plan"])
	}
	reason := guard["reasons"].([]any)[0].(map[string]any)
	if reason["code"] != "guard.emptied" || !strings.Contains(reason["message"].(string), "20 fiches") {
		t.Errorf("reason %v", reason)
	}
	if items := guard["items"].([]any); len(items) != 20 {
		t.Errorf("%d items", len(items))
	}
	status := sh.ok("status")
	if held := status["held"].([]any); len(held) != 1 || status["waiting"] != 0.0 {
		t.Errorf("status %v", status)
	}
	plan := guard["plan"].(string)
	if o := sh.run("status"); !strings.Contains(o.stderr, "diapason sync --agree "+plan) {
		t.Errorf("status for people:\n%s", o.stderr)
	}
	wantNumbers(t, sh.ok("sync", "--agree", plan), map[string]float64{"sent": 20})
	if o := sh.run("sync", "--agree", plan); o.code != ExitUsage {
		t.Errorf("agreed twice: exit %d", o.code)
	}
}

func TestAgreementToAnOldPlanShowsTheNewOne(t *testing.T) {
	sh := emptiedNetwork(t)
	old := sh.held("sync", "--all")["plan"].(string)
	sh.ok("import", "establishments", sh.file("trois.csv", network(1, "", "02 61 91 10 99")))
	fresh := sh.held("sync", "--agree", old)["plan"].(string)
	if fresh == old {
		t.Fatal("the plan has the same hash")
	}
	wantNumbers(t, sh.ok("sync", "--agree", fresh), map[string]float64{"sent": 20})
}

func TestRefusedPlanLeavesTheListingsToBeSynchronised(t *testing.T) {
	sh := emptiedNetwork(t)
	plan := sh.held("sync", "--all")["plan"].(string)
	sh.ok("sync", "--refuse", plan)
	status := sh.ok("status")
	if len(status["held"].([]any)) != 0 || status["listings"].(map[string]any)["toSync"] != 20.0 {
		t.Errorf("status %v", status)
	}
	for _, wrong := range [][]string{
		{"sync", "--agree", plan},
		{"sync", "--refuse", plan},
		{"sync", "--all", "--agree", plan},
		{"sync", "--agree", plan, "--refuse", plan},
	} {
		if o := sh.run(wrong...); o.code != ExitUsage {
			t.Errorf("%v: exit %d\n%s", wrong, o.code, o.stderr)
		}
	}
}
