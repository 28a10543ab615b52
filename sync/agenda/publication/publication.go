// Package publication puts rendered feeds on the user's own web space, where calendar applications that cannot reach
// this machine read them. It holds what a target is and declares (Kind, Target), what its errors say to people, the reading of the public address (Verify), and the state of each publication on its way (Office).
// One sub-package per kind of target speaks to it: webdav, sftp, caldav.
//
// Rendering is not here (package agenda), nor is the decision when to try again: the engine's lanes carry the errands.
// The names of published files are as secret as the tokens of the links: no error, log line or journal entry bears one.
package publication

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"diapason/storage"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// The settings that targets declare.
const (
	SettingURL       = "base-url"   // where the service answers
	SettingUser      = "user"       // who writes there
	SettingFolder    = "folder"     // the folder there, created when it is missing
	SettingPublicURL = "public-url" // where that folder can be read by everybody
	SettingHostKey   = "host-key"   // fingerprint of the server's key, as a person confirmed it
)

// The secrets that targets declare.
const (
	SecretPassword   = "password"
	SecretKey        = "key"        // private key, in PEM or OpenSSH's form
	SecretPassphrase = "passphrase" // of the private key
)

// Params are what a target is opened with: the account's settings and the values of its secrets, by name.
type Params struct {
	Settings map[string]string
	Secrets  map[string]string
}

// Kind is a sort of target as the program knows it.
type Kind struct {
	ID string // dotted: "agenda.webdav"
	// Settings are the account's, in the order they are asked for, secrets included.
	Settings []directory.Setting
	// Open makes a target, without I/O; problems with its settings are *storage.Problem.
	Open func(p Params) (Target, error)
}

// Target is one account's place on the other side. Its methods may be called from any goroutine, one at a time; their
// errors are *directory.Error, and hold no secret.
type Target interface {
	// Test asks, with calls that change nothing, whether it answers and accepts the account.
	Test(ctx context.Context) error
}

// Files is a Target that keeps one file per feed.
type Files interface {
	Target
	// Put makes body stand under name. Whoever reads meanwhile, or after an interruption, gets the old file or the new
	// one, whole.
	Put(ctx context.Context, name string, body []byte) error
	// Remove takes the file away; one that is not there is no error.
	Remove(ctx context.Context, name string) error
}

// ByEvent is a Target that keeps one object per event. Prefix tells the objects of one feed from all others.
type ByEvent interface {
	Target
	// PutEvents makes the events of body stand there. Known is what is known to stand there; what is known afterwards
	// comes back, with an error too. Keep is called with it before objects are sent, so that none is forgotten by a crash.
	PutEvents(ctx context.Context, prefix string, known Events, body []byte, keep func(Events) error) (Events, error)
	// RemoveEvents takes away what was put there; what is left, because somebody changed it, comes back.
	RemoveEvents(ctx context.Context, known Events) (Events, error)
}

// Pinned is a Target whose server shows a key that a person must have confirmed.
type Pinned interface {
	// ServerKey gives the fingerprint of the key that answers now, in the form of SettingHostKey.
	ServerKey(ctx context.Context) (string, error)
}

// Events is what stands on the other side, by UID.
type Events map[string]storage.PublishedEvent

// Hash identifies a body.
func Hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Folder reads the folder setting: a path below the service's, without "..", "" for none.
func Folder(text string) (string, error) {
	var parts []string
	for _, part := range strings.Split(strings.TrimSpace(text), "/") {
		switch part {
		case "", ".":
		case "..":
			return "", storage.NewProblem("publication.folderName", "folder", text)
		default:
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/"), nil
}

// PublicURL gives where a published file can be read; "" when the account does not say.
func PublicURL(settings map[string]string, name string) string {
	base := strings.TrimRight(strings.TrimSpace(settings[SettingPublicURL]), "/")
	if base == "" {
		return ""
	}
	return base + "/" + url.PathEscape(name)
}

// Words begin the codes of the problems of publication.
const Words = "publication."

// NewWeb makes the client of an account whose service speaks HTTP. Transport is nil but in tests.
func NewWeb(p Params, example string, transport http.RoundTripper) (*dav.Web, error) {
	return dav.NewWeb(dav.Params{
		Words: Words, URL: p.Settings[SettingURL], Example: example,
		User: p.Settings[SettingUser], Password: p.Secrets[SecretPassword], Transport: transport,
	})
}
