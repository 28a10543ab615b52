package guard

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

func french(t *testing.T) {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
}

func TestThePlanOfAPassIsSummedUpPerDirection(t *testing.T) {
	french(t)
	g := &storage.Guard{
		Changes: 165, There: &storage.Counts{Created: 42, Modified: 118, Emptied: 3}, Here: &storage.Counts{Created: 1, Closed: 4},
	}
	for unshown, want := range map[int]string{
		0: "165 contacts changeraient. Dans le carnet d’adresses : 42 créés, 118 mis à jour, dont 3 qui perdent une valeur. " +
			"Ici : 1 créé, 4 à la corbeille",
		9: "165 contacts changeraient. Dans le carnet d’adresses : 42 créés, 118 mis à jour, dont 3 qui perdent une valeur. " +
			"Ici : 1 créé, 4 à la corbeille. 9 autres lignes ne sont pas montrées",
	} {
		if got := passSum(g, unshown); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
}

func TestALineOfAPassSaysWhatHappensOnEachSide(t *testing.T) {
	french(t)
	d := &Dialog{p: Params{Accounts: map[string]string{"a": "Nuage"}, Pass: true}}
	name := widgets.ListCell{Text: "Zoé Morel", Sub: "Nuage", Bold: true}
	changes := []storage.FieldChange{
		{Field: storage.FieldTitle, Before: "Directrice", After: "Présidente"}, {Field: storage.FieldNote, Before: "Clef"},
	}
	for what, c := range map[string]struct {
		item        sync.PlanItem
		there, here widgets.ListCell
	}{
		"an update there": {
			sync.PlanItem{There: "update", Changes: changes},
			widgets.ListCell{Text: "Carte modifiée", Sub: "Note : Clef devient Vide, et 1 autre champ"},
			widgets.ListCell{},
		},
		"a deletion there": {
			sync.PlanItem{There: "delete"},
			widgets.ListCell{Text: "Carte supprimée", Icon: look.StatusAction, Tone: widgets.Warning},
			widgets.ListCell{},
		},
		"a contact for the trash": {
			sync.PlanItem{Here: "trash"},
			widgets.ListCell{},
			widgets.ListCell{Text: "Mis à la corbeille", Icon: look.StatusAction, Tone: widgets.Warning},
		},
		"an update here": {
			sync.PlanItem{Here: "update", Changes: changes[:1]},
			widgets.ListCell{},
			widgets.ListCell{Text: "Contact modifié", Sub: "Fonction : Directrice devient Présidente"},
		},
		"a card that is not found": {
			sync.PlanItem{},
			widgets.ListCell{Text: "Ne figure plus dans sa liste", Icon: look.StatusAction, Tone: widgets.Warning},
			widgets.ListCell{Text: "Rien n’est supprimé : le passage suivant demandera la carte", Faint: true},
		},
	} {
		c.item.Name, c.item.AccountID = "Zoé Morel", "a"
		row := &widgets.ListRow{}
		d.rows = []sync.PlanItem{c.item}
		d.fill(0, row)
		if diff := cmp.Diff([]widgets.ListCell{name, c.there, c.here}, row.Cells); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}
