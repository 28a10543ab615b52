// Package sync is the engine: edits that mark listings, operations and their lanes, runs with per-item results,
// auto-sync, undo, and the scheduler. It never imports Fyne and never tests a directory's name: connectors declare
// their capabilities (sync/directory). What is wanted against what is there is decided by sync/merge, which is pure.
//
// The standard library's package of the same name is imported as stdsync where both are needed.
package sync
