package carddav

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// multistatus is what is looked at of the answers to PROPFIND and REPORT (RFC 4918, 14.16; 6352; 6578).
type multistatus struct {
	Token     string     `xml:"DAV: sync-token"`
	Responses []response `xml:"DAV: response"`
}

type response struct {
	Href      string `xml:"DAV: href"`
	Status    string `xml:"DAV: status"`
	Propstats []struct {
		Status string `xml:"DAV: status"`
		Prop   prop   `xml:"DAV: prop"`
	} `xml:"DAV: propstat"`
}

type prop struct {
	ETag     string  `xml:"DAV: getetag"`
	Modified string  `xml:"DAV: getlastmodified"`
	Data     *string `xml:"urn:ietf:params:xml:ns:carddav address-data"`
	Name     string  `xml:"DAV: displayname"`
	Token    string  `xml:"DAV: sync-token"`
	CTag     string  `xml:"http://calendarserver.org/ns/ getctag"`
	Type     struct {
		Collection *struct{} `xml:"DAV: collection"`
		Book       *struct{} `xml:"urn:ietf:params:xml:ns:carddav addressbook"`
	} `xml:"DAV: resourcetype"`
	Principal struct {
		Href string `xml:"DAV: href"`
	} `xml:"DAV: current-user-principal"`
	Home struct {
		Href string `xml:"DAV: href"`
	} `xml:"urn:ietf:params:xml:ns:carddav addressbook-home-set"`
	Reports []struct {
		Sync *struct{} `xml:"DAV: report>sync-collection"`
	} `xml:"DAV: supported-report-set>supported-report"`
}

// props gives what was found.
func (r *response) props() prop {
	for i := range r.Propstats {
		if statusOf(r.Propstats[i].Status) == http.StatusOK {
			return r.Propstats[i].Prop
		}
	}
	return prop{}
}

// statusOf reads a status line, 0 for none.
func statusOf(line string) int {
	_, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.Atoi(code)
	if err != nil {
		return 0
	}
	return n
}

const namespaces = ` xmlns="DAV:" xmlns:A="urn:ietf:params:xml:ns:carddav" xmlns:S="http://calendarserver.org/ns/"`

const head = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// askAll is what is asked of any collection on the way to the book.
const askAll = head + `<propfind` + namespaces + `><prop><resourcetype/><displayname/><current-user-principal/>` +
	`<A:addressbook-home-set/><supported-report-set/><sync-token/><S:getctag/></prop></propfind>`

// askVersions lists the members of the book.
const askVersions = head + `<propfind` + namespaces + `><prop><resourcetype/><getetag/></prop></propfind>`

// askChanges asks for what changed since a token; "": for all members.
func askChanges(token string) string {
	return head + `<sync-collection` + namespaces + `><sync-token>` + escaped(token) +
		`</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`
}

// askCards asks for cards by their paths.
func askCards(paths []string) string {
	var s strings.Builder
	s.WriteString(head + `<A:addressbook-multiget` + namespaces + `><prop><getetag/><getlastmodified/><A:address-data/></prop>`)
	for _, p := range paths {
		s.WriteString("<href>" + escaped((&url.URL{Path: p}).EscapedPath()) + "</href>")
	}
	s.WriteString(`</A:addressbook-multiget>`)
	return s.String()
}

func escaped(text string) string {
	var s strings.Builder
	if err := xml.EscapeText(&s, []byte(text)); err != nil {
		panic("carddav: " + err.Error()) // a Builder takes all
	}
	return s.String()
}
