package google_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

func TestThousandCreationsAreFiveCallsAndNoneIsTooMany(t *testing.T) {
	r := newRig(t, "Diapason", sandbox.PeopleParams{Limits: sandbox.ObservedPeopleLimits})
	r.Book = r.paced("Diapason", google.UnitsPerMinute)
	r.create(persons(1)...) // the label is there
	before := r.requests()
	for part := range slices.Chunk(persons(1001)[1:], r.Capabilities().CreateMax) {
		r.create(part...)
	}
	if n := r.requests() - before; n != 5 || r.Throttled(anne) != 0 || len(r.Contacts(anne)) != 1001 {
		t.Errorf("%d calls, %d throttled, %d contacts", n, r.Throttled(anne), len(r.Contacts(anne)))
	}
}

func TestCallsArePutOffBeforeGoogleRefusesThem(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{Limits: sandbox.ObservedPeopleLimits})
	r.Book = r.paced("*", google.UnitsPerMinute)
	put, begun := 0, r.now
	for done := 0; done < 40; {
		_, err := r.Create(t.Context(), persons(2))
		e := directory.Classify(err)
		switch {
		case err == nil:
			done++
		case e.Class == directory.Throttled && e.RetryAfter > 0 && e.RetryAfter <= time.Minute:
			put++
			r.now = r.now.Add(e.RetryAfter)
		default:
			t.Fatal(err)
		}
	}
	if n := r.Throttled(anne); n != 0 || put == 0 || len(r.Contacts(anne)) != 80 {
		t.Errorf("%d refused, %d put off, %d contacts", n, put, len(r.Contacts(anne)))
	}
	if took := r.now.Sub(begun); took < 4*time.Minute || took > 5*time.Minute { // 240 units and a reading, 60 by the minute
		t.Errorf("it took %s", took)
	}
	if google.RatePerSecond(0) != 0 || r.Capabilities().RatePerSecond != 1.0/6 {
		t.Errorf("declared: %v calls/s", r.Capabilities().RatePerSecond)
	}
}

