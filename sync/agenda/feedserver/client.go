package feedserver

import (
	"strings"
	"unicode"
)

// OwnAgent is what the program calls itself when it reads a link to test it: such a reading is not told to the Source.
const OwnAgent = "Diapason"

const (
	ownName = "Diapason"
	// longestName bounds what a program says of itself, in characters.
	longestName = 40
)

// knownClients are programs by a part of what they say of themselves, in small letters; the first that fits counts.
var knownClients = []struct{ part, name string }{
	{"google-calendar-importer", "Google Agenda"},
	{"thunderbird", "Thunderbird"},
	{"icsx5", "ICSx⁵"},
	{"davx5", "DAVx⁵"},
	{"nextcloud", "Nextcloud"},
	{"vdirsyncer", "vdirsyncer"},
	{"homeassistant", "Home Assistant"},
	{"home-assistant", "Home Assistant"},
	{"fantastical", "Fantastical"},
	{"busycal", "BusyCal"},
	{"evolution", "Evolution"},
	{"korganizer", "KOrganizer"},
	{"protoncalendar", "Proton Calendar"},
	{"fastmail", "Fastmail"},
	{"yahoo", "Yahoo"},
	{"outlook", "Outlook"},
	{"microsoft office", "Outlook"},
	{"microsoft.exchange", "Outlook"},
	{"ios/", "Calendrier (iOS)"},
	{"ipados/", "Calendrier (iOS)"},
	{"calendaragent", "Calendrier (macOS)"},
	{"macos/", "Calendrier (macOS)"},
	{"mac os x/", "Calendrier (macOS)"},
	{"mac+os+x/", "Calendrier (macOS)"},
	{"dataaccessd", "Calendrier (iOS)"},
	{"curl/", "curl"},
	{"wget/", "Wget"},
	{"firefox/", "Firefox"},
	{"edg/", "Edge"},
	{"chrome/", "Chrome"},
	{"safari/", "Safari"},
}

// ClientName tells which calendar program a User-Agent is of: its name, else what it calls itself, without its version;
// "" when it does not say.
func ClientName(agent string) string {
	low := strings.ToLower(agent)
	for _, k := range knownClients {
		if strings.Contains(low, k.part) {
			return k.name
		}
	}
	name, _, _ := strings.Cut(agent, "/")
	name, _, _ = strings.Cut(name, "(")
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, Mask(name)))
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName])
	}
	return name
}
