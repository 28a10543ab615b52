package google

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"

	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

// state is what book.Page.State holds.
type state struct {
	Token string `json:"token"` // Google's own
	// Fields is the mask that the token was given for, Label the setting that it was read under.
	Fields string `json:"fields"`
	Label  string `json:"label,omitempty"`
	// Scope is the resource name of the account's label, so that one which is gone is told from one not yet made.
	Scope string `json:"scope,omitempty"`
}

// connections is an answer of people.connections.list.
type connections struct {
	Connections   []json.RawMessage
	NextPageToken string
	NextSyncToken string
	TotalItems    *int
}

// Read gives one page. Labels are read with a full reading, and otherwise when those known do not explain what changed: a
// reading without any change is one call.
func (b *Book) Read(ctx context.Context, c book.Cursor) (book.Page, error) {
	from := state{Fields: readFields, Label: b.label}
	if c.Since != "" {
		if json.Unmarshal([]byte(c.Since), &from) != nil || from.Fields != readFields || from.Label != b.label || from.Token == "" {
			return book.Page{}, book.ErrExpired
		}
	}
	if c.Since == "" && (c.Page == "" || !b.labels.read) {
		if err := b.readLabels(ctx, b.labels.scope); err != nil {
			return book.Page{}, err
		}
	}
	q := listQuery()
	q.Set("requestSyncToken", "true") // on every page, else the last one bears no token
	for name, text := range map[string]string{"syncToken": from.Token, "pageToken": c.Page} {
		if text != "" {
			q.Set(name, text)
		}
	}
	var answer connections
	date, err := b.call(ctx, request{method: http.MethodGet, path: "/v1/people/me/connections", query: q}, &answer)
	if errors.Is(err, book.ErrExpired) && b.labels.scope == "" {
		b.labels.scope = from.Scope // the full reading that follows must find it
	}
	if err != nil {
		return book.Page{}, err
	}
	people, err := readPeople(answer.Connections)
	if err != nil {
		return book.Page{}, err
	}
	if c.Since != "" && len(people) > 0 && !b.explain(people) {
		if err := b.readLabels(ctx, from.Scope); err != nil {
			return book.Page{}, err
		}
	}
	page := book.Page{Next: answer.NextPageToken, Whole: c.Since == "", Total: -1, ServerTime: date}
	if answer.TotalItems != nil && page.Whole {
		page.Total = *answer.TotalItems
	}
	page.Entries = b.entries(people)
	if answer.NextSyncToken != "" && page.Next == "" {
		if b.labels.read {
			from.Scope = b.labels.scope
		}
		from.Token = answer.NextSyncToken
		raw, err := json.Marshal(from)
		if err != nil {
			return book.Page{}, err
		}
		page.State = string(raw)
	}
	return page, nil
}

func listQuery() url.Values {
	return url.Values{
		"personFields": {readFields}, "pageSize": {strconv.Itoa(pageSize)}, "sources": {contactSource},
	}
}

// onAllProcessors calls f for each number below n: reading persons is most of what a large answer costs here.
func onAllProcessors(n int, f func(i int) error) error {
	var g errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), n)
	for w := range workers {
		g.Go(func() error {
			for i := w; i < n; i += workers {
				if err := f(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// readPeople reads the persons of an answer.
func readPeople(raw []json.RawMessage) ([]person, error) {
	people := make([]person, len(raw))
	err := onAllProcessors(len(raw), func(i int) (err error) {
		people[i], err = readPerson(raw[i])
		return err
	})
	if err != nil {
		return nil, wrong(directory.Ambiguous, err, "google.unreadable")
	}
	return people, nil
}

func (b *Book) entries(people []person) []book.Entry {
	list := make([]book.Entry, len(people))
	for i := range people {
		list[i] = b.entry(&people[i])
	}
	return list
}

// response is a PersonResponse of the API.
type response struct {
	RequestedResourceName string
	Person                json.RawMessage
	Status                status
}

// Get reads cards again. What it shows of a card written a moment ago may be older than the answer to that write.
func (b *Book) Get(ctx context.Context, ids []string) ([]book.Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := b.needLabels(ctx); err != nil {
		return nil, err
	}
	q := url.Values{"personFields": {readFields}, "sources": {contactSource}, "resourceNames": ids}
	var answer struct{ Responses []response }
	if _, err := b.call(ctx, request{method: http.MethodGet, path: "/v1/people:batchGet", query: q}, &answer); err != nil {
		return nil, err
	}
	list := make([]book.Entry, len(answer.Responses))
	err := onAllProcessors(len(list), func(i int) (err error) {
		list[i], err = b.responded(answer.Responses[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// responded reads one card of an answer to several.
func (b *Book) responded(r response) (book.Entry, error) {
	if r.Status.Code != 0 {
		if httpOf(r.Status.Code) == http.StatusNotFound {
			return book.Entry{ID: r.RequestedResourceName, Deleted: true}, nil
		}
		return book.Entry{}, r.Status.read(httpOf(r.Status.Code)).classed(0)
	}
	p, err := readPerson(r.Person)
	if err != nil {
		return book.Entry{}, wrong(directory.Ambiguous, err, "google.unreadable")
	}
	e := b.entry(&p)
	if r.RequestedResourceName != "" && r.RequestedResourceName != e.ID {
		e.Former = append(e.Former, r.RequestedResourceName)
	}
	return e, nil
}

// Probe reads the contacts changed last first, until all keys are found. Contacts that were created a moment ago may
// not show yet.
func (b *Book) Probe(ctx context.Context, keys []string) (map[string]book.Entry, error) {
	wanted := map[string]bool{}
	for _, key := range keys {
		wanted[key] = true
	}
	found := map[string]book.Entry{}
	if len(wanted) == 0 {
		return found, nil
	}
	if err := b.needLabels(ctx); err != nil {
		return nil, err
	}
	q := listQuery()
	q.Set("sortOrder", "LAST_MODIFIED_DESCENDING")
	for {
		var answer connections
		if _, err := b.call(ctx, request{method: http.MethodGet, path: "/v1/people/me/connections", query: q}, &answer); err != nil {
			return nil, err
		}
		people, err := readPeople(answer.Connections)
		if err != nil {
			return nil, err
		}
		list := b.entries(people)
		for _, e := range list {
			if _, first := found[e.Key]; wanted[e.Key] && !first {
				found[e.Key] = e
			}
		}
		if answer.NextPageToken == "" || len(list) == 0 || len(found) == len(wanted) {
			return found, nil
		}
		q.Set("pageToken", answer.NextPageToken)
	}
}
