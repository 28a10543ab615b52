package sftp

import (
	"context"
	"errors"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"

	"diapason/storage"
	"diapason/sync/agenda/publication"
)

// methods gives the ways to log in that an account's secrets allow: its key, then its password, asked for as such or as
// a question.
func methods(secrets map[string]string) ([]ssh.AuthMethod, error) {
	var list []ssh.AuthMethod
	if pem := secrets[publication.SecretKey]; pem != "" {
		signer, err := readKey(pem, secrets[publication.SecretPassphrase])
		if err != nil {
			return nil, err
		}
		list = append(list, ssh.PublicKeys(signer))
	}
	if password := secrets[publication.SecretPassword]; password != "" {
		list = append(list, ssh.Password(password), ssh.KeyboardInteractive(
			func(_, _ string, _ []string, echos []bool) ([]string, error) {
				answers := make([]string, len(echos))
				for i, shown := range echos {
					if !shown {
						answers[i] = password
					}
				}
				return answers, nil
			}))
	}
	return list, nil
}

func readKey(pem, passphrase string) (ssh.Signer, error) {
	signer, err := ssh.ParsePrivateKey([]byte(pem))
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		if signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(pem), []byte(passphrase)); err != nil {
			return nil, storage.NewProblem("publication.passphrase")
		}
	}
	if err != nil {
		return nil, storage.NewProblem("publication.key") // without the cause: it may quote the key
	}
	return signer, nil
}

// pin is the key that a server must show: its fingerprint as OpenSSH writes it, and its type when that is known.
type pin struct{ kind, fingerprint string }

// readPin reads a fingerprint with or without what stands around it in ssh-keygen's and ssh's own words:
// "256 SHA256:… user@host (ED25519)", "ssh-ed25519 SHA256:…".
func readPin(text string) (pin, error) {
	var p pin
	for _, word := range strings.Fields(text) {
		switch lower := strings.ToLower(strings.Trim(word, "()")); {
		case strings.HasPrefix(word, "SHA256:"):
			p.fingerprint = strings.TrimRight(word, "=.")
		case kinds[lower] != nil:
			p.kind = lower
		case short[lower] != "":
			p.kind = short[lower]
		}
	}
	if p.fingerprint == "" && strings.TrimSpace(text) != "" {
		return p, storage.NewProblem("publication.hostKey")
	}
	return p, nil
}

// kinds are the types of keys, each with the algorithms that prove it; short are the names that ssh-keygen prints.
var (
	kinds = map[string][]string{
		ssh.KeyAlgoED25519: {ssh.KeyAlgoED25519}, ssh.KeyAlgoECDSA256: {ssh.KeyAlgoECDSA256},
		ssh.KeyAlgoECDSA384: {ssh.KeyAlgoECDSA384}, ssh.KeyAlgoECDSA521: {ssh.KeyAlgoECDSA521},
		ssh.KeyAlgoRSA: {ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
	}
	short = map[string]string{"ed25519": ssh.KeyAlgoED25519, "rsa": ssh.KeyAlgoRSA}
)

func (p pin) set() bool { return p.fingerprint != "" }

// String gives the form in which the pin is kept and shown.
func (p pin) String() string { return strings.TrimSpace(p.kind + " " + p.fingerprint) }

// algorithms gives what to ask the server for, one try after the other: a server that has several keys shows the one
// that is asked for. The last try takes any, to tell people which key there is.
func (p pin) algorithms() [][]string {
	switch {
	case !p.set():
		return [][]string{nil}
	case p.kind != "":
		return [][]string{kinds[p.kind], nil}
	}
	return [][]string{
		kinds[ssh.KeyAlgoED25519],
		{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521},
		kinds[ssh.KeyAlgoRSA], nil,
	}
}

// otherKey is the refusal of a key that is not the pinned one, or of any key before one is pinned.
type otherKey struct{ fingerprint string }

func (o *otherKey) Error() string { return "host key " + o.fingerprint }

// check is the ssh.HostKeyCallback of a pin.
func (p pin) check(_ string, _ net.Addr, key ssh.PublicKey) error {
	if shown := ssh.FingerprintSHA256(key); !p.set() || shown != p.fingerprint {
		return &otherKey{key.Type() + " " + shown}
	}
	return nil
}

// noCommon reports whether a server could not prove itself in any way that was asked for.
func noCommon(err error) bool {
	var negotiation *ssh.AlgorithmNegotiationError
	return errors.As(err, &negotiation)
}

// ServerKey gives the key that the server shows now, for a person to confirm; nothing is sent to log in.
func (t *target) ServerKey(ctx context.Context) (string, error) {
	asking := *t
	asking.pin = pin{}
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	client, err := asking.shake(ctx, nil)
	if err == nil { // cannot be: without a pin every key is refused
		return "", client.Close()
	}
	var other *otherKey
	if errors.As(err, &other) {
		return other.fingerprint, nil
	}
	return "", asking.unanswered(err)
}
