package profile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
)

func TestWeekDraftKeepsEveryDayOfTheWeekItCameFrom(t *testing.T) {
	const text = "Mo=08:00-12:00&14:00-18:00;Tu=00:00-24:00;We=18:00-02:00;Th;Fr=22:00-24:00;Sa;Su"
	w, err := storage.ParseWeek(text)
	if err != nil {
		t.Fatal(err)
	}
	d := draftOfWeek(w)
	back, problems, complete := d.week()
	if !complete || problems != [7]error{} {
		t.Fatalf("problems %v", problems)
	}
	if got := back.String(); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
	if !d.Days[1].allDay() || d.Days[0].allDay() {
		t.Error("only Tuesday is open all day")
	}
	if !d.Days[2][0].tomorrow() || d.Days[4][0].tomorrow() || d.Days[1][0].tomorrow() {
		t.Error("only Wednesday ends the next morning")
	}
}

func TestUnfinishedRangeIsNoMistakeButKeepsTheWeekFromBeingSaved(t *testing.T) {
	w := weekDraft{Known: true}
	w.Days[0] = dayDraft{{From: "9h", To: "18h"}}.withRange()
	_, problems, complete := w.week()
	if complete || problems[0] != nil {
		t.Errorf("complete %v, problem %v; want an unfinished day without a problem", complete, problems[0])
	}
	w.Days[0] = w.Days[0].without(1)
	if _, _, complete = w.week(); !complete {
		t.Error("the day is finished once the empty range is gone")
	}
}

func TestOverlapAndUnreadableTimeAreProblemsOfTheirDayOnly(t *testing.T) {
	w := weekDraft{Known: true}
	w.Days[1] = dayDraft{{"9h", "13h"}, {"12h", "18h"}}
	w.Days[3] = dayDraft{{"9h", "tard"}}
	_, problems, complete := w.week()
	var codes [7]string
	for i, err := range problems {
		if p, ok := err.(*storage.Problem); ok {
			codes[i] = p.Code
		}
	}
	if want := [7]string{1: "hours.overlap", 3: "hours.clock"}; complete || codes != want {
		t.Errorf("got %v, complete %v; want %v", codes, complete, want)
	}
}

func TestCopiedDayIsIndependentOfItsOrigin(t *testing.T) {
	var w weekDraft
	w.Days[0] = dayDraft{{"9h", "18h"}}
	w.copyDay(0, weekdays)
	w.Days[4][0].To = "17h"
	if w.Days[0][0].To != "18h" || len(w.Days[3]) != 1 || len(w.Days[5]) != 0 {
		t.Errorf("unexpected week %+v", w)
	}
}

func TestNextTwelveMonthsHoldEachFrenchHolidayOnceInOrder(t *testing.T) {
	got := comingHolidays("FR", storage.Date{Year: 2026, Month: 11, Day: 11})
	var dates []string
	for _, h := range got {
		dates = append(dates, h.Key+" "+h.Date.String())
	}
	want := []string{
		"armistice 2026-11-11", "christmas 2026-12-25", "newYear 2027-01-01", "easterMonday 2027-03-29",
		"labourDay 2027-05-01", "ascension 2027-05-06", "victory 2027-05-08", "whitMonday 2027-05-17",
		"nationalDay 2027-07-14", "assumption 2027-08-15", "allSaints 2027-11-01",
	}
	if diff := cmp.Diff(want, dates); diff != "" {
		t.Error(diff)
	}
	if comingHolidays("BE", storage.Date{Year: 2026, Month: 1, Day: 1}) != nil {
		t.Error("holidays of another country are not guessed")
	}
}

func TestSpecialDayReplacesTheOneOfTheSameDateAndKeepsOrder(t *testing.T) {
	days, err := storage.ParseSpecial("2026-12-25;2027-01-01=10:00-16:00")
	if err != nil {
		t.Fatal(err)
	}
	drafts := draftOfSpecial(days)
	var w weekDraft
	w.Days[4] = dayDraft{{"08:00", "12:00"}} // 25 December 2026 is a Friday
	date := storage.Date{Year: 2026, Month: 12, Day: 25}
	drafts = withSpecial(drafts, specialDraft{Date: date, Day: usualOn(w, date)})
	drafts = withSpecial(drafts, specialDraft{Date: storage.Date{Year: 2026, Month: 12, Day: 24}})
	got, _, complete := readSpecial(drafts)
	if want := "2026-12-24;2026-12-25=08:00-12:00;2027-01-01=10:00-16:00"; !complete || storage.SpecialText(got) != want {
		t.Errorf("got %s, want %s", storage.SpecialText(got), want)
	}
	if _, on := specialOn(withoutSpecial(drafts, date), date); on {
		t.Error("a removed day is still there")
	}
}
