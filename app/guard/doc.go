// Package guard is the dialog of a held run: why the guard stopped it before anything left, everything it would change,
// and the choice between publishing exactly that and not publishing. Any screen may open it.
//
// It decides nothing: the engine compares the plan agreed to with the plan as it is then.
package guard
