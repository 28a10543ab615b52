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
		BatchSize:     1,
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
	client := &http.Client{Transport: transport, Timeout: callTimeout}
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

// Push creates or changes the listings, one call each. A creation carries all fields, a change the touched ones.
func (c *connection) Push(ctx context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	receipts := make([]directory.Receipt, len(changes))
	for i, ch := range changes {
		receipts[i] = c.push(ctx, ch)
	}
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
		etag := ch.ETag
		if etag == "" { // not known after a lost answer: the version that is there now
			obs, err := c.Read(ctx, directory.Ref{RemoteID: ch.RemoteID})
			if err != nil {
				return directory.Receipt{Err: err}
			}
			etag = obs.ETag
		}
		req.method, req.path, req.match = http.MethodPatch, "/v1/listings/"+url.PathEscape(ch.RemoteID), etag
		req.body = draft{Values: outward(ch.Desired, ch.Touched)}
	}
	var l sandbox.Listing
	id, err := c.call(ctx, req, &l)
	if err != nil {
		return directory.Receipt{RequestID: id, Err: err}
	}
	return directory.Receipt{
		RemoteID: l.ID, ETag: l.ETag, URL: c.base + l.Path, RequestID: id, Pending: l.State == sandbox.StateModeration,
	}
}

// Read gives a listing by its id there, or by our identifier.
func (c *connection) Read(ctx context.Context, ref directory.Ref) (directory.Observation, error) {
	if ref.RemoteID != "" {
		var l sandbox.Listing
		_, err := c.call(ctx, request{
			method: http.MethodGet, path: "/v1/listings/" + url.PathEscape(ref.RemoteID),
		}, &l)
		if err != nil && directory.Classify(err).Class == directory.Gone {
			return directory.Observation{}, nil
		}
		if err != nil {
			return directory.Observation{}, err
		}
		return c.observation(l), nil
	}
	var found struct {
		Listings []sandbox.Listing `json:"listings"`
	}
	_, err := c.call(ctx, request{
		method: http.MethodGet, path: "/v1/listings?externalId=" + url.QueryEscape(ref.Identifier),
	}, &found)
	if err != nil || len(found.Listings) == 0 {
		return directory.Observation{}, err
	}
	return c.observation(found.Listings[0]), nil
}

func (c *connection) observation(l sandbox.Listing) directory.Observation {
	obs := directory.Observation{
		Found: true, RemoteID: l.ID, ETag: l.ETag, URL: c.base + l.Path,
		Pending: l.State == sandbox.StateModeration,
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

// inward puts a listing's values into our words; a field without a value is empty there.
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
	return s
}

func contains(fields []storage.Field, f storage.Field) bool {
	for _, x := range fields {
		if x == f {
			return true
		}
	}
	return false
}
