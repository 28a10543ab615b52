package say

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
)

// in runs f in a language and restores French.
func in(t *testing.T, lang string, f func()) {
	t.Helper()
	if err := words.Use(lang); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = words.Use("fr") }()
	f()
}

// plain replaces no-break spaces, so that expectations can be read.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if plain(got) != want {
		t.Errorf("%s: got %q, want %q", what, plain(got), want)
	}
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMomentIsSaidRelativeToNowInItsZone(t *testing.T) {
	zone := paris(t)
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, zone)
	for _, c := range []struct{ at, fr, en string }{
		{"2026-11-21T08:42:00Z", "Aujourd’hui, 9 h 42", "Today, 9:42"},
		{"2026-11-20T23:30:00Z", "Aujourd’hui, 0 h 30", "Today, 0:30"},
		{"2026-11-20T17:05:00Z", "Hier, 18 h 05", "Yesterday, 18:05"},
		{"2026-11-22T07:00:00Z", "Demain, 8 h 00", "Tomorrow, 8:00"},
		{"2026-11-17T13:30:00Z", "17 nov., 14 h 30", "17 Nov, 14:30"},
		{"2026-11-01T13:30:00Z", "1er nov., 14 h 30", "1 Nov, 14:30"},
		{"2025-12-31T23:30:00Z", "1er janv., 0 h 30", "1 Jan, 0:30"},
		{"2025-08-03T10:00:00Z", "3 août 2025", "3 Aug 2025"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		in(t, "fr", func() { check(t, c.at, Moment(at, now), c.fr) })
		in(t, "en", func() { check(t, c.at, Moment(at, now), c.en) })
	}
	check(t, "never", Moment(time.Time{}, now), "")
}

func TestDayNamesTheWeekday(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, paris(t))
	check(t, "this year", FullDay(now.AddDate(0, 0, -4), now), "mardi 17 novembre")
	check(t, "last year", FullDay(now.AddDate(-1, 0, 0), now), "vendredi 21 novembre 2025")
}

func TestDurationAndDelay(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	for _, c := range []struct{ got, fr string }{
		{Duration(400 * time.Millisecond), "moins d’une seconde"},
		{Duration(14 * time.Second), "14 s"},
		{Duration(2 * time.Minute), "2 min"},
		{Duration(125 * time.Second), "2 min 5 s"},
		{Duration(72 * time.Minute), "1 h 12 min"},
		{Delay(0, 0), "Immédiat"},
		{Delay(0, 10*time.Second), "Une minute au plus"},
		{Delay(2*time.Second, time.Minute), "Une minute au plus"},
		{Delay(time.Second, 90*time.Second), "Quelques minutes"},
		{Delay(5*time.Minute, 5*time.Minute), "Quelques minutes"},
		{Delay(20*time.Minute, 20*time.Minute), "20 min"},
		{Delay(2*hour, 2*hour), "2 h"},
		{Delay(5*time.Minute, 24*hour), "Quelques minutes à 24 h"},
		{Delay(3*day, 7*day), "3 à 7 jours"},
		{Delay(0, 14*day), "Jusqu’à 2 semaines"},
		{Delay(20*time.Minute, 5*day), "20 min à 5 jours"},
		{Delay(day, day), "24 h"},
	} {
		check(t, "French", c.got, c.fr)
	}
	in(t, "en", func() {
		check(t, "delay", Delay(3*day, 7*day), "3 to 7 days")
		check(t, "delay", Delay(0, 14*day), "Up to 2 weeks")
	})
}

