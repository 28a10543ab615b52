package ical_test

import (
	"strings"
	"time"

	"diapason/sync/agenda/ical"
)

// overseas are zones of French overseas territories, and those whose rules are out of the ordinary: half hours, Saturdays
// before a Sunday, midnights, negative summer time, Ramadan.
var overseas = []string{
	"Indian/Reunion", "America/Martinique", "Pacific/Noumea", "America/Cayenne", "Pacific/Tahiti", "America/Miquelon",
	"Indian/Mayotte", "Pacific/Wallis", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Nuuk",
	"America/Santiago", "Asia/Beirut", "Africa/Cairo", "Europe/Dublin", "Africa/Casablanca", "America/St_Johns", "Asia/Gaza",
}

// exotic are texts that break careless writers or readers.
var exotic = []string{
	"Concert\r\nATTENDEE:mailto:intrus@example.com", "a\rb\nc\td\x00e\x1b[31m\x7ff", "semi; virgule, deux-points: \"guillemets\" l'apostrophe l’autre",
	strings.Repeat("é", 200), strings.Repeat("e\u0301", 120), strings.Repeat("👩‍👩‍👧‍👦", 30), strings.Repeat("👋🏽", 40),
	"𝄞 " + strings.Repeat("x", 64) + "👩‍🚒 fin", "fin de ligne\u2028d’ailleurs\u2029et\u0085là", " commence et finit par un espace ",
	"END:VEVENT", "日本語のテキスト" + strings.Repeat("語", 60), "עברית مرحبا", "\ufeffavec BOM", "pas\xffd’UTF-8\xc3", "<b>gras</b> & co", "\t", "%0D%0AX:1",
}

