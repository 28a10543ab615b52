// Package book is what the screen Agenda knows, without a window: which days it shows, what stands on them after the
// filters, how a reservation is said, what was last changed and how that is taken back. Nothing here draws and nothing
// here knows Fyne.
//
// A Book belongs to the interface's goroutine. It reads and writes through Params.Background and comes back through
// Params.UI; an answer that is older than the latest question is dropped.
package book
