package timetable

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/fr"

	"diapason/storage"
)

// regions are the countries whose public holidays are known, by the zones that lie in them.
var regions = map[string]string{
	"Europe/Paris": "FR", "Europe/Brussels": "BE",
	"America/Guadeloupe": "GP", "America/Martinique": "MQ", "America/Cayenne": "GF", "Indian/Reunion": "RE",
	"Indian/Mayotte": "YT", "America/St_Barthelemy": "BL", "America/Marigot": "MF", "America/Miquelon": "FR",
}

// abolitions are the public holidays of the overseas departments and communities beside the national ones: the days on
// which slavery was abolished there (decree 83-1003 of 23 November 1983, as amended).
var abolitions = map[string]struct {
	month time.Month
	day   int
}{
	"GP": {time.May, 27}, "MQ": {time.May, 22}, "GF": {time.June, 10}, "RE": {time.December, 20},
	"YT": {time.April, 27}, "BL": {time.October, 9}, "MF": {time.May, 28},
}

// Holidays gives the region whose public holidays the working days of a zone leave out: an ISO 3166 code, "" when only
// the weekends are left out.
func Holidays(zone *time.Location) string { return regions[zone.String()] }

// DaysOff gives the test for days on which nobody works in a zone: Saturdays, Sundays and the public holidays of its
// region.
func DaysOff(zone *time.Location) func(storage.Date) bool {
	region := Holidays(zone)
	var days []*cal.Holiday
	switch region {
	case "":
	case "BE":
		days = be.Holidays
	default:
		days = fr.Holidays
	}
	local, has := abolitions[region]
	return func(d storage.Date) bool {
		if weekday := d.Time().Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			return true
		}
		if has && d.Month == local.month && d.Day == local.day {
			return true
		}
		for _, h := range days {
			if actual, _ := h.Calc(d.Year); storage.DateOf(actual) == d {
				return true
			}
		}
		return false
	}
}
