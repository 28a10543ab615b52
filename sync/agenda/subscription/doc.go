// Package subscription reads the calendars of others over HTTP: of booking services, of a school. It says how an address
// is understood, what is asked and refused on the way, which answer is a calendar, when to read again, and when a calendar
// has lost so much at once that it is not believed.
//
// What becomes of the events is the agenda's (package agenda); .ics is sync/agenda/ical's. The address of a calendar is
// as good as a password: no error, log line or problem here bears more of it than the host.
package subscription
