package dav

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"diapason/storage"
	"diapason/sync/directory"
)

// Address reads the address of a service; words begin the codes of its problems. One that would carry a password in clear through the Internet is refused, and
// so is one that holds a password: it would be kept and shown with the settings.
func Address(words, text, example string, schemes ...string) (*url.URL, error) {
	wrong := storage.NewProblem(words+"address", "example", example)
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, wrong // without the text: it may hold a password
	}
	if _, has := u.User.Password(); has {
		return nil, storage.NewProblem(words+"passwordInAddress", "host", u.Host)
	}
	for _, s := range schemes {
		if u.Scheme != s {
			continue
		}
		if s == "http" && !near(u.Hostname()) {
			return nil, storage.NewProblem(words+"plain", "host", u.Host)
		}
		return u, nil
	}
	return nil, wrong
}

// near reports whether a host is on this machine or on its own network.
func near(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return host == "localhost" || !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".lan")
}

// Wrong makes an error of a class from the code and arguments of what people read.
func Wrong(class directory.Class, cause error, code string, args ...string) *directory.Error {
	if cause == nil {
		cause = errors.New("no other cause") // never the problem: who gives it this error as its cause would go round in circles
	}
	return &directory.Error{Class: class, Problem: storage.NewProblem(code, args...), Err: cause}
}

// HostOf gives the host of an address as people read it: without the standard port.
func HostOf(u *url.URL) string {
	if h, port, err := net.SplitHostPort(u.Host); err == nil && (port == "443" || port == "80") {
		return h
	}
	return u.Host
}
