package openinghours

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
)

// hours reads the template's two cells.
func hours(t *testing.T, week, special string) Hours {
	t.Helper()
	h, err := Of(storage.Snapshot{storage.FieldOpeningHours: week, storage.FieldSpecialHours: special})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOSMTextIsTheOneMappersWrite(t *testing.T) {
	const bar = "Mo=18:00-02:00;Tu=18:00-02:00;We=18:00-02:00;Th=18:00-02:00;Fr=18:00-02:00;Sa=18:00-02:00;Su=18:00-02:00"
	tests := []struct{ name, week, special, want string }{
		{"unknown", "", "", ""},
		{
			"a shop",
			"Mo=08:30-12:30&14:00-19:00;Tu=08:30-12:30&14:00-19:00;We=08:30-12:30&14:00-19:00;" +
				"Th=08:30-12:30&14:00-19:00;Fr=08:30-12:30&14:00-19:00;Sa=09:00-18:00;Su", "",
			"Mo-Fr 08:30-12:30,14:00-19:00; Sa 09:00-18:00; Su off",
		},
		{
			"equal days apart", "Mo=09:00-12:00;Tu=14:00-18:00;We=09:00-12:00;Th;Fr=09:00-12:00;Sa;Su", "",
			"Mo,We,Fr 09:00-12:00; Tu 14:00-18:00; Th,Sa-Su off",
		},
		{"always closed", "Mo;Tu;We;Th;Fr;Sa;Su", "", "Mo-Su off"},
		{
			"always open",
			"Mo=00:00-24:00;Tu=00:00-24:00;We=00:00-24:00;Th=00:00-24:00;Fr=00:00-24:00;Sa=00:00-24:00;Su=00:00-24:00",
			"", "24/7",
		},
		{
			"always open but at Christmas",
			"Mo=00:00-24:00;Tu=00:00-24:00;We=00:00-24:00;Th=00:00-24:00;Fr=00:00-24:00;Sa=00:00-24:00;Su=00:00-24:00",
			"2026-12-25", "Mo-Su 00:00-24:00; 2026 Dec 25 off",
		},
		{"exceptions alone", "", "2026-12-24=09:00-16:00;2026-12-25", "2026 Dec 24 09:00-16:00; 2026 Dec 25 off"},
		{"past midnight", bar, "", "Mo-Su 18:00-02:00"},
		{
			"past midnight beside a closed day: the night is not cut",
			"Mo;Tu=18:00-02:00;We=18:00-02:00;Th=18:00-02:00;Fr=18:00-04:00;Sa=18:00-04:00;Su", "",
			"Mo,Su off; Tu-Th 18:00-02:00, Fr-Sa 18:00-04:00",
		},
		{
			"past midnight around an exception: the night before stays, the night after goes", bar, "2026-12-25",
			"Mo-Su 18:00-02:00; 2026 Dec 25 off, 2026 Dec 25 00:00-02:00; 2026 Dec 26 00:00-02:00 off",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := OSMText(hours(t, tt.week, tt.special)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestParseOSMReadsWhatOthersWrite(t *testing.T) {
	tests := []struct {
		text, week, special string
		kept                []string
	}{
		{text: "Mo-Fr 9:00-18:00", week: "Mo=09:00-18:00;Tu=09:00-18:00;We=09:00-18:00;Th=09:00-18:00;Fr=09:00-18:00;Sa;Su"},
		{text: "09:00-18:00; Sa-Mo off", week: "Mo;Tu=09:00-18:00;We=09:00-18:00;Th=09:00-18:00;Fr=09:00-18:00;Sa;Su"},
		{text: "mo 08:00-12:00, mo 14:00-18:00", week: "Mo=08:00-12:00&14:00-18:00;Tu;We;Th;Fr;Sa;Su"},
		{text: "Mo-We 08:00-12:00; We closed", week: "Mo=08:00-12:00;Tu=08:00-12:00;We;Th;Fr;Sa;Su"},
		{text: "Fr 18:00-00:00", week: "Mo;Tu;We;Th;Fr=18:00-24:00;Sa;Su"},
		{
			text: "Mo 09:00-12:00; Su,PH off", week: "Mo=09:00-12:00;Tu;We;Th;Fr;Sa;Su",
			kept: []string{"PH off"},
		},
		{
			text: "Mo 09:00-12:00, PH off; SH 10:00-11:00; Dec 24-Jan 02 off; Aug 1-15 off; 2026 Dec 31 09:00-10:00",
			week: "Mo=09:00-12:00;Tu;We;Th;Fr;Sa;Su", special: "2026-12-31=09:00-10:00",
			kept: []string{"PH off", "SH 10:00-11:00", "Dec 24-Jan 02 off", "Aug 01-15 off"},
		},
		{
			text: "2026 Dec 24-26 off; 2026 Dec 31-2027 Jan 1,2027 Jan 8 10:00-12:00; 2026 Dec 25 09:00-10:00",
			special: "2026-12-24;2026-12-25=09:00-10:00;2026-12-26;2026-12-31=10:00-12:00;2027-01-01=10:00-12:00;" +
				"2027-01-08=10:00-12:00",
		},
		{text: " ; ", week: ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseOSM(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			week, special := got.Texts()
			if week != tt.week || special != tt.special || !cmp.Equal(got.Kept, tt.kept) {
				t.Errorf("got %q %q %q", week, special, got.Kept)
			}
			again, err := ParseOSM(got.String())
			if err != nil || !cmp.Equal(again, got) {
				t.Errorf("written as %q, read as %+v %v", got.String(), again, err)
			}
		})
	}
}

func TestParseOSMReportsWhatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{
		`Mo-Fr 09:00-18:00 "sur rendez-vous"`, "sunrise-sunset", "Mo-Fr", "Mo-Fr 09:00+", "Apr-Sep 09:00-18:00",
		"week 01-20 Mo 09:00-12:00", "PH off; Mo-Fr 09:00-18:00", "2026 Dec 25 off; Mo 09:00-12:00",
		"2026 Nov 31 off", "2026 Dec 26-24 off", "Mo[1] 09:00-12:00", "Mo 09:00-12:00,11:00-13:00", "Mo 25:00-26:00",
		"Mo 09:00-12:00 || 14:00-15:00", "2026 Dec 25 00:00-02:00 off", "Mo 09:00-12:00, Mo off", "easter off", "Mo-",
		"Mo 09:00-12:00 Tu", "2020 Jan 01-2026 Jan 01 off", "Mo 09:00-12:00, PH 10:00-11:00", "Dec 45 off", "24/7 off",
	} {
		var p *storage.Problem
		if got, err := ParseOSM(text); !errors.As(err, &p) {
			t.Errorf("%q was read as %q, %v", text, got.String(), err)
		}
	}
}

func TestOpenAtCountsANightWithTheEveningItBegan(t *testing.T) {
	h := hours(t, "Mo;Tu;We;Th;Fr=18:00-02:00;Sa=09:00-12:00;Su", "2026-12-11;2026-12-19=00:00-24:00")
	for at, want := range map[string]bool{
		"2026-12-04 17:59": false, "2026-12-04 18:00": true, "2026-12-05 01:59": true, "2026-12-05 02:00": false,
		"2026-12-05 09:00": true, "2026-12-05 12:00": false,
		"2026-12-11 19:00": false, "2026-12-12 01:00": false, "2026-12-12 09:30": true, // closed exceptionally
		"2026-12-19 01:00": true, "2026-12-19 23:59": true, "2026-12-20 00:00": false,
	} {
		when, err := time.Parse("2006-01-02 15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		if got := OpenAt(h, when); got != want {
			t.Errorf("%s: open %v", at, got)
		}
	}
}

func TestGoogleCells(t *testing.T) {
	for cell, want := range map[string]string{
		"09:00-12:00, 14:00-18:00": "09:00-12:00, 14:00-18:00",
		"9:00 AM-6:00 PM":          "09:00-18:00",
		"6:00PM-2:00am":            "18:00-02:00",
		"12:00 AM-12:00 PM":        "00:00-12:00",
		"00:00-00:00":              "00:00-00:00",
		"14:00-18:00,9:00-12:00":   "09:00-12:00, 14:00-18:00",
		"X":                        "x",
		"":                         "x",
	} {
		ps, err := ParseGoogleCell(cell)
		if err != nil || GoogleCell(ps) != want {
			t.Errorf("%q: %q, %v", cell, GoogleCell(ps), err)
		}
	}
	for _, cell := range []string{"9-12", "open", "09:00-12:00,11:00-13:00", "13:00 PM-14:00", "x, 09:00-10:00", "-"} {
		var p *storage.Problem
		if _, err := ParseGoogleCell(cell); !errors.As(err, &p) {
			t.Errorf("%q: %v", cell, err)
		}
	}
}

func TestGoogleSpecialHours(t *testing.T) {
	days, err := ParseGoogleSpecial("2026-12-25: x, 2026-12-24: 9:00 AM-2:00 PM,2026-12-24: 16:00-18:00")
	if err != nil || storage.SpecialText(days) != "2026-12-24=09:00-14:00&16:00-18:00;2026-12-25" {
		t.Fatal(storage.SpecialText(days), err)
	}
	if got := GoogleSpecial(days); got != "2026-12-24: 09:00-14:00, 2026-12-24: 16:00-18:00, 2026-12-25: x" {
		t.Error(got)
	}
	for _, cell := range []string{
		"24/12/2026: x", "2026-12-25", "2026-12-25:", "2026-12-25: x, 2026-12-25: 09:00-10:00", "2026-12-25: x, 2026-12-25: x",
		"2026-12-25: 09:00-10:00, 2026-12-25: 09:30-11:00", "2026-12-25: noon",
	} {
		var p *storage.Problem
		if _, err := ParseGoogleSpecial(cell); !errors.As(err, &p) {
			t.Errorf("%q: %v", cell, err)
		}
	}
}

func TestSchemaSpecifications(t *testing.T) {
	got := Schema(hours(t, "Mo=09:00-12:00&14:00-18:00;Tu=00:00-24:00;We=09:00-12:00&14:00-18:00;Th=18:00-02:00;Fr;Sa;Su",
		"2026-12-24=09:00-14:00;2026-12-25"))
	const oh = "OpeningHoursSpecification"
	want := []Specification{
		{Type: oh, DayOfWeek: DayOfWeek{"Monday", "Wednesday"}, Opens: "09:00", Closes: "12:00"},
		{Type: oh, DayOfWeek: DayOfWeek{"Monday", "Wednesday"}, Opens: "14:00", Closes: "18:00"},
		{Type: oh, DayOfWeek: DayOfWeek{"Tuesday"}, Opens: "00:00", Closes: "23:59"},
		{Type: oh, DayOfWeek: DayOfWeek{"Thursday"}, Opens: "18:00", Closes: "02:00"},
		{Type: oh, DayOfWeek: DayOfWeek{"Friday", "Saturday", "Sunday"}, Opens: "00:00", Closes: "00:00"},
		{Type: oh, Opens: "09:00", Closes: "14:00", ValidFrom: "2026-12-24", ValidThrough: "2026-12-24"},
		{Type: oh, Opens: "00:00", Closes: "00:00", ValidFrom: "2026-12-25", ValidThrough: "2026-12-25"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseSchemaReadsVariantsAndReportsTheRest(t *testing.T) {
	h, err := ParseSchema([]Specification{
		{DayOfWeek: DayOfWeek{"https://schema.org/Monday"}, Opens: "09:00:00", Closes: "12:00:00"},
		{DayOfWeek: DayOfWeek{"Sunday"}, Opens: "00:00", Closes: "23:59:59"},
		{Opens: "00:00:00", Closes: "00:00:00", ValidFrom: "2026-12-30", ValidThrough: "2027-01-01"},
	})
	week, special := h.Texts()
	if err != nil || week != "Mo=09:00-12:00;Tu;We;Th;Fr;Sa;Su=00:00-24:00" || special != "2026-12-30;2026-12-31;2027-01-01" {
		t.Error(week, special, err)
	}
	for _, s := range []Specification{
		{DayOfWeek: DayOfWeek{"Lundi"}, Opens: "09:00", Closes: "12:00"},
		{DayOfWeek: DayOfWeek{"PublicHolidays"}, Opens: "09:00", Closes: "12:00"},
		{Opens: "09:00", Closes: "12:00"},
		{DayOfWeek: DayOfWeek{"Monday"}, Opens: "9h", Closes: "12:00"},
		{DayOfWeek: DayOfWeek{"Monday"}, Opens: "09:00", Closes: "12:00", ValidFrom: "2026-06-01", ValidThrough: "2026-08-31"},
		{Opens: "09:00", Closes: "12:00", ValidFrom: "2026-06-01"},
		{Opens: "09:00", Closes: "12:00", ValidFrom: "2020-01-01", ValidThrough: "2026-01-01"},
	} {
		var p *storage.Problem
		if _, err := ParseSchema([]Specification{s}); !errors.As(err, &p) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestEveryFormGivesTheSameHoursBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHours().Draw(t, "hours")
		osm, err := ParseOSM(OSMText(h))
		if err != nil || !same(osm.Hours, h) || len(osm.Kept) > 0 {
			t.Errorf("OSM %q: %+v %v", OSMText(h), osm, err)
		}
		week, err := ParseGoogleWeek(GoogleWeek(h.Week))
		if err != nil || week.String() != h.Week.String() {
			t.Errorf("Google %q: %+v %v", GoogleWeek(h.Week), week, err)
		}
		special, err := ParseGoogleSpecial(GoogleSpecial(h.Special))
		if err != nil || storage.SpecialText(special) != storage.SpecialText(h.Special) {
			t.Errorf("Google %q: %+v %v", GoogleSpecial(h.Special), special, err)
		}
		schema, err := ParseSchema(Schema(h))
		if err != nil || !same(schema, h) {
			t.Errorf("schema.org %+v: %+v %v", Schema(h), schema, err)
		}
	})
}

func same(a, b Hours) bool {
	aw, as := a.Texts()
	bw, bs := b.Texts()
	return aw == bw && as == bs
}

// anyHours draws canonical hours with exceptional days in December 2026, often beside one another, so that nights of
// regular and exceptional days meet.
func anyHours() *rapid.Generator[Hours] {
	return rapid.Custom(func(t *rapid.T) Hours {
		var h Hours
		if h.Week.Known = rapid.IntRange(0, 19).Draw(t, "known") > 0; h.Week.Known {
			usual := anyPeriods().Draw(t, "usual")
			for d := range h.Week.Days {
				h.Week.Days[d] = usual
				if rapid.Bool().Draw(t, "own") {
					h.Week.Days[d] = anyPeriods().Draw(t, "periods")
				}
			}
		}
		dates := rapid.SliceOfNDistinct(rapid.IntRange(3, 12), 0, 5, rapid.ID[int]).Draw(t, "dates")
		for _, n := range dates {
			h.Special = append(h.Special, storage.SpecialDay{
				Date: storage.Date{Year: 2026, Month: time.December, Day: n}, Periods: anyPeriods().Draw(t, "special"),
			})
		}
		h.Special = inDateOrder(h.Special)
		return h
	})
}

// anyPeriods draws the periods of one day: cuts of a line from midnight to the next morning, in quarters of an hour.
func anyPeriods() *rapid.Generator[[]storage.Period] {
	return rapid.Custom(func(t *rapid.T) []storage.Period {
		if rapid.IntRange(0, 9).Draw(t, "whole") == 0 {
			return []storage.Period{{Open: 0, Close: day}}
		}
		var ps []storage.Period
		at := 0
		for range rapid.IntRange(0, 3).Draw(t, "count") {
			open := at + 15*rapid.IntRange(0, 40).Draw(t, "gap")
			end := open + 15*rapid.IntRange(1, 60).Draw(t, "length")
			if open >= day || end > open+day {
				break
			}
			ps, at = append(ps, storage.Period{Open: open, Close: end}), end
		}
		return ps
	})
}

func FuzzParseOSM(f *testing.F) {
	for _, s := range []string{
		"Mo-Fr 08:30-12:30,14:00-19:00; Sa 09:00-18:00; Su,PH off", "24/7", "Fr-Sa 18:00-02:00; 2026 Dec 24-2027 Jan 02 off",
		"Mo-Su 18:00-02:00; 2026 Dec 25 off, 2026 Dec 25 00:00-02:00; 2026 Dec 26 00:00-02:00 off", `"x" || ,-;`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := ParseOSM(s)
		if err != nil {
			return
		}
		again, err := ParseOSM(o.String())
		if err != nil || !same(again.Hours, o.Hours) || !cmp.Equal(again.Kept, o.Kept) {
			t.Errorf("%q was written as %q, which reads %+v, %v", s, o.String(), again, err)
		}
	})
}

func FuzzParseGoogleCell(f *testing.F) {
	for _, s := range []string{"09:00-12:00, 14:00-18:00", "9:00 AM-6:00 PM", "x", "00:00-00:00", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ps, err := ParseGoogleCell(s)
		if err != nil {
			return
		}
		again, err := ParseGoogleCell(GoogleCell(ps))
		if err != nil || !cmp.Equal(again, ps) {
			t.Errorf("%q was written as %q, which reads %+v, %v", s, GoogleCell(ps), again, err)
		}
	})
}
