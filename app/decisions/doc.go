// Package decisions is « À décider », a tab of Activité: everything that goes on only when somebody decides or acts. It
// shows held runs, values that a directory changed (with the three values of each and both answers, alone and for a
// selection), what a directory or an account refuses, and fields that were frozen. It decides nothing itself.
//
// The file selection is plain Go, without Fyne. Reads run through Params.Background and come back through Params.UI.
package decisions
