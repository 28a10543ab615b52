package feedserver

import (
	"net"
	"strconv"
	"strings"
)

// hosts are the values of the Host header that are answered. A page of some website can make the user's browser call
// this machine under a name of its own (DNS rebinding), but never under these.
type hosts map[string]bool

// hostsOf lists loopback's names, the addresses listened on, and the names that the user gave, with the port and
// without: a tunnel or a proxy has a port of its own.
func hostsOf(l Listen, port int) hosts {
	p := strconv.Itoa(port)
	h := hosts{}
	for _, name := range []string{"127.0.0.1", "::1", "localhost"} {
		h[net.JoinHostPort(name, p)] = true
	}
	for _, a := range l.LAN {
		h[net.JoinHostPort(a.String(), p)] = true
	}
	for _, name := range l.Names {
		name = strings.ToLower(name)
		h[name], h[net.JoinHostPort(name, p)] = true, true
	}
	return h
}

func (h hosts) allow(host string) bool { return h[strings.ToLower(host)] }
