package website

import (
	"testing"

	"diapason/storage"
	"diapason/sync/directory/directorytest"
)

func TestConformance(t *testing.T) {
	directorytest.Run(t, directorytest.Target{Kind: Kind(), Account: func(t *testing.T) *storage.Account {
		return &storage.Account{
			ID: "account", Kind: ID, Name: "Test", Settings: map[string]string{"folder": t.TempDir()},
		}
	}})
}
