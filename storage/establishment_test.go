package storage

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestValidateAsksLittleOfADraft(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Establishment)
		want   []string // codes
	}{
		{name: "a name is enough", change: func(*Establishment) {}},
		{name: "no name", change: func(e *Establishment) { e.Name = "" }, want: []string{"name.missing"}},
		{name: "unknown status", change: func(e *Establishment) { e.Status = "OPEN" }, want: []string{"status.unknown"}},
		{
			name:   "French postcode",
			change: func(e *Establishment) { e.Address.Country, e.Address.Zip = "FR", "1000" },
			want:   []string{"zip.french"},
		},
		{
			name:   "the same postcode in Belgium",
			change: func(e *Establishment) { e.Address.Country, e.Address.Zip = "BE", "1000" },
		},
		{
			name: "reopens before it ever opened",
			change: func(e *Establishment) {
				e.Status = StatusTemporarilyClosed
				e.OpeningDate, e.ReopenDate = Date{2026, 6, 1}, Date{2026, 5, 1}
			},
			want: []string{"reopen.beforeOpening"},
		},
		{
			name:   "half a position",
			change: func(e *Establishment) { _ = e.SetValue(FieldLng, "2.35") },
			want:   []string{"coordinate.half"},
		},
		{
			name: "all at once, in template order",
			change: func(e *Establishment) {
				e.Name, e.Status, e.Address.Zip = "", "", "x"
			},
			want: []string{"name.missing", "status.unknown", "zip.french"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Establishment{Name: "Le Bon Coin", Status: StatusDraft}
			tt.change(e)
			var got []string
			for _, p := range e.Validate() {
				got = append(got, p.Code)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("problems %v, want %v", got, tt.want)
			}
		})
	}
}

// complete gives an establishment with a value in every field.
func complete(t *testing.T) *Establishment {
	t.Helper()
	e := &Establishment{ID: "e", Status: StatusActive, Origins: map[Field]Origin{}}
	values := map[Field]string{
		FieldStatus: "TEMPORARILY_CLOSED", FieldName: "Hôtel", FieldZip: "75014", FieldCountry: "FR", FieldLat: "48.5",
		FieldLng: "2.5", FieldPhone: "+33142888985", FieldCellphone: "+33612345678", FieldFax: "+33142888986",
		FieldWebsite: "https://example.org", FieldEmail: "a@example.org", FieldOpeningHours: "Mo=08:00-12:00;Tu;We;Th;Fr;Sa;Su",
		FieldSpecialHours: "2026-12-25", FieldFacebook: "https://facebook.com/a", FieldInstagram: "https://instagram.com/a",
		FieldLinkedIn: "https://linkedin.com/a", FieldYouTube: "https://youtube.com/a", FieldLegalIdent: "73282932000074",
		FieldOpeningDate: "2020-01-01", FieldReopenDate: "2026-12-01", FieldAddressDisplay: "FALSE", FieldAutoSync: "TRUE",
		FieldStars: "3", FieldRooms: "20", FieldCapacity: "40", FieldPhotos: "https://example.org/a.jpg",
	}
	for _, f := range Fields {
		v, ok := values[f]
		if !ok {
			v = "valeur"
		}
		if err := e.SetValue(f, v); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		e.Origins[f] = Origin{At: time.Unix(1, 0).UTC(), Actor: ActorUser}
	}
	return e
}

