// Package website is the directory "directory.website": the user's own site. It writes one schema.org JSON-LD document
// per establishment into a folder, an index of them as data (index.json) and as a page (index.html), and reads them
// back, so that a file edited by hand shows as a difference like on any other directory.
//
// Only what a change touches is rewritten: properties that others added to a document stay. What schema.org has no word
// for is kept in the document as additionalProperty, in our canonical text. Closing: an establishment closed for good
// leaves the index; its document stays, closed on every day, because schema.org has no such status and because other
// sites may refer to it. Google's page: https://developers.google.com/search/docs/appearance/structured-data/local-business
package website

import (
	"context"
	"io"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/folder"
)

// ID is the connector's id.
const ID = "directory.website"

const settingBase = "base-url"

// batchSize is the number of documents after which the index is written again.
const batchSize = 500

// Fields are what a document carries: all that concerns the public.
var Fields = []storage.Field{
	storage.FieldIdentifier, storage.FieldStatus, storage.FieldName, storage.FieldStreet, storage.FieldZip,
	storage.FieldCity, storage.FieldCountry, storage.FieldLat, storage.FieldLng, storage.FieldCategories,
	storage.FieldAddressExtra, storage.FieldPhone, storage.FieldCellphone, storage.FieldFax, storage.FieldWebsite,
	storage.FieldEmail, storage.FieldDescriptionShort, storage.FieldDescriptionLong, storage.FieldOpeningHours,
	storage.FieldSpecialHours, storage.FieldHoursNotes, storage.FieldKeywords, storage.FieldLanguages,
	storage.FieldBrands, storage.FieldPaymentOptions, storage.FieldServices, storage.FieldFacebook,
	storage.FieldInstagram, storage.FieldLinkedIn, storage.FieldYouTube, storage.FieldLegalIdent,
	storage.FieldOpeningDate, storage.FieldReopenDate, storage.FieldAddressDisplay, storage.FieldDescriptor,
	storage.FieldStars, storage.FieldRooms, storage.FieldCapacity, storage.FieldPhotos,
}

// Kind describes the connector.
func Kind() directory.Kind {
	return directory.Kind{ID: ID, Capabilities: capabilities(), Open: open}
}

func capabilities() directory.Capabilities {
	return directory.Capabilities{
		Mode: directory.Direct, Fields: Fields, Readable: Fields,
		// What Google requires of a local business.
		Mandatory: []storage.Field{
			storage.FieldName, storage.FieldStreet, storage.FieldZip, storage.FieldCity, storage.FieldCountry,
		},
		BatchSize:  batchSize,
		CheckEvery: 24 * time.Hour,
		Settings:   []directory.Setting{folder.Setting, {Name: settingBase, Optional: true}},
	}
}

func open(a *storage.Account) (directory.Directory, error) {
	f, err := folder.Of(a)
	if err != nil {
		return nil, err
	}
	base, err := storage.NormaliseURL(strings.TrimSpace(a.Settings[settingBase]))
	if err != nil {
		return nil, err
	}
	if base != "" {
		base = strings.TrimRight(base, "/") + "/"
	}
	return &site{folder: f, base: base}, nil
}

// site is one account: a folder, and the public address under which it is served, if known.
type site struct {
	folder folder.Folder
	base   string // ends with "/", or empty
}

// Capabilities gives those of the kind.
func (s *site) Capabilities() directory.Capabilities { return capabilities() }

// Test makes sure that the folder can be written into and that its index is ours.
func (s *site) Test(context.Context) error {
	if err := s.folder.Check(); err != nil {
		return err
	}
	_, err := s.readIndex()
	return err
}

// Identity gives the folder's witness.
func (s *site) Identity(context.Context) (string, error) { return s.folder.Witness() }

// Push writes the index and then the documents: what a crash leaves undone in between is a document that is missing or
// old, which the next reading notices.
func (s *site) Push(ctx context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	if err := s.folder.Check(); err != nil {
		return nil, err
	}
	index, err := s.readIndex()
	if err != nil {
		return nil, err
	}
	if err := s.folder.Mark(); err != nil {
		return nil, err
	}
	receipts := make([]directory.Receipt, len(changes))
	documents := make([]*document, len(changes))
	for i, c := range changes {
		if documents[i], receipts[i].Err = s.prepare(c); receipts[i].Err != nil {
			continue
		}
		name := fileName(c.Identifier)
		if c.RemoteID != "" && c.RemoteID != name {
			delete(index, c.RemoteID)
		}
		index.set(name, documents[i])
	}
	if err := s.writeIndex(index); err != nil {
		return nil, err
	}
	for i, c := range changes {
		if documents[i] == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		receipts[i] = s.write(c, documents[i])
	}
	return receipts, nil
}

// prepare makes the document that a change asks for, out of the one that is there.
func (s *site) prepare(c directory.Change) (*document, error) {
	name := fileName(c.Identifier)
	from := name
	if c.RemoteID != "" {
		from = c.RemoteID
	}
	old, err := s.folder.Read(from + extension)
	if err != nil {
		return nil, err
	}
	there := parse(old)
	if from != name || c.RemoteID == "" {
		taken := there
		if from != name {
			occupant, err := s.folder.Read(name + extension)
			if err != nil {
				return nil, err
			}
			old, taken = occupant, parse(occupant)
		}
		if old != nil && !taken.is(c.EstablishmentID, c.Identifier) {
			return nil, storage.NewProblem("website.foreignFile", "file", name+extension, "folder", string(s.folder))
		}
	}
	d := there
	if d == nil {
		d = &document{}
		c.Previous = nil // nothing to keep: all of it is written
	}
	d.apply(s.id(c.EstablishmentID), c)
	return d, nil
}

func (s *site) write(c directory.Change, d *document) directory.Receipt {
	name := fileName(c.Identifier)
	if _, err := s.folder.Replace(name+extension, func(w io.Writer) error { return d.write(w) }); err != nil {
		return directory.Receipt{Err: err}
	}
	if c.RemoteID != "" && c.RemoteID != name {
		if err := s.folder.Remove(c.RemoteID + extension); err != nil {
			return directory.Receipt{Err: err}
		}
	}
	return directory.Receipt{RemoteID: name, URL: s.url(name)}
}

// Read gives what the document says. One that is no longer JSON says nothing of any field.
func (s *site) Read(_ context.Context, ref directory.Ref) (directory.Observation, error) {
	name := ref.RemoteID
	if name == "" {
		name = fileName(ref.Identifier)
	}
	raw, err := s.folder.Read(name + extension)
	if err != nil || raw == nil {
		return directory.Observation{}, err
	}
	o := directory.Observation{Found: true, RemoteID: name, URL: s.url(name)}
	if d := parse(raw); d != nil {
		o.Values = d.values()
		return o, nil
	}
	o.Values = make(storage.Snapshot, len(Fields))
	for _, f := range Fields {
		o.Values[f] = ""
	}
	return o, nil
}

// id gives the name of an establishment on the web: an address under the site's, else one that needs no site. It does
// not follow the user's own code, which may change.
func (s *site) id(establishmentID string) string {
	if s.base == "" {
		return "urn:uuid:" + establishmentID
	}
	return s.base + "#" + establishmentID
}

func (s *site) url(name string) string {
	if s.base == "" {
		return ""
	}
	return s.base + name + extension
}
