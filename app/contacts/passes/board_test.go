package passes

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
)

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, time.UTC)

func french(t *testing.T) {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
}

func consents(string) bool { return true }

// standing is a book in tune, changed by f.
func standing(f func(*contacts.Standing)) *contacts.Standing {
	st := &contacts.Standing{
		Account: &storage.Account{ID: "a", Kind: "contacts.google", Name: "direction@lumen.test", Enabled: true},
		Cards:   1284, LastOK: now.Add(-time.Hour),
		Run: &storage.Run{ID: "r", Kind: storage.RunContacts, State: storage.RunDone, StartedAt: now.Add(-7 * time.Minute), EndedAt: now.Add(-5 * time.Minute)},
	}
	if f != nil {
		f(st)
	}
	return st
}

func TestACardTellsWhereItsBookStandsTheGravestFirst(t *testing.T) {
	french(t)
	running := func(st *contacts.Standing) { st.Run.State, st.Run.EndedAt = storage.RunRunning, time.Time{} }
	for _, c := range []struct {
		name   string
		change func(*contacts.Standing)
		state  string
		detail string
		sync   bool
	}{
		{"in tune", nil, "À jour", "Google, 1\u202f284 contacts", true},
		{"never made", func(st *contacts.Standing) { st.Run, st.LastOK = nil, time.Time{} }, "Nouveau", "Google, pas encore lu", true},
		{"changes wait", func(st *contacts.Standing) { st.Pending = 3 }, "3 à envoyer", "Google, 1\u202f284 contacts", true},
		{"questions wait", func(st *contacts.Standing) { st.Pending, st.Questions = 3, 7 }, "7 à décider", "Google, 1\u202f284 contacts", true},
		{"running", running, "En cours", "Google, 1\u202f284 contacts", false},
		{"its turn comes later", func(st *contacts.Standing) { running(st); st.Behind = &storage.Account{Name: "Carnet"} }, "En file", "Google, 1\u202f284 contacts", false},
		{"paused", func(st *contacts.Standing) { running(st); st.Paused = true }, "En pause", "Google, 1\u202f284 contacts", false},
		{"waiting", func(st *contacts.Standing) { running(st); st.NotBefore = now.Add(10 * time.Minute) }, "Attend jusqu’à 9\u00a0h\u00a055", "Google, 1\u202f284 contacts", false},
		{"waited", func(st *contacts.Standing) { running(st); st.NotBefore = now }, "En cours", "Google, 1\u202f284 contacts", false},
		{"lane waits", func(st *contacts.Standing) {
			st.Account.Pause, st.Account.PausedUntil = storage.NewProblem("lane.offline"), now.Add(time.Minute)
		}, "Attend jusqu’à 9\u00a0h\u00a046", "Google, 1\u202f284 contacts", false},
		{"held", func(st *contacts.Standing) { st.Run.State = storage.RunHeld }, "Retenu", "Google, 1\u202f284 contacts", true},
		{"refused", func(st *contacts.Standing) { st.Run.State, st.Questions = storage.RunFailed, 1 }, "1 à décider", "Google, 1\u202f284 contacts", true},
		{"failed for some", func(st *contacts.Standing) { st.Run.State = storage.RunFailed }, "Échec", "Google, 1\u202f284 contacts", true},
		{"failed", func(st *contacts.Standing) {
			st.Run.State, st.Run.Problem, st.Questions = storage.RunFailed, storage.NewProblem("directory.unreachable"), 1
		}, "Échec", "Google, 1\u202f284 contacts", true},
		{"consent needed", func(st *contacts.Standing) {
			running(st)
			st.Account.Pause, st.Account.FailingSince = storage.NewProblem("oauth.reconnect"), now.Add(-24*time.Hour)
		}, "À reconnecter", "Google, accès refusé hier, 9\u00a0h\u00a045", false},
		{"password refused", func(st *contacts.Standing) {
			st.Account.Kind, st.Account.Pause = "contacts.carddav", storage.NewProblem("carddav.auth")
			st.Run.State = storage.RunFailed
		}, "À reconnecter", "CardDAV, accès refusé aujourd’hui, 9\u00a0h\u00a040", false},
		{"something else to do there", func(st *contacts.Standing) {
			st.Account.Kind, st.Account.Pause = "contacts.carddav", storage.NewProblem("carddav.full")
		}, "Action requise", "CardDAV, 1\u202f284 contacts", false},
		{"disabled", func(st *contacts.Standing) { st.Account.Enabled = false }, "Désactivé", "Google, 1\u202f284 contacts", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := cardOf(standing(c.change), now, consents)
			if got.state != c.state || got.detail != c.detail || got.condition.syncable() != c.sync {
				t.Errorf("%q, %q, syncable %v", got.state, got.detail, got.condition.syncable())
			}
			if _, drawn := marks[got.condition]; !drawn {
				t.Errorf("%q has no mark", got.condition)
			}
		})
	}
}

