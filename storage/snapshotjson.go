package storage

import (
	"encoding/json"
	"maps"
	"strings"
	"unicode/utf8"
)

// UnmarshalJSON reads what encoding/json would, in one pass and with one string for the plain texts: snapshots are most
// of what the store keeps of a listing, and a publication reads each of them several times.
func (s *Snapshot) UnmarshalJSON(raw []byte) error {
	if utf8.Valid(raw) {
		if read, plain := readSnapshot(string(raw)); plain {
			if *s == nil {
				*s = read
				return nil
			}
			maps.Copy(*s, read)
			return nil
		}
	}
	return json.Unmarshal(raw, (*map[Field]string)(s))
}

// readSnapshot reads an object whose values are texts; plain is false when it is something else, or written in a way
// that only encoding/json understands.
func readSnapshot(raw string) (s Snapshot, plain bool) {
	rest, opened := strings.CutPrefix(raw, "{")
	if !opened {
		return nil, false
	}
	s = make(Snapshot, strings.Count(raw, `":"`))
	if rest == "}" {
		return s, true
	}
	for {
		var field, value string
		if field, rest, plain = readText(rest); !plain {
			return nil, false
		}
		if rest, plain = strings.CutPrefix(rest, ":"); !plain {
			return nil, false
		}
		if value, rest, plain = readText(rest); !plain {
			return nil, false
		}
		s[Field(field)] = value
		if rest == "}" {
			return s, true
		}
		if rest, plain = strings.CutPrefix(rest, ","); !plain {
			return nil, false
		}
	}
}

// readText reads the text at the beginning of what is left, and gives what comes after it.
func readText(from string) (text, rest string, plain bool) {
	if from == "" || from[0] != '"' {
		return "", "", false
	}
	from = from[1:]
	escaped := false
	for i := 0; i < len(from); i++ {
		switch c := from[i]; {
		case c == '\\':
			escaped = true
			i++ // what it escapes ends nothing
		case c < ' ':
			return "", "", false
		case c == '"' && !escaped:
			return from[:i], from[i+1:], true
		case c == '"':
			err := json.Unmarshal([]byte(`"`+from[:i]+`"`), &text)
			return text, from[i+1:], err == nil
		}
	}
	return "", "", false
}
