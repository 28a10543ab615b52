package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason/assets/demo"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/establishments"
	"diapason/sync/tabular/tabulartest"
)

func hotels(t *testing.T, sh *shell) string {
	t.Helper()
	path := filepath.Join(sh.dir, demo.HotelsName)
	if err := os.WriteFile(path, demo.Hotels, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantNumbers(t *testing.T, doc map[string]any, want map[string]float64) {
	t.Helper()
	for key, n := range want {
		if doc[key] != n {
			t.Errorf("%s is %v, want %v", key, doc[key], n)
		}
	}
}

func TestHotelsAreImportedOnceAndUndoneAsAWhole(t *testing.T) {
	sh := newShell(t)
	file := hotels(t, sh)
	first := sh.ok("import", "establishments", file)
	wantNumbers(t, first, map[string]float64{"created": 1201, "updated": 0, "unchanged": 0, "skipped": 0})
	if n := len(first["rejected"].([]any)); n != 0 {
		t.Errorf("%d rows are rejected", n)
	}
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 1201, "waiting": 0, "blocked": 0})

	again := sh.ok("import", "establishments", file)
	wantNumbers(t, again, map[string]float64{"created": 0, "updated": 0, "unchanged": 1201})

	undone := sh.ok("undo", first["run"].(string))
	wantNumbers(t, undone, map[string]float64{"deleted": 1201, "restored": 0, "conflicts": 0})
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 0})
	if o := sh.run("undo", first["run"].(string)); o.code != ExitUsage {
		t.Errorf("undone twice: exit %d\n%s", o.code, o.stderr)
	}
	if found := sh.ok("verify")["violations"].([]any); len(found) != 0 {
		t.Errorf("violations: %v", found)
	}
}

func TestExportedTemplateMakesTheSameWorkspace(t *testing.T) {
	sh, other := newShell(t), newShell(t)
	sh.ok("import", "establishments", hotels(t, sh))
	for _, name := range []string{"tout.xlsx", "tout.csv"} {
		path := filepath.Join(sh.dir, name)
		wantNumbers(t, sh.ok("export", "establishments", path), map[string]float64{"count": 1201})
		imported := sh.ok("import", "establishments", path)
		wantNumbers(t, imported, map[string]float64{"created": 0, "updated": 0, "unchanged": 1201})
	}
	wantNumbers(t, other.ok("import", "establishments", filepath.Join(sh.dir, "tout.xlsx")),
		map[string]float64{"created": 1201})
	if a, b := contents(t, sh), contents(t, other); len(a) != 1201 || !equal(a, b) {
		t.Errorf("%d and %d establishments differ", len(a), len(b))
	}
}

// contents maps identifiers to all values.
func contents(t *testing.T, sh *shell) map[string]storage.Snapshot {
	t.Helper()
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: sh.env["DIAPASON_WORKSPACE"]})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	all := map[string]storage.Snapshot{}
	err = store.View(t.Context(), func(tx storage.Reader) error {
		found, err := tx.Establishments("", 2000)
		for _, e := range found {
			all[e.Identifier] = e.Snapshot(storage.Fields)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func equal(a, b map[string]storage.Snapshot) bool {
	if len(a) != len(b) {
		return false
	}
	for id, s := range a {
		if !s.Equal(b[id]) {
			return false
		}
	}
	return true
}

func TestDryRunChangesNothing(t *testing.T) {
	sh := newShell(t)
	doc := sh.ok("import", "establishments", hotels(t, sh), "--dry-run")
	wantNumbers(t, doc, map[string]float64{"created": 1201})
	if doc["run"] != "" || doc["dryRun"] != true {
		t.Errorf("run %q, dryRun %v", doc["run"], doc["dryRun"])
	}
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 0})
	if entries := sh.ok("journal")["entries"].([]any); len(entries) != 0 {
		t.Errorf("%d journal entries", len(entries))
	}
}

func TestLargeImportIsPrecededByABackup(t *testing.T) {
	sh := newShell(t)
	sh.ok("import", "establishments", sh.file("trois.csv", threeShops))
	if all, err := bolt.Backups(sh.env["DIAPASON_WORKSPACE"]); err != nil || len(all) != 0 {
		t.Fatalf("%d backups before three rows, %v", len(all), err)
	}
	sh.ok("import", "establishments", hotels(t, sh))
	all, err := bolt.Backups(sh.env["DIAPASON_WORKSPACE"])
	if err != nil || len(all) != 1 || all[0].Reason != bolt.BackupImport {
		t.Fatalf("backups: %v, %v", all, err)
	}
	sh.ok("restore", all[0].Path)
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 3})
}

func TestRejectedRowsAreListedWithTheirReasons(t *testing.T) {
	sh := newShell(t)
	file := sh.file("rejets.csv", threeShops+"ETAB-4;;1 rue Vide;35000;Rennes;FR;;;FALSE\n")
	o := sh.run("import", "establishments", file, "--json")
	if o.code != ExitFailures {
		t.Fatalf("exit %d\n%s", o.code, o.stderr)
	}
	doc := o.document(t)
	wantNumbers(t, doc, map[string]float64{"created": 3})
	rejected := doc["rejected"].([]any)
	if len(rejected) != 1 || rejected[0].(map[string]any)["row"] != 5.0 {
		t.Fatalf("rejected: %v", rejected)
	}
	reason := rejected[0].(map[string]any)["reason"].(string)
	if reason == "" || !strings.Contains(o.stderr, "Ligne 5\u00a0: "+reason) {
		t.Errorf("reason %q, said %q", reason, o.stderr)
	}
}

