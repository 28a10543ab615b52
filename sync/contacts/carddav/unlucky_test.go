package carddav_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/directory"
)

// TestUnluckyServices changes what Radicale answers into what limited, broken and hostile services do: whatever comes, no
// card is taken for deleted, and none is touched outside the book.
func TestUnluckyServices(t *testing.T) {
	t.Parallel()
	home := publicationtest.StartRadicale(t, "")
	for name, test := range map[string]func(*testing.T, *publicationtest.Collection){
		"ChangesInPartsAreFetchedToTheLast":                  changesInPartsAreFetchedToTheLast,
		"PartsWithoutEndAreAnError":                          partsWithoutEndAreAnError,
		"AServiceThatPromisesToTellChangesIsReadWhole":       aServiceThatPromisesToTellChangesIsReadWhole,
		"AListThatHoldsNotAllIsAnError":                      aListThatHoldsNotAllIsAnError,
		"AServiceThatGivesFewCardsAtOnceIsAskedForFewer":     aServiceThatGivesFewCardsAtOnceIsAskedForFewer,
		"OneCardThatSpoilsTheAnswerHidesNoOther":             oneCardThatSpoilsTheAnswerHidesNoOther,
		"WhatLiesOutsideTheBookIsLeftAlone":                  whatLiesOutsideTheBookIsLeftAlone,
		"AVersionThatCannotBeSentBackIsNone":                 aVersionThatCannotBeSentBackIsNone,
		"VersionsWithoutQuotesStopNoEditAndOverwriteNone":    versionsWithoutQuotesStopNoEditAndOverwriteNone,
		"ACardWhoseIdentifierIsTakenStopsNoOther":            aCardWhoseIdentifierIsTakenStopsNoOther,
		"AnAnswerInAnotherEncodingIsRead":                    anAnswerInAnotherEncodingIsRead,
		"APageInThePlaceOfAnAnswerIsNoEmptyBook":             aPageInThePlaceOfAnAnswerIsNoEmptyBook,
		"ARedirectInTheMiddleIsNotFollowed":                  aRedirectInTheMiddleIsNotFollowed,
		"APasswordThatChangesInTheMiddleStopsBeforeAnyWrite": aPasswordThatChangesInTheMiddleStopsBeforeAnyWrite,
	} {
		t.Run(name, func(t *testing.T) { test(t, home) })
	}
}

// asks reports whether a call asks for something, and for how many cards.
func asks(t *testing.T, req *http.Request, what string) (cards int, it bool) {
	t.Helper()
	if req.GetBody == nil {
		return 0, false
	}
	body, err := req.GetBody()
	if err != nil {
		t.Error(err)
		return 0, false
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	return strings.Count(string(raw), "<href>"), strings.Contains(string(raw), what)
}

// names are the family names that a reading to its end gives; "-" and the id of one that is gone.
func names(t *testing.T, b *carddav.Book, since string) (all []string, state string, err error) {
	t.Helper()
	for c := (book.Cursor{Since: since}); ; {
		page, err := b.Read(t.Context(), c)
		if err != nil {
			return nil, "", err
		}
		for _, e := range page.Entries {
			switch {
			case e.Deleted:
				all = append(all, "-"+e.ID)
			case e.Fault != nil:
				all = append(all, "?")
			default:
				all = append(all, e.Card.FamilyName)
			}
		}
		if c.Page = page.Next; c.Page == "" {
			slices.Sort(all)
			return all, page.State, nil
		}
	}
}

func wantNames(t *testing.T, b *carddav.Book, since string, want ...string) string {
	t.Helper()
	got, state, err := names(t, b, since)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("read %q, %v; want %q", got, err, want)
	}
	return state
}

var member = regexp.MustCompile(`(?s)<response>.*?</response>`)

