// Package directorytest is the conformance suite that every directory kind passes: what the engine relies on, asked of
// a real connection (an emulator, a folder). It decides nothing about a service's own rules; those are tested beside
// the connector.
package directorytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/directory"
)

// Target is what the suite is run on.
type Target struct {
	Kind directory.Kind
	// Account gives an account of a directory that holds nothing yet; it is called once per test.
	Account func(t *testing.T) *storage.Account
}

// Run runs the suite.
func Run(t *testing.T, target Target) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *subject)
	}{
		{"declares coherent capabilities", coherent},
		{"refuses an account without its settings", refusesBareAccount},
		{"answers each change of a batch in its place", answersEach},
		{"creates what is read back equal", createsReadable},
		{"changes the touched fields only", changesTouched},
		{"takes the same change twice without a second effect", idempotent},
		{"says that an unknown listing is not found", unknown},
		{"erases what is emptied", erases},
		{"lists what single readings give", lists},
		{"keeps the account's identity", keepsIdentity},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := target.Account(t)
			d, err := target.Kind.Open(a)
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			s := &subject{kind: target.Kind, account: a, caps: d.Capabilities(), dir: d}
			s.reader, _ = d.(directory.Reader)
			c.test(t, s)
		})
	}
}

// subject is one connection under test.
type subject struct {
	kind    directory.Kind
	account *storage.Account
	caps    directory.Capabilities
	dir     directory.Directory
	reader  directory.Reader
}

// Sample gives a complete establishment that any directory takes; different numbers give different ones.
func Sample(n int) *storage.Establishment {
	e := &storage.Establishment{ID: fmt.Sprintf("0198c0de-0000-7000-8000-%012d", n), Status: storage.StatusActive}
	for _, v := range []struct {
		field storage.Field
		text  string
	}{
		{storage.FieldCountry, "FR"},
		{storage.FieldIdentifier, fmt.Sprintf("TEST-%d", n)},
		{storage.FieldName, fmt.Sprintf("Hôtel de l’Œuvre n°%d", n)},
		{storage.FieldStreet, fmt.Sprintf("%d rue de l’Échiquier", n)},
		{storage.FieldZip, "75010"},
		{storage.FieldCity, "Paris"},
		{storage.FieldLat, "48.8727"},
		{storage.FieldLng, "2.3542"},
		{storage.FieldCategories, "Hôtel"},
		{storage.FieldPhone, "+33142601234"},
		{storage.FieldWebsite, "https://hotel.example.org/fr"},
		{storage.FieldEmail, "accueil@hotel.example.org"},
		{storage.FieldDescriptionShort, "Près des Grands Boulevards."},
		{storage.FieldDescriptionLong, "Un hôtel calme, « côté cour », à deux pas des théâtres."},
		{storage.FieldOpeningHours, "Mo=08:00-12:00&14:00-18:00;Tu=08:00-12:00;We=08:00-18:00;Th=08:00-18:00;Fr=18:00-02:00;Sa;Su"},
		{storage.FieldSpecialHours, "2026-12-24=09:00-14:00;2026-12-25"},
		{storage.FieldKeywords, "calme;théâtre"},
		{storage.FieldServices, "Wi-Fi;Petit déjeuner"},
	} {
		if err := e.SetValue(v.field, v.text); err != nil {
			panic("directorytest: sample: " + err.Error())
		}
	}
	return e
}

// creation gives the change that creates an establishment.
func (s *subject) creation(e *storage.Establishment) directory.Change {
	desired := directory.Desired(e, s.caps)
	return directory.Change{
		EstablishmentID: e.ID, Identifier: e.Identifier, Desired: desired, Touched: carried(desired),
		IdempotencyKey: "key-" + e.Identifier,
	}
}

