// Package files is what the screen Contacts does with .vcf files: the dialog that shows what a file would bring in, the
// import and the export. What becomes of each card is decided by the contacts' service; the preview is its dry run.
//
// An import and an export go on once their dialog is closed: the status bar shows them and can cancel them.
package files