func TestValueIsSaidAsPeopleReadIt(t *testing.T) {
	for _, c := range []struct {
		field        storage.Field
		text, fr, en string
	}{
		{storage.FieldPhone, "+33465711230", "04 65 71 12 30", "04 65 71 12 30"},
		{storage.FieldPhone, "+3222345678", "+32 2 234 56 78", "+32 2 234 56 78"},
		{storage.FieldCountry, "DE", "Allemagne", "Germany"},
		{storage.FieldAutoSync, "TRUE", "Oui", "Yes"},
		{storage.FieldAddressDisplay, "FALSE", "Non", "No"},
		{storage.FieldStatus, "TEMPORARILY_CLOSED", "Fermé temporairement", "Temporarily closed"},
		{storage.FieldKeywords, "plage;spa", "plage, spa", "plage, spa"},
		{storage.FieldLanguages, "fr;en", "français, anglais", "French, English"},
		{storage.FieldOpeningDate, "2026-12-01", "1er décembre 2026", "1 December 2026"},
		{storage.FieldLat, "48.85", "48,85", "48.85"},
		{storage.FieldLegalIdent, "36252187900034", "362 521 879 00034", "362 521 879 00034"},
		{storage.FieldOpeningHours, "", "", ""},
		{storage.FieldOpeningHours, "not hours", "not hours", "not hours"},
		{
			storage.FieldOpeningHours,
			"Mo=08:00-12:00&14:00-18:00;Tu=08:00-12:00&14:00-18:00;We=08:00-12:00&14:00-18:00;" +
				"Th=08:00-12:00&14:00-18:00;Fr=08:00-12:00&14:00-18:00;Sa=09:30-12:00;Su",
			"lun.–ven. 8 h – 12 h, 14 h – 18 h ; sam. 9 h 30 – 12 h ; dim. fermé",
			"Mon–Fri 8:00–12:00, 14:00–18:00; Sat 9:30–12:00; Sun closed",
		},
		{
			storage.FieldOpeningHours, storage.Week{Known: true, Days: allWeek(storage.Period{Open: 0, Close: 1440})}.String(),
			"tous les jours 24 h/24", "every day open 24 hours",
		},
		{
			storage.FieldSpecialHours, "2026-12-24=18:00-02:00;2026-12-25",
			"24 décembre 2026 18 h – 2 h ; 25 décembre 2026 fermé", "24 December 2026 18:00–2:00; 25 December 2026 closed",
		},
	} {
		in(t, "fr", func() { check(t, string(c.field)+" "+c.text, Value(c.field, c.text, "FR"), c.fr) })
		in(t, "en", func() { check(t, string(c.field)+" "+c.text, Value(c.field, c.text, "FR"), c.en) })
	}
}

func allWeek(p storage.Period) (days [7][]storage.Period) {
	for i := range days {
		days[i] = []storage.Period{p}
	}
	return days
}

func TestErrorNeverShowsTechnicalText(t *testing.T) {
	technical := errors.New("dial tcp 127.0.0.1:80: connect: connection refused")
	for _, err := range []error{
		technical,
		fmt.Errorf("save: %w", technical),
		storage.NewProblem("no.such.sentence").Because(technical),
		storage.Problems{storage.NewProblem("no.such.sentence")},
	} {
		got := Error(err)
		if got == "" || strings.Contains(got, "dial") || strings.Contains(got, "no.such") {
			t.Errorf("Error(%v) = %q", err, got)
		}
	}
	if got := Error(nil); got != "" {
		t.Errorf("no error gives %q", got)
	}
}

func TestAccountOfATrialDirectoryIsLabelledAsSuch(t *testing.T) {
	kinds := directory.NewKinds(
		directory.Kind{ID: "directory.trial", Capabilities: directory.Capabilities{Trial: true}},
		directory.Kind{ID: "directory.website"},
	)
	for _, c := range []struct{ kind, name, want string }{
		{"directory.trial", "", "Annuaire d’essai"},
		{"directory.trial", "annuaire d'essai", "Annuaire d’essai"},
		{"directory.trial", "Trial directory", "Annuaire d’essai"},
		{"directory.trial", "Recette", "Recette (annuaire d’essai)"},
		{"directory.website", "", "Site web"},
		{"directory.website", "Notre site", "Notre site"},
	} {
		check(t, c.kind, Account(&storage.Account{Kind: c.kind, Name: c.name}, kinds), c.want)
	}
}

func TestReasonIsThatOfTheMostSeriousListing(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, paris(t))
	sent := now.Add(-time.Hour)
	for _, c := range []struct {
		name     string
		listings []storage.RowListing
		want     string
	}{
		{"nothing known", nil, ""},
		{"all well", []storage.RowListing{{AccountID: "a", Word: storage.WordUpToDate}}, ""},
		{"drift", []storage.RowListing{
			{AccountID: "a", Word: storage.WordToSync, Changed: 2, SentAt: sent},
			{AccountID: "b", Word: storage.WordDrift, Differing: 3},
		}, "3 écarts à examiner"},
		{"changed", []storage.RowListing{{AccountID: "a", Word: storage.WordToSync, Changed: 2, SentAt: sent}}, "2 champs à envoyer"},
		{"never sent", []storage.RowListing{{AccountID: "a", Word: storage.WordToSync}}, "Jamais envoyée"},
		{"retry today", []storage.RowListing{{AccountID: "a", Word: storage.WordError, RetryAt: now.Add(5 * time.Minute)}}, "Nouvel essai à 10 h 05"},
		{"retry tomorrow", []storage.RowListing{{AccountID: "a", Word: storage.WordError, RetryAt: now.Add(24 * time.Hour)}}, "Nouvel essai : demain, 10 h 00"},
		{"blocked", []storage.RowListing{{AccountID: "a", Word: storage.WordAction, ReasonCode: "blocker.missing"}}, "Champ à remplir"},
		{"action", []storage.RowListing{{AccountID: "a", Word: storage.WordAction, ReasonCode: "unheard.of"}}, "Une action vous attend"},
		{"another account", []storage.RowListing{{AccountID: "z", Word: storage.WordDrift}}, ""},
	} {
		row := storage.Row{Listings: c.listings}
		check(t, c.name, Reason(&row, []string{"a", "b"}, now), c.want)
	}
}

