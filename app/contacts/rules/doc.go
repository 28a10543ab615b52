// Package rules is the dialog « Règles de synchronisation » of an address book: where each field goes, and what becomes of
// what comes back. What a rule means is package fieldmap's; the dialog shows a draft of it, checked as it is written, and
// keeps it with the account.
package rules