func TestHalvesOfAnImport(t *testing.T) {
	changed := strings.Replace(threeShops, "02 61 91 10 06", "02 61 91 10 99", 1) +
		"ETAB-4;Nouvelle Boutique;1 rue Neuve;35000;Rennes;FR;;Boutique;FALSE\n"
	for flag, want := range map[string]map[string]float64{
		"--create-only": {"created": 1, "updated": 0, "skipped": 1, "unchanged": 2},
		"--update-only": {"created": 0, "updated": 1, "skipped": 1, "unchanged": 2},
	} {
		t.Run(flag, func(t *testing.T) {
			sh := newShell(t)
			sh.ok("import", "establishments", sh.file("avant.csv", threeShops))
			wantNumbers(t, sh.ok("import", "establishments", sh.file("après.csv", changed), flag), want)
		})
	}
}

// TestProfileThatIsNamedBringsItsOptions remembers "update only" and "an empty cell erases" for a kind of file; a file of
// that kind obeys them when the profile is named, and flags come before them.
func TestProfileThatIsNamedBringsItsOptions(t *testing.T) {
	sh := newShell(t)
	sh.ok("import", "establishments", sh.file("avant.csv", "Code;Nom;Ville\nA1;Un;Lyon\n"))
	w, err := openForTest(t.Context(), sh.env["DIAPASON_WORKSPACE"])
	if err != nil {
		t.Fatal(err)
	}
	profile := establishments.NewProfile("p", "Mon réseau", establishments.Suggestion{
		Mapping: establishments.Mapping{
			Columns: []storage.Field{storage.FieldIdentifier, storage.FieldName, storage.FieldCity},
		},
		Headers: []string{"Code", "Nom", "Ville"}, Options: establishments.Options{UpdateOnly: true, EmptyErases: true},
	}, w.Clock.Now())
	err = w.Store.Update(t.Context(), func(tx storage.Writer) error { return tx.PutProfile(profile) })
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	file := sh.file("après.csv", "Code;Nom;Ville\nA1;Un;\nA2;Deux;Nice\n")
	tests := []struct {
		args []string
		want map[string]float64
	}{
		{nil, map[string]float64{"created": 1, "updated": 0, "unchanged": 1, "skipped": 0}},
		{[]string{"--profile", "mon reseau"}, map[string]float64{"created": 0, "updated": 1, "unchanged": 0, "skipped": 1}},
		{[]string{"--profile", "mon reseau", "--create-only"}, map[string]float64{"created": 1, "updated": 0, "skipped": 1}},
	}
	for _, tt := range tests {
		args := append([]string{"import", "establishments", file, "--dry-run"}, tt.args...)
		wantNumbers(t, sh.ok(args...), tt.want)
	}
}

func TestUnreadableFilesGetTheirMessageInBothLanguagesAndChangeNothing(t *testing.T) {
	sh := newShell(t)
	sh.ok("import", "establishments", sh.file("trois.csv", threeShops))
	before, journal := contents(t, sh), sh.run("journal", "--json").stdout
	for _, f := range tabulartest.Hostile(t) {
		t.Run(f.What, func(t *testing.T) {
			fr := sh.run("import", "establishments", f.Path, "--json")
			en := sh.run("import", "establishments", f.Path, "--json", "--lang", "en")
			for _, o := range []outcome{fr, en} {
				failed := o.document(t)["error"].(map[string]any)
				if o.code != ExitUsage || failed["code"] != f.Code {
					t.Errorf("exit %d, code %q, want %q", o.code, failed["code"], f.Code)
				}
				if !strings.Contains(o.stderr, f.Name()) || strings.Contains(o.stderr, f.Code) || strings.Count(o.stderr, "\n") != 1 {
					t.Errorf("said %q", o.stderr)
				}
			}
			if fr.stderr == en.stderr {
				t.Errorf("said %q in both languages", fr.stderr)
			}
		})
	}
	if !equal(before, contents(t, sh)) {
		t.Error("the establishments changed")
	}
	if after := sh.run("journal", "--json").stdout; after != journal {
		t.Errorf("the journal was\n%s\nand is\n%s", journal, after)
	}
}

func TestErrorInANeededCellRejectsItsRowInBothLanguages(t *testing.T) {
	sh := newShell(t)
	path := tabulartest.BrokenCells(t)
	fr, en := sh.run("import", "establishments", path), sh.run("import", "establishments", path, "--lang", "en")
	for lang, said := range map[string]string{"Ligne 2\u00a0: Nom": fr.stderr, "Row 2: Name": en.stderr} {
		if !strings.Contains(said, lang) || !strings.Contains(said, "#N/A") {
			t.Errorf("said %q", said)
		}
	}
	if fr.code != ExitFailures || en.code != ExitFailures {
		t.Errorf("exits %d and %d", fr.code, en.code)
	}
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 0})
}

func TestOddFilesAreImportedRightly(t *testing.T) {
	for _, odd := range tabulartest.Oddities(t) {
		t.Run(odd.What, func(t *testing.T) {
			sh := newShell(t)
			wantNumbers(t, sh.ok("import", "establishments", odd.Path), map[string]float64{"created": 1})
			all := contents(t, sh)
			for field, want := range tabulartest.Hotel {
				if got := all[tabulartest.Hotel[storage.FieldIdentifier]][field]; got != want {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
		})
	}
}

func TestInterruptedCommandSaysSoAndLeavesTheWorkspaceWhole(t *testing.T) {
	sh := newShell(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := sh.runCtx(ctx, "import", "establishments", hotels(t, sh), "--json")
	if o.code != ExitFailures || o.document(t)["error"].(map[string]any)["code"] != "interrupted" {
		t.Errorf("exit %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	wantNumbers(t, sh.ok("status"), map[string]float64{"establishments": 0})
}
