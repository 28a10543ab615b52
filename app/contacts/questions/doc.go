// Package questions is the tab « Conflits » of Contacts: everything about contacts and address books that goes on only
// when a person answers. Fields that both sides changed are shown side by side with a choice for each, cards that
// resemble a contact beside the one they resemble, and cards that a book refuses with the reason. The same panel, for one
// account, stands under that account's passes.
//
// It decides nothing and brings nothing about: an answer is kept by the contacts' service, and the next pass over the
// book acts on it. Until then it can be changed. The files desk and reading are plain Go, without Fyne.
package questions
