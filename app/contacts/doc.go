// Package contacts is the screen Contacts: the list with its search, labels and trash, and the pane in which a contact is
// read and filled in. What the list knows is package roster's, what a form is package form's; what is kept, brought back
// and put in tune is decided by the contacts' service.
package contacts