// cases are the events that must be read alike everywhere, by what they are about.
func cases() map[string][]*ical.Event {
	all := map[string][]*ical.Event{}
	for i, text := range exotic {
		uid := "text " + string(rune('a'+i))
		all["texts"] = append(all["texts"], event(uid, func(e *ical.Event) {
			e.Summary, e.Description, e.Location, e.Categories = text, "n° "+text+"\n"+text, text, []string{strings.ReplaceAll(text, ",", "") + "1", "2"}
		}))
		// Each of the octets around the 75th is the edge once.
		for pad := range 5 {
			all["edges"] = append(all["edges"], event(uid+string(rune('0'+pad)), func(e *ical.Event) {
				e.Summary = strings.Repeat("-", 60+pad) + text
			}))
		}
	}
	all["backslashes and lists"] = []*ical.Event{event("b", func(e *ical.Event) {
		e.Summary, e.Description = `C:\nouveau\table \\ \, \;`, `\n`+"\n"+`\\n\`
		e.Categories = []string{"Location, salle", "a;b\\", `c\,d`}
	})}
	all["parties"] = []*ical.Event{event("p", func(e *ical.Event) {
		e.Organizer = &ical.Party{Name: "Office de tourisme, Accueil : l'équipe", Email: "accueil@example.com"}
		e.Attendees = []ical.Party{
			{Name: "Musée de l'Air", Email: "musee@example.com", Answer: "ACCEPTED"},
			{Name: "Mairie: service; culture", Email: "mairie@example.com", Answer: "NEEDS-ACTION"},
			{Name: strings.TrimSpace(strings.Repeat("Éléonore, ", 12)), Email: "eleonore@example.com", Answer: "DECLINED"},
			{Name: "Sans adresse", Answer: "TENTATIVE"},
		}
	})}
	all["details"] = []*ical.Event{event("d", func(e *ical.Event) {
		e.Sequence, e.Created = 12, changed.AddDate(0, -1, 0)
		e.Status, e.Class, e.Transparent, e.Color = ical.StatusTentative, ical.ClassPrivate, true, "#4169E1"
		e.URL = "https://www.example.com/agenda?id=1;2,3&t=a%20b#fin"
		e.Alarms = []ical.Alarm{{Before: 15 * time.Minute}, {Before: 24 * time.Hour, Text: "Demain, à 9 h"}, {Before: 90 * time.Minute}}
	})}
	all["nights of the clocks"] = nights()
	all["days"] = []*ical.Event{
		event("day", func(e *ical.Event) { e.Start, e.End = ical.DayOf(2026, 10, 25), ical.DayOf(2026, 10, 26) }),
		event("stay", func(e *ical.Event) { e.Start, e.End = ical.DayOf(2026, 3, 28), ical.DayOf(2026, 3, 31) }),
		event("each year", func(e *ical.Event) {
			e.Start, e.End, e.Rule = ical.DayOf(2026, 12, 31), ical.DayOf(2027, 1, 1), "FREQ=YEARLY;UNTIL=20301231"
			e.Except = []ical.Time{ical.DayOf(2028, 12, 31)}
		}),
	}
	all["series"] = series()
	for _, zone := range overseas {
		all["zones"] = append(all["zones"],
			event("single "+zone, func(e *ical.Event) {
				e.Start, e.End = at(zone, 2026, 7, 14, 9, 30), at(zone, 2026, 7, 14, 23, 45)
			}),
			event("series "+zone, func(e *ical.Event) {
				e.Start, e.End = at(zone, 2026, 1, 5, 9, 30), at(zone, 2026, 1, 5, 11, 0)
				e.Rule = "FREQ=WEEKLY;COUNT=200"
				for i := range 60 { // a noon in each month of five years
					e.Extra = append(e.Extra, at(zone, 2026, time.Month(2+i), 11, 12, 0))
				}
			}))
	}
	return all
}

// nights are the nights when clocks change in Paris: 02:30 does not exist on 29 March 2026, and is twice on 25 October.
func nights() []*ical.Event {
	const zone = "Europe/Paris"
	return []*ical.Event{
		event("gap", func(e *ical.Event) { e.Start, e.End = at(zone, 2026, 3, 29, 2, 30), at(zone, 2026, 3, 29, 4, 0) }),
		event("twice", func(e *ical.Event) { e.Start, e.End = at(zone, 2026, 10, 25, 2, 30), at(zone, 2026, 10, 25, 3, 30) }),
		event("moment", func(e *ical.Event) { e.Start, e.End = at(zone, 2026, 10, 25, 1, 0), at(zone, 2026, 10, 25, 1, 0) }),
		event("around", func(e *ical.Event) {
			e.Start, e.End = at(zone, 2026, 3, 22, 1, 59), at(zone, 2026, 3, 22, 3, 0)
			e.Rule = "FREQ=WEEKLY;COUNT=40"
			e.Except = []ical.Time{at(zone, 2026, 3, 29, 1, 59), at(zone, 2026, 10, 25, 1, 59), at(zone, 2026, 11, 1, 1, 59)}
		}),
	}
}

// inTheNight is the title of an occurrence that was moved to an hour that the clock shows twice: it is written in UTC.
const inTheNight = "Répétition déplacée dans la nuit"

// series are series across the changes of the clocks, with exceptions, additions and moved occurrences.
func series() []*ical.Event {
	const zone = "Europe/Paris"
	id, far := at(zone, 2026, 10, 26, 9, 0), at(zone, 2026, 11, 9, 9, 0)
	return []*ical.Event{
		event("s", func(e *ical.Event) {
			e.Start, e.End = at(zone, 2026, 3, 2, 9, 0), at(zone, 2026, 3, 2, 12, 30)
			e.Rule = "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261130T080000Z"
			e.Except = []ical.Time{at(zone, 2026, 4, 6, 9, 0), at(zone, 2026, 5, 25, 9, 0)}
			e.Extra = []ical.Time{at(zone, 2026, 4, 7, 9, 0)}
		}),
		event("s", func(e *ical.Event) {
			e.RecurrenceID, e.Sequence, e.Summary = &id, 3, inTheNight
			e.Start, e.End = at(zone, 2026, 10, 25, 2, 0), at(zone, 2026, 10, 25, 5, 0)
		}),
		event("s", func(e *ical.Event) {
			e.RecurrenceID, e.Status = &far, ical.StatusCancelled
			e.Start, e.End = far, at(zone, 2026, 11, 9, 12, 30)
		}),
		event("flight", func(e *ical.Event) {
			e.Start, e.End = at(zone, 2026, 6, 1, 11, 0), at("America/Martinique", 2026, 6, 1, 13, 45)
			e.Rule = "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO,-1FR;COUNT=12"
		}),
		event("in UTC", func(e *ical.Event) {
			e.Start, e.End = at("UTC", 2026, 6, 1, 11, 0), at("UTC", 2026, 6, 1, 12, 0)
			e.Rule = "FREQ=DAILY;INTERVAL=3;UNTIL=20260801T000000Z"
		}),
		event("last working day", func(e *ical.Event) {
			e.Start, e.End = at(zone, 2026, 1, 30, 8, 0), at(zone, 2026, 1, 30, 9, 0)
			e.Rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
		}),
	}
}
