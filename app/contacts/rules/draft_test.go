package rules

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
)

func TestADraftThatNobodyChangedIsTheMapItself(t *testing.T) {
	for name, m := range map[string]fieldmap.Map{"Google": fieldmap.Google(), "CardDAV": fieldmap.VCard()} {
		d := newDraft(m, m)
		if diff := cmp.Diff(m, d.fields()); diff != "" || d.changed() || !d.sound() {
			t.Errorf("%s: changed %v, sound %v\n%s", name, d.changed(), d.sound(), diff)
		}
	}
}

// travels is what becomes of one value on its way there.
func travels(m fieldmap.Map, f storage.Field) (types []storage.Field) {
	var c storage.Card
	c.SetValues(f, []string{"06 12 34 56 78"})
	out := fieldmap.Out(&c, m)
	return storage.CardFields(&out)
}

func TestARuleThatIsChangedIsObeyedAndComesBackFromItsSetting(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*draft)
		field  storage.Field
		want   []storage.Field
	}{
		"another type": {func(d *draft) { d.send("phone.professionalMobile", "phone.workMobile") }, "phone.professionalMobile", []storage.Field{"phone.workMobile"}},
		"nothing":      {func(d *draft) { d.send("phone.personal", "") }, "phone.personal", nil},
		"nothing at all": {func(d *draft) {
			d.send("phone.personal", "")
			d.receive("phone.home", "phone.other", fieldmap.ReceiveField)
		}, "phone.personal", nil},
		"no society":       {func(d *draft) { d.send(storage.FieldOrganization, "") }, storage.FieldOrganization, nil},
		"the note":         {func(d *draft) { d.send(storage.FieldNote, storage.FieldNote) }, storage.FieldNote, []storage.Field{storage.FieldNote}},
		"a type of theirs": {func(*draft) {}, "phone.Standard de nuit", []storage.Field{"phone.Standard de nuit"}},
	} {
		d := newDraft(fieldmap.Google(), fieldmap.Google())
		tt.change(d)
		m, err := fieldmap.Parse(d.fields().String(), fieldmap.Google())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := travels(m, tt.field); !slices.Equal(got, tt.want) {
			t.Errorf("%s: it goes to %v, want %v", name, got, tt.want)
		}
		again := newDraft(m, fieldmap.Google())
		if diff := cmp.Diff(m, again.fields()); diff != "" || again.changed() {
			t.Errorf("%s: opened again it is another one\n%s", name, diff)
		}
		again.reset()
		if diff := cmp.Diff(fieldmap.Google(), again.fields()); diff != "" {
			t.Errorf("%s: the original does not come back\n%s", name, diff)
		}
	}
}

func TestATypeIsNotSentToTwice(t *testing.T) {
	d := newDraft(fieldmap.Google(), fieldmap.Google())
	d.send("phone.professional", "phone.home")
	if other, clashes := d.clash("phone.professional"); !clashes || other != "phone.personal" || d.sound() {
		t.Errorf("clash with %q, %v", other, clashes)
	}
	if _, clashes := d.clash("phone.personal"); clashes {
		t.Error("the first one is blamed too")
	}
	d.send("phone.personal", "")
	if !d.sound() || d.received("phone.home").into != "phone.professional" {
		t.Errorf("what comes back goes into %q", d.received("phone.home").into)
	}
	if got := d.sources("phone.home"); !slices.Equal(got, []storage.Field{"phone.professional"}) {
		t.Errorf("it may go into %v", got)
	}
	if err := d.fields().Validate(); err != nil {
		t.Error(err)
	}
}

func TestProfessionalFieldsGoOneWayAlike(t *testing.T) {
	d := newDraft(fieldmap.Google(), fieldmap.Google())
	if d.company() != fieldmap.ReceiveNote || !d.notes() {
		t.Errorf("at first: %q", d.company())
	}
	d.setCompany(fieldmap.ReceiveField)
	if d.company() != fieldmap.ReceiveField || d.notes() || d.received("email.work").receive != fieldmap.ReceiveField {
		t.Errorf("then: %q", d.company())
	}
	d.receive("phone.main", "", fieldmap.ReceiveIgnore)
	if d.company() != "" {
		t.Errorf("mixed: %q", d.company())
	}
	d.setCompany(fieldmap.ReceiveNote)
	if d.changed() {
		t.Error("back where it began, it counts as changed")
	}
	d.known = true
	if m := d.fields(); !m.KnownCompany || !d.changed() {
		t.Error("the option is lost")
	}
	if notable(storage.FieldNote) || notable(storage.FieldFamilyName) || !notable("phone.work") {
		t.Error("what may become a line of the note")
	}
}
