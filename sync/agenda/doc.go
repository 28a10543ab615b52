// Package agenda is the agenda's service: it keeps reservations and what belongs to them, answers what takes place when,
// and gives each subscription link its feed, rendered ahead into memory and served to calendar programs.
//
// Every edit of a reservation is one transaction with its journal entry; SEQUENCE and the last change move exactly when a
// reader of a feed can see something new: not for private notes, answers and e-mails. A feed is a function of what is kept
// and of the day: the same bytes after a restart.
//
// The calendars of others are read into it on a schedule and are not changed here.
//
// When a series takes place is sync/agenda/recurrence's, .ics is sync/agenda/ical's, HTTP is sync/agenda/feedserver's and
// sync/agenda/subscription's, and the Internet sync/agenda/publication's. Sentences come from outside (Params.Words):
// feeds speak their link's language, not the window's. Methods may be called from any goroutine but the interface's: they
// read and write the store.
package agenda
