package sandbox

import (
	"html/template"
	"net/http"
	"slices"
)

// labels are the fields that a public page shows, in order.
var labels = []struct{ Key, Label string }{
	{"descriptor", "Précision"},
	{"street", "Adresse"},
	{"extra", "Complément"},
	{"postalCode", "Code postal"},
	{"city", "Ville"},
	{"country", "Pays"},
	{"phone", "Téléphone"},
	{"website", "Site web"},
	{"email", "Courriel"},
	{"categories", "Catégories"},
	{"shortDescription", "En bref"},
	{"longDescription", "Description"},
	{"hours", "Horaires"},
	{"specialHours", "Horaires exceptionnels"},
	{"services", "Services"},
	{"payments", "Moyens de paiement"},
	{"languages", "Langues"},
}

// visitors are the fields that a visitor may correct on the page.
var visitors = []string{"name", "phone", "website"}

var pages = template.Must(template.New("fiche").Parse(`<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}} · Annuaire d’essai</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1d2433;background:#f5f6fa}
header{background:#8a4b00;color:#fff;padding:.6rem 1.5rem}header a{color:#fff}
main{max-width:44rem;margin:1.5rem auto;background:#fff;padding:1.5rem 2rem;border-radius:.6rem}
dt{color:#5b6472;font-size:.85rem}dd{margin:0 0 .7rem;white-space:pre-line}
.note{background:#fff4e0;padding:.5rem .8rem;border-radius:.4rem}
label{display:block;margin:.6rem 0 .1rem}input{font:inherit;width:100%;padding:.35rem;box-sizing:border-box}
button{font:inherit;margin-top:1rem;padding:.4rem 1rem}
</style></head><body>
<header><a href="/">Annuaire d’essai</a> : rien n’est publié sur Internet, cette page vit sur cet ordinateur.</header>
<main>{{if .List}}<h1>Fiches</h1><ul>{{range .List}}<li><a href="/fiche/{{.ID}}">{{.Name}}</a></li>{{end}}</ul>
{{else if .Record}}<h1>{{.Title}}</h1>
{{if .Note}}<p class="note">{{.Note}}</p>{{end}}
<dl>{{range .Lines}}<dt>{{.Label}}</dt><dd>{{.Value}}</dd>{{end}}</dl>
<h2>Proposer une correction</h2>
<p>Comme un visiteur de l’annuaire : la correction paraît aussitôt, et Diapason verra l’écart à sa prochaine vérification.</p>
<form method="post"><label for="name">Nom</label><input id="name" name="name" value="{{index .Record.Values "name"}}">
<label for="phone">Téléphone</label><input id="phone" name="phone" value="{{index .Record.Values "phone"}}">
<label for="website">Site web</label><input id="website" name="website" value="{{index .Record.Values "website"}}">
<button>Corriger</button></form>
{{else}}<h1>{{.Title}}</h1>{{end}}</main></body></html>`))

type pageLine struct{ Label, Value string }

type pageData struct {
	Title  string
	Note   string
	Record *Record
	Lines  []pageLine
	List   []struct{ ID, Name string }
}

func (t *Trial) indexPage(w http.ResponseWriter, _ *http.Request) {
	d := pageData{Title: "Aucune fiche publiée"}
	for _, r := range t.Records() {
		if len(r.Values) > 0 {
			d.List = append(d.List, struct{ ID, Name string }{r.ID, r.Values["name"]})
		}
	}
	render(w, http.StatusOK, d)
}

func (t *Trial) page(w http.ResponseWriter, r *http.Request) {
	rec := t.byID(r.PathValue("id"))
	if rec == nil || len(rec.Values) == 0 && rec.Waiting == nil && rec.Refused == "" {
		render(w, http.StatusNotFound, pageData{Title: "Fiche inconnue"})
		return
	}
	d := pageData{Title: rec.Values["name"], Record: rec}
	switch {
	case rec.Waiting != nil && len(rec.Values) == 0:
		d.Title, d.Note = "Fiche en attente", "La modération de cette fiche n’est pas finie : rien n’est encore visible."
	case rec.Waiting != nil:
		d.Note = "Une modification de cette fiche est en cours de modération."
	case rec.Refused != "":
		d.Note = "La modération a refusé le dernier envoi. " + rec.Refused + "."
		if d.Title == "" {
			d.Title = "Fiche refusée"
		}
	case rec.Values["status"] == TrialClosed:
		d.Note = "Définitivement fermé."
	case rec.Values["status"] == TrialTemporarilyClosed:
		d.Note = "Temporairement fermé."
	}
	for _, l := range labels {
		if v := rec.Values[l.Key]; v != "" {
			d.Lines = append(d.Lines, pageLine{l.Label, v})
		}
	}
	render(w, http.StatusOK, d)
}

// pageEdit is the form of the public page: an edit made by others. Only from the page itself, so that no other site
// open in the browser can send it.
func (t *Trial) pageEdit(w http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		http.Error(w, "Forbidden", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "Bad request", http.StatusBadRequest)
		return
	}
	rec := t.byID(r.PathValue("id"))
	if rec == nil {
		http.NotFound(w, r)
		return
	}
	values := map[string]string{}
	for k := range r.PostForm {
		if slices.Contains(visitors, k) {
			values[k] = r.PostForm.Get(k)
		}
	}
	t.EditByOthers(rec.ExternalID, values)
	http.Redirect(w, r, "/fiche/"+rec.ID, http.StatusSeeOther)
}

func (t *Trial) byID(id string) *Record {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.records[id]
	if r == nil {
		return nil
	}
	t.decide(r)
	return r.clone()
}

func render(w http.ResponseWriter, status int, d pageData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := pages.Execute(w, d); err != nil {
		return // the browser went away
	}
}
