// Package list is the presenter of the establishments' list: it loads the rows, filters, sorts and counts them, keeps
// the selection and starts the actions. It is plain Go without a widget; package app/establishments draws it.
//
// Threads: a List belongs to the interface's goroutine. It reads the store and passes over the rows on goroutines of
// its own and comes back through Params.UI; at most one pass and one reading run at a time, so that results never
// arrive out of order.
//
// Caveat: rows are numbered (slot) once and for all in the life of a List; the selection and the visible rows are kept
// by slot, which makes them independent of scrolling, sorting and filtering.
package list