// inParts makes the answers to sync-collection come member by member, the last one without any.
func inParts(t *testing.T, from string) (change func(*http.Request, *http.Response), parts *atomic.Int64) {
	const more = "<response><href>/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
	const end = "</multistatus>"
	var rest []string
	var last string
	parts = new(atomic.Int64)
	return func(req *http.Request, res *http.Response) {
		if _, is := asks(t, req, "<sync-collection"); !is {
			return
		}
		if _, first := asks(t, req, "<sync-token>"+from+"</sync-token>"); first {
			edited(t, res, func(body string) string {
				members := member.FindAllString(body, -1)
				last = member.ReplaceAllString(body, "") // the token, wherever it stands
				for _, m := range members {
					rest = append(rest, `<multistatus xmlns="DAV:">`+m)
				}
				return body
			})
		}
		if n := parts.Add(1); len(rest) == 0 {
			rewritten(res, http.StatusMultiStatus, last)
		} else {
			rewritten(res, http.StatusMultiStatus, rest[0]+more+fmt.Sprintf("<sync-token>http://part/%d</sync-token>", n)+end)
			rest = rest[1:]
		}
	}, parts
}

func changesInPartsAreFetchedToTheLast(t *testing.T, home *publicationtest.Collection) {
	c, over, b, ids := filled(t, home)
	var parts *atomic.Int64
	over.change, parts = inParts(t, "")
	state := wantNames(t, b, "", "Un", "Deux", "Trois")
	if n := parts.Load(); n != 4 {
		t.Errorf("%d parts", n)
	}
	// The token of the end is the service's own: what changes next comes, in parts too, deletions with it.
	outside{c}.Rename(t, ids[0], "Deux bis")
	outside{c}.Delete(t, ids[1])
	outside{c}.Add(t, "Quatre")
	over.change, parts = inParts(t, strings.TrimPrefix(state, "token "))
	wantNames(t, b, state, "Deux bis", "Quatre", "-"+ids[1])
	if n := parts.Load(); n != 4 {
		t.Errorf("%d parts of the changes", n)
	}
	// A part that does not come is no end.
	whole, _ := inParts(t, "")
	over.change = func(req *http.Request, res *http.Response) {
		if _, later := asks(t, req, "http://part/2<"); later {
			rewritten(res, http.StatusServiceUnavailable, "")
			return
		}
		whole(req, res)
	}
	if got, _, err := names(t, b, ""); err == nil {
		t.Errorf("a reading without its third part gives %q", got)
	}
}

