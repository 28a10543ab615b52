package bolt

import (
	"strconv"

	"golang.org/x/text/collate"
)

// FileName is the workspace's file, in its folder.
const FileName = "diapason.db"

// schema is the version of the whole file. A file with a higher one is refused; a lower one is migrated (migrate.go).
const schema = 5

// bucket names one of the file's buckets.
type bucket int

const (
	bMeta bucket = iota
	bCounts
	bSequences
	bSettings
	bEstablishments
	bListings
	bAccounts
	bOperations
	bRuns
	bItems
	bJournal
	bProfiles
	bSchedules
	bRows
	bTypes
	bPersons
	bResources
	bReservations
	bFeedLinks
	bPublications
	bOutsideFeeds
	bContacts
	bContactLinks
	bContactSends
	bContactQuestions
	bContactBooks
	bContactRows
	bContactApart
	ixIdentifier
	ixStatus
	ixLabel
	ixNatural
	ixName
	ixListingAccount
	ixListingWord
	ixListingDue
	ixOperationOrder
	ixRunStart
	ixJournalEstablishment
	ixJournalRun
	ixJournalReservation
	ixJournalContact
	ixReservationUID
	ixReservationMonth
	ixReservationLong
	ixFeedToken
	ixAgendaReference
	ixContactEmail
	ixContactMobile
	ixContactTrash
	ixContactAccount
	ixContactRemote
	bucketCount
)

// layout describes every bucket. A derived bucket holds nothing of its own: it is rebuilt from the others.
var layout = [bucketCount]struct {
	name    string
	version int
	derived bool
}{
	bMeta:           {name: "meta", version: 1},
	bCounts:         {name: "counts", version: 1, derived: true}, // name -> uint64: establishments, reservations, contacts (outside the trash), operation/<state>
	bSequences:      {name: "sequences", version: 1},             // name -> uint64
	bSettings:       {name: "settings", version: 1},              // key -> text
	bEstablishments: {name: "establishments", version: 1},        // id -> record
	bListings:       {name: "listings", version: 1},              // establishment 0 account -> record
	bAccounts:       {name: "accounts", version: 1},              // id -> record
	bOperations:     {name: "operations", version: 1},            // establishment 0 account -> record
	bRuns:           {name: "runs", version: 1},                  // id -> record
	bItems:          {name: "items", version: 1},                 // run 0 seq(4) -> record
	bJournal:        {name: "journal", version: 1},               // id -> record
	bProfiles:       {name: "profiles", version: 1},              // id -> record
	bSchedules:      {name: "schedules", version: 1},             // id -> record
	bRows:           {name: "rows", version: 1, derived: true},   // establishment -> row (row.go)
	bTypes:          {name: "types", version: 1},                 // id -> record
	bPersons:        {name: "persons", version: 1},               // id -> record
	bResources:      {name: "resources", version: 1},             // id -> record
	bReservations:   {name: "reservations", version: 1},          // id -> record
	bFeedLinks:      {name: "feedLinks", version: 1},             // id -> record
	bPublications:   {name: "publications", version: 1},          // link 0 account -> record
	bOutsideFeeds:   {name: "outsideFeeds", version: 1},          // id -> record

	bContacts:         {name: "contacts", version: 1},                   // id -> record
	bContactLinks:     {name: "contactLinks", version: 1},               // contact 0 account -> record
	bContactSends:     {name: "contactSends", version: 1},               // account 0 contact -> uvarint: its revision when it was written
	bContactQuestions: {name: "contactQuestions", version: 1},           // id -> record
	bContactBooks:     {name: "contactBooks", version: 1},               // account -> record
	bContactRows:      {name: "contactRows", version: 1, derived: true}, // contact -> row (contactrow.go)
	bContactApart:     {name: "contactApart", version: 1},               // contact 0 mark: those that share one are not the same person

	ixIdentifier: {name: "ix.identifier", version: 1, derived: true}, // identifier -> establishment
	ixStatus:     {name: "ix.status", version: 1, derived: true},     // status 0 establishment
	ixLabel:      {name: "ix.label", version: 1, derived: true},      // label key 0 establishment
	ixNatural:    {name: "ix.natural", version: 1, derived: true},    // hash(16) of the natural key, establishment
	ixName:       {name: "ix.name", version: 1, derived: true},       // search key of the name 0 establishment

	ixListingAccount: {name: "ix.listing.account", version: 1, derived: true}, // account 0 establishment
	ixListingWord:    {name: "ix.listing.word", version: 1, derived: true},    // account 0 word 0 establishment
	ixListingDue:     {name: "ix.listing.due", version: 1, derived: true},     // account 0 time(8) establishment

	ixOperationOrder: {name: "ix.operation.order", version: 1, derived: true}, // account 0 priority(1) time(8) establishment

	ixRunStart: {name: "ix.run.start", version: 1, derived: true}, // time(8) run

	ixJournalEstablishment: {name: "ix.journal.establishment", version: 1, derived: true}, // establishment 0 entry
	ixJournalRun:           {name: "ix.journal.run", version: 1, derived: true},           // run 0 entry
	ixJournalReservation:   {name: "ix.journal.reservation", version: 1, derived: true},   // reservation 0 entry

	ixJournalContact: {name: "ix.journal.contact", version: 1, derived: true}, // contact 0 entry

	ixReservationUID:   {name: "ix.reservation.uid", version: 1, derived: true},   // UID -> reservation
	ixReservationMonth: {name: "ix.reservation.month", version: 1, derived: true}, // month(4) reservation -> span(16)
	ixReservationLong:  {name: "ix.reservation.long", version: 1, derived: true},  // reservation -> span(16)

	ixFeedToken: {name: "ix.feed.token", version: 1, derived: true}, // hash of a token, working or former -> feed link

	ixAgendaReference: {name: "ix.agenda.reference", version: 1, derived: true}, // referent 0 id 0 holder 0 id (see holder)

	ixContactEmail:   {name: "ix.contact.email", version: 1, derived: true},   // EmailKey 0 contact; not those of the trash
	ixContactMobile:  {name: "ix.contact.mobile", version: 1, derived: true},  // E.164 0 contact; not those of the trash
	ixContactTrash:   {name: "ix.contact.trash", version: 1, derived: true},   // time(8) contact
	ixContactAccount: {name: "ix.contact.account", version: 1, derived: true}, // account 0 contact
	ixContactRemote:  {name: "ix.contact.remote", version: 1, derived: true},  // account 0 name there -> contact
}

func (b bucket) String() string { return layout[b].name }

// Keys of the meta bucket. Values are text, so that the file explains itself in any bbolt browser.
const (
	metaSchema    = "schema"    // decimal
	metaCreated   = "created"   // RFC 3339
	metaApp       = "app"       // version of the last program that opened it for writing
	metaClean     = "clean"     // "1" after Close, "0" while open: found "0", the file is checked before use
	metaDerived   = "derived"   // version of the derived buckets, see derivedVersion
	metaMigration = "migration" // progress of an interrupted migration, JSON
	metaBucket    = "bucket/"   // + name: the bucket's version, decimal
)

// derivedVersion identifies how derived buckets are made. The collation tables of x/text are part of it: another
// version gives other sort keys, and rows of both must not be mixed.
func derivedVersion() string {
	return "1 fr " + collate.CLDRVersion + " schema " + strconv.Itoa(schema)
}

// The first byte of every record; raised when its JSON changes meaning.
const recordVersion = 2
