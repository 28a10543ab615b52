// Package widgets holds Diapason's reusable Fyne widgets. They show the state they are given and report what the user
// wants through callbacks; they decide nothing, know no entity, and every word they show is handed to them.
//
// Colours, sizes and icons come from widgets/look and are read again on each Refresh. Whatever reacts to the mouse also
// takes the keyboard focus, shows it with a ring of 2 units, and answers to Enter and Space. Everything here runs on the
// interface's goroutine.
package widgets
