// Package integrations is the screen Intégrations: the accounts on directories, each with a state and an action, and the
// kinds of directory that an account can be added of; the address books, connected in the person's own browser; and the
// places where the agenda is published. It knows no kind by name: what is asked for comes from the declared capabilities.
//
// The file accounts is plain Go, without Fyne. Everything that is kept goes through the engine, away from the interface's
// goroutine.
package integrations
