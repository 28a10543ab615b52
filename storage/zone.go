package storage

import (
	"fmt"
	stdsync "sync"
	"time"
)

// zones remembers the zones loaded: loading one reads a file, and a feed of 10,000 reservations asks for a handful.
var zones stdsync.Map // name -> *time.Location

// Zone gives an IANA zone by its name. The empty name and "Local", which time.LoadLocation accepts, name none.
func Zone(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("storage: %q is no IANA zone", name)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, z)
	return z, nil
}
