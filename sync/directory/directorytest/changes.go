package directorytest

import (
	"maps"
	"testing"

	"diapason/storage"
	"diapason/sync/directory"
)

// InFolder is the target of a kind that needs nothing but a folder.
func InFolder(kind directory.Kind) Target {
	return Target{Kind: kind, Account: func(t *testing.T) *storage.Account {
		return &storage.Account{
			ID: "account", Kind: kind.ID, Name: "Test", Settings: map[string]string{"folder": t.TempDir()},
		}
	}}
}

// Values gives the snapshot of an active establishment, as far as the fields go. It is written as a person would: pairs
// of a field's name and a text.
func Values(fields []storage.Field, pairs ...string) storage.Snapshot {
	e := &storage.Establishment{Status: storage.StatusActive, Name: "x"}
	for i := 0; i < len(pairs); i += 2 {
		if err := e.SetValue(storage.Field(pairs[i]), pairs[i+1]); err != nil {
			panic("directorytest: " + pairs[i] + ": " + err.Error())
		}
	}
	return e.Snapshot(fields)
}

// With gives a copy of a snapshot with other values: pairs of a field's name and a canonical text.
func With(s storage.Snapshot, pairs ...string) storage.Snapshot {
	c := maps.Clone(s)
	for i := 0; i < len(pairs); i += 2 {
		c[storage.Field(pairs[i])] = pairs[i+1]
	}
	return c
}

// Creation gives the change that creates a listing with all fields.
func Creation(establishmentID string, desired storage.Snapshot, fields []storage.Field) directory.Change {
	return directory.Change{
		EstablishmentID: establishmentID, Identifier: desired[storage.FieldIdentifier], Desired: desired, Touched: fields,
	}
}

// Update turns the creation of what is desired into the change of a listing that shows something else.
func Update(c directory.Change, before storage.Snapshot, remoteID string) directory.Change {
	c.Previous, c.Touched, c.RemoteID = before, c.Desired.Diff(before), remoteID
	return c
}

// Push sends changes and fails the test when one is not taken.
func Push(t *testing.T, d directory.Directory, changes ...directory.Change) []directory.Receipt {
	t.Helper()
	rs, err := d.Push(t.Context(), changes)
	if err != nil {
		t.Fatalf("push: %v", err)
	}
	if len(rs) != len(changes) {
		t.Fatalf("%d receipts for %d changes", len(rs), len(changes))
	}
	for _, r := range rs {
		if r.Err != nil {
			t.Fatalf("push: %v", r.Err)
		}
	}
	return rs
}

// Read reads one listing and fails the test when it cannot be.
func Read(t *testing.T, d directory.Reader, ref directory.Ref) directory.Observation {
	t.Helper()
	o, err := d.Read(t.Context(), ref)
	if err != nil {
		t.Fatalf("read %+v: %v", ref, err)
	}
	return o
}
