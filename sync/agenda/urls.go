package agenda

import (
	"context"
	"strings"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// URLs are the addresses of one link; empty where there is none.
type URLs struct {
	Loopback string // programs of this machine
	LAN      string // others of the same network, while « Réseau local » is on
	Public   string // where it is published on the Internet
	Webcal   string // webcal:// of the public one, else of the loopback one
}

// Target is a program that can subscribe; its words are the translations "agenda.target." + Target.
type Target string

// The targets.
const (
	TargetApple       Target = "apple"       // Apple Calendar, classic Outlook
	TargetGoogle      Target = "google"      // Google Agenda, Outlook on the web: their servers read
	TargetThunderbird Target = "thunderbird" // and other programs of this machine
	TargetAndroid     Target = "android"     // a phone, by QR code
)

// Offer is the link to use for a target: an address, or why there is none.
type Offer struct {
	Target Target
	URL    string
	Why    *storage.Problem
}

// URLs gives the addresses of a link, as the server answers now.
func (a *Agenda) URLs(ctx context.Context, id string) (URLs, error) {
	token, err := a.Token(ctx, id)
	if err != nil {
		return URLs{}, err
	}
	var u URLs
	at, err := a.addresses(ctx)
	if err != nil {
		return URLs{}, err
	}
	path := feedserver.Path(token)
	if at.Loopback != "" {
		u.Loopback = at.Loopback + path
	}
	if len(at.LAN) > 0 {
		u.LAN = at.LAN[0] + path
	}
	err = a.p.Store.View(ctx, func(tx storage.Reader) error {
		published, err := publicationsOf(tx, id)
		for _, p := range published {
			if p.PublicURL != "" && !p.PublishedAt.IsZero() && !p.Leaving && (u.Public == "" || strings.HasPrefix(p.PublicURL, "https://")) {
				u.Public = p.PublicURL
			}
		}
		return err
	})
	u.Webcal = webcal(u.Loopback)
	if u.Public != "" {
		u.Webcal = webcal(u.Public)
	}
	return u, err
}

// addresses gives the beginnings of links: where they are answered, or, in a process that does not serve, where they
// will be.
func (a *Agenda) addresses(ctx context.Context) (feedserver.Addresses, error) {
	now := a.Serving()
	if now.Port != 0 || now.Refused != nil {
		return now.Addresses, nil
	}
	c, err := a.Configuration(ctx)
	return c.listen().Addresses(), err
}

// webcal is the form of an address that calendar programs open themselves.
func webcal(address string) string {
	if _, rest, found := strings.Cut(address, "://"); found {
		return "webcal://" + rest
	}
	return ""
}

// Offers gives one link per target. What only this machine can read is never offered where a server on the Internet or a
// phone would read it.
func (u URLs) Offers() []Offer {
	offer := func(t Target, address, why string) Offer {
		if address == "" {
			return Offer{Target: t, Why: storage.NewProblem(why)}
		}
		return Offer{Target: t, URL: address}
	}
	secure := u.Public
	if !strings.HasPrefix(secure, "https://") {
		secure = ""
	}
	near := u.Loopback
	if near == "" {
		near = u.Public
	}
	phone := u.Public
	if phone == "" {
		phone = u.LAN
	}
	return []Offer{
		offer(TargetApple, u.Webcal, "agenda.offer.notServed"),
		offer(TargetGoogle, secure, "agenda.offer.notPublished"),
		offer(TargetThunderbird, near, "agenda.offer.notServed"),
		offer(TargetAndroid, phone, "agenda.offer.notReachable"),
	}
}
