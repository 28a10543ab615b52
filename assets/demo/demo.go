// Package demo embeds what the demonstration workspace starts with: twelve establishments that do not exist (their
// domains end in .example and their numbers come from the ranges that Arcep, the French regulator, keeps for fiction), a
// week of reservations of theirs, and a workbook of 1,201 classified hotels of Paris as the French public register published them, under its open
// licence, in the register's own columns and as untidy as they came.
package demo

import _ "embed"

// HotelsName is the name that the workbook is given when it is written to a disk.
const HotelsName = "hotels-paris.xlsx"

// Hotels is the register's workbook.
//
//go:embed hotels-paris.xlsx
var Hotels []byte

// Establishments is a JSON array of objects from a field's name to its text, in the form of the template's cells.
//
//go:embed establishments.json
var Establishments []byte

// Agenda is a JSON object: persons, resources and reservations of one week, which begins on day 0, a Monday. All of it is
// invented.
//
//go:embed agenda.json
var Agenda []byte

// People is a JSON object: the names, functions, labels and places that the contacts are put together from, none of which
// is anybody's.
//
//go:embed people.json
var People []byte
