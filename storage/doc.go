// Package storage holds what Diapason keeps: plain, validated entities, the problems they can have, and the
// Store contract that every implementation fulfils (storage/bolt is the embedded default).
//
// It knows no file format, no service and no screen. Times are UTC; civil dates are Date values; opening hours are
// wall-clock minutes of the establishment's own place. Identifiers are UUIDv7 strings.
//
// Caveat: values read from a Store are copies and may be kept; a Reader or Writer may not outlive the function it was
// given to, and that function must not do I/O of its own, because a long read freezes a bbolt file.
package storage
