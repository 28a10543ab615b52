package sync_test

import (
	"diapason/storage"
	"diapason/sync/directory"
)

// declaring gives a connector with other capabilities: another version's, or one without limits.
func declaring(kind directory.Kind, change func(*directory.Capabilities)) directory.Kind {
	change(&kind.Capabilities)
	open := kind.Open
	kind.Open = func(a *storage.Account) (directory.Directory, error) {
		d, err := open(a)
		if err != nil {
			return nil, err
		}
		return declared{d, d.(directory.Reader), kind.Capabilities}, nil
	}
	return kind
}

type declared struct {
	directory.Directory
	directory.Reader
	caps directory.Capabilities
}

// Capabilities are the changed ones.
func (d declared) Capabilities() directory.Capabilities { return d.caps }
