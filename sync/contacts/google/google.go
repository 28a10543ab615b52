// Package google is the connector of Google Contacts: a thin client of the calls of the People API that the contacts need,
// on net/http. Signing the calls is the *http.Client's (sync/oauth), when to call and what to send is sync/contacts'.
//
// Updates of that API replace whole fields: what goes out bears every value of a field that changes, with what of it
// Diapason does not know, from the card as it was read. Nothing of a contact, and no address called, is in an error.
//
// What is sent and what the limits are: docs/connecteurs/google-contacts.md. Facts are from
// https://developers.google.com/people/api/rest and its discovery document (people/v1).
package google

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// BaseURL is where the API answers.
const BaseURL = "https://people.googleapis.com"

// Scope is what an account must grant.
const Scope = "https://www.googleapis.com/auth/contacts"

// AllContacts is the label that stands for every contact of the account.
const AllContacts = "*"

// Limits of the batches.
const (
	writeMax  = 200
	deleteMax = 500
	getMax    = 200
	pageSize  = 1000
)

// batchWeight is what a batch counts for in Google's limits by the minute, where a reading counts for one.
const batchWeight = 6

// UnitsPerMinute is how much of Google's limits by user and minute Diapason uses. Programs have met 90; Google shows the
// number in its console only.
const UnitsPerMinute = 60

// SettingUnits is the account's own number of them; "" is UnitsPerMinute.
const SettingUnits = "units-per-minute"

// Units reads the account's setting.
func Units(settings map[string]string) (int, error) {
	text := settings[SettingUnits]
	if text == "" {
		return UnitsPerMinute, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < batchWeight {
		return 0, storage.NewProblem("google.units", "value", text, "setting", SettingUnits)
	}
	return n, nil
}

// callWithin bounds one call.
const callWithin = 2 * time.Minute

// Params are what a connection is made of.
type Params struct {
	// BaseURL is where the API answers; "" is Google's.
	BaseURL string
	// Client signs the calls.
	Client *http.Client
	// Label is the name of the label that the cards in tune bear; "" or AllContacts: all cards are.
	Label string
	// Name is who the account is for people, where Google does not say.
	Name string
	// UnitsPerMinute is what calls may weigh within a minute; one too many is put off, as Throttled. 0: any weight.
	UnitsPerMinute int
	Now            func() time.Time
}

// Book is one account's contacts.
type Book struct {
	base   string
	client *http.Client
	label  string // "": all cards
	name   string
	budget budget
	now    func() time.Time
	labels labels
}

var _ book.Book = (*Book)(nil)

// Open makes the connection, without I/O.
func Open(p Params) (*Book, error) {
	base := strings.TrimRight(p.BaseURL, "/")
	if base == "" {
		base = BaseURL
	}
	if u, err := url.Parse(base); err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, storage.NewProblem("google.address")
	}
	client := *p.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if client.Timeout == 0 {
		client.Timeout = callWithin
	}
	b := &Book{
		base: base, client: &client, label: p.Label, name: p.Name, now: p.Now, budget: budget{units: p.UnitsPerMinute, now: p.Now},
	}
	if b.label == AllContacts {
		b.label = ""
	}
	return b, nil
}

// RatePerSecond gives the calls per second that a number of units by the minute allows, when any call may be a batch
// that writes; 0 when there is no limit.
func RatePerSecond(unitsPerMinute int) float64 {
	if unitsPerMinute <= 0 {
		return 0
	}
	return float64(unitsPerMinute) / batchWeight / time.Minute.Seconds()
}

// Capabilities are what Google Contacts can do.
func (b *Book) Capabilities() book.Capabilities {
	return book.Capabilities{
		// A creation meets nobody else's change, and weighs the same whatever its size.
		CreateBest: writeMax,
		CreateMax:  writeMax, UpdateMax: writeMax, DeleteMax: deleteMax, GetMax: getMax,
		RatePerSecond:  RatePerSecond(b.budget.units),
		DeletionsTold:  true,
		BlindDeletions: true,
		Delay:          10 * time.Minute,
		PhoneTypes: []string{
			"home", "work", "mobile", "homeFax", "workFax", "otherFax", "pager", "workMobile", "workPager", "main", "googleVoice", "other",
		},
		EmailTypes:   []string{"home", "work", "other"},
		AddressTypes: []string{"home", "work", "other"},
	}
}

// Identity asks for the account's own profile.
func (b *Book) Identity(ctx context.Context) (book.Identity, error) {
	var me person
	q := url.Values{"personFields": {"metadata,emailAddresses"}}
	if _, err := b.call(ctx, request{method: http.MethodGet, path: "/v1/people/me", query: q}, &me); err != nil {
		return book.Identity{}, err
	}
	id := book.Identity{ID: me.ResourceName, Name: b.name}
	for _, v := range me.values["emailAddresses"] {
		if id.Name == "" || v.primary() {
			id.Name = v.text("value")
		}
	}
	if id.Name == "" {
		id.Name = id.ID
	}
	return id, nil
}
