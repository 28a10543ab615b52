package google_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// answering gives a connector to a service that answers each call so.
func answering(t *testing.T, answer func(r *http.Request) (status int, body string)) *google.Book {
	t.Helper()
	over := sandbox.Transport{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, body := answer(r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body) //nolint:errcheck // in memory
	})}
	b, err := google.Open(google.Params{BaseURL: "https://people.example", Client: &http.Client{Transport: over}, Label: google.AllContacts, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAnAnswerThatIsOddIsACardLeftAloneOrAnErrorAndNeverAnAbsence gives persons and lists that the API does not document.
func TestAnAnswerThatIsOddIsACardLeftAloneOrAnErrorAndNeverAnAbsence(t *testing.T) {
	for name, c := range map[string]struct {
		list string
		want string // names of cards, "?" for one left alone; "": an error
	}{
		"a name that is a list":     {`{"connections":[{"resourceName":"people/c1","names":"Durand"},{"resourceName":"people/c2","names":[{"familyName":"Morel"}]}],"totalItems":2}`, "? Morel"},
		"phones that are a map":     {`{"connections":[{"resourceName":"people/c1","phoneNumbers":{"value":"06"}}]}`, "?"},
		"values that are null":      {`{"connections":[{"resourceName":"people/c1","names":[null,{"familyName":"Morel"}],"phoneNumbers":[null]}]}`, "Morel"},
		"a text that is a number":   {`{"connections":[{"resourceName":"people/c1","names":[{"familyName":7}],"emailAddresses":[{"value":["a"]}]}]}`, "-"},
		"a date that is none":       {`{"connections":[{"resourceName":"people/c1","names":[{"familyName":"Morel"}],"birthdays":[{"date":{"year":"x","month":99,"day":-4}},{"date":7}]}]}`, "Morel"},
		"metadata of another sort":  {`{"connections":[{"resourceName":"people/c1","metadata":[1],"names":[{"familyName":"Morel"}]}]}`, "?"},
		"deleted that is no answer": {`{"connections":[{"resourceName":"people/c1","metadata":{"deleted":"true"},"names":[{"familyName":"Morel"}]}]}`, "?"},
		"a person without a name":   {`{"connections":[{"names":[{"familyName":"Morel"}]}]}`, ""},
		"a person that is null":     {`{"connections":[null]}`, ""},
		"a person that is a text":   {`{"connections":["people/c1"]}`, ""},
		"a list that is a map":      {`{"connections":{"people/c1":{}}}`, ""},
		"a total that is a text":    {`{"connections":[],"totalItems":"2"}`, ""},
		"cut":                       {`{"connections":[{"resourceName":"people/c1"},`, ""},
		"nothing":                   {``, ""},
		"null":                      {`null`, ""},
		"a web page":                {`<html>Bienvenue</html>`, ""},
		"nested without end":        {`{"connections":` + strings.Repeat("[", 20_000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := answering(t, func(r *http.Request) (int, string) {
				if strings.HasSuffix(r.URL.Path, "/connections") {
					return http.StatusOK, c.list
				}
				return http.StatusOK, `{}`
			})
			page, err := b.Read(t.Context(), book.Cursor{})
			if c.want == "" {
				if err == nil || directory.Classify(err).Class == directory.Refused {
					t.Errorf("%+v, %v", page, err)
				}
				return
			}
			var got []string
			for _, e := range page.Entries {
				switch {
				case e.Deleted:
					t.Errorf("%s is taken for deleted", e.ID)
				case e.Fault != nil:
					got = append(got, "?")
				case e.Card.FamilyName == "":
					got = append(got, "-")
				default:
					got = append(got, e.Card.FamilyName)
				}
			}
			if text := strings.Join(got, " "); err != nil || text != c.want {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

// TestAnAnswerToAWritingThatTellsNothingIsDoubtful: what is not told to be written may be written all the same.
func TestAnAnswerToAWritingThatTellsNothingIsDoubtful(t *testing.T) {
	entry := func(n int) book.Entry {
		raw := fmt.Sprintf(`{"resourceName":"people/c%d","etag":"e","metadata":{"sources":[{"type":"CONTACT","id":"1","etag":"e"}]},"names":[{"familyName":"Morel"}]}`, n)
		return book.Entry{ID: fmt.Sprint("people/c", n), ETag: "e", Raw: []byte(raw), Card: storage.Card{FamilyName: "Morel"}}
	}
	card := storage.Card{FamilyName: "Durand"}
	for name, answer := range map[string]string{
		"nothing told": `{}`, "other people": `{"createdPeople":[{"person":{"resourceName":"people/c9"}}],"updateResult":{"people/c9":{"person":{"resourceName":"people/c9"}}},"resourceName":"people/c9"}`,
		"null": `{"createdPeople":null,"updateResult":null}`, "no persons": `{"createdPeople":[{}],"updateResult":{"people/c1":{},"people/c2":{}}}`,
		"other sorts": `{"createdPeople":7,"updateResult":[]}`, "cut": `{"createdPeople":[`,
	} {
		b := answering(t, func(r *http.Request) (int, string) {
			if r.Method == http.MethodGet {
				return http.StatusOK, `{}`
			}
			return http.StatusOK, answer
		})
		for call, write := range map[string]func() ([]book.Receipt, error){
			"create": func() ([]book.Receipt, error) { return b.Create(t.Context(), []book.New{{Key: "k", Card: card}}) },
			"create two": func() ([]book.Receipt, error) {
				return b.Create(t.Context(), []book.New{{Key: "k", Card: card}, {Key: "l", Card: card}})
			},
			"update two": func() ([]book.Receipt, error) {
				return b.Update(t.Context(), []book.Update{{Entry: entry(1), Card: card}, {Entry: entry(2), Card: card}})
			},
		} {
			receipts, err := write()
			for _, r := range receipts {
				if r.Err == nil || directory.Classify(r.Err).Class != directory.Ambiguous {
					t.Errorf("%s, %s: %+v", call, name, r)
				}
			}
			if len(receipts) == 0 && (err == nil || directory.Classify(err).Class != directory.Ambiguous) {
				t.Errorf("%s, %s: %v", call, name, err)
			}
		}
	}
}