// batchesOf gives n batches of 50.
func batchesOf(n int) []storage.BatchTally {
	list := make([]storage.BatchTally, n)
	for i := range list {
		list[i].Cards = 50
	}
	return list
}

func TestAPassIsToldBatchByBatch(t *testing.T) {
	french(t)
	ended := batchesOf(16)
	ended[8].Refused = 1
	st := standing(func(st *contacts.Standing) {
		st.Run.State, st.Run.EndedAt = storage.RunRunning, time.Time{}
		st.Run.Pass = &storage.PassTally{
			There: storage.SideTally{Created: 42, Updated: 118, Deleted: 3, Conflicts: 3}, Here: storage.SideTally{Created: 9},
			Planned: 1284, Written: 800, Batch: 50, Batches: ended,
		}
	})
	p := &pace{}
	p.note("r", now.Add(-time.Minute), 300)
	p.note("r", now, 800)
	got := progressOf(st, "direction@lumen.test", now, p)
	want := progress{
		title: "Passage en cours", about: "direction@lumen.test, commencé aujourd’hui, 9\u00a0h\u00a038",
		batch: "Lot 17 sur 26", detail: ", 50 contacts par lot", done: "800 contacts sur 1\u202f284",
		refused: "Lot 9\u00a0: 1 contact refusé", left: "Encore 1\u00a0min environ", counted: true,
		there: st.Run.Pass.There, here: st.Run.Pass.Here,
	}
	segments := got.segments
	got.segments = nil
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(progress{})); diff != "" {
		t.Error(diff)
	}
	if len(segments) != 26 || segments[15] != (widgets.Batch{Share: 1}) || segments[8] != (widgets.Batch{Share: 1, Refused: true}) ||
		segments[16] != (widgets.Batch{Current: true}) || segments[17] != (widgets.Batch{}) {
		t.Errorf("segments %v", segments)
	}
}

func TestManyBatchesShareSegments(t *testing.T) {
	ended := batchesOf(7)
	ended[1].Refused = 2
	pass := &storage.PassTally{Planned: 100 * 50, Written: 350, Batch: 50, Batches: ended}
	got := segmentsOf(pass, true)
	if len(got) != 34 || got[0] != (widgets.Batch{Share: 1, Refused: true}) || got[2].Share < 0.33 || got[2].Share > 0.34 || !got[2].Current || got[3].Current {
		t.Errorf("%d segments, %v", len(got), got[:4])
	}
	if last := got[33]; last != (widgets.Batch{}) {
		t.Errorf("the last segment, of one batch, is %v", last)
	}
}