func TestTotalsLeaveOutZeros(t *testing.T) {
	check(t, "sync", Totals(storage.Totals{Sent: 37, Failed: 1, Skipped: 12}), "37 fiches envoyées, 1 échec, 12 non traités")
	check(t, "nothing", Totals(storage.Totals{}), "Rien à faire")
}

func TestJobSaysWhereItIs(t *testing.T) {
	p := sync.Progress{Kind: storage.RunSync, Done: 14, Total: 1201}
	check(t, "running", Job(p), "Synchronisation : 14 fiches sur 1 201")
	in(t, "en", func() { check(t, "running", Job(p), "Sync: 14 of 1,201 listings") })
	check(t, "more to come", Job(sync.Progress{Kind: storage.RunSync, Done: 225, Total: 500, Growing: true}),
		"Synchronisation : 225 fiches traitées, la suite se prépare")
	check(t, "being cancelled", Job(sync.Progress{Kind: storage.RunSync, Done: 225, Total: 500, Cancelling: true}),
		"Synchronisation : annulation en cours…")
	check(t, "cancelled", JobDone(sync.Progress{Kind: storage.RunSync, State: storage.RunCancelled, Done: 3, Total: 5}),
		"Synchronisation annulée : 3 fiches sur 5")
	check(t, "failed", JobDone(sync.Progress{Kind: storage.RunSync, State: storage.RunFailed, Done: 3, Failed: 1}),
		"Synchronisation terminée : 3 fiches traitées, 1 échec")
	check(t, "broken off", JobDone(sync.Progress{Kind: storage.RunContacts, State: storage.RunFailed}),
		"Synchronisation des contacts interrompue : 0 contact traité")
	check(t, "failed for some", JobDone(sync.Progress{Kind: storage.RunContacts, State: storage.RunFailed, Done: 3, Failed: 1}),
		"Synchronisation des contacts terminée : 3 contacts traités, 1 échec")
	check(t, "done", JobDone(sync.Progress{Kind: storage.RunSync, State: storage.RunDone, Done: 1}), "Synchronisation terminée : 1 fiche traitée")
	in(t, "en", func() {
		p := sync.Progress{Kind: storage.RunCheck, State: storage.RunDone, Done: 2, Failed: 2}
		check(t, "done", JobDone(p), "Check done: 2 listings handled, 2 failures")
	})
}

// Every value that a screen can show has its sentence in both languages.
func TestEveryNameIsSaidInBothLanguages(t *testing.T) {
	for _, lang := range words.Languages {
		in(t, lang, func() {
			for _, name := range allNames() {
				if strings.Contains(name, ".") && !strings.Contains(name, " ") {
					t.Errorf("%s: %q has no sentence", lang, name)
				}
			}
		})
	}
}

func allNames() []string {
	var out []string
	for _, w := range storage.Words {
		out = append(out, Word(w))
	}
	for _, s := range storage.Statuses {
		out = append(out, Status(s))
	}
	for _, a := range []storage.Actor{
		storage.ActorUser, storage.ActorImport, storage.ActorDirectory, storage.ActorScheduler, storage.ActorAutoSync,
	} {
		out = append(out, Actor(a))
	}
	for _, k := range []storage.RunKind{
		storage.RunImport, storage.RunSync, storage.RunAutoSync, storage.RunCheck, storage.RunUndo, storage.RunEdit,
		storage.RunExport, storage.RunDecide,
	} {
		out = append(out, RunKind(k), Job(sync.Progress{Kind: k, Done: 1, Total: 2}), JobDone(sync.Progress{Kind: k, Done: 1}),
			JobDone(sync.Progress{Kind: k, State: storage.RunCancelled, Done: 1, Total: 2}))
	}
	for _, a := range storage.JournalActions {
		out = append(out, JournalAction(a))
	}
	for _, r := range []storage.ItemResult{
		storage.ItemPending, storage.ItemSent, storage.ItemChecked, storage.ItemUnchanged, storage.ItemFailed,
		storage.ItemRejected, storage.ItemSkipped, storage.ItemRestored, storage.ItemConflict,
	} {
		out = append(out, ItemResult(r))
	}
	return out
}
