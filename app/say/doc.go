// Package say puts what Diapason knows into words for people: problems, statuses, moments, durations, hours, phone
// numbers, field values, accounts and runs. It is used by every screen and by the commands, and it holds no state of
// its own: the language is the one of package words, and the moment and the zone come with each call.
//
// It draws nothing and knows no widget. A technical error never reaches people through it: what has no sentence of its
// own gets a general one, and the cause goes to the log.
package say
