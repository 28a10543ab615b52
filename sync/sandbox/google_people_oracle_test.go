package sandbox

import (
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	"google.golang.org/api/people/v1"
)

// The official client is the oracle: what it sends the emulator takes, and what the emulator answers it understands.

// official gives the official client of an account at the emulator.
func official(t *testing.T, e *People) *people.Service {
	t.Helper()
	service, err := people.NewService(t.Context(),
		option.WithEndpoint("https://people.example/"),
		option.WithHTTPClient(&http.Client{Transport: asAnne{Transport{Handler: e}}}))
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// asAnne signs calls.
type asAnne struct{ over http.RoundTripper }

func (s asAnne) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer anne@example.com")
	return s.over.RoundTrip(r)
}

// refusedWith wants the official client to read a status and a reason in an error.
func refusedWith(t *testing.T, err error, status int, reason string) *googleapi.Error {
	t.Helper()
	var e *googleapi.Error
	if !errors.As(err, &e) || e.Code != status {
		t.Fatalf("%v, want status %d", err, status)
	}
	if reason == "" {
		return e
	}
	for _, d := range e.Details {
		if detail, is := d.(map[string]any); is && detail["reason"] == reason {
			return e
		}
	}
	t.Fatalf("%v, want reason %s", e.Details, reason)
	return nil
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestOfficialClientWritesAndReadsContacts(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	e := NewPeople(PeopleParams{Now: func() time.Time { return now }})
	service := official(t, e)
	made := must(service.People.CreateContact(&people.Person{
		Names:         []*people.Name{{GivenName: "Zoé", FamilyName: "Durand"}},
		PhoneNumbers:  []*people.PhoneNumber{{Value: "+33 2 99 00 00 01", Type: "main"}},
		Birthdays:     []*people.Birthday{{Date: &people.Date{Month: 2, Day: 29}}},
		Organizations: []*people.Organization{{Name: "Port", Current: true, FullTimeEquivalentMillipercent: 50000}},
		ClientData:    []*people.ClientData{{Key: "k", Value: "v"}},
	}).Do())(t)
	if made.Names[0].DisplayName != "Zoé Durand" || made.PhoneNumbers[0].CanonicalForm != "+33299000001" || !made.Names[0].Metadata.Primary {
		t.Fatalf("%+v", made)
	}
	list := must(service.People.Connections.List("people/me").PersonFields("names,metadata").RequestSyncToken(true).Do())(t)
	if len(list.Connections) != 1 || list.TotalItems != 1 || list.NextSyncToken == "" || list.Connections[0].Metadata.Sources[0].Type != "CONTACT" {
		t.Fatalf("%+v", list)
	}
	revised := &people.Person{
		Etag: made.Etag, Metadata: made.Metadata, Names: []*people.Name{{GivenName: "Zoé", FamilyName: "Dupont"}},
		PhoneNumbers: []*people.PhoneNumber{}, ForceSendFields: []string{"PhoneNumbers"},
	}
	updated := must(service.People.UpdateContact(made.ResourceName, revised).UpdatePersonFields("names,phoneNumbers").Do())(t)
	if updated.Names[0].FamilyName != "Dupont" || len(updated.PhoneNumbers) != 0 || len(updated.ClientData) != 1 || updated.Etag == made.Etag {
		t.Fatalf("%+v", updated)
	}
	_, err := service.People.UpdateContact(made.ResourceName, revised).UpdatePersonFields("names").Do()
	refusedWith(t, err, 400, "failedPrecondition")
	_, err = service.People.UpdateContact(made.ResourceName, &people.Person{Names: revised.Names}).UpdatePersonFields("names").Do()
	if said := refusedWith(t, err, 400, ""); !strings.Contains(said.Message, "must set person.etag") {
		t.Fatal(said.Message)
	}
	must(service.People.DeleteContact(made.ResourceName).Do())(t)
	_, err = service.People.Get(made.ResourceName).PersonFields("names").Do()
	refusedWith(t, err, 404, "")
	changes := must(service.People.Connections.List("people/me").PersonFields("names,metadata").RequestSyncToken(true).SyncToken(list.NextSyncToken).Do())(t)
	if len(changes.Connections) != 1 || !changes.Connections[0].Metadata.Deleted {
		t.Fatalf("%+v", changes)
	}
	now = now.Add(8 * 24 * time.Hour)
	_, err = service.People.Connections.List("people/me").PersonFields("names,metadata").RequestSyncToken(true).SyncToken(list.NextSyncToken).Do()
	refusedWith(t, err, 400, "EXPIRED_SYNC_TOKEN")
}

func TestOfficialClientWritesInBatches(t *testing.T) {
	e := NewPeople(PeopleParams{Now: time.Now})
	service := official(t, e)
	batch := &people.BatchCreateContactsRequest{ReadMask: "names,metadata"}
	for _, name := range []string{"A", "B", "C"} {
		batch.Contacts = append(batch.Contacts, &people.ContactToCreate{ContactPerson: &people.Person{Names: []*people.Name{{FamilyName: name}}}})
	}
	made := must(service.People.BatchCreateContacts(batch).Do())(t)
	if len(made.CreatedPeople) != 3 || made.CreatedPeople[1].Person.Names[0].FamilyName != "B" {
		t.Fatalf("%+v", made)
	}
	var names []string
	update := &people.BatchUpdateContactsRequest{Contacts: map[string]people.Person{}, UpdateMask: "biographies", ReadMask: "biographies"}
	for _, one := range made.CreatedPeople {
		names = append(names, one.Person.ResourceName)
		update.Contacts[one.Person.ResourceName] = people.Person{
			Etag: one.Person.Etag, Metadata: one.Person.Metadata, Biographies: []*people.Biography{{Value: "note", ContentType: "TEXT_PLAIN"}},
		}
	}
	updated := must(service.People.BatchUpdateContacts(update).Do())(t)
	if one := updated.UpdateResult[names[0]]; len(updated.UpdateResult) != 3 || one.Person.Biographies[0].Value != "note" || one.RequestedResourceName != names[0] {
		t.Fatalf("%+v", updated)
	}
	renamed := e.Rename("anne@example.com", names[0])
	got := must(service.People.GetBatchGet().ResourceNames(names...).PersonFields("names").Do())(t)
	if len(got.Responses) != 3 || got.Responses[0].Person.ResourceName != renamed || got.Responses[0].RequestedResourceName != names[0] {
		t.Fatalf("%+v", got)
	}
	_, err := service.People.BatchUpdateContacts(update).Do()
	refusedWith(t, err, 400, "failedPrecondition")
	if gone := must(service.People.BatchDeleteContacts(&people.BatchDeleteContactsRequest{ResourceNames: names}).Do())(t); gone == nil || len(e.Contacts("anne@example.com")) != 0 {
		t.Fatal(gone)
	}
	e.Limit(PeopleLimits{CriticalWrites: 6, CriticalReads: 6})
	_, err = service.People.BatchCreateContacts(batch).Do()
	if said := refusedWith(t, err, 429, "RATE_LIMIT_EXCEEDED"); said.Header.Get("Retry-After") == "" {
		t.Fatal(said.Header)
	}
}

func TestOfficialClientLabelsContacts(t *testing.T) {
	e := NewPeople(PeopleParams{Now: time.Now})
	service := official(t, e)
	name := e.Add("anne@example.com", `{"names":[{"familyName":"Durand"}]}`)
	label := must(service.ContactGroups.Create(&people.CreateContactGroupRequest{ContactGroup: &people.ContactGroup{
		Name: "Clients", ClientData: []*people.GroupClientData{{Key: "k", Value: "v"}},
	}}).Do())(t)
	_, err := service.ContactGroups.Create(&people.CreateContactGroupRequest{ContactGroup: &people.ContactGroup{Name: "Clients"}}).Do()
	refusedWith(t, err, 409, "")
	changed := must(service.ContactGroups.Members.Modify(label.ResourceName, &people.ModifyContactGroupMembersRequest{ResourceNamesToAdd: []string{name}}).Do())(t)
	if len(changed.NotFoundResourceNames) != 0 {
		t.Fatalf("%+v", changed)
	}
	got := must(service.ContactGroups.Get(label.ResourceName).MaxMembers(10).GroupFields("name,clientData,memberCount").Do())(t)
	if got.MemberCount != 1 || !slices.Equal(got.MemberResourceNames, []string{name}) || got.ClientData[0].Value != "v" {
		t.Fatalf("%+v", got)
	}
	must(service.ContactGroups.Update(label.ResourceName, &people.UpdateContactGroupRequest{
		ContactGroup: &people.ContactGroup{Etag: got.Etag, Name: "Fidèles"}, UpdateGroupFields: "name",
	}).Do())(t)
	list := must(service.ContactGroups.List().PageSize(1000).Do())(t)
	if !slices.ContainsFunc(list.ContactGroups, func(g *people.ContactGroup) bool { return g.Name == "Fidèles" && g.GroupType == "USER_CONTACT_GROUP" }) {
		t.Fatalf("%+v", list)
	}
	must(service.ContactGroups.Delete(label.ResourceName).Do())(t)
	if c, there := e.Contact("anne@example.com", name); !there || len(c.Labels) != 0 {
		t.Fatalf("%+v", c)
	}
}

// members lists what the official client knows of an object.
func members(of reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			all[name] = f.Type
		}
	}
	return all
}

