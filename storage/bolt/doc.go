// Package bolt keeps a workspace in one bbolt file, diapason.db, with its verified backups beside it. It holds the
// buckets, the secondary indexes, the projection that lists read, migrations, backups and the verifier; what the
// entities mean stands in package storage.
//
// Entities are a version byte and JSON; rows are a compact binary form (see row.go). Every index entry is written by
// the same put(old, new) from the same functions the verifier uses, so both always agree.
//
// Caveats: one process at a time has the file open. A long View stops pages from being reused and, when the file must
// outgrow its memory map, holds up every other transaction: read by pages, copy, leave. Never keep a workspace on a
// network share.
package bolt
