package bolt

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

// filledReservation has something in every field, whichever there are.
func filledReservation() *storage.Reservation {
	r := new(storage.Reservation)
	fillValue(reflect.ValueOf(r).Elem())
	return r
}

func fillValue(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2026, 3, 29, 1, 0, 0, 5_000_000, time.UTC)
		return
	case *storage.LocalTime:
		*x = storage.LocalOf(time.Date(2026, 10, 25, 2, 30, 15, 0, time.UTC))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillValue(v.Index(0))
		fillValue(v.Index(1))
	case reflect.String:
		v.SetString(`« Générale » 🎻 "à l’heure" \ ` + "\n\t\u2028")
	case reflect.Int:
		v.SetInt(-7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			name, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fillValue(name)
			name.SetString(name.String() + strconv.Itoa(v.Len()))
			fillValue(value)
			v.SetMapIndex(name, value)
		}
	default:
		panic("a kind of field that no record had: " + v.Kind().String())
	}
}

// Every field goes through the quick reading, those that somebody adds included.
func TestReservationsAreReadTheQuickWay(t *testing.T) {
	plain := &storage.Reservation{ID: "r", Start: storage.LocalDay(storage.Date{Year: 2026, Month: 1, Day: 2})}
	for _, r := range []*storage.Reservation{filledReservation(), plain, {}} {
		raw, err := encode(r)
		if err != nil {
			t.Fatal(err)
		}
		got := new(storage.Reservation)
		if !readReservation(raw[1:], got) {
			t.Errorf("not read: %s", raw[1:])
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Error(diff)
		}
	}
}

// What the quick reading does not know is read all the same: names in another order, spaces, fields of a later version.
func TestOddReservationsAreReadTheLongWay(t *testing.T) {
	for _, raw := range []string{
		`{"uid":"u","id":"r"}`,
		`{"id": "r","uid":"u"}`,
		`{"id":"r","uid":"u","later":{"a":[1,2]}}`,
		`{"id":"r","uid":"u","inCharge":[],"recurrence":null}`,
		`{"id":"x","uid":"u","overrides":[{"title":"t"}],"id":"r","overrides":null}`,
	} {
		got := new(storage.Reservation)
		if err := decode(append([]byte{recordVersion}, raw...), got); err != nil || got.ID != "r" || got.UID != "u" || len(got.Overrides) > 0 {
			t.Errorf("%s is read as %+v, %v", raw, got, err)
		}
	}
}

// Where the quick reading gives a value, encoding/json gives the same one.
func FuzzReadReservation(f *testing.F) {
	for _, r := range []*storage.Reservation{filledReservation(), {}, {ID: "r", TypeID: "t", Recurrence: &storage.Recurrence{Rule: "FREQ=DAILY"}}} {
		raw, err := encode(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw[1:])
		f.Add([]byte(strings.ReplaceAll(string(raw[1:]), `"-7"`, `07`)))
	}
	f.Add([]byte(`{"id":"a\u0062","revision":-0,"uid":"\ud800","type":"\`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		quick, long := new(storage.Reservation), new(storage.Reservation)
		if !readReservation(raw, quick) {
			return
		}
		if err := json.Unmarshal(raw, long); err != nil {
			t.Fatalf("%q was read, encoding/json says %v", raw, err)
		}
		if diff := cmp.Diff(long, quick); diff != "" {
			t.Errorf("%q:\n%s", raw, diff)
		}
	})
}
