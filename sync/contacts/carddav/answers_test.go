package carddav_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/directory"
)

func TestTheBookIsFoundFromTheAddressOfTheService(t *testing.T) {
	home := publicationtest.StartRadicale(t, "")
	over := transport(t)
	root := strings.TrimSuffix(home.URL, publicationtest.User+"/")
	_, err := open(t, params(root, over)).Identity(t.Context())
	wants(t, err, directory.Refused, "carddav.noBook")
	first := home.AddressBook("famille", "Famille &amp; amis")
	for _, url := range []string{root, home.URL, first.URL, strings.TrimSuffix(first.URL, "/"), root + "nulle/part/"} {
		id, err := open(t, params(url, over)).Identity(t.Context())
		if err != nil || !strings.HasSuffix(id.ID, "/accueil/famille/") || id.Name != publicationtest.User {
			t.Errorf("%s: %+v, %v", url, id, err)
		}
	}
	home.AddressBook("bureau", "Bureau")
	_, err = open(t, params(root, over)).Identity(t.Context())
	wants(t, err, directory.Refused, "carddav.chooseBook")
	if books := directory.Classify(err).Problem.Args["books"]; books != "Bureau (bureau), Famille & amis (famille)" {
		t.Errorf("offers %q", books)
	}
	for _, name := range []string{"famille", "famille & AMIS", "/accueil/famille/", first.URL} {
		p := params(root, over)
		p.Book = name
		if id, err := open(t, p).Identity(t.Context()); err != nil || !strings.HasSuffix(id.ID, "/famille/") {
			t.Errorf("%q: %+v, %v", name, id, err)
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	home := publicationtest.StartRadicale(t, "")
	c := home.AddressBook("carnet", "Carnet")
	over := transport(t)
	wrong := params(c.URL, over)
	wrong.Password = "autre"
	_, err := open(t, wrong).Identity(t.Context())
	wants(t, err, directory.Auth, "carddav.auth")
	_, err = carddav.Open(params("http://exemple.example.com/", over))
	wants(t, err, directory.Refused, "carddav.plain")
	_, err = carddav.Open(params("carnet", over))
	wants(t, err, directory.Refused, "carddav.address")
	b := open(t, params(c.URL, over))
	if _, err := b.Identity(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, _ := c.Call(http.MethodDelete, "", "", nil); status != http.StatusOK {
		t.Fatal(status)
	}
	_, err = b.Read(t.Context(), book.Cursor{})
	wants(t, err, directory.Refused, "carddav.missing")
	home.Stop()
	_, err = b.Read(t.Context(), book.Cursor{})
	wants(t, err, directory.Offline, "carddav.offline")
}

// rewritten answers a call with another status and body.
func rewritten(res *http.Response, status int, body string) {
	_ = res.Body.Close()
	res.StatusCode, res.Status, res.Body = status, fmt.Sprint(status, " ", http.StatusText(status)), io.NopCloser(strings.NewReader(body))
	res.ContentLength = int64(len(body))
}

// edited changes the body of an answer.
func edited(t *testing.T, res *http.Response, change func(body string) string) {
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	rewritten(res, res.StatusCode, change(string(raw)))
}

// made counts the address books, for their names.
var made atomic.Int64

// TestAnswers changes what Radicale answers, as other services do.
func TestAnswers(t *testing.T) {
	t.Parallel()
	home := publicationtest.StartRadicale(t, "")
	for name, test := range map[string]func(*testing.T, *publicationtest.Collection){
		"AListThatIsCutIsAnErrorAndNoAbsence":                 aListThatIsCutIsAnErrorAndNoAbsence,
		"AServiceWithoutSyncTokensIsReadByItsCTag":            aServiceWithoutSyncTokensIsReadByItsCTag,
		"APageOfAnotherReadingIsExpired":                      aPageOfAnotherReadingIsExpired,
		"VersionsThatAreMissingOrWeakAreNoLicenceToOverwrite": versionsThatAreMissingOrWeakAreNoLicenceToOverwrite,
		"WhatIsKnownIsNotReadAgainUnlessItIsAnother":          whatIsKnownIsNotReadAgainUnlessItIsAnother,
		"ListsOfCardsAndCardsThatCannotBeReadAreLeftAlone":    listsOfCardsAndCardsThatCannotBeReadAreLeftAlone,
		"AFailureStopsTheCallAndAFullDiskMakesItWait":         aFailureStopsTheCallAndAFullDiskMakesItWait,
	} {
		t.Run(name, func(t *testing.T) { test(t, home) })
	}
}

// filled gives a new book with three cards, and their ids.
func filled(t *testing.T, home *publicationtest.Collection) (*publicationtest.Collection, *counting, *carddav.Book, []string) {
	t.Helper()
	c := home.AddressBook(fmt.Sprint("carnet-", made.Add(1)), "Carnet")
	over := transport(t)
	var ids []string
	for _, name := range []string{"Un", "Deux", "Trois"} {
		ids = append(ids, outside{c}.Add(t, name))
	}
	slices.Sort(ids)
	return c, over, open(t, params(c.URL, over)), ids
}

func aListThatIsCutIsAnErrorAndNoAbsence(t *testing.T, home *publicationtest.Collection) {
	_, over, b, ids := filled(t, home)
	if _, err := b.Identity(t.Context()); err != nil {
		t.Fatal(err)
	}
	over.change = func(req *http.Request, res *http.Response) {
		edited(t, res, func(body string) string { return body[:len(body)/2] })
	}
	_, err := b.Read(t.Context(), book.Cursor{})
	wants(t, err, directory.Ambiguous, "carddav.unreachable")
	_, err = b.Get(t.Context(), ids)
	wants(t, err, directory.Ambiguous, "carddav.unreachable")
	// A card that the answer passes over is asked for by itself.
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == "REPORT" {
			edited(t, res, func(body string) string {
				from := strings.Index(body, "<response>")
				to := strings.Index(body, "</response>") + len("</response>")
				return body[:from] + body[to:]
			})
		}
	}
	entries, err := b.Get(t.Context(), ids)
	if err != nil || len(entries) != len(ids) {
		t.Fatalf("%d cards, %v", len(entries), err)
	}
	for _, e := range entries {
		if e.Deleted || e.Card.FamilyName == "" {
			t.Errorf("%+v", e)
		}
	}
}

func aServiceWithoutSyncTokensIsReadByItsCTag(t *testing.T, home *publicationtest.Collection) {
	c, over, b, ids := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == "PROPFIND" {
			edited(t, res, func(body string) string { return strings.ReplaceAll(body, "sync-collection", "other-report") })
		}
	}
	whole, err := b.Read(t.Context(), book.Cursor{})
	if err != nil || !whole.Whole || len(whole.Entries) != len(ids) || whole.State == "" {
		t.Fatalf("%+v, %v", whole, err)
	}
	calls := over.calls.Load()
	if quiet, err := b.Read(t.Context(), book.Cursor{Since: whole.State}); err != nil || quiet.Whole || len(quiet.Entries) > 0 || quiet.State != whole.State {
		t.Errorf("%+v, %v", quiet, err)
	}
	if n := over.calls.Load() - calls; n != 1 {
		t.Errorf("%d calls for no change", n)
	}
	outside{c}.Delete(t, ids[0])
	next, err := b.Read(t.Context(), book.Cursor{Since: whole.State})
	if err != nil || !next.Whole || len(next.Entries) != len(ids)-1 || next.State == whole.State {
		t.Errorf("%+v, %v", next, err)
	}
	// When it learns to tell, what it told before is too old.
	over.change = nil
	if _, err := open(t, params(c.URL, over)).Read(t.Context(), book.Cursor{Since: "token nothing"}); !errors.Is(err, book.ErrExpired) {
		t.Errorf("an invalid token: %v", err)
	}
}

func aPageOfAnotherReadingIsExpired(t *testing.T, home *publicationtest.Collection) {
	_, _, b, _ := filled(t, home)
	if _, err := b.Read(t.Context(), book.Cursor{Page: "1 200"}); !errors.Is(err, book.ErrExpired) {
		t.Error(err)
	}
}

func versionsThatAreMissingOrWeakAreNoLicenceToOverwrite(t *testing.T, home *publicationtest.Collection) {
	for what, change := range map[string]func(t *testing.T, res *http.Response){
		"none on PUT": func(t *testing.T, res *http.Response) { res.Header.Del("ETag") },
		"weak ones": func(t *testing.T, res *http.Response) {
			if tag := res.Header.Get("ETag"); tag != "" {
				res.Header.Set("ETag", "W/"+tag)
			}
			edited(t, res, func(body string) string { return strings.ReplaceAll(body, `<getetag>"`, `<getetag>W/"`) })
		},
	} {
		t.Run(what, func(t *testing.T) {
			c, over, b, ids := filled(t, home)
			over.change = func(_ *http.Request, res *http.Response) { change(t, res) }
			entries, err := b.Get(t.Context(), ids)
			if err != nil {
				t.Fatal(err)
			}
			rename := func(e book.Entry, name string) book.Receipt {
				t.Helper()
				receipts, err := b.Update(t.Context(), []book.Update{{Entry: e, Card: storage.Card{FamilyName: name}}})
				if err != nil {
					t.Fatal(err)
				}
				return receipts[0]
			}
			first := rename(entries[0], "Ici")
			if first.Err != nil || first.Entry.ETag == "" {
				t.Fatalf("%+v", first)
			}
			if again := rename(first.Entry, "Ici encore"); again.Err != nil {
				t.Errorf("%v", again.Err)
			}
			outside{c}.Rename(t, ids[1], "Là-bas")
			if late := rename(entries[1], "Ici"); !errors.Is(late.Err, book.ErrChanged) || (outside{c}).FamilyName(t, ids[1]) != "Là-bas" {
				t.Errorf("overwritten: %v", late.Err)
			}
		})
	}
}

// A reading is told what we wrote. It may pass over what stands as the answer to the writing said, and nothing else.
func whatIsKnownIsNotReadAgainUnlessItIsAnother(t *testing.T, home *publicationtest.Collection) {
	untouched := func(*testing.T, *http.Request, *http.Response) {}
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, req *http.Request, res *http.Response)
		late   func(t *testing.T, c *publicationtest.Collection, id string)
		read   bool
	}{
		{name: "as we wrote it", change: untouched},
		{name: "changed since", change: untouched, late: func(t *testing.T, c *publicationtest.Collection, id string) {
			outside{c}.Rename(t, id, "Là-bas")
		}, read: true},
		{name: "stored under another version than the answer said", change: func(_ *testing.T, req *http.Request, res *http.Response) {
			if req.Method == http.MethodPut {
				res.Header.Set("ETag", `"of what was sent"`)
			}
		}, read: true},
		{name: "stored without telling a version", change: func(_ *testing.T, req *http.Request, res *http.Response) {
			if req.Method == http.MethodPut {
				res.Header.Del("ETag")
			}
		}}, // it was read again just after, and said what we wrote
		{name: "stored in another form without telling a version", change: func(t *testing.T, req *http.Request, res *http.Response) {
			if req.Method == http.MethodPut {
				res.Header.Del("ETag")
			}
			edited(t, res, func(body string) string { return strings.ReplaceAll(body, "Ici", "ICI") })
		}, read: true},
		{name: "not to be read after it was written", change: func(t *testing.T, req *http.Request, res *http.Response) {
			if req.Method == "REPORT" {
				rewritten(res, http.StatusServiceUnavailable, "")
			}
		}, read: true},
		{name: "of a version that says alike only", change: func(t *testing.T, req *http.Request, res *http.Response) {
			if tag := res.Header.Get("ETag"); tag != "" {
				res.Header.Set("ETag", "W/"+tag)
			}
			edited(t, res, func(body string) string { return strings.ReplaceAll(body, `<getetag>"`, `<getetag>W/"`) })
		}, read: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, over, b, _ := filled(t, home)
			page, err := b.Read(t.Context(), book.Cursor{})
			if err != nil {
				t.Fatal(err)
			}
			over.change = func(req *http.Request, res *http.Response) { tt.change(t, req, res) }
			receipts, err := b.Create(t.Context(), []book.New{{Key: "cle", Card: storage.Card{FamilyName: "Ici"}}})
			if err != nil || receipts[0].Err != nil {
				t.Fatalf("%+v, %v", receipts, err)
			}
			ours := receipts[0].Entry
			if !strings.HasPrefix(ours.ETag, "W/") {
				over.change = nil
			}
			if tt.late != nil {
				tt.late(t, c, ours.ID)
			}
			next, err := b.Read(t.Context(), book.Cursor{Since: page.State, Known: func(_ context.Context, ids []string) (map[string]string, error) {
				if !slices.Equal(ids, []string{ours.ID}) {
					t.Errorf("asked what is known of %q", ids)
				}
				return map[string]string{ours.ID: ours.ETag}, nil
			}})
			if err != nil || next.Whole || next.State == page.State || (len(next.Entries) == 1) != tt.read {
				t.Errorf("%+v, %v", next, err)
			}
		})
	}
}

