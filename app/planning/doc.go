// Package planning is the page Planification of Paramètres: what comes back by itself on each account, when it is next
// due, how it ended last, and the rule to change. It decides nothing: the engine plans and launches.
//
// The file rows is plain Go, without Fyne.
package planning
