package establishments_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/assets/demo"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// bench is a workspace with an importer and the real engine behind it.
type workshop struct {
	t      testing.TB
	store  storage.Store
	engine *sync.Engine
	*establishments.Importer
}

func newWorkshop(t testing.TB) *workshop {
	t.Helper()
	store, err := bolt.Open(context.Background(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	engine := sync.New(sync.Params{Store: store})
	w := &workshop{t: t, store: store, engine: engine, Importer: establishments.NewImporter(establishments.ImporterParams{
		Store: store, Editor: engine, Jobs: engine.Jobs(), TempDir: t.TempDir(),
	})}
	t.Cleanup(func() {
		engine.Stop()
		violations, err := store.Verify(context.Background())
		if err != nil || len(violations) > 0 {
			t.Errorf("the workspace is broken: %v %v", violations, err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// csv writes lines as a CSV file with semicolons.
func csv(t testing.TB, lines ...string) string {
	return write(t, "reseau.csv", strings.Join(lines, "\n")+"\n")
}

func (w *workshop) suggest(path string) (*tabular.Workbook, *establishments.Suggestion) {
	w.t.Helper()
	book, err := tabular.Open(context.Background(), path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := book.Close(); err != nil {
			w.t.Error(err)
		}
	})
	s, err := establishments.SuggestMapping(context.Background(), book, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return book, s
}

func (w *workshop) plan(path string, o establishments.Options) *establishments.Plan {
	w.t.Helper()
	book, s := w.suggest(path)
	p, err := w.Plan(context.Background(), book, s.Mapping, o, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := p.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return p
}

func (w *workshop) apply(p *establishments.Plan) *storage.Run {
	w.t.Helper()
	run, err := w.Apply(context.Background(), p)
	if err != nil {
		w.t.Fatal(err)
	}
	return run
}

func (w *workshop) importFile(path string) *storage.Run {
	w.t.Helper()
	return w.apply(w.plan(path, establishments.Options{}))
}

func (w *workshop) byIdentifier(id string) *storage.Establishment {
	w.t.Helper()
	var e *storage.Establishment
	err := w.store.View(context.Background(), func(tx storage.Reader) (err error) {
		e, err = tx.EstablishmentByIdentifier(id)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func (w *workshop) all() []*storage.Establishment {
	w.t.Helper()
	var all []*storage.Establishment
	err := w.store.View(context.Background(), func(tx storage.Reader) (err error) {
		all, err = tx.Establishments("", 10_000)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// rows writes a plan as text: "line outcome", then the problems, warnings and changes.
func rows(t testing.TB, p *establishments.Plan) []string {
	t.Helper()
	var out []string
	for i := range p.Len() {
		r, err := p.Row(i)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, describe(r))
	}
	return out
}

func describe(r *establishments.PlanRow) string {
	s := fmt.Sprintf("%d %s", r.Number, r.Outcome)
	for _, p := range r.Problems {
		s += fmt.Sprintf(" !%s:%s", p.Field, p.Code)
	}
	for _, p := range r.Warnings {
		s += fmt.Sprintf(" ?%s:%s", p.Field, p.Code)
	}
	for _, c := range r.Changes {
		s += fmt.Sprintf(" %s:%s→%s", c.Field, c.Before, c.After)
	}
	if r.Proposal != nil {
		s += " ~" + r.Proposal.Name
	}
	return s
}

func wantRows(t testing.TB, p *establishments.Plan, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, rows(t, p)); diff != "" {
		t.Error(diff)
	}
}

func TestTheRegistersHotelsMapThemselvesAndAllGoIn(t *testing.T) {
	w := newWorkshop(t)
	path := write(t, demo.HotelsName, string(demo.Hotels))
	_, s := w.suggest(path)
	want := []storage.Field{
		"", "", "stars", "name", "streetAndNumber", "zip", "city", "phone", "email", "website", "capacity", "rooms", "lat", "lng",
	}
	if diff := cmp.Diff(want, s.Columns); diff != "" {
		t.Error(diff)
	}
	if s.HeaderRow != 1 || s.Defaults["country"] != "FR" || s.Defaults["status"] != "ACTIVE" || len(s.Samples) != 20 {
		t.Errorf("header row %d, defaults %v, %d samples", s.HeaderRow, s.Defaults, len(s.Samples))
	}
	run := w.importFile(path)
	if run.Totals != (storage.Totals{Total: 1201, Created: 1201}) || run.State != storage.RunDone {
		t.Errorf("%s %+v", run.State, run.Totals)
	}
	queens := w.byIdentifier("ETB-00001")
	got := queens.Snapshot([]storage.Field{"name", "streetAndNumber", "zip", "city", "country", "phone", "stars", "rooms", "capacity", "lat", "status"})
	if diff := cmp.Diff(storage.Snapshot{
		"name": "QUEEN'S", "streetAndNumber": "4 rue Bastien Lepage", "zip": "75016", "city": "PARIS", "country": "FR",
		"phone": "+33142888985", "stars": "3", "rooms": "17", "capacity": "29", "lat": "48.8485702", "status": "ACTIVE",
	}, got); diff != "" {
		t.Error(diff)
	}
	again := w.plan(path, establishments.Options{})
	if c := again.Counts(); c.Unchanged != 1201 || c.Total != 1201 {
		t.Errorf("imported again: %+v", c)
	}
	undone, err := w.engine.Undo(t.Context(), run.ID)
	if err != nil || undone == "" || len(w.all()) != 0 {
		t.Errorf("undo left %d establishments, %v", len(w.all()), err)
	}
}

func TestPlanDecidesEachRow(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t,
		"Identifiant;Nom;Rue;CP;Ville;Tél;Pays;E-mail",
		"A1;Port;1 quai;13002;Marseille;04 91 00 00 01;FR;a@example.com",
		"A2;Prado;2 av;13008;Marseille;;FR;",
		"A3;Double;3 rue;13001;Marseille;;FR;",
	))
	p := w.plan(csv(t,
		"Code;Enseigne;Adresse;Code postal;Commune;Téléphone;Courriel;Statut;Site internet",
		"A1;Vieux Port;1 quai;13002;Marseille;04 91 00 00 02;;;",
		"A2;Prado;2 av;13008;Marseille;n/a;-;;—",
		"A9;Neuf;9 rue;06130;Grasse;04 93 00 00 09;pas une adresse;;exemple",
		"A10;;9 rue;06130;Grasse;;;;",
		"A11;Onze;9 rue;1300;Marseille;;;;",
		"A12;Douze;9 rue;ABCDE;Marseille;;;;",
		"A13;Treize;9 rue;13001;Marseille;;;peut-être;",
		"A14;Quatorze;;;;;;Fermé;",
		"A14;Quinze;;;;;;;",
	), establishments.Options{})
	wantRows(t, p,
		"2 update name:Port→Vieux Port phone:+33491000001→+33491000002",
		"3 unchanged",
		"4 create ?website:url.unreadable ?email:email.unreadable",
		"5 rejected !name:name.missing",
		"6 create",
		"7 rejected !zip:zip.french",
		"8 rejected !status:status.unknown",
		"9 rejected !identifier:row.identifierTwice",
		"10 rejected !identifier:row.identifierTwice",
	)
	if c := p.Counts(); c != (establishments.Counts{Total: 9, Create: 2, Update: 1, Unchanged: 1, Rejected: 5, Warned: 1}) {
		t.Errorf("%+v", c)
	}
	run := w.apply(p)
	if run.Totals != (storage.Totals{Total: 9, Created: 2, Updated: 1, Unchanged: 1, Rejected: 5}) {
		t.Errorf("%+v", run.Totals)
	}
	if e := w.byIdentifier("A9"); e.Phone != "+33493000009" || e.Address.Country != "FR" || e.Status != storage.StatusActive {
		t.Errorf("%+v", e)
	}
	if e := w.byIdentifier("A11"); e.Address.Zip != "01300" {
		t.Errorf("postcode %q", e.Address.Zip)
	}
	var items []*storage.RunItem
	if err := w.store.View(t.Context(), func(tx storage.Reader) (err error) {
		items, err = tx.RunItems(run.ID, 0, 100)
		return err
	}); err != nil || len(items) != 5 || items[0].Row != 5 || items[0].Problems[0].Code != "name.missing" {
		t.Errorf("%d items, %v", len(items), err)
	}
	if _, err := w.Apply(t.Context(), p); err == nil {
		t.Error("a plan was applied twice")
	}
}

func TestRowsWithoutIdentifierAreMatchedByNamePostcodeAndStreet(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom;Rue;CP", "A1;Hôtel du Port;1 quai;13002", "A2;Jumeau;2 rue;13001", "A3;Jumeau;2 rue;13001", "A4;Seul;;"))
	p := w.plan(csv(t, "Nom;Rue;CP;Ville",
		"HOTEL DU PORT;1, Quai;13002;Marseille",
		"Jumeau;2 rue;13001;Marseille",
		"Seul;;;Lyon",
		"Hotel Port;5 quai;13002;Marseille",
		"Neuf;9 rue;13003;Marseille",
		"neuf;9  RUE;13003;Marseille",
	), establishments.Options{})
	wantRows(t, p,
		"2 update name:Hôtel du Port→HOTEL DU PORT streetAndNumber:1 quai→1, Quai city:→Marseille",
		"3 rejected !name:row.ambiguous",
		"4 update city:→Lyon",
		"5 create ~Hôtel du Port",
		"6 rejected !name:row.keyTwice",
		"7 rejected !name:row.keyTwice",
	)
}

func TestAnotherCodeForTheSamePlaceIsAProposalThatTheUserAccepts(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Nom;Rue;CP", "Hôtel du Port;1 quai;13002"))
	p := w.plan(csv(t, "Identifiant;Nom;Rue;CP", "MRS-1;Hôtel du Port;1 quai;13002"), establishments.Options{})
	wantRows(t, p, "2 create ~Hôtel du Port")
	r, err := p.AcceptProposal(t.Context(), 0, true)
	if err != nil || describe(r) != "2 update identifier:ETB-00001→MRS-1 ~Hôtel du Port" {
		t.Fatalf("%v %v", r, err)
	}
	if r, err = p.AcceptProposal(t.Context(), 0, false); err != nil || r.Outcome != establishments.OutcomeCreate {
		t.Fatalf("%v %v", r, err)
	}
	if _, err = p.AcceptProposal(t.Context(), 0, true); err != nil {
		t.Fatal(err)
	}
	if run := w.apply(p); run.Totals.Updated != 1 || len(w.all()) != 1 {
		t.Errorf("%+v", run.Totals)
	}
}

func TestTwoRowsMayNotMeanTheSameEstablishment(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom;Rue;CP", "A1;Port;1 quai;13002"))
	p := w.plan(csv(t, "Identifiant;Nom;Rue;CP", "A1;Nouveau nom;1 quai;13002", ";Port;1 quai;13002"), establishments.Options{})
	wantRows(t, p, "2 rejected !name:row.targetTwice", "3 rejected !name:row.targetTwice")
	if _, err := p.Ignore(t.Context(), 1, true); err != nil {
		t.Fatal(err)
	}
	wantRows(t, p, "2 update name:Port→Nouveau nom", "3 ignored")
	if _, err := p.Ignore(t.Context(), 1, false); err != nil {
		t.Fatal(err)
	}
	if c := p.Counts(); c.Rejected != 2 || c.Ignored != 0 {
		t.Errorf("%+v", c)
	}
}

func TestCorrectingACellPlansTheRowAnew(t *testing.T) {
	w := newWorkshop(t)
	p := w.plan(csv(t, "Identifiant;Nom;CP", "A1;Un;ABC", "A1;Deux;13001", "A3;Trois;13001"), establishments.Options{})
	wantRows(t, p, "2 rejected !zip:zip.french !identifier:row.identifierTwice", "3 rejected !identifier:row.identifierTwice", "4 create")
	r, err := p.Correct(t.Context(), 0, storage.FieldZip, "13002")
	if err != nil || describe(r) != "2 rejected !identifier:row.identifierTwice" {
		t.Fatalf("%v %v", r, err)
	}
	if _, err := p.Correct(t.Context(), 0, storage.FieldIdentifier, "A2"); err != nil {
		t.Fatal(err)
	}
	wantRows(t, p, "2 create", "3 create", "4 create")
	if _, err := p.Correct(t.Context(), 0, storage.FieldIdentifier, "A3"); err != nil {
		t.Fatal(err)
	}
	wantRows(t, p, "2 rejected !identifier:row.identifierTwice", "3 create", "4 rejected !identifier:row.identifierTwice")
	if c := p.Counts(); c.Create != 1 || c.Rejected != 2 || c.Total != 3 {
		t.Errorf("%+v", c)
	}
}

func TestOptionsRestrictWhatAnImportDoes(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom;Ville;Tél", "A1;Un;Lyon;04 91 00 00 01"))
	file := csv(t, "Identifiant;Nom;Ville;Tél", "A1;Un bis;;", "A2;Deux;;")
	cases := []struct {
		o    establishments.Options
		want []string
	}{
		{establishments.Options{}, []string{"2 update name:Un→Un bis", "3 create"}},
		{establishments.Options{CreateOnly: true}, []string{"2 skipped name:Un→Un bis", "3 create"}},
		{establishments.Options{UpdateOnly: true}, []string{"2 update name:Un→Un bis", "3 skipped"}},
		{establishments.Options{EmptyErases: true}, []string{"2 update name:Un→Un bis city:Lyon→ phone:+33491000001→", "3 create"}},
	}
	for _, c := range cases {
		wantRows(t, w.plan(file, c.o), c.want...)
	}
}

func TestConstantsFillEveryRowAndDefaultsOnlyNewOnes(t *testing.T) {
	w := newWorkshop(t)
	w.importFile(csv(t, "Identifiant;Nom;Statut;CP;Pays", "A1;Un;Fermé;13001;FR"))
	book, s := w.suggest(csv(t, "Identifiant;Nom;CP", "A1;Un;13001", "A2;Deux;13001"))
	s.Constants = map[storage.Field]string{storage.FieldLabels: "Réseau", storage.FieldAutoSync: "oui"}
	p, err := w.Plan(t.Context(), book, s.Mapping, establishments.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	wantRows(t, p, "2 update labels:→Réseau autoSync:FALSE→TRUE", "3 create")
	w.apply(p)
	if e := w.byIdentifier("A2"); e.Status != storage.StatusActive || e.Address.Country != "FR" || !e.AutoSync || e.Labels[0] != "Réseau" {
		t.Errorf("%+v", e)
	}
}

func TestWhatDecidesIdentityOrPublicationIsStrict(t *testing.T) {
	w := newWorkshop(t)
	p := w.plan(csv(t, "Identifiant;Nom;Pays;Horaires;Horaires exceptionnels;Auto-sync;Afficher l'adresse;SIRET;Latitude;Longitude;Étoiles;Catégories",
		strings.Repeat("x", 61)+";Un;;;;;;;;;;",
		"A2;"+strings.Repeat("n", 256)+";;;;;;;;;;",
		"A3;Trois;Syldavie;;;;;;;;;",
		"A4;Quatre;;Lundi 9h;;;;;;;;",
		"A5;Cinq;;;demain;;;;;;;",
		"A6;Six;;;;peut-être;;;;;;",
		"A7;Sept;;;;;parfois;;;;;",
		"A8;Huit;;;;;;123;91;2;neuf;a|b",
		"A9;Neuf;;;;;;;48,5;;★★★;",
	), establishments.Options{})
	wantRows(t, p,
		"2 rejected !identifier:text.tooLong",
		"3 rejected !name:text.tooLong",
		"4 rejected !country:country.unknown",
		"5 rejected !openingHours:hours.day",
		"6 rejected !specialOpeningHours:hours.specialDate",
		"7 rejected !autoSync:bool.unreadable",
		"8 rejected !addressDisplay:bool.unreadable",
		"9 create ?legalIdent:siret.length ?stars:number.unreadable ?lat:coordinate.unreadable",
		"10 create ?lat:coordinate.half",
	)
	w.apply(p)
	if e := w.byIdentifier("A9"); e.Position != nil || e.Hotel.Stars != 3 {
		t.Errorf("%+v", e)
	}
}

func TestARefusedFileLeavesNothingBehind(t *testing.T) {
	w := newWorkshop(t)
	dir := t.TempDir()
	w.Importer = establishments.NewImporter(establishments.ImporterParams{Store: w.store, Editor: w.engine, TempDir: dir})
	book, s := w.suggest(csv(t, "Nom;CP", strings.Repeat("Un;13001\n", 2000), "\""+strings.Repeat("x", 1<<20)))
	_, err := w.Plan(t.Context(), book, s.Mapping, establishments.Options{}, nil)
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != "file.cellTooLong" {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 || len(w.all()) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestViewsFilterSearchAndSort(t *testing.T) {
	w := newWorkshop(t)
	p := w.plan(csv(t, "Identifiant;Nom;CP;Ville", "A1;Zoé;13001;Évry", "A2;Anne;X;Lyon", "A3;Marc;13001;Nice"), establishments.Options{})
	cases := []struct {
		q    establishments.Query
		want []int
	}{
		{establishments.Query{}, []int{0, 1, 2}},
		{establishments.Query{Outcome: establishments.OutcomeRejected}, []int{1}},
		{establishments.Query{Text: "evry"}, []int{0}},
		{establishments.Query{Order: establishments.OrderName}, []int{1, 2, 0}},
		{establishments.Query{Order: establishments.OrderOutcome}, []int{0, 2, 1}},
	}
	for _, c := range cases {
		got, err := p.View(t.Context(), c.q)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%+v: %v %s", c.q, err, diff)
		}
	}
}

func TestAMappingThatMakesNothingIsRefused(t *testing.T) {
	w := newWorkshop(t)
	book, _ := w.suggest(csv(t, "a;b", "1;2"))
	for want, columns := range map[string][]storage.Field{
		"import.noName": {"city", ""}, "import.fieldTwice": {"name", "name"}, "field.unknown": {"name", "bogus"},
	} {
		_, err := w.Plan(t.Context(), book, establishments.Mapping{HeaderRow: 1, Columns: columns}, establishments.Options{}, nil)
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func code(err error) string {
	if p, ok := errors.AsType[*storage.Problem](err); ok {
		return p.Code
	}
	return ""
}
