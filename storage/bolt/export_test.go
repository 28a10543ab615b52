package bolt

import "context"

// OpenLimited is Open with a file that may not exceed max bytes, as on a full disk.
func OpenLimited(ctx context.Context, p Params, max int) (*Store, error) {
	p.maxSize = max
	return Open(ctx, p)
}

// Superfluous and Schema are what the tests of rotation and migration need.
var Superfluous = superfluous

const Schema = schema