func listsOfCardsAndCardsThatCannotBeReadAreLeftAlone(t *testing.T, home *publicationtest.Collection) {
	_, over, b, ids := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == "REPORT" {
			edited(t, res, func(body string) string {
				body = strings.Replace(body, "N:Deux;;;;", "N:Deux;;;;\nX-ADDRESSBOOKSERVER-KIND:group", 1)
				return strings.Replace(body, "N:Trois;;;;", "N:Trois;;;;\nBEGIN:VCARD", 1)
			})
		}
	}
	page, err := b.Read(t.Context(), book.Cursor{})
	if err != nil || len(page.Entries) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	for _, e := range page.Entries {
		if broken := strings.HasSuffix(e.ID, "trois.vcf"); e.ID == ids[0] || broken != (e.Fault != nil) || e.Deleted {
			t.Errorf("%s: %v", e.ID, e.Fault)
		}
	}
}

func aFailureStopsTheCallAndAFullDiskMakesItWait(t *testing.T, home *publicationtest.Collection) {
	_, over, b, ids := filled(t, home)
	entries, err := b.Get(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[int][2]directory.Class{
		http.StatusInsufficientStorage: {directory.Throttled, directory.Throttled},
		http.StatusBadGateway:          {directory.Ambiguous, directory.Offline},
		http.StatusUnauthorized:        {directory.Auth, directory.Auth},
	} {
		over.change = func(req *http.Request, res *http.Response) {
			if req.Method == http.MethodPut {
				rewritten(res, status, "")
			}
		}
		before := over.writes.Load()
		var updates []book.Update
		for _, e := range entries {
			updates = append(updates, book.Update{Entry: e, Card: storage.Card{FamilyName: fmt.Sprint("Neuf ", status)}})
		}
		receipts, err := b.Update(t.Context(), updates)
		if err != nil {
			t.Fatal(err)
		}
		if n := over.writes.Load() - before; n != 1 {
			t.Errorf("%d: %d writes left", status, n)
		}
		for i, class := range []directory.Class{want[0], want[1], want[1]} {
			if e := directory.Classify(receipts[i].Err); e.Class != class || class == directory.Offline && e.Sent {
				t.Errorf("%d: card %d: %v, class %d", status, i, receipts[i].Err, e.Class)
			}
		}
		over.change = nil
		if entries, err = b.Get(t.Context(), ids); err != nil { // what failed was applied all the same
			t.Fatal(err)
		}
	}
	// A card that is refused does not stop the others.
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == http.MethodPut && strings.HasSuffix(req.URL.Path, "deux.vcf") {
			rewritten(res, http.StatusUnsupportedMediaType, "")
		}
	}
	var news []book.New
	for _, key := range []string{"un-neuf", "pour-deux", "trois-neuf"} {
		news = append(news, book.New{Key: key, Card: storage.Card{FamilyName: key}})
	}
	news[1].Key = "deux"
	receipts, err := b.Create(t.Context(), news)
	if err != nil || receipts[0].Err != nil || receipts[2].Err != nil {
		t.Fatalf("%+v, %v", receipts, err)
	}
	if !errors.Is(receipts[1].Err, book.ErrChanged) && directory.Classify(receipts[1].Err).Class != directory.Refused {
		t.Errorf("%v", receipts[1].Err)
	}
}