func partsWithoutEndAreAnError(t *testing.T, home *publicationtest.Collection) {
	c, over, _, _ := filled(t, home)
	for what, token := range map[string]func(n int64) string{
		"the same token":        func(int64) string { return "http://part/again" },
		"a new token each time": func(n int64) string { return fmt.Sprint("http://part/", n) },
	} {
		t.Run(what, func(t *testing.T) {
			b := open(t, params(c.URL, over))
			var asked atomic.Int64
			over.change = func(req *http.Request, res *http.Response) {
				if _, is := asks(t, req, "<sync-collection"); is {
					rewritten(res, http.StatusMultiStatus, `<multistatus xmlns="DAV:"><response><href>/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>`+
						"<sync-token>"+token(asked.Add(1))+"</sync-token></multistatus>")
				}
			}
			_, err := b.Read(t.Context(), book.Cursor{})
			wants(t, err, directory.Refused, "carddav.notDAV")
			if n := asked.Load(); n > 3 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func aServiceThatPromisesToTellChangesIsReadWhole(t *testing.T, home *publicationtest.Collection) {
	for _, status := range []int{
		http.StatusForbidden, http.StatusUnsupportedMediaType, http.StatusNotImplemented, http.StatusInsufficientStorage,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			c, over, b, ids := filled(t, home)
			state := wantNames(t, b, "", "Un", "Deux", "Trois")
			over.change = func(req *http.Request, res *http.Response) {
				if _, is := asks(t, req, "<sync-collection"); is {
					rewritten(res, status, `<error xmlns="DAV:"><valid-sync-token/></error>`)
				}
			}
			outside{c}.Delete(t, ids[0]) // Deux
			// The token is refused: what it stood for is expired, and nothing is said of any card.
			if _, err := b.Read(t.Context(), book.Cursor{Since: state}); !errors.Is(err, book.ErrExpired) {
				t.Fatalf("a refused token: %v", err)
			}
			page, err := b.Read(t.Context(), book.Cursor{})
			if err != nil || !page.Whole || len(page.Entries) != 2 || !strings.HasPrefix(page.State, "ctag ") {
				t.Fatalf("%+v, %v", page, err)
			}
			if quiet, err := b.Read(t.Context(), book.Cursor{Since: page.State}); err != nil || len(quiet.Entries) > 0 {
				t.Errorf("%+v, %v", quiet, err)
			}
		})
	}
}

func aListThatHoldsNotAllIsAnError(t *testing.T, home *publicationtest.Collection) {
	_, over, b, _ := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method != "PROPFIND" {
			return
		}
		edited(t, res, func(body string) string {
			body = strings.ReplaceAll(body, "sync-collection", "other-report")
			if req.Header.Get("Depth") == "1" {
				body = strings.Replace(body, "</multistatus>", "<response><href>/</href><status>HTTP/1.1 507 Insufficient Storage</status></response></multistatus>", 1)
			}
			return body
		})
	}
	_, err := b.Read(t.Context(), book.Cursor{})
	wants(t, err, directory.Ambiguous, "carddav.unreachable")
}

func aServiceThatGivesFewCardsAtOnceIsAskedForFewer(t *testing.T, home *publicationtest.Collection) {
	c, over, _, _ := filled(t, home)
	want := []string{"Un", "Deux", "Trois"}
	for i := range 5 {
		want = append(want, fmt.Sprint("N", i))
		outside{c}.Add(t, want[len(want)-1])
	}
	for _, test := range []struct{ status, most, reports int }{
		{http.StatusInsufficientStorage, 2, 3 + 4},   // 8, 4, then the first half and the three others of two each
		{http.StatusRequestEntityTooLarge, 2, 3 + 4}, //
		{http.StatusBadRequest, 4, 3},
		{http.StatusForbidden, 4, 3},
		{http.StatusMethodNotAllowed, 0, 1}, // each by itself from then on
		{http.StatusNotImplemented, 0, 1},
	} {
		t.Run(fmt.Sprint(test.status, " over ", test.most), func(t *testing.T) {
			b := open(t, params(c.URL, over))
			var reports atomic.Int64
			over.change = func(req *http.Request, res *http.Response) {
				if n, is := asks(t, req, "<A:addressbook-multiget"); is {
					if reports.Add(1); n > test.most {
						rewritten(res, test.status, "")
					}
				}
			}
			wantNames(t, b, "", want...)
			first := reports.Load()
			if first > int64(test.reports) {
				t.Errorf("%d questions for eight cards", first)
			}
			wantNames(t, b, "", want...)
			if again := reports.Load() - first; again > first || test.most > 0 && again != int64(8/test.most) {
				t.Errorf("%d questions the second time: what it gives at once was not remembered", again)
			}
		})
	}
}

func oneCardThatSpoilsTheAnswerHidesNoOther(t *testing.T, home *publicationtest.Collection) {
	_, over, b, _ := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == "REPORT" {
			edited(t, res, func(body string) string { return strings.Replace(body, "N:Deux;", "N:De\x0bux;", 1) })
		}
	}
	wantNames(t, b, "", "Un", "Deux", "Trois")
	for _, damage := range []string{"<![CDATA[", "&undefined;", "<a xmlns:b=''>"} {
		over.change = func(req *http.Request, res *http.Response) {
			if _, is := asks(t, req, "<A:addressbook-multiget"); is {
				edited(t, res, func(body string) string { return strings.Replace(body, "N:Trois;", "N:Trois;"+damage, 1) })
			}
		}
		wantNames(t, b, "", "Un", "Deux", "Trois")
	}
}

