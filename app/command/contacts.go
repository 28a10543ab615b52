package command

// contactsCommands are the commands of the contacts.
type contactsCommands struct {
	Sync   contactsSync   `cmd:""`
	Import contactsImport `cmd:""`
	Export contactsExport `cmd:""`
}
