// Package feedserver answers the subscription links of the agenda over HTTP: /agenda/<token>.ics, on this machine, and on
// the addresses of the local network that the user has chosen. It serves bodies that were rendered beforehand and lie in
// memory, so that it neither waits for the store nor renders anything itself.
//
// What a link shows, and which tokens there are, is the Source's. Publication on the Internet is another way for the
// same bodies and lives elsewhere.
//
// The answers are chosen for what calendar programs do with them. Thunderbird empties a calendar on an empty 200, switches
// it off on 410, and for a while on any other error, but keeps what it has when the connection fails
// (CalICSCalendar.sys.mjs of Mozilla's releases-comm-central): a revoked link is 410, a body that does not come is a
// connection that ends without an answer, and only unknown tokens are ever slowed down.
package feedserver

import (
	"log/slog"
	"time"
)

// State is what a token is.
type State int

// The states of a token.
const (
	Unknown State = iota // no link has or had it
	Served               // a link has it
	Revoked              // a link had it: it was revoked, or given another token
)

// Source gives the bodies. Its methods are called on the goroutines of requests, many at a time, and must not wait: not
// for the disk, not for a rendering.
type Source interface {
	// Body finds what stands under the Hash of a token. Of a served one it gives the last good body, whatever goes on with
	// the store meanwhile; nil before the first one.
	Body(tokenHash string) (*Body, State)
	// Read is told of each reading of a feed: by which program, from which network address, and when.
	Read(tokenHash, client, from string, at time.Time)
}

// Clock tells the time.
type Clock interface{ Now() time.Time }

// Params are what a server is made of; all are required.
type Params struct {
	Source Source
	Clock  Clock
	Log    *slog.Logger
}