func whatLiesOutsideTheBookIsLeftAlone(t *testing.T, home *publicationtest.Collection) {
	c, over, b, ids := filled(t, home)
	folder := strings.TrimSuffix(ids[0], "deux.vcf")
	other := home.AddressBook(fmt.Sprint("voisin-", made.Add(1)), "Voisin")
	theirs := outside{other}.Add(t, "Voisine")
	var list strings.Builder
	for _, href := range []string{
		theirs, other.URL + "voisine.vcf", folder + "../x/voisine.vcf", folder + "%2e%2e/" + strings.TrimPrefix(theirs, "/accueil/"),
		folder + "..%2fvoisine.vcf", folder + "..", folder + "sous/voisine.vcf", "/", "", "%zz", "mailto:x@example.com",
	} {
		fmt.Fprintf(&list, "<response><href>%s</href><propstat><prop><getetag>\"1\"</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>"+
			"<response><href>%s</href><status>HTTP/1.1 404 Not Found</status></response>", href, href)
	}
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == "REPORT" {
			edited(t, res, func(body string) string {
				return strings.Replace(body, "</multistatus>", list.String()+"</multistatus>", 1)
			})
		}
	}
	state := wantNames(t, b, "", "Un", "Deux", "Trois")
	outside{c}.Rename(t, ids[0], "Autre")
	wantNames(t, b, state, "Autre")
}

func aVersionThatCannotBeSentBackIsNone(t *testing.T, home *publicationtest.Collection) {
	c, over, b, ids := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == "REPORT" {
			edited(t, res, func(body string) string {
				return strings.ReplaceAll(body, "<getetag>\"", "<getetag>\"a&#10;X-Other: 1&#10;")
			})
		}
	}
	entries, err := b.Get(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	outside{c}.Rename(t, ids[1], "Là-bas")
	receipts, err := b.Update(t.Context(), []book.Update{
		{Entry: entries[0], Card: storage.Card{FamilyName: "Ici"}}, {Entry: entries[1], Card: storage.Card{FamilyName: "Ici"}},
	})
	if err != nil || receipts[0].Err != nil || !errors.Is(receipts[1].Err, book.ErrChanged) {
		t.Errorf("%+v, %v", receipts, err)
	}
}

func versionsWithoutQuotesStopNoEditAndOverwriteNone(t *testing.T, home *publicationtest.Collection) {
	c, over, b, ids := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if tag := res.Header.Get("ETag"); tag != "" {
			res.Header.Set("ETag", strings.Trim(tag, `"`))
		}
		if req.Method == "REPORT" {
			edited(t, res, func(body string) string { return unquoted.ReplaceAllString(body, "<getetag>$1</getetag>") })
		}
	}
	entries, err := b.Get(t.Context(), ids)
	if err != nil || strings.Contains(entries[0].ETag, `"`) {
		t.Fatal(entries, err)
	}
	outside{c}.Rename(t, ids[1], "Là-bas")
	card := storage.Card{FamilyName: "Ici"}
	receipts, err := b.Update(t.Context(), []book.Update{{Entry: entries[0], Card: card}, {Entry: entries[1], Card: card}})
	if err != nil || receipts[0].Err != nil || !errors.Is(receipts[1].Err, book.ErrChanged) {
		t.Fatalf("%+v, %v", receipts, err)
	}
	if here, there := (outside{c}).FamilyName(t, ids[0]), (outside{c}).FamilyName(t, ids[1]); here != "Ici" || there != "Là-bas" {
		t.Errorf("%q, %q", here, there)
	}
	if receipts, err := b.Delete(t.Context(), []book.Entry{entries[1], entries[2]}); err != nil || !errors.Is(receipts[0].Err, book.ErrChanged) || receipts[1].Err != nil {
		t.Errorf("%+v, %v", receipts, err)
	}
}

var unquoted = regexp.MustCompile(`<getetag>"([^"]*)"</getetag>`)

func aCardWhoseIdentifierIsTakenStopsNoOther(t *testing.T, home *publicationtest.Collection) {
	_, over, b, _ := filled(t, home)
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method == http.MethodPut && strings.HasSuffix(req.URL.Path, "/pris.vcf") {
			rewritten(res, http.StatusConflict, `<error xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><C:no-uid-conflict/></error>`)
		}
	}
	receipts, err := b.Create(t.Context(), []book.New{
		{Key: "pris", Card: storage.Card{FamilyName: "Pris"}}, {Key: "libre", Card: storage.Card{FamilyName: "Libre"}},
	})
	if err != nil || receipts[1].Err != nil {
		t.Fatalf("%+v, %v", receipts, err)
	}
	wants(t, receipts[0].Err, directory.Refused, "carddav.conflict")
}

