package command

import (
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/agenda/publication"
)

// Couriers gives the engine's lanes the places where feeds are published.
func Couriers(office *publication.Office, kinds ...publication.Kind) []sync.CourierKind {
	list := make([]sync.CourierKind, len(kinds))
	for i, k := range kinds {
		list[i] = sync.CourierKind{
			ID: k.ID, Settings: k.Settings,
			Open: func(a *storage.Account, secrets map[string]string) (sync.Courier, error) {
				return office.Open(k, a, secrets)
			},
		}
	}
	return list
}
