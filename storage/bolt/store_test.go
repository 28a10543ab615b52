package bolt_test

import (
	"context"
	"testing"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

func TestStoreFulfilsTheContract(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(t *testing.T) storage.Store { return open(t, bolt.Params{Dir: t.TempDir()}) })
}

func open(t testing.TB, p bolt.Params) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
