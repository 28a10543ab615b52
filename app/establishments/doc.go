// Package establishments draws the list of establishments: header, filters, rows, bulk bar, menus, and the dialogs that
// create and label. What is shown and what an action does is decided by its presenter, package list; the pane beside
// the list is package profile's, reached through the Detail interface.
//
// Everything here belongs to the interface's goroutine.
package establishments
