package website

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

const extension = ".jsonld"

// longestName bounds the readable part of a file's name.
const longestName = 60

var (
	unsafe  = regexp.MustCompile(`[^a-z0-9]+`)
	digest  = regexp.MustCompile(`-[0-9a-f]{10}$`)
	devices = []string{"con", "prn", "aux", "nul", "index"}
	ports   = regexp.MustCompile(`^(com|lpt)[0-9]$`)
)

// fileName gives the name of an establishment's file, without extension, from the user's own code. It is safe on every
// system (Windows: no case, no reserved device) and in an address. A code that is not such a name already is followed
// by its digest, so that two codes never share a file.
func fileName(identifier string) string {
	name := strings.Trim(unsafe.ReplaceAllString(strings.ToLower(identifier), "-"), "-")
	if len(name) > longestName {
		name = strings.TrimRight(name[:longestName], "-")
	}
	reserved := slices.Contains(devices, name) || ports.MatchString(name) || digest.MatchString(name)
	if name == identifier && name != "" && !reserved {
		return name
	}
	sum := sha256.Sum256([]byte(identifier))
	return strings.TrimLeft(name+"-"+hex.EncodeToString(sum[:5]), "-")
}
