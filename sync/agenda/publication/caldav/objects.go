package caldav

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"diapason/sync/agenda/publication"
)

// object is one event as a calendar keeps it: a series is one object with all its moved occurrences (RFC 4791, 4.1).
type object struct {
	uid   string
	title string // of the first of its components
	body  []byte
	hash  string
}

// block is one component of a feed, as it is written there.
type block struct {
	raw     []byte
	uid     string
	title   string
	zoneID  string   // of a VTIMEZONE
	zones   []string // named by its times
	isEvent bool
}

// kept are the properties of a feed that each of its objects bears. METHOD must not be among them (RFC 4791, 4.1).
var kept = map[string]bool{"VERSION": true, "PRODID": true, "CALSCALE": true}

// split cuts one of our own feeds into objects, in the order of the feed. It reports whether the feed is whole: one that
// was cut short would have events removed.
func split(feed []byte) (list []object, whole bool) {
	var head []byte
	var blocks []*block
	var now *block
	depth := 0
	for raw := range lines(feed) {
		name, params, value := parse(raw)
		switch name {
		case "BEGIN":
			if depth++; depth == 2 {
				now = &block{isEvent: value == "VEVENT"}
				blocks = append(blocks, now)
			}
		case "END":
			if depth--; depth == 0 {
				whole = value == "VCALENDAR"
			}
		default:
			if depth == 1 && kept[name] {
				head = append(head, raw...)
			}
		}
		if now == nil {
			continue
		}
		now.raw = append(now.raw, raw...)
		if depth == 2 {
			now.note(name, params, value)
		}
		if depth == 1 {
			now = nil
		}
	}
	return assemble(head, blocks), whole && depth == 0
}

// note takes what tells a component apart from one of its own lines.
func (b *block) note(name, params, value string) {
	switch {
	case name == "UID":
		b.uid = value
	case name == "SUMMARY":
		b.title = unescaped.Replace(value)
	case name == "TZID" && !b.isEvent:
		b.zoneID = value
	}
	if _, zone, named := strings.Cut(params, "TZID="); named {
		zone, _, _ = strings.Cut(zone, ";")
		b.zones = append(b.zones, strings.Trim(zone, `"`))
	}
}

var unescaped = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`)

// assemble puts the components with one UID, and the zones that they name, into one object.
func assemble(head []byte, blocks []*block) []object {
	byUID := map[string][]*block{}
	var order []string
	zones := map[string]*block{}
	for _, b := range blocks {
		switch {
		case b.zoneID != "":
			zones[b.zoneID] = b
		case b.isEvent && b.uid != "":
			if byUID[b.uid] == nil {
				order = append(order, b.uid)
			}
			byUID[b.uid] = append(byUID[b.uid], b)
		}
	}
	list := make([]object, 0, len(order))
	for _, uid := range order {
		var body bytes.Buffer
		body.WriteString("BEGIN:VCALENDAR\r\n")
		body.Write(head)
		written := map[string]bool{}
		for _, b := range byUID[uid] {
			for _, zone := range b.zones {
				if z := zones[zone]; z != nil && !written[zone] {
					written[zone] = true
					body.Write(z.raw)
				}
			}
		}
		for _, b := range byUID[uid] {
			body.Write(b.raw)
		}
		body.WriteString("END:VCALENDAR\r\n")
		list = append(list, object{
			uid: uid, title: byUID[uid][0].title, body: body.Bytes(), hash: publication.Hash(body.Bytes()),
		})
	}
	return list
}

// lines gives the lines of a feed as they are written, each with what it is folded into.
func lines(feed []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(feed) > 0 {
			end := 0
			for {
				n := bytes.IndexByte(feed[end:], '\n')
				if n < 0 {
					end = len(feed)
					break
				}
				end += n + 1
				if end == len(feed) || feed[end] != ' ' && feed[end] != '\t' {
					break
				}
			}
			if !yield(feed[:end]) {
				return
			}
			feed = feed[end:]
		}
	}
}

var unfolded = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "")

// parse gives the name, the parameters and the value of a line. A quoted parameter may hold a colon.
func parse(raw []byte) (name, params, value string) {
	text := strings.TrimRight(unfolded.Replace(string(raw)), "\r\n")
	quoted := false
	for i, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if r == ':' && !quoted {
			name, params, _ = strings.Cut(text[:i], ";")
			return strings.ToUpper(name), params, text[i+1:]
		}
	}
	return "", "", ""
}

// nameOf gives the name of an event's object: the same for ever, and nobody else's.
func nameOf(prefix, uid string) string {
	sum := sha256.Sum256([]byte(prefix + "\n" + uid))
	return "diapason-" + hex.EncodeToString(sum[:16]) + ".ics"
}