func anAnswerInAnotherEncodingIsRead(t *testing.T, home *publicationtest.Collection) {
	c, over, b, _ := filled(t, home)
	outside{c}.Add(t, "Éléonore")
	over.change = func(req *http.Request, res *http.Response) {
		if req.Method != "REPORT" {
			return
		}
		edited(t, res, func(body string) string {
			text, err := charmap.ISO8859_1.NewEncoder().String(body)
			if err != nil {
				t.Error(err)
			}
			_, text, _ = strings.Cut(text, "?>")
			return `<?xml version="1.0" encoding="iso-8859-1"?>` + text
		})
	}
	wantNames(t, b, "", "Un", "Deux", "Trois", "Éléonore")
}

func aPageInThePlaceOfAnAnswerIsNoEmptyBook(t *testing.T, home *publicationtest.Collection) {
	_, over, b, _ := filled(t, home)
	state := wantNames(t, b, "", "Un", "Deux", "Trois")
	for what, answer := range map[string]struct {
		status int
		body   string
	}{
		"a web page":                  {http.StatusOK, "<html><body>Bienvenue dans le train</body></html>"},
		"a web page as a multistatus": {http.StatusMultiStatus, "<html><body>Bienvenue</body></html>"},
		"nothing":                     {http.StatusMultiStatus, ""},
		"JSON":                        {http.StatusMultiStatus, `{"multistatus":[]}`},
		"no content":                  {http.StatusNoContent, ""},
		"another element":             {http.StatusMultiStatus, `<error xmlns="DAV:"/>`},
		"a multistatus of nobody":     {http.StatusMultiStatus, `<multistatus xmlns="urn:example:other"/>`},
		"nested without end":          {http.StatusMultiStatus, strings.Repeat("<a>", 20_000) + "</multistatus>"},
		"entities that grow":          {http.StatusMultiStatus, `<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><multistatus xmlns="DAV:"><sync-token>&b;</sync-token></multistatus>`},
	} {
		t.Run(what, func(t *testing.T) {
			over.change = func(_ *http.Request, res *http.Response) { rewritten(res, answer.status, answer.body) }
			for _, since := range []string{"", state} {
				if page, err := b.Read(t.Context(), book.Cursor{Since: since}); err == nil {
					t.Errorf("since %q: %+v", since, page)
				}
			}
		})
	}
}

func aRedirectInTheMiddleIsNotFollowed(t *testing.T, home *publicationtest.Collection) {
	var asked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer other.Close()
	_, over, b, ids := filled(t, home)
	entries, err := b.Get(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{
		http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
	} {
		over.change = func(_ *http.Request, res *http.Response) {
			res.Header.Set("Location", strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+"/dav/")
			rewritten(res, status, "")
		}
		_, err = b.Read(t.Context(), book.Cursor{})
		wants(t, err, directory.Offline, "carddav.elsewhere")
		receipts, err := b.Update(t.Context(), []book.Update{{Entry: entries[0], Card: storage.Card{FamilyName: "Ici"}}})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, receipts[0].Err, directory.Offline, "carddav.elsewhere")
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

func aPasswordThatChangesInTheMiddleStopsBeforeAnyWrite(t *testing.T, home *publicationtest.Collection) {
	_, over, b, ids := filled(t, home)
	entries, err := b.Get(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	writes := over.writes.Load()
	over.change = func(_ *http.Request, res *http.Response) {
		res.Header.Set("WWW-Authenticate", `Basic realm="x"`)
		rewritten(res, http.StatusUnauthorized, publicationtest.Password)
	}
	_, err = b.Read(t.Context(), book.Cursor{})
	wants(t, err, directory.Auth, "carddav.auth")
	_, err = b.Get(t.Context(), ids)
	wants(t, err, directory.Auth, "carddav.auth")
	receipts, err := b.Delete(t.Context(), entries)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receipts {
		wants(t, r.Err, directory.Auth, "carddav.auth")
	}
	if n := over.writes.Load() - writes; n != 1 {
		t.Errorf("%d deletions were asked for after the first was refused", n-1)
	}
}
