package secrets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"

	"filippo.io/age"

	"diapason/storage"
	"diapason/storage/durable"
)

// keyName is the file of the key, one per user of the computer. It has age's own form: with it, "age -d -i KEY FILE"
// reads the secrets without Diapason.
const keyName = "diapason.key"

// fileStore keeps secrets in one encrypted file: a JSON object of names and values under age's X25519. It is read for each
// call, so that no secret stays in memory longer than it is needed, and replaced whole by each change.
type fileStore struct {
	path string
	key  string
	mu   stdsync.Mutex
}

func (f *fileStore) Get(ctx context.Context, name string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	all, _, err := f.read()
	if err != nil {
		return "", err
	}
	value, ok := all[name]
	if !ok {
		return "", missing(name)
	}
	return value, nil
}

func (f *fileStore) Set(ctx context.Context, name, value string) error {
	return f.change(ctx, func(all map[string]string) bool {
		old, there := all[name]
		all[name] = value
		return !there || old != value
	})
}

func (f *fileStore) Delete(ctx context.Context, name string) error {
	return f.change(ctx, func(all map[string]string) bool {
		_, there := all[name]
		delete(all, name)
		return there
	})
}

// change rewrites the file when edit changed something.
func (f *fileStore) change(ctx context.Context, edit func(map[string]string) bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	all, key, err := f.read()
	if err != nil {
		return err
	}
	if !edit(all) {
		return nil
	}
	if key == nil { // the file's first secret
		if key, err = f.newKey(); err != nil {
			return f.explain(err, f.key)
		}
	}
	raw, err := seal(all, key)
	if err != nil {
		return err
	}
	return f.explain(replace(f.path, raw), f.path)
}

// read opens the file. Where there is none yet, it gives an empty map, and the key only when there is one.
func (f *fileStore) read() (map[string]string, *age.X25519Identity, error) {
	key, keyErr := f.readKey()
	raw, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		if errors.Is(keyErr, fs.ErrNotExist) {
			keyErr = nil
		}
		return map[string]string{}, key, f.explain(keyErr, f.key)
	}
	if err != nil {
		return nil, nil, f.explain(err, f.path)
	}
	if errors.Is(keyErr, fs.ErrNotExist) {
		return nil, nil, storage.NewProblem("secrets.keyMissing", "path", f.path, "key", f.key).Because(keyErr)
	}
	if keyErr != nil {
		return nil, nil, f.explain(keyErr, f.key)
	}
	all, err := unseal(raw, key)
	if errors.As(err, new(*age.NoIdentityMatchError)) {
		return nil, nil, storage.NewProblem("secrets.keyWrong", "path", f.path, "key", f.key).Because(err)
	}
	if err != nil {
		return nil, nil, storage.NewProblem("secrets.damaged", "path", f.path).Because(err)
	}
	return all, key, nil
}

func seal(all map[string]string, key *age.X25519Identity) ([]byte, error) {
	plain, err := json.Marshal(all)
	if err != nil {
		return nil, errors.New("secrets: a value cannot be written as JSON") // the error itself may show it
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, key.Recipient())
	if err != nil {
		return nil, fmt.Errorf("encrypt secrets: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("encrypt secrets: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypt secrets: %w", err)
	}
	return sealed.Bytes(), nil
}

func unseal(raw []byte, key *age.X25519Identity) (map[string]string, error) {
	r, err := age.Decrypt(bytes.NewReader(raw), key)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	if err := json.Unmarshal(plain, &all); err != nil {
		return nil, errors.New("what it holds cannot be read") // the error itself may show a part of it
	}
	return all, nil
}

// readKey reads the key, and takes others' rights to it away, should it have been copied with them.
func (f *fileStore) readKey() (*age.X25519Identity, error) {
	info, err := os.Stat(f.key)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(f.key, 0o600); err != nil {
			return nil, err
		}
	}
	raw, err := os.ReadFile(f.key)
	if err != nil {
		return nil, err
	}
	key, err := age.ParseX25519Identity(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, storage.NewProblem("secrets.keyWrong", "path", f.path, "key", f.key).
			Because(errors.New("it is no key of age")) // age's error may show it
	}
	return key, nil
}

// newKey makes the key. When another process was quicker, its key is taken.
func (f *fileStore) newKey() (*age.X25519Identity, error) {
	dir := filepath.Dir(f.key)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	aside, err := os.CreateTemp(dir, ".new-*.key") // 0600
	if err != nil {
		return nil, err
	}
	_, err = aside.WriteString(key.String() + "\n")
	err = errors.Join(err, aside.Sync(), aside.Close())
	if err == nil {
		err = os.Link(aside.Name(), f.key)
		if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
			err = os.Rename(aside.Name(), f.key)
		}
	}
	if e := os.Remove(aside.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := durable.Folder(dir); err != nil {
		return nil, err
	}
	return f.readKey()
}

// explain puts a failure of the disk into words.
func (f *fileStore) explain(err error, path string) error {
	var p *storage.Problem
	if err == nil || errors.As(err, &p) {
		return err
	}
	return storage.NewProblem("secrets.disk", "path", path).Because(err)
}

// replace gives a file new contents, whole or not at all, which only the user may read.
func replace(path string, contents []byte) (err error) {
	aside := path + ".new" // always the same: what a program that died left is overwritten by the next one
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if e := os.Remove(aside); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	_, err = f.Write(contents)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(aside, path); err != nil {
		return err
	}
	return durable.Folder(filepath.Dir(path))
}
