package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// MaxBatch is the largest number of items of a batch.
const MaxBatch = 20

// Page is the form of a page of the list, and of a search.
type Page struct {
	Listings []Listing `json:"listings"`
	Next     string    `json:"next,omitempty"` // page to ask for; "" after the last one
	Total    int       `json:"total"`
}

// list answers a search by external id, or a page of the list.
func (t *Trial) list(r *http.Request, f *Fault) answer {
	q := r.URL.Query()
	page, err := strconv.Atoi(q.Get("page"))
	switch {
	case len(q) == 1 && q.Get("externalId") != "":
		return t.search(q.Get("externalId"), f)
	case len(q) == 1 && err == nil && page > 0 && strconv.Itoa(page) == q.Get("page"):
		return t.listPage(page, f)
	}
	return refused(http.StatusBadRequest, "query", "un seul paramètre attendu : externalId, ou page à partir de 1")
}

func (t *Trial) search(externalID string, f *Fault) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := Page{Listings: []Listing{}}
	if rec := t.external[externalID]; rec != nil && !f.is(EmptyList) {
		t.decide(rec)
		found.Listings, found.Total = append(found.Listings, t.shown(rec, f)), 1
	}
	return found.answer(f)
}

// listPage answers one page, listings in the order of their ids.
func (t *Trial) listPage(n int, f *Fault) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	asked := n
	if f.is(RepeatedPage) {
		n = 1
	}
	ids := slices.Sorted(maps.Keys(t.records))
	p := Page{Listings: []Listing{}, Total: len(ids)}
	if f.is(EmptyList) {
		p.Total = 0
		return p.answer(f)
	}
	from := min((n-1)*t.perPage, len(ids))
	to := min(from+t.perPage, len(ids))
	if f.is(TruncatedList) {
		to -= (to - from + 1) / 2
		p.Total = to
	}
	for _, id := range ids[from:to] {
		t.decide(t.records[id])
		p.Listings = append(p.Listings, t.shown(t.records[id], f))
	}
	next := n + 1
	if f.is(MissingPage) {
		next++
	}
	if (next-1)*t.perPage < p.Total {
		p.Next = strconv.Itoa(next)
	}
	if f.is(RepeatedPage) {
		p.Next = strconv.Itoa(asked)
	}
	return p.answer(f)
}

// answer gives the page; a duplicated answer holds each of its listings twice.
func (p Page) answer(f *Fault) answer {
	if f.is(DuplicatedAnswer) {
		p.Listings = slices.Concat(p.Listings, p.Listings)
	}
	return answer{status: http.StatusOK, body: p}
}

// BatchItem is the form of one item of a batch: a creation (ExternalID), or a change (ID and IfMatch).
type BatchItem struct {
	ExternalID string            `json:"externalId,omitempty"`
	ID         string            `json:"id,omitempty"`
	IfMatch    string            `json:"ifMatch,omitempty"`
	Values     map[string]string `json:"values"`
}

// Batch is the form of a batch.
type Batch struct {
	Items []BatchItem `json:"items"`
}

// BatchResult is the form of the answer to one item, with the status that the item alone would have had.
type BatchResult struct {
	Item    int      `json:"item"` // its place in the batch, from 0
	Status  int      `json:"status"`
	Listing *Listing `json:"listing,omitempty"`
	Refusal *Refusal `json:"refusal,omitempty"`
}

// BatchAnswer is the form of the answer to a batch.
type BatchAnswer struct {
	Results []BatchResult `json:"results"`
}

// items counts the items of a batch, 0 for another call or what is none.
func items(r *http.Request, body []byte) int {
	var b Batch
	if r.URL.Path != "/v1/batch" || json.Unmarshal(body, &b) != nil {
		return 0
	}
	return len(b.Items)
}

// batch creates and changes up to MaxBatch listings; an item that is refused does not stop the others.
func (t *Trial) batch(r *http.Request, f *Fault) answer {
	var b Batch
	if bad := read(r, &b); bad != nil {
		return *bad
	}
	switch n := len(b.Items); {
	case n == 0:
		return refused(http.StatusBadRequest, "empty", "lot vide")
	case n > MaxBatch:
		return refused(http.StatusRequestEntityTooLarge, "tooMany", strconv.Itoa(n)+" fiches, "+strconv.Itoa(MaxBatch)+" au plus")
	}
	todo := b.Items
	if f.is(HalfApplied) {
		todo = todo[:len(todo)/2]
	}
	var out BatchAnswer
	for i, item := range todo {
		result := t.item(item, f)
		result.Item = i
		out.Results = append(out.Results, result)
	}
	if f.is(DuplicatedAnswer) {
		out.Results = slices.Concat(out.Results, out.Results)
	}
	return answer{status: http.StatusOK, body: out}
}

func (t *Trial) item(i BatchItem, f *Fault) BatchResult {
	d := draft{ExternalID: i.ExternalID, Values: i.Values}
	var a answer
	t.mu.Lock()
	defer t.mu.Unlock()
	switch bad := d.unknown(); {
	case bad != nil:
		a = *bad
	case i.ID == "":
		a = t.postOne(d, f)
	default:
		a = t.patchOne(i.ID, i.IfMatch, d, f)
	}
	result := BatchResult{Status: a.status}
	switch body := a.body.(type) {
	case Listing:
		result.Listing = &body
	case Refusal:
		result.Refusal = &body
	}
	return result
}
