package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// witness is the name of the file that makes a folder known again: another drive under the same letter, a network share
// that is not there or a folder that was emptied does not have it, or has another one.
const witness = ".diapason-folder"

// Witness gives the identity of the folder, "" when nothing was written into it yet or the witness is gone.
func (f Folder) Witness() (string, error) {
	text, err := f.Read(witness)
	if err != nil && f.toBeMade() {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// toBeMade reports whether the folder is not there but its parent is: the first writing will make it.
func (f Folder) toBeMade() bool {
	_, err := os.Stat(string(f))
	parent, parentErr := os.Stat(filepath.Dir(string(f)))
	return errors.Is(err, fs.ErrNotExist) && parentErr == nil && parent.IsDir()
}

// Mark gives the folder an identity unless it has one.
func (f Folder) Mark() error {
	known, err := f.Witness()
	if err != nil || known != "" {
		return err
	}
	_, err = f.Replace(witness, func(w io.Writer) error {
		_, err := io.WriteString(w, uuid.NewString()+"\n")
		return err
	})
	return err
}
