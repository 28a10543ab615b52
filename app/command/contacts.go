package command

// contactsCommands are the commands of the contacts.
type contactsCommands struct {
	Sync       contactsSync       `cmd:""`
	Questions  contactsQuestions  `cmd:""`
	Decide     contactsDecide     `cmd:""`
	Duplicates contactsDuplicates `cmd:""`
	Merge      contactsMerge      `cmd:""`
	Apart      contactsApart      `cmd:""`
	Import     contactsImport     `cmd:""`
	Export     contactsExport     `cmd:""`
}