func carried(s storage.Snapshot) []storage.Field {
	var fields []storage.Field
	for _, f := range storage.Fields {
		if _, ok := s[f]; ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// push sends one change and fails the test when it is not taken.
func (s *subject) push(t *testing.T, c directory.Change) directory.Receipt {
	t.Helper()
	return Push(t, s.dir, c)[0]
}

// read reads one listing and fails the test when it cannot be.
func (s *subject) read(t *testing.T, ref directory.Ref) directory.Observation {
	t.Helper()
	return Read(t, s.reader, ref)
}

// same fails when the readable fields of what is shown are not those wanted.
func (s *subject) same(t *testing.T, want, shown storage.Snapshot) {
	t.Helper()
	for _, f := range s.caps.Readable {
		if diff := cmp.Diff(want[f], shown[f]); diff != "" {
			t.Errorf("%s differs (-wanted +shown):\n%s", f, diff)
		}
	}
}

func (s *subject) needsReader(t *testing.T) {
	t.Helper()
	if s.reader == nil {
		t.Skip("this directory cannot be read back")
	}
}

func coherent(t *testing.T, s *subject) {
	c := s.caps
	if !strings.HasPrefix(s.kind.ID, "directory.") {
		t.Errorf("id %q", s.kind.ID)
	}
	if !slices.Contains([]directory.Mode{directory.Direct, directory.Reviewed, directory.File, directory.Guided}, c.Mode) {
		t.Errorf("mode %q", c.Mode)
	}
	if len(c.Fields) == 0 || c.BatchSize < 1 || c.RatePerSecond < 0 || c.MaxDelay < c.MinDelay {
		t.Errorf("fields, batch, rate or delays: %+v", c)
	}
	if (s.reader != nil) != (len(c.Readable) > 0) {
		t.Errorf("reader %v, readable fields %v", s.reader != nil, c.Readable)
	}
	if c.NeedsConfirmation != (c.Mode == directory.File && len(c.Readable) == 0) {
		t.Errorf("mode %s, needs confirmation %v", c.Mode, c.NeedsConfirmation)
	}
	groups := append([][]storage.Field{c.Readable, c.Mandatory}, c.AnyOf...)
	for f := range c.MaxLength {
		groups = append(groups, []storage.Field{f})
	}
	for _, group := range groups {
		for _, f := range group {
			if !slices.Contains(c.Fields, f) {
				t.Errorf("%s is declared but not carried", f)
			}
		}
	}
	for _, f := range c.Fields {
		if !f.Known() {
			t.Errorf("unknown field %q", f)
		}
	}
	declared := s.kind.Capabilities
	if (declared.Check == nil) != (c.Check == nil) {
		t.Error("kind and connection do not both check")
	}
	declared.Check, c.Check = nil, nil // functions cannot be compared
	if diff := cmp.Diff(declared, c); diff != "" {
		t.Errorf("kind and connection declare different capabilities:\n%s", diff)
	}
}

func refusesBareAccount(t *testing.T, s *subject) {
	if !slices.ContainsFunc(s.caps.Settings, func(x directory.Setting) bool { return !x.Optional && !x.Secret }) {
		t.Skip("this directory needs no setting")
	}
	_, err := s.kind.Open(&storage.Account{ID: "bare", Kind: s.kind.ID, Name: "Bare"})
	if err == nil {
		t.Fatal("an account without settings was opened")
	}
	if directory.Classify(err).Class != directory.Refused {
		t.Errorf("error without words for people: %v", err)
	}
}

func answersEach(t *testing.T, s *subject) {
	n := min(s.caps.BatchSize, 3)
	changes := make([]directory.Change, n)
	for i := range changes {
		changes[i] = s.creation(Sample(i + 1))
	}
	rs, err := s.dir.Push(t.Context(), changes)
	if err != nil || len(rs) != n {
		t.Fatalf("%d receipts for %d changes: %v", len(rs), n, err)
	}
	for i, r := range rs {
		switch {
		case r.Err != nil:
			t.Errorf("change %d: %v", i, r.Err)
		case s.caps.NeedsConfirmation && r.ReadyFile == "":
			t.Errorf("change %d: no file to upload", i)
		case s.reader != nil:
			o := s.read(t, directory.Ref{RemoteID: r.RemoteID, Identifier: changes[i].Identifier})
			if !o.Found {
				t.Errorf("change %d: not found", i)
			}
			s.same(t, changes[i].Desired, o.Values)
		}
	}
}

func createsReadable(t *testing.T, s *subject) {
	s.needsReader(t)
	c := s.creation(Sample(1))
	if ps := directory.Blockers(c.Desired, s.caps); ps != nil {
		t.Fatalf("the sample is blocked: %v", ps)
	}
	r := s.push(t, c)
	for name, ref := range map[string]directory.Ref{
		"by its id there": {RemoteID: r.RemoteID, Identifier: c.Identifier},
		"by our own code": {Identifier: c.Identifier},
	} {
		o := s.read(t, ref)
		if !o.Found || o.RemoteID != r.RemoteID {
			t.Errorf("%s: %+v, created %q", name, o, r.RemoteID)
		}
		s.same(t, c.Desired, o.Values)
	}
}

// update gives the change from what was created to what e is now.
func (s *subject) update(e *storage.Establishment, before storage.Snapshot, r directory.Receipt) directory.Change {
	desired := directory.Desired(e, s.caps)
	return directory.Change{
		EstablishmentID: e.ID, Identifier: e.Identifier, Desired: desired, Previous: before,
		Touched: desired.Diff(before), RemoteID: r.RemoteID, ETag: r.ETag, IdempotencyKey: "second-" + e.Identifier,
	}
}

func changesTouched(t *testing.T, s *subject) {
	s.needsReader(t)
	e := Sample(1)
	c := s.creation(e)
	r := s.push(t, c)
	other := s.creation(Sample(2))
	s.push(t, other)
	e.Name, e.Phone = "Hôtel du Chemin vert", "+33142609999"
	changed := s.update(e, c.Desired, r)
	s.push(t, changed)
	s.same(t, changed.Desired, s.read(t, directory.Ref{RemoteID: r.RemoteID, Identifier: e.Identifier}).Values)
	s.same(t, other.Desired, s.read(t, directory.Ref{Identifier: other.Identifier}).Values)
}

// idempotent is what lets a doubtful operation be sent again after it was found not to be there, or re-read.
func idempotent(t *testing.T, s *subject) {
	s.needsReader(t)
	e := Sample(1)
	c := s.creation(e)
	r := s.push(t, c)
	o := s.read(t, directory.Ref{Identifier: e.Identifier})
	again := c
	again.Previous, again.RemoteID, again.ETag = c.Desired, o.RemoteID, o.ETag
	second := s.push(t, again)
	if second.RemoteID != r.RemoteID {
		t.Errorf("a second listing: %q and %q", r.RemoteID, second.RemoteID)
	}
	s.same(t, c.Desired, s.read(t, directory.Ref{Identifier: e.Identifier}).Values)
}

func unknown(t *testing.T, s *subject) {
	s.needsReader(t)
	for _, ref := range []directory.Ref{{Identifier: "NOBODY"}, {RemoteID: "nobody", Identifier: "NOBODY"}} {
		if o := s.read(t, ref); o.Found {
			t.Errorf("%+v was found", ref)
		}
	}
}

func erases(t *testing.T, s *subject) {
	s.needsReader(t)
	e := Sample(1)
	c := s.creation(e)
	r := s.push(t, c)
	e.DescriptionLong, e.Email, e.SpecialHours, e.Services = "", "", nil, nil
	emptied := s.update(e, c.Desired, r)
	s.push(t, emptied)
	s.same(t, emptied.Desired, s.read(t, directory.Ref{RemoteID: r.RemoteID, Identifier: e.Identifier}).Values)
}
