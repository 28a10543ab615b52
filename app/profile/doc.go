// Package profile is the detail pane of one establishment: its header, and the tabs Profil, Horaires, Annuaires and
// Historique. It shows what the store keeps and reports what the user wants to the engine; it decides nothing about
// synchronising and writes nothing itself.
//
// The files fields, week, clock, holidays, compare, history, undo and state are plain Go, without Fyne, and hold what is
// worth testing; the others build the view from them. Everything of the view lives on the interface's goroutine; reads
// and edits run through Params.Background and come back through Params.UI, and a result that is no longer the shown
// establishment's is dropped.
package profile