func TestShapesAreThoseOfTheOfficialClient(t *testing.T) {
	for name, c := range map[string]struct {
		ours   *shape
		theirs reflect.Type
	}{
		"Person": {personShape, reflect.TypeFor[people.Person]()}, "ContactGroup": {groupShape, reflect.TypeFor[people.ContactGroup]()},
		"batchCreate": {batchCreateShape, reflect.TypeFor[people.BatchCreateContactsRequest]()},
		"batchUpdate": {batchUpdateShape, reflect.TypeFor[people.BatchUpdateContactsRequest]()},
	} {
		compareShapes(t, name, c.ours, c.theirs)
	}
}

func compareShapes(t *testing.T, at string, ours *shape, theirs reflect.Type) {
	t.Helper()
	for theirs.Kind() == reflect.Pointer {
		theirs = theirs.Elem()
	}
	switch {
	case ours.plain == "any":
	case ours.of != nil && theirs.Kind() == reflect.Slice:
		compareShapes(t, at+"[]", ours.of, theirs.Elem())
	case ours.values != nil && theirs.Kind() == reflect.Map:
		compareShapes(t, at+"{}", ours.values, theirs.Elem())
	case ours.members != nil && theirs.Kind() == reflect.Struct:
		known := members(theirs)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(known)), slices.Sorted(maps.Keys(ours.members))); diff != "" {
			t.Errorf("%s (-official +ours): %s", at, diff)
			return
		}
		for name, inner := range ours.members {
			compareShapes(t, at+"."+name, inner, known[name])
		}
	case map[string]reflect.Kind{"string": reflect.String, "bool": reflect.Bool, "int": reflect.Int64}[ours.plain] != theirs.Kind():
		t.Errorf("%s is %q here, %s there", at, ours.plain, theirs)
	}
}