func TestEveryFieldReadsBackWhatItWrote(t *testing.T) {
	e := complete(t)
	other := &Establishment{Status: StatusDraft}
	for _, f := range Fields {
		if e.Value(f) == "" {
			t.Errorf("%s has no value", f)
		}
		if err := other.SetValue(f, e.Value(f)); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	if diff := cmp.Diff(e.Snapshot(Fields), other.Snapshot(Fields)); diff != "" {
		t.Error(diff)
	}
	if e.ContentHash() != other.ContentHash() {
		t.Error("the same values have different hashes")
	}
}

func TestEveryFieldButNameAndStatusCanBeErased(t *testing.T) {
	for _, f := range Fields {
		e := complete(t)
		err := e.SetValue(f, "")
		switch f {
		case FieldName, FieldStatus:
			if err == nil {
				t.Errorf("%s was erased", f)
			}
		case FieldAddressDisplay, FieldAutoSync:
			if want := boolText(f == FieldAddressDisplay); err != nil || e.Value(f) != want {
				t.Errorf("%s erased is %q, %v", f, e.Value(f), err)
			}
		default:
			if err != nil || e.Value(f) != "" {
				t.Errorf("%s erased is %q, %v", f, e.Value(f), err)
			}
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	e := complete(t)
	c := e.Clone()
	if diff := cmp.Diff(e, c); diff != "" {
		t.Fatal(diff)
	}
	want := e.ContentHash()
	c.Position.Lat = 0
	c.Hours.Days[0][0].Open = 1
	c.SpecialHours[0].Date = Date{}
	for _, l := range []*[]string{&c.Categories, &c.Keywords, &c.Languages, &c.Brands, &c.PaymentOptions, &c.Services, &c.Labels, &c.Photos} {
		(*l)[0] = "autre"
	}
	delete(c.Origins, FieldName)
	if e.ContentHash() != want || len(e.Origins) != len(Fields) {
		t.Error("changing the clone changed the original")
	}
}

func TestCompletenessCountsFullLevelsOnly(t *testing.T) {
	e := complete(t)
	if _, percent := e.Completeness(); percent != 100 {
		t.Fatalf("a complete profile has %d %%", percent)
	}
	tests := []struct {
		name   string
		erase  []Field
		want   int
		misses []Field
	}{
		{name: "no phone but a mobile", erase: []Field{FieldPhone}, want: 100},
		{name: "no phone at all", erase: []Field{FieldPhone, FieldCellphone}, want: 75, misses: []Field{FieldPhone}},
		{name: "no hours", erase: []Field{FieldOpeningHours}, want: 55, misses: []Field{FieldOpeningHours}},
		{name: "no keywords", erase: []Field{FieldKeywords}, want: 80, misses: []Field{FieldKeywords}},
		{name: "no website", erase: []Field{FieldWebsite}, want: 90, misses: []Field{FieldWebsite}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := complete(t)
			for _, f := range tt.erase {
				if err := e.SetValue(f, ""); err != nil {
					t.Fatal(err)
				}
			}
			levels, percent := e.Completeness()
			var missing []Field
			for _, l := range levels {
				missing = append(missing, l.Missing...)
			}
			if percent != tt.want || !slices.Equal(missing, tt.misses) {
				t.Errorf("%d %% without %v, want %d %% without %v", percent, missing, tt.want, tt.misses)
			}
		})
	}
}

func TestAddressLine(t *testing.T) {
	tests := []struct {
		a    Address
		want string
	}{
		{Address{Street: "12 quai du Port", Zip: "13002", City: "Marseille"}, "12 quai du Port, 13002 Marseille"},
		{Address{Zip: "13002", City: "Marseille"}, "13002 Marseille"},
		{Address{Street: "12 quai du Port"}, "12 quai du Port"},
		{Address{Street: "Lieu-dit", City: "Marseille"}, "Lieu-dit, Marseille"},
		{Address{}, ""},
	}
	for _, tt := range tests {
		if got := tt.a.Line(); got != tt.want {
			t.Errorf("Line() = %q, want %q", got, tt.want)
		}
	}
}

func TestListingWord(t *testing.T) {
	sent := Snapshot{FieldName: "Hôtel"}
	tests := []struct {
		name string
		l    Listing
		want Word
	}{
		{"never sent", Listing{}, WordToSync},
		{"edited since", Listing{Accepted: sent, Sync: SyncInSync, Flow: FlowNeeded}, WordToSync},
		{"queued", Listing{Accepted: sent, Flow: FlowQueued}, WordPending},
		{"in moderation", Listing{Accepted: sent, Flow: FlowDirectory}, WordPending},
		{"accepted, not read yet", Listing{Accepted: sent}, WordSent},
		{"a file", Listing{Accepted: sent, Sync: SyncNoCheck}, WordSent},
		{"read again and equal", Listing{Accepted: sent, Sync: SyncInSync}, WordUpToDate},
		{"read again and different", Listing{Accepted: sent, Sync: SyncNotInSync}, WordDrift},
		{"gone", Listing{Accepted: sent, Sync: SyncNotFound}, WordNotFound},
		{"read only", Listing{Sync: SyncLinkOnly}, WordLinked},
		{"blocked", Listing{Blockers: Problems{NewProblem("x")}}, WordAction},
		{"login lost", Listing{Accepted: sent, Sync: SyncInSync, Connect: ConnectLost}, WordAction},
		{"technical fault", Listing{Accepted: sent, Sync: SyncTechnical, Flow: FlowQueued}, WordError},
		{"opted out", Listing{Accepted: sent, Sync: SyncTechnical, Flow: FlowDisabled}, WordDisabled},
	}
	for _, tt := range tests {
		if got := tt.l.Word(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestRowWordIsTheWorstOverTheAccounts(t *testing.T) {
	r := &Row{Status: StatusActive, Listings: []RowListing{{AccountID: "a", Word: WordUpToDate}, {AccountID: "b", Word: WordError}}}
	tests := []struct {
		accounts []string
		want     Word
	}{
		{nil, WordDisabled},
		{[]string{"a"}, WordUpToDate},
		{[]string{"a", "b"}, WordError},
		{[]string{"a", "c"}, WordToSync}, // no listing on c yet
	}
	for _, tt := range tests {
		if got := r.Word(tt.accounts); got != tt.want {
			t.Errorf("on %v: %q, want %q", tt.accounts, got, tt.want)
		}
	}
	r.Status = StatusArchived
	if got := r.WordOn("c"); got != WordDisabled {
		t.Errorf("an archived establishment is %q where it was never sent", got)
	}
}

func TestSnapshotDiff(t *testing.T) {
	s := Snapshot{FieldName: "a", FieldCity: "", FieldPhone: "1"}
	tests := []struct {
		name string
		o    Snapshot
		want []Field
	}{
		{"against nothing, empty texts do not count", nil, []Field{FieldName, FieldPhone}},
		{"against itself", s, nil},
		{"one changed", Snapshot{FieldName: "b", FieldPhone: "1"}, []Field{FieldName}},
		{"erased here", Snapshot{FieldName: "a", FieldCity: "Paris", FieldPhone: "1"}, []Field{FieldCity}},
	}
	for _, tt := range tests {
		if got := s.Diff(tt.o); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if s.Equal(Snapshot{FieldName: "a", FieldPhone: "1", FieldFax: ""}) || !s.Equal(s) {
		t.Error("Equal takes an absent field for an empty one")
	}
}

func TestProblemTravelsAsAnError(t *testing.T) {
	var err error = NewProblem("workspace.locked", "path", "/w").Because(ErrLocked)
	if !errors.Is(err, ErrLocked) {
		t.Error("the cause is not found")
	}
	if got, want := err.Error(), "workspace.locked path=/w: workspace is open elsewhere"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got := (Problems{NewProblem("a"), NewProblem("b")}).Error(); got != "a; b" {
		t.Errorf("Error() = %q", got)
	}
}

func TestFilledAgreesWithValue(t *testing.T) {
	for _, e := range []*Establishment{complete(t), {}} {
		for _, f := range Fields {
			if got, want := e.filled(f), e.Value(f) != ""; got != want {
				t.Errorf("%s with value %q is filled: %v", f, e.Value(f), got)
			}
		}
	}
}
