package contacts_test

import (
	"testing"

	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
)

func TestFieldOfABookIsKnownByTheContactsField(t *testing.T) {
	r := newRig(t)
	r.fields = fieldmap.Google
	r.restart()
	a := &storage.Account{ID: r.account, Kind: "contacts.shelf"}
	for theirs, want := range map[storage.Field]storage.Field{
		"phone.work": "phone.professional", "phone.workMobile": "phone.professionalMobile", "phone.nuit": "phone.nuit",
		storage.FieldOrganization: storage.FieldOrganization,
	} {
		if got := r.service.FieldHere(a, theirs); got != want {
			t.Errorf("%s is about %s, want %s", theirs, got, want)
		}
	}
	a.Settings = map[string]string{"fields": `{"rows":[{"ours":"phone.other","theirs":"phone.work","receive":"field"}]}`}
	if got := r.service.FieldHere(a, "phone.work"); got != "phone.other" {
		t.Errorf("the account's own table gives %s", got)
	}
	a.Kind = "contacts.unknown"
	if got := r.service.FieldHere(a, "phone.work"); got != "phone.work" {
		t.Errorf("an unknown kind gives %s", got)
	}
}
