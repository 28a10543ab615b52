// Package webdav publishes feeds in a folder that is written over WebDAV (RFC 4918): Nextcloud, ownCloud, the web space
// of many hosts. A file is uploaded beside the old one and moved over it, so that readers never see half of it.
//
// There is no If-Match on the file: its name is a secret that only we write, and what somebody else put there by hand
// has to give way. Digest authentication is not spoken; who offers nothing else is told apart in words.
package webdav

import (
	"context"
	"net/http"
	"strings"

	emersion "github.com/emersion/go-webdav"

	"diapason/sync/agenda/publication"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// ID is the kind's.
const ID = "agenda.webdav"

const example = "https://nuage.example.org/remote.php/dav/files/prenom"

// Kind gives the target as the program registers it.
func Kind() publication.Kind { return KindOver(nil) }

// KindOver gives the target with the connections of a transport; nil: the machine's.
func KindOver(transport http.RoundTripper) publication.Kind {
	return publication.Kind{
		ID: ID,
		Settings: []directory.Setting{
			{Name: publication.SettingURL},
			{Name: publication.SettingUser, Optional: true},
			{Name: publication.SecretPassword, Secret: true, Optional: true},
			{Name: publication.SettingFolder, Optional: true},
			{Name: publication.SettingPublicURL, Optional: true},
		},
		Open: func(p publication.Params) (publication.Target, error) { return open(p, transport) },
	}
}

func open(p publication.Params, transport http.RoundTripper) (publication.Target, error) {
	web, err := publication.NewWeb(p, example, transport)
	if err != nil {
		return nil, err
	}
	folder, err := publication.Folder(p.Settings[publication.SettingFolder])
	if err != nil {
		return nil, err
	}
	client, err := emersion.NewClient(web, web.Base.String())
	if err != nil {
		return nil, err
	}
	return &target{Web: web, client: client, folder: folder}, nil
}

// target is one folder.
type target struct {
	*dav.Web
	client *emersion.Client
	folder string // below the base, without slashes around it
}

// arriving is added to the name of a file until it is whole. Nextcloud refuses ".part" and ".filepart".
const arriving = ".new"

// calendar is the type that the file is uploaded as; hosts serve it by its extension.
const calendar = "text/calendar; charset=utf-8"

// path gives the absolute path of a file, or of the folder for "".
func (t *target) path(name string) string {
	if t.folder == "" {
		return t.Base.Path + name
	}
	return t.Base.Path + t.folder + "/" + name
}

// Put uploads the file beside the one that stands there, and moves it over that one.
func (t *target) Put(ctx context.Context, name string, body []byte) error {
	err := t.upload(ctx, name, body)
	if dav.IsStatus(err, http.StatusConflict) || dav.IsStatus(err, http.StatusNotFound) {
		if err = t.makeFolder(ctx); err == nil {
			err = t.upload(ctx, name, body)
		}
	}
	if err != nil {
		return err
	}
	return t.classed(t.client.Move(ctx, t.path(name+arriving), t.path(name), nil))
}

func (t *target) upload(ctx context.Context, name string, body []byte) error {
	_, err := t.Send(ctx, http.MethodPut, t.path(name+arriving), body, http.Header{"Content-Type": {calendar}})
	return err
}

// makeFolder creates the folder, level by level.
func (t *target) makeFolder(ctx context.Context) error {
	if t.folder == "" {
		return dav.Wrong(directory.Refused, nil, "publication.missing", "host", t.Host())
	}
	at := t.Base.Path
	for _, level := range strings.Split(t.folder, "/") {
		at += level + "/"
		err := t.client.Mkdir(ctx, at)
		if err != nil && !dav.IsStatus(err, http.StatusMethodNotAllowed) { // 405: it is there (RFC 4918, 9.3.1)
			return t.classed(err)
		}
	}
	return nil
}

// Remove deletes the file, and what an interrupted upload left of it.
func (t *target) Remove(ctx context.Context, name string) error {
	for _, n := range []string{name, name + arriving} {
		err := t.client.RemoveAll(ctx, t.path(n))
		if err != nil && !dav.IsStatus(err, http.StatusNotFound) && !dav.IsStatus(err, http.StatusGone) {
			return t.classed(err)
		}
	}
	return nil
}

// Test looks at the folder. One that is missing is no error when it can be created: the space above it is looked at.
func (t *target) Test(ctx context.Context) error {
	found, err := t.client.Stat(ctx, t.path(""))
	if dav.IsStatus(err, http.StatusNotFound) && t.folder != "" {
		found, err = t.client.Stat(ctx, t.Base.Path)
	}
	if err != nil {
		return t.classed(err)
	}
	if !found.IsDir {
		return dav.Wrong(directory.Refused, nil, "publication.notFolder", "host", t.Host())
	}
	return nil
}

// classed gives the class of an error: one that has none is an answer that is not WebDAV.
func (t *target) classed(err error) error { return t.Foreign(err, "notDAV") }