func TestAFullDiskIsNoCardsFaultAndTheCallsGoOnOnceThereIsRoom(t *testing.T) {
	t.Parallel()
	c := publicationtest.StartRadicale(t, "1m").AddressBook("carnet", "Carnet")
	b := open(t, params(c.URL, transport(t)))
	big := func(key string) book.New {
		return book.New{Key: key, Card: storage.Card{FamilyName: key, Note: strings.Repeat("é", 50_000)}}
	}
	var stand []book.Entry
	for n := 0; ; n++ {
		if n == 50 {
			t.Fatal("the disk never fills")
		}
		receipts, err := b.Create(t.Context(), []book.New{big(fmt.Sprint("k", n))})
		if err != nil {
			t.Fatal(err)
		}
		if receipts[0].Err != nil {
			wants(t, receipts[0].Err, directory.Throttled, "carddav.full")
			break
		}
		stand = append(stand, receipts[0].Entry)
	}
	if len(stand) < 2 {
		t.Fatalf("%d cards fit", len(stand))
	}
	if receipts, err := b.Delete(t.Context(), stand[:2]); err != nil || receipts[0].Err != nil || receipts[1].Err != nil {
		t.Fatalf("%+v, %v", receipts, err)
	}
	if receipts, err := b.Create(t.Context(), []book.New{big("encore")}); err != nil || receipts[0].Err != nil {
		t.Errorf("once there is room: %v, %v", receipts[0].Err, err)
	}
	if page, err := b.Read(t.Context(), book.Cursor{}); err != nil || len(page.Entries) != len(stand)-1 {
		t.Errorf("%d cards stand, %v", len(page.Entries), err)
	}
}

