// Package ical writes and reads calendars as files: RFC 5545 with the names, colours and intervals of RFC 7986. It knows
// events, not reservations: what becomes an event, and under which link, is decided above.
//
// The writer streams. It is strict in what it gives: lines of 75 octets at most that end in CR LF, one compact VTIMEZONE
// for each zone that a series needs, single events in UTC, never a floating time, and nothing in a value that could begin
// another property. An event that cannot be said is set aside with a Fault and the others go on. The same events give the
// same bytes: there is no clock here.
//
// The reader forgives what the wild is full of (zones named as Windows does, short or long, or described by the file alone,
// floating times, which are in the zone that X-WR-TIMEZONE names or else in that of whoever reads, lower case,
// several calendars in one file, lines that mean nothing) but never guesses an hour: what cannot be read for certain is a
// Fault with its line. A file that is cut is an error, so that half a calendar is never taken for the whole.
//
// Caveats: tasks, journals and free-busy lists are not read; rules are checked and kept, not expanded. The DURATION of a
// series becomes the end of its first event: days that were of 23 or 25 hours on the clocks' nights are of 24 then (RFC 5545,
// 3.8.5.3).
package ical
