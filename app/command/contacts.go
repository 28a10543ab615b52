package command

// contactsCommands are the commands of the contacts.
type contactsCommands struct {
	Import contactsImport `cmd:""`
	Export contactsExport `cmd:""`
}