func TestThePasswordGoesToNobodyElse(t *testing.T) {
	var asked []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	for what, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/dav/", http.StatusPermanentRedirect)
		},
		"an address in an answer": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusMultiStatus)
			_, _ = fmt.Fprintf(w, `<multistatus xmlns="DAV:"><response><href>/</href><propstat><status>HTTP/1.1 200 OK</status><prop>`+
				`<current-user-principal><href>%s/moi/</href></current-user-principal></prop></propstat></response></multistatus>`, other.URL)
		},
	} {
		service := httptest.NewServer(http.HandlerFunc(answer))
		over := transport(t)
		_, err := open(t, params(service.URL, over)).Identity(t.Context())
		if err == nil {
			t.Errorf("%s is followed", what)
		}
		service.Close()
	}
	if len(asked) > 0 {
		t.Errorf("asked with %q", asked)
	}
}

// TestARedirectWithinTheServiceIsFollowed has .well-known lead to the service, as Nextcloud's does.
func TestARedirectWithinTheServiceIsFollowed(t *testing.T) {
	home := publicationtest.StartRadicale(t, "")
	home.AddressBook("carnet", "Carnet")
	behind := transport(t)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/carddav":
			http.Redirect(w, r, "/"+publicationtest.User+"/", http.StatusMovedPermanently)
			return
		case "/":
			http.Error(w, "", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+home.Address()+r.URL.Path, bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header
		res, err := behind.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close() // only read from: nothing is lost
		for k, v := range res.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(res.StatusCode)
		if _, err := io.Copy(w, res.Body); err != nil {
			t.Error(err)
		}
	}))
	defer front.Close()
	id, err := open(t, params(front.URL, transport(t))).Identity(t.Context())
	if err != nil || !strings.HasSuffix(id.ID, "/accueil/carnet/") {
		t.Errorf("%+v, %v", id, err)
	}
}
