// Package trial is the connector of the "Annuaire d'essai", the directory that sync/sandbox serves on this machine for
// demonstrations and tests. It is labelled as a trial everywhere; the engine drives it like any other directory.
//
// What the directory takes and refuses is documented in docs/connecteurs/annuaire-essai.md.
package trial

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// ID is the kind's identifier.
const ID = "directory.trial"

// The settings of an account.
const (
	SettingURL   = "base-url" // where the directory answers: "http://127.0.0.1:43211"
	SettingToken = "token"    // no secret: the directory lives on this machine
)

// callTimeout bounds one call; the directory answers within milliseconds.
const callTimeout = 15 * time.Second

// keys are the directory's names of our fields.
var keys = []struct {
	field storage.Field
	key   string
}{
	{storage.FieldStatus, "status"},
	{storage.FieldName, "name"},
	{storage.FieldStreet, "street"},
	{storage.FieldZip, "postalCode"},
	{storage.FieldCity, "city"},
	{storage.FieldCountry, "country"},
	{storage.FieldLat, "latitude"},
	{storage.FieldLng, "longitude"},
	{storage.FieldCategories, "categories"},
	{storage.FieldAddressExtra, "extra"},
	{storage.FieldPhone, "phone"},
	{storage.FieldWebsite, "website"},
	{storage.FieldEmail, "email"},
	{storage.FieldDescriptionShort, "shortDescription"},
	{storage.FieldDescriptionLong, "longDescription"},
	{storage.FieldOpeningHours, "hours"},
	{storage.FieldSpecialHours, "specialHours"},
	{storage.FieldKeywords, "keywords"},
	{storage.FieldLanguages, "languages"},
	{storage.FieldPaymentOptions, "payments"},
	{storage.FieldServices, "services"},
	{storage.FieldDescriptor, "descriptor"},
	{storage.FieldPhotos, "photos"},
}

// statuses are the directory's words for our statuses.
var statuses = map[storage.Status]string{
	storage.StatusActive:            sandbox.TrialOpen,
	storage.StatusTemporarilyClosed: sandbox.TrialTemporarilyClosed,
	storage.StatusClosed:            sandbox.TrialClosed,
}

// Capabilities are those of any account of this kind.
func Capabilities() directory.Capabilities {
	fields := make([]storage.Field, len(keys))
	for i, k := range keys {
		fields[i] = k.field
	}
	return directory.Capabilities{
		Mode:     directory.Reviewed,
		Fields:   fields,
		Readable: fields,
		Mandatory: []storage.Field{
			storage.FieldName, storage.FieldStreet, storage.FieldZip, storage.FieldCity,
		},
		MaxPeriodsPerDay: sandbox.TrialMaxPeriods,
		MaxLength: map[storage.Field]int{
			storage.FieldName:             sandbox.TrialMaxName,
			storage.FieldDescriptionShort: sandbox.TrialMaxDescription,
			storage.FieldDescriptionLong:  sandbox.TrialMaxDescription,
		},
		BatchSize:     sandbox.MaxBatch,
		RatePerSecond: 100,
		MinDelay:      2 * time.Second,
		MaxDelay:      time.Minute,
		CheckEvery:    time.Hour,
		Trial:         true,
		Settings:      []directory.Setting{{Name: SettingURL}, {Name: SettingToken, Optional: true}},
	}
}

// Kind gives the connector, over the network.
func Kind() directory.Kind {
	return KindOver(http.DefaultTransport)
}

// KindOver gives the connector over another transport: the emulator in memory, for tests in virtual time.
func KindOver(transport http.RoundTripper) directory.Kind {
	client := &http.Client{Transport: transport, Timeout: callTimeout, CheckRedirect: stay}
	return directory.Kind{
		ID: ID, Capabilities: Capabilities(),
		Open: func(a *storage.Account) (directory.Directory, error) { return open(a, client) },
	}
}

// connection is one account's.
type connection struct {
	base   string // without a final slash
	token  string
	client *http.Client
}

func open(a *storage.Account, client *http.Client) (directory.Directory, error) {
	base := strings.TrimRight(a.Settings[SettingURL], "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, storage.NewProblem("trial.address", "value", a.Settings[SettingURL])
	}
	return &connection{base: base, token: a.Settings[SettingToken], client: client}, nil
}

// Capabilities are the kind's.
func (c *connection) Capabilities() directory.Capabilities { return Capabilities() }

// Test asks the directory for its name.
func (c *connection) Test(ctx context.Context) error {
	_, err := c.call(ctx, request{method: http.MethodGet, path: "/v1/account"}, nil)
	return err
}

// Identity gives the account's id there.
func (c *connection) Identity(ctx context.Context) (string, error) {
	var a sandbox.Account
	_, err := c.call(ctx, request{method: http.MethodGet, path: "/v1/account"}, &a)
	return a.ID, err
}

// CloseIdleConnections drops what a sleep of the machine has cut.
func (c *connection) CloseIdleConnections() { c.client.CloseIdleConnections() }

// Push creates or changes the listings: one by its own call, several in a batch. A creation carries all fields, a
// change the touched ones.
func (c *connection) Push(ctx context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	receipts := make([]directory.Receipt, len(changes))
	if len(changes) == 1 {
		receipts[0] = c.push(ctx, changes[0])
		return receipts, nil
	}
	c.pushBatch(ctx, changes, receipts)
	return receipts, nil
}

