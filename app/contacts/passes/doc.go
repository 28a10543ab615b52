// Package passes is the tab « Synchronisation » of the screen Contacts: the accounts of address books with their states, the
// pass under way or the last one, batch by batch and in both directions, what the guard holds, and what a pass would do
// before it is asked for. It decides nothing: passes are the contacts' service's, and their reports stand in Activité.
//
// The files board, pace and preview are plain Go, without Fyne. Reads run through Params.Background and come back through
// Params.UI.
package passes
