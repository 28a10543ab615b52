package activity

import (
	"context"

	"diapason/storage"
)

// Store is what the screen reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}
