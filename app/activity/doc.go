// Package activity is the screen Activité: what ran, by day, with its lasting report, what can be tried again or taken
// back, and the journal to take away. It writes nothing itself; trying again and taking back are the engine's.
//
// The files list, report and export are plain Go, without Fyne, and hold what is worth testing. Reads run through
// Params.Background and come back through Params.UI.
package activity
