// Package geojson is the directory "directory.geojson": one GeoJSON file (RFC 7946) in the vocabulary of All The
// Places and OpenStreetMap, for maps, partners and open-data projects. Features are brought up to date by their "ref",
// the user's own code, and read back; those of others in the same file, and properties that others added, stay.
//
// The file is written whole each time, sorted by ref, one feature per line, and copied line by line: memory holds the
// positions of the features only. All The Places' format: https://github.com/alltheplaces/alltheplaces, DATA_FORMAT.md.
package geojson

import (
	"context"
	"io"
	"iter"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/folder"
)

// ID is the connector's id.
const ID = "directory.geojson"

// FileName is the file in the account's folder.
const FileName = "establishments.geojson"

// batchSize is the number of features after which the file is written again.
const batchSize = 2000

// Fields are what a feature carries. The categories are written as an OpenStreetMap tag, which cannot be read back.
var Fields = append(slices.Clone(readable), storage.FieldCategories)

var readable = []storage.Field{
	storage.FieldIdentifier, storage.FieldStatus, storage.FieldName, storage.FieldStreet, storage.FieldZip,
	storage.FieldCity, storage.FieldCountry, storage.FieldLat, storage.FieldLng, storage.FieldPhone,
	storage.FieldCellphone, storage.FieldFax, storage.FieldWebsite, storage.FieldEmail,
	storage.FieldDescriptionShort, storage.FieldOpeningHours, storage.FieldSpecialHours, storage.FieldBrands,
	storage.FieldFacebook, storage.FieldInstagram, storage.FieldLinkedIn, storage.FieldYouTube,
	storage.FieldLegalIdent, storage.FieldOpeningDate, storage.FieldAddressDisplay, storage.FieldDescriptor,
	storage.FieldStars, storage.FieldRooms, storage.FieldCapacity, storage.FieldPhotos,
}

// Kind describes the connector.
func Kind() directory.Kind {
	return directory.Kind{
		ID:           ID,
		Capabilities: capabilities(),
		Open: func(a *storage.Account) (directory.Directory, error) {
			f, err := folder.Of(a)
			if err != nil {
				return nil, err
			}
			return &collection{folder: f}, nil
		},
	}
}

func capabilities() directory.Capabilities {
	return directory.Capabilities{
		Mode: directory.Direct, Fields: Fields, Readable: readable,
		Mandatory:  []storage.Field{storage.FieldName},
		BatchSize:  batchSize,
		CheckEvery: 24 * time.Hour,
		Settings:   []directory.Setting{folder.Setting},
	}
}

// Capabilities gives those of the kind.
func (c *collection) Capabilities() directory.Capabilities { return capabilities() }

// Test makes sure that the folder can be written into and that the file is a collection.
func (c *collection) Test(context.Context) error {
	if err := c.folder.Check(); err != nil {
		return err
	}
	return c.load()
}

// Identity gives the folder's witness.
func (c *collection) Identity(context.Context) (string, error) { return c.folder.Witness() }

// Push brings the features up to date in one writing of the file: all of them are there then, or none is.
func (c *collection) Push(ctx context.Context, changes []directory.Change) ([]directory.Receipt, error) {
	if err := c.folder.Check(); err != nil {
		return nil, err
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	if err := c.folder.Mark(); err != nil {
		return nil, err
	}
	fresh := make(map[string][]byte, len(changes)) // nil: taken out
	receipts := make([]directory.Receipt, len(changes))
	for i, change := range changes {
		from := change.Identifier
		if change.RemoteID != "" {
			from = change.RemoteID
		}
		old, err := c.feature(from)
		if err != nil {
			return nil, err
		}
		if from != change.Identifier {
			if _, kept := fresh[from]; !kept {
				fresh[from] = nil
			}
		}
		if moved, done := fresh[from]; done && change.RemoteID == "" {
			old = moved // its ref was another establishment's until this batch
		}
		f := parse(old)
		if f == nil {
			f, change.Previous = newFeature(), nil // nothing to keep: all of it is written
		}
		f.apply(change)
		fresh[change.Identifier] = f.line()
		receipts[i] = directory.Receipt{RemoteID: change.Identifier}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return receipts, c.rewrite(fresh)
}

// Read gives what the file says of one establishment.
func (c *collection) Read(_ context.Context, ref directory.Ref) (directory.Observation, error) {
	name := ref.RemoteID
	if name == "" {
		name = ref.Identifier
	}
	if err := c.load(); err != nil {
		return directory.Observation{}, err
	}
	raw, err := c.feature(name)
	if err != nil || raw == nil {
		return directory.Observation{}, err
	}
	return directory.Observation{Found: true, RemoteID: name, Values: parse(raw).values()}, nil
}

// WriteCollection writes a collection of all establishments in the order given, one per line; memory does not grow.
func WriteCollection(w io.Writer, establishments iter.Seq2[*storage.Establishment, error]) error {
	out := lines{w: w}
	if err := out.begin(nil); err != nil {
		return err
	}
	for e, err := range establishments {
		if err != nil {
			return err
		}
		f := newFeature()
		ref := e.Identifier
		if ref == "" {
			ref = e.ID
		}
		f.apply(directory.Change{EstablishmentID: e.ID, Identifier: ref, Desired: e.Snapshot(Fields)})
		if err := out.feature(f.line()); err != nil {
			return err
		}
	}
	return out.end()
}
