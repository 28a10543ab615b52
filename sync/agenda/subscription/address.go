package subscription

import (
	"net/netip"
	"net/url"
	"strings"

	"diapason/storage"
)

// exampleAddress is shown when an address is not one.
const exampleAddress = "https://www.example.org/agenda.ics"

// longestAddress is in bytes; the addresses of services have some hundred.
const longestAddress = 4000

// ParseAddress reads what a person copied from a service: an address in https or http, or the webcal that services offer,
// which is https. The Problem does not repeat it.
func ParseAddress(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || len(text) > longestAddress {
		return nil, storage.NewProblem("outsideFeed.address", "example", exampleAddress)
	}
	switch strings.ToLower(u.Scheme) {
	case "webcal", "webcals":
		u.Scheme = "https"
	case "http", "https":
	default:
		return nil, storage.NewProblem("outsideFeed.address", "example", exampleAddress)
	}
	if u.Hostname() == "" {
		return nil, storage.NewProblem("outsideFeed.address", "example", exampleAddress)
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// Host names the service of an address to people.
func Host(u *url.URL) string {
	if u.Port() == standardPorts[u.Scheme] {
		return u.Hostname()
	}
	return u.Host
}

var standardPorts = map[string]string{"http": "80", "https": "443"}

// port gives the port of an address, "443" for https without one.
func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return standardPorts[u.Scheme]
}

// reach is how near an address may lie. The person who types an address may name this machine and its network; a service
// that answers may not lead there.
type reach int

const (
	reachPublic  reach = iota // the Internet only
	reachNetwork              // and the local network: a house's own server by its name
	reachAll                  // and this machine
)

// reachOf gives how far the address that a person typed goes.
func reachOf(u *url.URL) reach {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return reachAll
	}
	return reachNetwork
}

// notPublic are the networks that no service on the Internet is in, beside those that netip knows (IANA's registries of
// special-purpose addresses).
var notPublic = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b:1::/48", "2001:db8::/32")

// translated holds addresses of IPv4 on networks that have IPv6 only (RFC 6052): their last four bytes.
var translated = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(all ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range all {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// allows reports whether an address of the network may be connected to.
func (r reach) allows(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	if translated.Contains(at) {
		raw := at.As16()
		at = netip.AddrFrom4([4]byte(raw[12:]))
	}
	switch {
	case r == reachAll:
		return true
	case at.IsPrivate():
		return r == reachNetwork
	case !at.IsGlobalUnicast():
		return false
	}
	for _, p := range notPublic {
		if p.Contains(at) {
			return false
		}
	}
	return true
}
