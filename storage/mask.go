package storage

import (
	"regexp"
	"strings"
)

// hidden stands where a secret was.
const hidden = "•••"

// secretName is how secrets call themselves in headers, forms, queries and JSON.
const secretName = `(?:[a-z0-9_.-]*(?:token|secret|passw(?:or)?d|passphrase|mot[ _-]?de[ _-]?passe|mdp|api[_-]?key|apikey|` +
	`access[_-]?key|private[_-]?key|signature|credential|session[_-]?id|cookie|jwt|otp)[a-z0-9_.-]*|sig|pwd|pass|key|auth|code_verifier)`

// secrets are the forms in which a secret shows in a text, and what stands in its place.
var secrets = []struct {
	form  *regexp.Regexp
	shown string
}{
	// Authorization: Bearer abc — any scheme, to the end of the line.
	{regexp.MustCompile(`(?i)((?:proxy-)?authorization\\?["']?\s*[:=]\s*\\?["']?)[^\r\n"'\\]+`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)((?:set-)?cookie\\?["']?\s*[:=]\s*\\?["']?)[^\r\n"'\\]+`), "${1}" + hidden},
	// Bearer abc, Basic abc, without the header's name.
	{regexp.MustCompile(`(?i)\b((?:bearer|basic|digest|negotiate)\s+)[A-Za-z0-9+/=._~-]{8,}`), "${1}" + hidden},
	// "password": "abc", also inside a text of JSON that is itself quoted: \"password\":\"abc\".
	{regexp.MustCompile(`(?i)(\\?["']` + secretName + `\\?["']\s*:\s*\\?["'])(?:\\[^"']|[^"'\\])*`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)(\\?["']` + secretName + `\\?["']\s*:\s*)[0-9][^,}\s]*`), "${1}" + hidden},
	// token=abc, api_key: abc, ?key=abc&…
	{regexp.MustCompile(`(?i)\b(` + secretName + `\s*=\s*["']?)[^\s&"'<>;,)]+`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)\b(` + secretName + `\s*:\s+["']?)[^\s&"'<>;,)]+`), "${1}" + hidden},
	// https://user:password@host
	{regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@"'<>]+@`), "${1}" + hidden + "@"},
	// A signed token wherever it stands (two parts or three, the first one of JSON).
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`), hidden},
	// The keys of well-known services, by how they begin.
	{regexp.MustCompile(`\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abp]|ya29|AKIA|AIza)[-_.]?[A-Za-z0-9_-]{12,}`), hidden},
}

// Masked gives a text without the secrets in it: passwords, tokens, keys of requests, log-ins in addresses. It is the
// only place where that is decided; what is kept of an answer or leaves in a support file goes through it. The known
// ones, settings that are declared secret, are hidden wherever they stand, whatever they look like.
func Masked(text string, known ...string) string {
	for _, k := range known {
		if len(k) >= 4 { // a shorter one would tear ordinary words apart, and is found by its name
			text = strings.ReplaceAll(text, k, hidden)
		}
	}
	for _, s := range secrets {
		text = s.form.ReplaceAllString(text, s.shown)
	}
	return text
}

// SecretSetting reports whether a setting of this name holds a secret by its name.
func SecretSetting(name string) bool { return secretSetting.MatchString(name) }

var secretSetting = regexp.MustCompile(`(?i)^` + secretName + `$`)

// answerLength is how much of an answer is kept, in bytes.
const answerLength = 500

// Masked gives an answer as it may be kept: without secrets, and its beginning only. None stays none.
func (a *Answer) Masked() *Answer {
	if a == nil || a.Status == 0 && a.Text == "" {
		return nil
	}
	text := strings.Join(strings.Fields(Masked(a.Text)), " ")
	if len(text) > answerLength {
		text = strings.ToValidUTF8(text[:answerLength], "") + "…"
	}
	return &Answer{Status: a.Status, Text: strings.ToValidUTF8(text, "�")}
}

// masked gives a problem whose arguments bear no secrets.
func (p *Problem) masked() *Problem {
	if p == nil || len(p.Args) == 0 {
		return p
	}
	m := &Problem{Code: p.Code, Field: p.Field, Args: make(map[string]string, len(p.Args)), Cause: p.Cause}
	for name, text := range p.Args {
		m.Args[name] = Masked(text)
	}
	return m
}

// Masked gives an entry as it may be kept: what comes from outside, its answer and its reason, without secrets.
func (j *JournalEntry) Masked() *JournalEntry {
	m := *j
	m.Answer, m.Reason = j.Answer.Masked(), j.Reason.masked()
	return &m
}
