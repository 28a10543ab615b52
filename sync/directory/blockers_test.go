package directory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"diapason/storage"
	"diapason/sync/directory"
)

var strict = directory.Capabilities{
	Fields: []storage.Field{
		storage.FieldName, storage.FieldPhone, storage.FieldCellphone, storage.FieldOpeningHours, storage.FieldSpecialHours,
	},
	Mandatory:        []storage.Field{storage.FieldName},
	AnyOf:            [][]storage.Field{{storage.FieldPhone, storage.FieldCellphone}},
	MaxPeriodsPerDay: 2,
	MaxLength:        map[storage.Field]int{storage.FieldName: 5},
}

func TestBlockersNameTheirFieldInTemplateOrder(t *testing.T) {
	cases := map[string]struct {
		snapshot storage.Snapshot
		want     []string // field and code
	}{
		"nothing to say": {
			storage.Snapshot{storage.FieldName: "Hôtel", storage.FieldCellphone: "+33601020304"}, nil,
		},
		"both missing": {
			storage.Snapshot{}, []string{"name blocker.missing", "phone blocker.missing"},
		},
		"characters are counted, not bytes": {
			storage.Snapshot{storage.FieldName: "éèàùç", storage.FieldPhone: "+33142601234"}, nil,
		},
		"too long": {
			storage.Snapshot{storage.FieldName: "Hôtels", storage.FieldPhone: "+33142601234"},
			[]string{"name blocker.tooLong"},
		},
		"too many periods in a week and on a special day": {
			storage.Snapshot{
				storage.FieldName: "Hôtel", storage.FieldPhone: "+33142601234",
				storage.FieldOpeningHours: "Mo=08:00-09:00&10:00-11:00&12:00-13:00",
				storage.FieldSpecialHours: "2026-12-24=08:00-09:00&10:00-11:00&12:00-13:00",
			},
			[]string{"openingHours blocker.tooManyPeriods", "specialOpeningHours blocker.tooManyPeriods"},
		},
		"two periods a day are enough": {
			storage.Snapshot{
				storage.FieldName: "Hôtel", storage.FieldPhone: "+33142601234",
				storage.FieldOpeningHours: "Mo=08:00-12:00&14:00-18:00;Tu=08:00-12:00&14:00-18:00",
			}, nil,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range directory.Blockers(c.snapshot, strict) {
				got = append(got, string(p.Field)+" "+p.Code)
			}
			if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestErrorWithoutClassIsDoubtfulAndAProblemIsARefusal(t *testing.T) {
	if e := directory.Classify(errors.New("reset")); e.Class != directory.Ambiguous || e.Problem == nil {
		t.Errorf("%+v", e)
	}
	problem := storage.NewProblem("folder.missing")
	if e := directory.Classify(fmt.Errorf("push: %w", problem)); e.Class != directory.Refused || e.Problem != problem {
		t.Errorf("%+v", e)
	}
	auth := &directory.Error{Class: directory.Auth, Problem: problem}
	if e := directory.Classify(fmt.Errorf("push: %w", auth)); e != auth {
		t.Errorf("%+v", e)
	}
}

func TestKindRegisteredTwiceIsAMistakeOfTheProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	directory.NewKinds(directory.Kind{ID: "directory.a"}, directory.Kind{ID: "directory.a"})
}
