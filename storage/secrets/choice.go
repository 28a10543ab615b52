package secrets

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"diapason/storage"
)

// The keepers, as the choice names them.
const (
	keeperKeyring = "keyring"
	keeperFile    = "file"
)

// choice remembers where a workspace's secrets are kept. It holds nothing secret.
type choice struct {
	Keeper string `json:"keeper"`
	// Service is the name of this workspace's secrets in the keyring.
	Service string `json:"service,omitempty"`
}

// newService invents the name under which a keyring shows the secrets of one workspace.
func newService() (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("name the workspace's secrets: %w", err)
	}
	return "Diapason " + hex.EncodeToString(b[:]), nil
}

func readChoice(path string) (choice, error) {
	var c choice
	raw, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, storage.NewProblem("secrets.damaged", "path", path).Because(err)
	}
	if c.Keeper != keeperFile && (c.Keeper != keeperKeyring || c.Service == "") {
		return c, storage.NewProblem("secrets.damaged", "path", path)
	}
	return c, nil
}

func (c choice) write(path string) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return replace(path, append(raw, '\n'))
}
