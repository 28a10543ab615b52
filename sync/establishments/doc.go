// Package establishments carries establishments between tables and the store: the template's columns and their names,
// the mapping of a foreign file's columns, the plan of an import, its application as one run, the report of its
// rejected rows, and the export. How files are read and written is sync/tabular's business; what an edit entails
// (journal, listings, auto-sync) is the engine's, reached through Editor.
//
// An import never deletes: a row that is missing from the file says nothing about its establishment.
package establishments
