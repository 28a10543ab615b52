package google_test

import (
	"net/http"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/book/booktest"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// TestNoErrorPassesOnWhatGoogleQuotes: neither the access nor anything of a card is in an error, whatever answers.
func TestNoErrorPassesOnWhatGoogleQuotes(t *testing.T) {
	people := sandbox.NewPeople(sandbox.PeopleParams{Now: time.Now})
	address, turn := booktest.Turning(t, people)
	over := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(over.CloseIdleConnections)
	b, err := google.Open(google.Params{
		BaseURL: address, Client: &http.Client{Transport: signed{over, anne}}, Label: "Rigodon", Name: anne, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	receipts, err := b.Create(t.Context(), []book.New{{Key: "kirikipu", Card: booktest.Private()}})
	if err != nil || receipts[0].Err != nil {
		t.Fatal(err, receipts)
	}
	booktest.RunDiscreet(t, b, receipts[0].Entry, turn, anne, "Bearer")
}

// locked refuses every call as a keyring does that nobody unlocks.
type locked struct{}

func (locked) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, storage.NewProblem("secrets.keyringSilent")
}

func TestWhatKeepsACallOnThisComputerIsToldAsItIs(t *testing.T) {
	b, err := google.Open(google.Params{BaseURL: "https://people.example", Client: &http.Client{Transport: locked{}}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Read(t.Context(), book.Cursor{})
	if e := directory.Classify(err); err == nil || e.Class != directory.Offline || e.Problem.Code != "secrets.keyringSilent" {
		t.Errorf("%v", err)
	}
}
