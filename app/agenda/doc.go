// Package agenda is the screen Agenda: the reservations by day, week, month or as a list, the pane of one of them, the
// dialogs around them, and the import of .ics files. What it knows is in package book, without a window; the panel of the
// subscription links is package sharing's. It decides nothing that the agenda's service decides.
package agenda
