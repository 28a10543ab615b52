// Package sharing is the panel « Lien d’abonnement » of the screen Agenda: what a link shows, who it belongs to, how each
// calendar program subscribes to it, who read it and when, and how it ends.
//
// The file board is plain Go, without Fyne: what the panel knows and asks of the agenda. It belongs to the interface's
// goroutine; it reads and writes through Params.Background and comes back through Params.UI.
package sharing
