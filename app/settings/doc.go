// Package settings is the screen Paramètres: the workspace and its backups, its verification, the language, the theme and
// the size of the interface, and the version. What needs the workspace to be closed and opened again (restoring) or the
// program to be started again (size) is left to callbacks.
//
// The file sizes is plain Go, without Fyne.
package settings