// draft is the body of a creation or a change.
type draft struct {
	ExternalID string            `json:"externalId,omitempty"`
	Values     map[string]string `json:"values"`
}

func (c *connection) push(ctx context.Context, ch directory.Change) directory.Receipt {
	req := request{
		method: http.MethodPost, path: "/v1/listings", key: ch.IdempotencyKey,
		body: draft{ExternalID: ch.Identifier, Values: outward(ch.Desired, ch.Touched)},
	}
	if ch.RemoteID != "" {
		etag, err := c.version(ctx, ch)
		if err != nil {
			return directory.Receipt{Err: err}
		}
		req.method, req.path, req.match = http.MethodPatch, "/v1/listings/"+url.PathEscape(ch.RemoteID), etag
		req.body = draft{Values: outward(ch.Desired, ch.Touched)}
	}
	var l sandbox.Listing
	said, err := c.call(ctx, req, &l)
	if err != nil {
		return directory.Receipt{RequestID: said.requestID, Err: err}
	}
	if l.ETag == "" {
		l.ETag = said.etag
	}
	return c.receipt(l, said)
}

// version gives the version that a change is made against; the one that is there now when it is not known, after a
// lost answer or one without it.
func (c *connection) version(ctx context.Context, ch directory.Change) (string, error) {
	if ch.ETag != "" {
		return quoted(ch.ETag), nil
	}
	obs, err := c.Read(ctx, directory.Ref{RemoteID: ch.RemoteID})
	switch {
	case err != nil:
		return "", err
	case !obs.Found:
		return "", classify(http.StatusNotFound, 0, "")
	case obs.ETag == "": // without it a change could overwrite someone else's
		return "", classify(http.StatusPreconditionRequired, 0, "")
	}
	return obs.ETag, nil
}

func (c *connection) receipt(l sandbox.Listing, said reply) directory.Receipt {
	return directory.Receipt{
		RemoteID: l.ID, ETag: quoted(l.ETag), URL: c.base + l.Path, Pending: l.State == sandbox.StateModeration,
		RequestID: said.requestID, Answer: said.status, ServerTime: said.date,
	}
}

// Read gives a listing by its id there, or by our identifier.
func (c *connection) Read(ctx context.Context, ref directory.Ref) (directory.Observation, error) {
	if ref.RemoteID != "" {
		var l sandbox.Listing
		said, err := c.call(ctx, request{
			method: http.MethodGet, path: "/v1/listings/" + url.PathEscape(ref.RemoteID),
		}, &l)
		if err != nil && directory.Classify(err).Class == directory.Gone {
			return directory.Observation{ServerTime: said.date}, nil
		}
		if err != nil {
			return directory.Observation{}, err
		}
		if l.ETag == "" {
			l.ETag = said.etag
		}
		return c.observation(l, said), nil
	}
	var found sandbox.Page
	said, err := c.call(ctx, request{
		method: http.MethodGet, path: "/v1/listings?externalId=" + url.QueryEscape(ref.Identifier),
	}, &found)
	if err != nil {
		return directory.Observation{}, err
	}
	for _, l := range found.Listings {
		if l.ExternalID == ref.Identifier {
			return c.observation(l, said), nil
		}
	}
	return directory.Observation{ServerTime: said.date}, nil
}

// List gives a page of the account's listings.
func (c *connection) List(ctx context.Context, cursor string) (directory.Page, error) {
	if cursor == "" {
		cursor = "1"
	}
	var there sandbox.Page
	said, err := c.call(ctx, request{method: http.MethodGet, path: "/v1/listings?page=" + url.QueryEscape(cursor)}, &there)
	if err != nil {
		return directory.Page{}, err
	}
	page := directory.Page{Next: there.Next, Total: there.Total, ServerTime: said.date}
	for _, l := range there.Listings {
		page.Listings = append(page.Listings, directory.Listed{Identifier: l.ExternalID, Observation: c.observation(l, said)})
	}
	return page, nil
}

func (c *connection) observation(l sandbox.Listing, said reply) directory.Observation {
	obs := directory.Observation{
		Found: true, RemoteID: l.ID, ETag: quoted(l.ETag), URL: c.base + l.Path,
		Pending: l.State == sandbox.StateModeration, ServerTime: said.date,
	}
	if l.State == sandbox.StateRefused {
		obs.Rejected = storage.NewProblem("trial.rejected", "reason", l.Reason)
	}
	if len(l.Values) > 0 {
		obs.Values = inward(l.Values)
	}
	return obs
}

// outward puts fields into the directory's words.
func outward(s storage.Snapshot, fields []storage.Field) map[string]string {
	values := make(map[string]string, len(fields))
	for _, k := range keys {
		v, carried := s[k.field]
		if !carried || !contains(fields, k.field) {
			continue
		}
		if k.field == storage.FieldStatus {
			v = statuses[storage.Status(v)]
		}
		values[k.key] = v
	}
	return values
}

// inward puts a listing's values into our words and spellings (accents composed, +33…); a field without a value is
// empty there.
func inward(values map[string]string) storage.Snapshot {
	s := make(storage.Snapshot, len(keys))
	for _, k := range keys {
		v := values[k.key]
		if k.field == storage.FieldStatus {
			for ours, theirs := range statuses {
				if theirs == v {
					v = string(ours)
				}
			}
		}
		s[k.field] = v
	}
	return directory.Canonical(s)
}

func contains(fields []storage.Field, f storage.Field) bool {
	for _, x := range fields {
		if x == f {
			return true
		}
	}
	return false
}
