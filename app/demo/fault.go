package demo

import (
	"math"

	"diapason/storage"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// UntilRestored is the number of calls of a fault that lasts until Restore.
const UntilRestored = math.MaxInt32

// Serves tells whether an account is this directory's.
func (d *Directory) Serves(a *storage.Account) bool {
	return a.Kind == trial.ID && a.Settings[trial.SettingURL] == d.URL
}

// Simulate makes the next calls go wrong in one way, in the place of any way before; nothing leaves this machine. It may
// be called on any goroutine, as the others may.
func (d *Directory) Simulate(kind sandbox.FaultKind, calls int) {
	f := sandbox.Fault{Kind: kind, Times: calls}
	if kind == sandbox.RejectedLater {
		f.Delay = moderation
	}
	d.trial.Behave()
	d.trial.Misbehave(f)
}

// Restore ends what was simulated.
func (d *Directory) Restore() { d.trial.Behave() }

// Simulated gives the way in which calls go wrong and how many more will; "" when none will.
func (d *Directory) Simulated() (kind sandbox.FaultKind, calls int) {
	for _, f := range d.trial.Faults() {
		return f.Kind, f.Times
	}
	return "", 0
}
