package ical

import (
	"strings"
	stdsync "sync"
	"time"
	_ "time/tzdata" // the zones' rules, on systems that have none

	"diapason/storage"
)

const utc = "UTC"

// zones keeps the zones that were loaded: loading one reads a file. Only names that exist are kept, so it stays small. Any
// goroutine may use it.
var zones stdsync.Map // name -> *time.Location

// location loads a zone by its IANA name. Names that mean another thing on each machine ("Local", "localtime"), or count
// leap seconds ("right/…"), are refused like names that mean nothing.
func location(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	if !isZoneName(name) {
		return nil, storage.NewProblem("ical.zone", "value", name)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, storage.NewProblem("ical.zone", "value", name).Because(err)
	}
	zones.Store(name, z)
	return z, nil
}

func isZoneName(name string) bool {
	if len(name) < 2 || len(name) > 64 {
		return false
	}
	switch name {
	case "Local", "localtime", "posixrules", "Factory":
		return false
	}
	for i, part := range strings.Split(name, "/") {
		if part == "" || i == 0 && (part == "posix" || part == "right") {
			return false
		}
		for _, c := range part {
			if !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '-' && c != '+' {
				return false
			}
		}
	}
	return true
}

func isLetter(c rune) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }
