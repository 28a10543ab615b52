package shell

import (
	"strings"
	"testing"

	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
)

func alertOf(id, account string, place sync.AlertPlace) sync.Alert {
	return sync.Alert{ID: id, Place: place, RunID: "run", Problem: storage.NewProblem("alert.blocked", "account", account)}
}

// texts gives the accounts that the banners name.
func (b *bench) texts(accounts ...string) (named []string) {
	for _, o := range b.shell.alerts.box.Objects {
		for _, a := range accounts {
			if strings.Contains(o.(*widgets.Banner).Text(), a) {
				named = append(named, a)
			}
		}
	}
	return named
}

func TestAlertStaysUntilItsStateIsOverOrItIsClosed(t *testing.T) {
	_, _, places := twoPages()
	b := open(t, places)
	want := func(when string, want ...string) {
		t.Helper()
		if got := b.texts("Un", "Deux", "Trois"); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	one, two, three := alertOf("1", "Un", sync.AlertAccount), alertOf("2", "Deux", sync.AlertRun), alertOf("3", "Trois", sync.AlertSchedule)
	all := []sync.Alert{one, two, three}
	b.shell.showAlerts(all)
	want("two at a time", "Un", "Deux")
	before := b.shell.alerts.box.Objects[0]
	b.shell.showAlerts(all)
	if b.shell.alerts.box.Objects[0] != before {
		t.Error("the same news made another banner")
	}
	if banner := b.shell.alerts.box; banner.Size().Height < 80 || b.shell.stage.Position().Y < banner.Size().Height {
		t.Errorf("banners %v over the stage at %v", banner.Size(), b.shell.stage.Position())
	}
	b.shell.closeAlert("1")
	want("the next one takes the place of one that was closed", "Deux", "Trois")
	b.shell.showAlerts(all)
	want("closed as long as it lasts", "Deux", "Trois")
	b.shell.showAlerts([]sync.Alert{two})
	want("over", "Deux")
	b.shell.showAlerts([]sync.Alert{one, two})
	want("when it happens again", "Un", "Deux")
	b.shell.showAlerts(nil)
	want("all over")
}

func TestAlertLeadsToWhereItIsSeenTo(t *testing.T) {
	_, two, places := twoPages()
	b := open(t, places)
	if text, _ := b.shell.remedy(alertOf("1", "Un", sync.AlertAccount)); text != "" {
		t.Errorf("%q is offered without such a screen", text)
	}
	_, do := b.shell.remedy(alertOf("2", "Deux", sync.AlertRun))
	do()
	if b.shell.now != placeActivity || two.name != "run" {
		t.Errorf("at %s, run %s", b.shell.now, two.name)
	}
}

func TestPlanningIsReachedFromAnAlert(t *testing.T) {
	b := open(t, nil)
	_, do := b.shell.remedy(alertOf("3", "Trois", sync.AlertSchedule))
	do()
	if b.shell.now != placeSettings {
		t.Errorf("at %s", b.shell.now)
	}
}
