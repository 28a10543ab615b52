package carddav

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"diapason/storage"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// collection is an address book as its service describes it.
type collection struct {
	name  string
	sync  bool   // it tells what changed since a token
	ctag  string // changes with any card; "" when it has none
	token string
}

// site is one place on the way to the book: who answers there, and what.
type site struct {
	web     *dav.Web
	answers multistatus
}

// most redirects are followed on the way from one place to the next.
const most = 5

// ask asks a place for what is there, and with depth "1" below it. Redirects are followed within the service's site only.
func (b *Book) ask(ctx context.Context, at *url.URL, depth string) (site, error) {
	for n := 0; ; n++ {
		if !b.trusted(at) {
			return site{}, b.web.Wrong(directory.Refused, nil, "otherHost", "host", b.web.Host(), "to", dav.HostOf(at))
		}
		s := site{web: b.web.At(at)}
		_, err := s.web.Ask(ctx, "PROPFIND", at.Path, depth, askAll, &s.answers)
		if to := dav.MovedTo(err); to != nil && n < most && b.trusted(to) {
			at = &url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
			continue
		}
		return s, err
	}
}

// trusted reports whether the password may go there: to the host of the account, and over https to those of its site,
// where large services keep the books of a person.
func (b *Book) trusted(to *url.URL) bool {
	from := b.web.Base
	if to.Host == from.Host && (to.Scheme == from.Scheme || to.Scheme == "https") {
		return true
	}
	if to.Scheme != "https" || net.ParseIP(from.Hostname()) != nil {
		return false
	}
	if strings.EqualFold(to.Hostname(), from.Hostname()) {
		return true
	}
	theirs, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(to.Hostname()))
	if err != nil {
		return false
	}
	ours, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(from.Hostname()))
	return err == nil && ours == theirs
}

// to reads an address in an answer.
func (s *site) to(href string) (*url.URL, bool) {
	u, err := s.web.Base.Parse(strings.TrimSpace(href))
	if err != nil || strings.TrimSpace(href) == "" {
		return nil, false
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}, true
}

// find finds the book, once.
func (b *Book) find(ctx context.Context) error {
	if b.home != nil {
		return nil
	}
	at, err := b.begin(ctx)
	if err != nil {
		return err
	}
	if done := b.take(&at, at.answers.Responses); done {
		return nil
	}
	for range 2 { // from the service to the person, from the person to the books
		home, person := "", ""
		for i := range at.answers.Responses {
			p := at.answers.Responses[i].props()
			home, person = p.Home.Href, p.Principal.Href
		}
		if to, ok := at.to(home); ok {
			return b.choose(ctx, to)
		}
		to, ok := at.to(person)
		if !ok {
			break
		}
		if at, err = b.ask(ctx, to, "0"); err != nil {
			return err
		}
	}
	return b.web.Wrong(directory.Refused, nil, "noBook", "host", b.web.Host())
}

// begin asks at the account's address, and where services say where they are (RFC 6764) when nothing is found there.
func (b *Book) begin(ctx context.Context) (site, error) {
	s, err := b.ask(ctx, b.web.Base, "0")
	if err == nil {
		for i := range s.answers.Responses {
			if p := s.answers.Responses[i].props(); p.Home.Href != "" || p.Principal.Href != "" || p.Type.Book != nil {
				return s, nil
			}
		}
	} else if c := directory.Classify(err).Class; c != directory.Refused {
		return s, err
	}
	known := *b.web.Base
	known.Path = "/.well-known/carddav"
	if there, second := b.ask(ctx, &known, "0"); second == nil {
		return there, nil
	}
	return s, err
}

// take takes the account's address for the book when it is one.
func (b *Book) take(at *site, responses []response) bool {
	for i := range responses {
		p := responses[i].props()
		if p.Type.Book != nil {
			b.settle(at.web.Base, p)
			return true
		}
	}
	return false
}

func (b *Book) settle(at *url.URL, p prop) {
	home := *at
	if !strings.HasSuffix(home.Path, "/") {
		home.Path += "/"
	}
	b.home = b.web.At(&home)
	b.found = collection{name: p.Name, ctag: p.CTag, token: p.Token}
	for _, r := range p.Reports {
		b.found.sync = b.found.sync || r.Sync != nil
	}
}

// choose takes the one book of a person, or the one that the account names.
func (b *Book) choose(ctx context.Context, home *url.URL) error {
	s, err := b.ask(ctx, home, "1")
	if err != nil {
		return err
	}
	type candidate struct {
		at *url.URL
		prop
	}
	var all []candidate
	var names []string
	for i := range s.answers.Responses {
		r := &s.answers.Responses[i]
		at, ok := s.to(r.Href)
		if p := r.props(); ok && p.Type.Book != nil {
			all = append(all, candidate{at, p})
			names = append(names, strings.TrimSpace(p.Name+" ("+lastPart(at.Path)+")"))
		}
	}
	slices.Sort(names)
	chosen := all
	if b.named != "" {
		chosen = nil
		for _, c := range all {
			if b.isNamed(c.at, c.Name) {
				chosen = append(chosen, c)
			}
		}
	}
	switch {
	case len(all) == 0:
		return b.web.Wrong(directory.Refused, nil, "noBook", "host", b.web.Host())
	case len(chosen) != 1:
		const few = 10
		return b.web.Wrong(directory.Refused, nil, "chooseBook",
			"host", b.web.Host(), "books", strings.Join(names[:min(few, len(names))], ", "))
	case !b.trusted(chosen[0].at):
		return b.web.Wrong(directory.Refused, nil, "otherHost", "host", b.web.Host(), "to", dav.HostOf(chosen[0].at))
	}
	b.settle(chosen[0].at, chosen[0].prop)
	return nil
}

// isNamed compares a book with the setting.
func (b *Book) isNamed(at *url.URL, name string) bool {
	wanted := strings.Trim(b.named, "/")
	if u, err := url.Parse(b.named); err == nil && u.Host != "" {
		return u.Host == at.Host && strings.Trim(u.Path, "/") == strings.Trim(at.Path, "/")
	}
	return wanted == strings.Trim(at.Path, "/") || wanted == lastPart(at.Path) || storage.SearchKey(name) == storage.SearchKey(b.named)
}

// lastPart gives the last part of a path.
func lastPart(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// refresh asks the book for what changes with its cards.
func (b *Book) refresh(ctx context.Context) (http.Header, error) {
	var answers multistatus
	header, err := b.home.Ask(ctx, "PROPFIND", b.home.Base.Path, "0", askAll, &answers)
	if err != nil {
		return nil, err
	}
	for i := range answers.Responses {
		if p := answers.Responses[i].props(); p.Type.Book != nil {
			b.settle(b.home.Base, p)
			return header, nil
		}
	}
	return nil, b.web.Wrong(directory.Refused, nil, "noBook", "host", b.web.Host())
}
