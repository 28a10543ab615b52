package say

import (
	"testing"
	"time"

	"diapason/storage"
)

func TestPauseIsSaidWithTheTimeItEnds(t *testing.T) {
	now := time.Date(2026, 11, 19, 14, 10, 0, 0, paris(t))
	at := func(h, m, days int) string {
		return time.Date(2026, 11, 19+days, h, m, 0, 0, paris(t)).UTC().Format(time.RFC3339)
	}
	cases := []struct {
		name   string
		pause  *storage.Problem
		fr, en string
	}{
		{
			"today", storage.NewProblem("lane.open", "account", "Essai", "since", at(14, 2, 0), "until", at(14, 17, 0)),
			"« Essai » est injoignable depuis 14 h 02, reprise à 14 h 17. Rien n’est perdu : ce qui attend partira tout seul.",
			"“Essai” has not answered since 14:02; it will be tried again at 14:17. Nothing is lost: what is waiting will leave by itself.",
		},
		{
			"other days", storage.NewProblem("lane.throttled", "account", "Essai", "until", at(9, 0, 1)),
			"« Essai » demande de ralentir, reprise le 20 nov. à 9 h 00. Rien n’est perdu : ce qui attend partira tout seul.",
			"“Essai” asks to slow down; sending resumes on 20 Nov at 9:00. Nothing is lost: what is waiting will leave by itself.",
		},
		{
			"waits for the user", storage.NewProblem("directory.auth"),
			"L’annuaire refuse l’accès. Reconnecter le compte dans Intégrations : l’envoi reprendra ensuite.", "",
		},
		{"none", nil, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in(t, "fr", func() { check(t, c.name, Pause(c.pause, now), c.fr) })
			if c.en != "" {
				in(t, "en", func() { check(t, c.name, Pause(c.pause, now), c.en) })
			}
		})
	}
}
