// Package secrets keeps what must not stand in a workspace: passwords, keys and the tokens of feed links. It keeps them
// in the operating system's keyring, or, where none answers, in a file in the workspace's folder, encrypted with a key
// that lies outside of it: a copied folder or a backup gives nothing away.
//
// Which of the two is decided once per workspace, when the first secret is written, and remembered beside it. Nothing
// here logs, and no error bears a value.
//
// Caveat: who copies a workspace to another computer takes no secret along. Reading one there gives ErrNotFound (keyring)
// or a Problem that says what to do (file); the program then asks for it again.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"time"
	"unicode"
	"unicode/utf8"

	"diapason/storage"
)

// ErrNotFound is returned by Get when no secret bears the name. It matches storage.ErrNotFound too.
var ErrNotFound = fmt.Errorf("secret: %w", storage.ErrNotFound)

// Limits of names and values, in bytes.
const (
	MaxName  = 300
	MaxValue = 64 << 10
)

// Store keeps secrets by name: "feedlink/<id>", "account/<id>/<setting>", "outside/<id>". Calls are safe from any
// goroutine; they may wait for a person who unlocks the keyring, and never belong on the interface's goroutine.
type Store interface {
	// Get gives ErrNotFound when there is none.
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, value string) error
	// Delete removes a secret; that there is none is no error.
	Delete(ctx context.Context, name string) error
}

// Keyring is what the operating system offers: github.com/zalando/go-keyring's functions, and its errors.
type Keyring interface {
	Get(service, name string) (string, error)
	Set(service, name, value string) error
	Delete(service, name string) error
}

// Params says where secrets are kept.
type Params struct {
	// Workspace is the workspace's folder. One process at a time may have it open (bolt.Open sees to that).
	Workspace string
	// KeyDir is the folder of the key to the encrypted file, outside of the workspace; "": KeyFolder.
	KeyDir string
	// Keyring is the operating system's (SystemKeyring); nil: always the encrypted file, as for a demonstration.
	Keyring Keyring
	// Patience is how long the keyring may take to answer, a person who unlocks it included; 0: DefaultPatience.
	Patience time.Duration
}

// DefaultPatience gives a person the time to type the keyring's password.
const DefaultPatience = 30 * time.Second

// The files in the workspace's folder.
const (
	FileName   = "secrets.age"
	choiceName = "secrets.json"
)

// KeyFolder is where the key to the encrypted file lies when nothing else is said: in the folder that the operating
// system means for a user's settings, under a name that no workspace has.
func KeyFolder() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("folder of settings: %w", err)
	}
	return filepath.Join(config, "diapason-keys"), nil
}

// Open gives the secrets of a workspace. It asks neither the keyring nor a person: that waits for the first secret.
func Open(p Params) (Store, error) {
	if p.KeyDir == "" {
		dir, err := KeyFolder()
		if err != nil {
			return nil, err
		}
		p.KeyDir = dir
	}
	if p.Patience == 0 {
		p.Patience = DefaultPatience
	}
	inside, err := within(p.KeyDir, p.Workspace)
	if err != nil {
		return nil, err
	}
	if inside {
		return nil, storage.NewProblem("secrets.keyInside", "path", p.Workspace)
	}
	file := &fileStore{path: filepath.Join(p.Workspace, FileName), key: filepath.Join(p.KeyDir, keyName)}
	s := &store{params: p, file: file, turn: make(chan struct{}, 1)}
	if err := s.recall(); err != nil {
		return nil, err
	}
	return s, nil
}

// within reports whether a folder lies in another one.
func within(folder, other string) (bool, error) {
	a, err := filepath.Abs(folder)
	if err != nil {
		return false, err
	}
	b, err := filepath.Abs(other)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(b, a)
	if err != nil {
		return false, nil // another drive
	}
	return rel == "." || rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}

// store decides where secrets go, and sends them there.
type store struct {
	params Params
	file   *fileStore
	turn   chan struct{} // held by the one goroutine that decides

	mu   stdsync.Mutex
	kept Store // nil: not decided yet
}

// recall finds where the workspace's secrets are, when that was decided.
func (s *store) recall() error {
	c, err := readChoice(filepath.Join(s.params.Workspace, choiceName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(s.file.path); err == nil { // the choice was lost, not what was chosen
			s.kept = s.file
		}
		return nil
	case err != nil:
		return err
	case c.Keeper == keeperKeyring:
		s.kept = newRing(s.params, c.Service)
	default:
		s.kept = s.file
	}
	return nil
}

// decided gives where the secrets are; nil when there are none yet.
func (s *store) decided() Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept
}

func (s *store) Get(ctx context.Context, name string) (string, error) {
	if err := check(ctx, name, ""); err != nil {
		return "", err
	}
	if kept := s.decided(); kept != nil {
		return kept.Get(ctx, name)
	}
	return "", missing(name)
}

func (s *store) Set(ctx context.Context, name, value string) error {
	if err := check(ctx, name, value); err != nil {
		return err
	}
	kept, err := s.decide(ctx)
	if err != nil {
		return err
	}
	return kept.Set(ctx, name, value)
}

func (s *store) Delete(ctx context.Context, name string) error {
	if err := check(ctx, name, ""); err != nil {
		return err
	}
	if kept := s.decided(); kept != nil {
		return kept.Delete(ctx, name)
	}
	return nil
}

// Place is where a workspace's secrets lie when they are in a file.
type Place struct {
	File string // encrypted, in the workspace
	Key  string // to it, outside of the workspace
}

// InFile gives the encrypted file of a store that Open made, when no keyring answered at its first secret: people are told.
// False while there is no secret, and of a keyring.
func InFile(s Store) (Place, bool) {
	opened, ok := s.(*store)
	if !ok || opened.decided() != Store(opened.file) {
		return Place{}, false
	}
	return Place{File: opened.file.path, Key: opened.file.key}, true
}

func missing(name string) error { return fmt.Errorf("%q: %w", name, ErrNotFound) }

// check refuses what a keyring or a file could not give back as it was.
func check(ctx context.Context, name, value string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if name == "" || len(name) > MaxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("secrets: unusable name %q", name)
	}
	if len(value) > MaxValue || !utf8.ValidString(value) {
		return fmt.Errorf("secrets: %q has a value that is no text of %d bytes at most", name, MaxValue)
	}
	return nil
}

// decide gives where secrets are kept, and chooses when that was not done yet: the keyring when it answers.
func (s *store) decide(ctx context.Context) (Store, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if kept := s.decided(); kept != nil {
		return kept, nil
	}
	c := choice{Keeper: keeperFile}
	var kept Store = s.file
	if s.params.Keyring != nil {
		service, err := newService()
		if err != nil {
			return nil, err
		}
		r := newRing(s.params, service)
		if err := r.try(ctx); err == nil {
			c, kept = choice{Keeper: keeperKeyring, Service: service}, r
		} else if ctx.Err() != nil { // the caller gave up, not the keyring
			return nil, ctx.Err()
		}
	}
	if err := c.write(filepath.Join(s.params.Workspace, choiceName)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = kept
	return kept, nil
}