func TestAPassThatIsNotUnderWaySaysHowItEnded(t *testing.T) {
	french(t)
	for _, c := range []struct {
		state storage.RunState
		why   *storage.Problem
		pass  *storage.PassTally
		about string
		batch string
	}{
		{storage.RunDone, nil, &storage.PassTally{Planned: 60, Written: 60, Batch: 50, Batches: batchesOf(2)}, "a, terminé aujourd’hui, 9\u00a0h\u00a040", "2 lots envoyés"},
		{storage.RunDone, nil, &storage.PassTally{Batch: 50}, "a, terminé aujourd’hui, 9\u00a0h\u00a040", "Rien à envoyer"},
		{storage.RunCancelled, nil, &storage.PassTally{Planned: 60, Written: 50, Batch: 50, Batches: batchesOf(1)}, "a, annulé aujourd’hui, 9\u00a0h\u00a040", "1 lot envoyé"},
		{storage.RunFailed, storage.NewProblem("directory.unreachable"), nil, "a, interrompu aujourd’hui, 9\u00a0h\u00a040", ""},
		{storage.RunHeld, nil, &storage.PassTally{Planned: 60, Batch: 50}, "a, retenu avant tout envoi", "Rien n’est parti"},
		{storage.RunFailed, nil, &storage.PassTally{Batch: 50}, "a, terminé aujourd’hui, 9\u00a0h\u00a040", "Rien à envoyer"},
	} {
		got := progressOf(standing(func(st *contacts.Standing) { st.Run.State, st.Run.Problem, st.Run.Pass = c.state, c.why, c.pass }), "a", now, &pace{})
		title := "Dernier passage"
		if c.state == storage.RunHeld {
			title = "Passage retenu"
		}
		if got.title != title || got.counted != (c.pass != nil && c.state != storage.RunHeld) || got.about != c.about || got.batch != c.batch || got.left != "" {
			t.Errorf("%s: %+v", c.state, got)
		}
	}
	if got := progressOf(standing(func(st *contacts.Standing) { st.Run = nil }), "a", now, &pace{}); got.title != "Aucun passage pour l’instant" || got.counted {
		t.Errorf("no pass: %+v", got)
	}
}

func TestTheTimeLeftIsSaidOnlyWhenThereIsAPace(t *testing.T) {
	french(t)
	var p pace
	p.note("r", now, 0)
	if _, known := p.left(1000); known {
		t.Error("known from one look")
	}
	p.note("r", now.Add(time.Second), 50)
	if _, known := p.left(950); known {
		t.Error("known after one second")
	}
	p.note("r", now.Add(10*time.Second), 100)
	if d, known := p.left(900); !known || d != 90*time.Second {
		t.Errorf("left %v, %v", d, known)
	}
	p.note("r", now.Add(10*time.Minute), 200)
	if d, known := p.left(800); !known || d != 8*590*time.Second {
		t.Errorf("a slower pace is not believed: %v, %v", d, known)
	}
	p.rest()
	if _, known := p.left(800); known {
		t.Error("known over a pause")
	}
	p.note("r", now.Add(20*time.Minute), 250)
	p.note("other", now.Add(30*time.Minute), 300)
	if _, known := p.left(800); known {
		t.Error("another pass took over the pace")
	}
	for d, want := range map[time.Duration]string{
		20 * time.Second: "Encore moins d’une minute", time.Minute: "Encore 1\u00a0min environ", 130 * time.Second: "Encore 2\u00a0min environ",
		89 * time.Minute: "Encore 89\u00a0min environ", 3 * time.Hour: "Encore 3\u00a0h environ",
	} {
		if got := leftOf(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestAPlanIsReadInWordsOnBothSides(t *testing.T) {
	french(t)
	plan := contacts.Plan{Lines: []contacts.Line{
		{Name: "Zoé Morel", There: "create"},
		{Name: "Ali Étoile", There: "update", Here: "update", Changes: []storage.FieldChange{
			{Field: storage.FieldNote, Before: "", After: "Tél. pro :\n0261914022"},
		}},
		{Name: "Max Dupont", Here: "trash", Reason: storage.NewProblem("contacts.deletedThere")},
		{Name: "Léa Petit", Ask: true},
	}}
	there, here, asked := sum(&plan)
	if tallied(there) != "1 créé, 1 mis à jour" || tallied(here) != "1 mis à jour, 1 supprimé" || asked != 1 || tallied(storage.SideTally{}) != "rien" {
		t.Errorf("%q, %q, %d", tallied(there), tallied(here), asked)
	}
	var got []row
	for _, l := range ordered(&plan) {
		got = append(got, rowOf(&l))
	}
	want := []row{
		{name: "Max Dupont", here: "Mettre à la corbeille", note: "La carte a été supprimée dans le carnet d’adresses."},
		{name: "Léa Petit", note: "À qui est cette carte\u00a0? À décider après le passage."},
		{name: "Zoé Morel", there: "Créer la carte"},
		{name: "Ali Étoile", there: "Mettre la carte à jour", here: "Mettre le contact à jour", details: []string{"Note\u00a0: (vide) devient Tél. pro : 0261914022"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
	}
}
