package say

import (
	"strings"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
)

// Word gives the word of a listing: « À jour », « Écart »…
func Word(w storage.Word) string { return words.T("word." + string(w)) }

// Status gives the state of an establishment: « Actif »…
func Status(s storage.Status) string { return words.T("status." + string(s)) }

// Actor tells who did something: « Vous », « Import »…
func Actor(a storage.Actor) string { return words.T("actor." + string(a)) }

// JournalAction gives what a journal entry records: « Création », « Modification »…
func JournalAction(a storage.JournalAction) string { return words.T("journal." + string(a)) }

// ItemResult gives the outcome of one item of a run: « Envoyée », « Échec »…
func ItemResult(r storage.ItemResult) string { return words.T("item." + string(r)) }

// RunKind gives what a run does: « Synchronisation », « Import »…
func RunKind(k storage.RunKind) string { return words.T("run." + string(k)) }

// Run gives a run's title, with its subject when it has one: « Import : hotels-paris.xlsx ».
func Run(r *storage.Run) string {
	if r.Subject == "" {
		return RunKind(r.Kind)
	}
	return words.T("say.run.subject", "run", RunKind(r.Kind), "subject", r.Subject)
}

// Totals gives the figures of a run, those that are zero left out: « 37 envoyées, 3 échecs, 12 non traitées ».
func Totals(t storage.Totals) string {
	counts := []struct {
		key string
		n   int
	}{
		{"created", t.Created},
		{"updated", t.Updated},
		{"sent", t.Sent},
		{"unchanged", t.Unchanged},
		{"rejected", t.Rejected},
		{"failed", t.Failed},
		{"skipped", t.Skipped},
	}
	var parts []string
	for _, c := range counts {
		if c.n > 0 {
			parts = append(parts, words.N("say.total."+c.key, c.n))
		}
	}
	if len(parts) == 0 {
		return words.T("say.total.none")
	}
	return strings.Join(parts, ", ")
}

// Job gives the title of a running job: « Synchronisation : 14 fiches sur 38 ».
func Job(p sync.Progress) string {
	key := "say.job." + string(p.Kind)
	switch {
	case p.Cancelling:
		return words.T("say.job.cancelling", "job", RunKind(p.Kind))
	case p.Paused:
		p.Paused = false
		return words.T("say.job.paused", "job", Job(p))
	case p.Growing && words.Has(key+".growing.one"):
		return words.N(key+".growing", p.Done, "done", words.Number(p.Done))
	case p.Growing:
		return words.N("say.job.growing", p.Done, "job", RunKind(p.Kind), "done", words.Number(p.Done))
	case p.Total == 0:
		return RunKind(p.Kind)
	}
	return words.N(key, p.Total, "done", words.Number(p.Done), "total", words.Number(p.Total))
}

// JobDone gives the last useful fact once a job has ended: « Synchronisation terminée : 38 fiches traitées, 2 échecs ».
func JobDone(p sync.Progress) string {
	key := "say.job." + string(p.Kind)
	if p.State == storage.RunHeld {
		return words.T("say.job.held")
	}
	fact := words.N(key+".done", p.Done)
	if p.State == storage.RunFailed && p.Failed == 0 && words.Has(key+".failed.one") {
		return words.N(key+".failed", p.Done) // it ended before its end
	}
	if p.State == storage.RunCancelled {
		fact = words.N(key+".cancelled", p.Total, "done", words.Number(p.Done), "total", words.Number(p.Total))
	}
	if p.Failed > 0 {
		return words.N("say.job.failures", p.Failed, "fact", fact)
	}
	return fact
}

// Kind gives the name of a kind of directory: « Google (fichier) ».
func Kind(id string) string {
	if key := "kind." + id; words.Has(key) {
		return words.T(key)
	}
	return id
}

// Account gives an account's name. One of a trial directory is always labelled as such: « Annuaire d’essai », or
// « Recette (annuaire d’essai) » when the user gave it a name of its own.
func Account(a *storage.Account, kinds directory.Kinds) string {
	if !kinds[a.Kind].Capabilities.Trial {
		if a.Name == "" {
			return Kind(a.Kind)
		}
		return a.Name
	}
	for _, label := range words.Each("say.trial") {
		if a.Name == "" || storage.SearchKey(a.Name) == storage.SearchKey(label) {
			return words.T("say.trial")
		}
	}
	return words.T("say.trial.named", "name", a.Name)
}
