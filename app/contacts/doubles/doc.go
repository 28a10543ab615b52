// Package doubles is the tab « Doublons » of Contacts: contacts that may be one, two of them side by side, what becomes of
// them when they are merged, and the two answers: merge, or say that they are two people. Both can be taken back.
//
// It decides nothing: who may be whom is the contacts' service's, and so is every write. The files draft and groups are
// plain Go, without Fyne.
package doubles
