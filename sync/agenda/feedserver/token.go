package feedserver

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"regexp"
	"strings"
)

const (
	// tokenBytes make 160 bits: nobody finds a token by trying.
	tokenBytes = 20
	// tokenLength is the length of a token, in characters.
	tokenLength = tokenBytes * 8 / 5
	// alphabet is base32's in lower case: no letter can be taken for a digit when a token is read aloud.
	alphabet = "abcdefghijklmnopqrstuvwxyz234567"

	pathStart, pathEnd = "/agenda/", ".ics"
)

var encoding = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// malformed stands for every text that is not a token, so that looking it up takes as long. Its digit is not in the
// alphabet: nobody has it.
var malformed = strings.Repeat("0", tokenLength)

// NewToken makes the secret part of a link.
func NewToken() string {
	raw := make([]byte, tokenBytes)
	rand.Read(raw) //nolint:errcheck // it never fails: crypto/rand ends the process instead
	return encoding.EncodeToString(raw)
}

// Hash is what is kept and looked up of a token: its SHA-256, in hexadecimal. Looking up a hash tells nothing by the time
// it takes, because nobody can choose the hash of what he tries.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Path is the path of a link.
func Path(token string) string { return pathStart + token + pathEnd }

// tokenIn gives the token that a path asks for, or malformed. Capitals are taken too: a QR code may be written in them.
func tokenIn(path string) string {
	token, begins := strings.CutPrefix(path, pathStart)
	token, ends := strings.CutSuffix(token, pathEnd)
	if !begins || !ends || len(token) != tokenLength {
		return malformed
	}
	token = strings.ToLower(token)
	if strings.Trim(token, alphabet) != "" {
		return malformed
	}
	return token
}

var tokens = regexp.MustCompile(`(?i)\b[a-z2-7]{32}\b`)

// Mask hides the tokens of a text that goes into a log or an error.
func Mask(text string) string { return tokens.ReplaceAllString(text, "…") }
