package feedserver_test

import (
	"strings"
	"testing"

	"diapason/sync/agenda/feedserver"
)

func TestCalendarProgramsAreNamed(t *testing.T) {
	for agent, want := range map[string]string{
		"Google-Calendar-Importer": "Google Agenda",
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0": "Thunderbird",
		"macOS/14.5 (23F79) dataaccessd/1.0":                                           "Calendrier (macOS)",
		"Mac+OS+X/10.15.7 (19H2) CalendarAgent/930.5.1":                                "Calendrier (macOS)",
		"iOS/17.5.1 (21F90) dataaccessd/1.0":                                           "Calendrier (iOS)",
		"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17531; Pro)":   "Outlook",
		"ICSx5/2.2.2 (2024-08-01; dav4jvm; okhttp) Android/14":                         "ICSx⁵",
		"Nextcloud Webcal Service":                                                     "Nextcloud",
		"vdirsyncer/0.19.0":                                                            "vdirsyncer",
		"HomeAssistant/2026.1 httpx/0.27 Python/3.13":                                  "Home Assistant",
		"curl/8.5.0": "curl",
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                 "Firefox",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/13": "Edge",
		"PlanningMaison/3.1 (test)":      "PlanningMaison",
		"Agenda\x1b[31m du village (v2)": "Agenda[31m du village",
		"":                               "",
		strings.Repeat("é", 100):         strings.Repeat("é", 40),
	} {
		if got := feedserver.ClientName(agent); got != want {
			t.Errorf("%q: %q, not %q", agent, got, want)
		}
	}
}
