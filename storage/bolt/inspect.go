package bolt

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"go.etcd.io/bbolt"
)

// fileState is what the meta bucket says of a file.
type fileState struct {
	schema int
	app    string
	clean  bool
}

// inspect looks at a file without changing a byte of it. A file that was not closed cleanly is checked whole.
func inspect(path string) (fileState, error) {
	return look(path, func(f fileState) bool { return !f.clean })
}

// checkFile is inspect, and checks the file whole in any case.
func checkFile(path string) (fileState, error) {
	return look(path, func(fileState) bool { return true })
}

func look(path string, whole func(fileState) bool) (state fileState, err error) {
	if err := checkHead(path); err != nil {
		return state, err
	}
	err = guarded(func() (err error) {
		// Reading shares the lock with other readers, not with a writer: a workspace in use gives ErrTimeout.
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, ReadOnly: true, NoStatistics: true})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		if state, err = readState(db); err != nil {
			return err
		}
		if whole(state) {
			return checkWhole(db, path)
		}
		return nil
	})
	return state, err
}

// checkHead makes sure that mapping the file into memory is safe.
func checkHead(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = readMeta(f)
	return err
}

// checkWhole checks the structure page by page, then with bbolt's own, finer check, which can only be trusted with a
// file whose pages stay inside their bounds.
func checkWhole(db *bbolt.DB, path string) error {
	if err := checkStructure(path); err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			return broken("%v", err)
		}
		return nil
	})
}

func readState(db *bbolt.DB) (state fileState, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(layout[bMeta].name))
		if meta == nil {
			return broken("no workspace in it")
		}
		state.schema, err = strconv.Atoi(string(meta.Get([]byte(metaSchema))))
		if err != nil {
			return broken("its version cannot be read")
		}
		state.app = string(meta.Get([]byte(metaApp)))
		state.clean = string(meta.Get([]byte(metaClean))) == "1"
		for b := range layout {
			name := layout[b].name
			if v, _ := strconv.Atoi(string(meta.Get([]byte(metaBucket + name)))); v > layout[b].version {
				state.schema = max(state.schema, schema+1)
			}
			if state.schema == schema && tx.Bucket([]byte(name)) == nil {
				return broken("bucket %s is missing", name)
			}
		}
		return nil
	})
	if err != nil {
		return state, fmt.Errorf("read the version: %w", err)
	}
	return state, nil
}