func TestAnswerOfGoogleDecidesWhatTheLaneDoes(t *testing.T) {
	answer := func(status int, reason string, header map[string]string) sandbox.Fault {
		return sandbox.Fault{Kind: sandbox.Answer, Status: status, Reason: reason, Header: header}
	}
	for about, c := range map[string]struct {
		fault sandbox.Fault
		class directory.Class
		code  string
		wait  time.Duration
	}{
		"no access":          {answer(401, "", nil), directory.Auth, "google.auth", 0},
		"scope not granted":  {answer(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", nil), directory.Auth, "google.scope", 0},
		"API not enabled":    {answer(403, "SERVICE_DISABLED", nil), directory.Auth, "google.disabled", 0},
		"other 403":          {answer(403, "", nil), directory.Refused, "google.refused", 0},
		"rate as 403":        {answer(403, "RATE_LIMIT_EXCEEDED", map[string]string{"Retry-After": "7"}), directory.Throttled, "google.throttled", 7 * time.Second},
		"rate":               {sandbox.Fault{Kind: sandbox.TooManySeconds, Delay: time.Minute}, directory.Throttled, "google.throttled", time.Minute},
		"rate until a date":  {sandbox.Fault{Kind: sandbox.TooManyDate, Delay: time.Minute}, directory.Throttled, "google.throttled", time.Minute},
		"rate without words": {sandbox.Fault{Kind: sandbox.TooManyBare}, directory.Throttled, "google.throttled", 0},
		"full":               {answer(400, "MY_CONTACTS_OVERFLOW_COUNT", nil), directory.Refused, "google.full", 0},
		"out of order":       {answer(500, "", nil), directory.Ambiguous, "google.serverError", 0},
		"busy, says when":    {sandbox.Fault{Kind: sandbox.UnavailableWait, Delay: time.Minute}, directory.Throttled, "google.throttled", time.Minute},
		"cut":                {sandbox.Fault{Kind: sandbox.Cut}, directory.Ambiguous, "google.unreachable", 0},
		"half an answer":     {sandbox.Fault{Kind: sandbox.CutBody}, directory.Ambiguous, "google.unreachable", 0},
		"no way there":       {sandbox.Fault{Kind: sandbox.Refused}, directory.Offline, "google.offline", 0},
		"Wi-Fi of a hotel":   {sandbox.Fault{Kind: sandbox.Portal}, directory.Offline, "google.captive", 0},
		"its redirection":    {sandbox.Fault{Kind: sandbox.PortalRedirect}, directory.Offline, "google.captive", 0},
	} {
		t.Run(about, func(t *testing.T) {
			r := newRig(t, "*", sandbox.PeopleParams{})
			r.read("")
			r.Misbehave(c.fault)
			_, err := r.Create(t.Context(), []book.New{{Key: "secret-key", Card: whole}})
			e := directory.Classify(err)
			if err == nil || e.Class != c.class || e.Problem.Code != c.code || e.RetryAfter != c.wait {
				t.Fatalf("%v, class %d, %s, wait %s", err, e.Class, e.Problem.Code, e.RetryAfter)
			}
			if text := fmt.Sprintf("%v %s %v", err, e.Answer, e.Problem); strings.Contains(text, "Durand") || strings.Contains(text, "example") || strings.Contains(text, "secret") {
				t.Errorf("says more than it may: %s", text)
			}
		})
	}
}

func TestRefusalQuotesNothingOfTheCard(t *testing.T) {
	b, err := google.Open(google.Params{
		Client: &http.Client{Transport: said(`{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Invalid value zoe@example.com",
			"details":[{"@type":"x","reason":"zoe@example.com"},{"fieldViolations":[{"field":"contacts[0].contact_person.birthdays","description":"zoe@example.com"}]}]}}`)},
		Label: "*", Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Read(t.Context(), book.Cursor{})
	e := directory.Classify(err)
	if e.Answer != "400 INVALID_ARGUMENT contacts[0].contact_person.birthdays" || strings.Contains(err.Error(), "zoe") {
		t.Errorf("%q %v", e.Answer, err)
	}
}

func TestWriteThatTookEffectWithoutAnswerIsFoundByItsKey(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{sandbox.ApplyThen500, sandbox.ApplyThenCut, sandbox.HalfApplied} {
		r := newRig(t, "Diapason", sandbox.PeopleParams{})
		r.create(book.New{Key: "first", Card: whole})
		r.Misbehave(sandbox.Fault{Kind: kind, Path: "/v1/people:batchCreate"})
		if _, err := r.Create(t.Context(), persons(4)); directory.Classify(err).Class != directory.Ambiguous {
			t.Errorf("%s: %v", kind, err)
		}
		found, err := r.Probe(t.Context(), []string{"key-0", "key-1", "key-2", "key-3"})
		if err != nil || len(found) != len(r.Contacts(anne))-1 || len(found) == 0 {
			t.Errorf("%s: %d found: %v", kind, len(found), err)
		}
		for key, e := range found {
			if e.Key != key || !e.InScope {
				t.Errorf("%+v", e)
			}
		}
	}
}

func TestAccountMaySayHowMuchItSpendsAMinute(t *testing.T) {
	for text, want := range map[string]int{"": google.UnitsPerMinute, "90": 90, "6": 6, "5": 0, "-1": 0, "many": 0} {
		got, err := google.Units(map[string]string{google.SettingUnits: text})
		if got != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

// A batch that is refused is sent again in parts. When the minute's calls are spent in the middle, what was written is told:
// the next merge would take it for somebody's edit.
func TestPartsOfABatchThatWereWrittenAreToldWhenTheRestIsPutOff(t *testing.T) {
	r := newRig(t, "*", sandbox.PeopleParams{})
	var cards []book.New
	for _, key := range []string{"a", "b", "c", "d"} {
		cards = append(cards, book.New{Key: key, Card: storage.Card{FamilyName: key}})
	}
	r.create(cards...)
	entries, _ := r.read("")
	r.Book = r.paced("*", 16) // the batch, the reading, one half
	r.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: http.StatusBadRequest, Path: "/v1/people:batchUpdateContacts"})
	var updates []book.Update
	for _, e := range entries {
		card := e.Card.Clone()
		card.Nickname = "Zo"
		updates = append(updates, book.Update{Entry: e, Card: card, Key: e.Key})
	}
	receipts, err := r.Update(t.Context(), updates)
	if err != nil {
		t.Fatal(err)
	}
	for i, receipt := range receipts {
		kept, _ := r.Contact(anne, entries[i].ID)
		var failure *directory.Error
		switch written := kept.First("nicknames", "value") == "Zo"; {
		case written != (i < 2):
			t.Errorf("%d is written: %v", i, written)
		case written && (receipt.Err != nil || receipt.Entry.Card.Nickname != "Zo"):
			t.Errorf("%d is written, and its receipt says %+v", i, receipt)
		case !written && (!errors.As(receipt.Err, &failure) || failure.Class != directory.Throttled):
			t.Errorf("%d was put off, and its receipt says %+v", i, receipt)
		}
	}
}
