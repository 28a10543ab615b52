package agenda_test

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda"
)

func TestAConfigurationThatCannotBeServedChangesNothing(t *testing.T) {
	for _, started := range []bool{false, true} {
		r := newRig(t)
		if started {
			r.must(r.Start(r.ctx))
		}
		before, err := r.Configuration(r.ctx)
		r.must(err)
		other, err := net.Listen("tcp", "127.0.0.1:0")
		r.must(err)
		for name, c := range map[string]agenda.Configuration{
			"an impossible port":        {Port: 80},
			"every address":             {LAN: []netip.Addr{netip.IPv4Unspecified()}},
			"a port of another program": {Port: other.Addr().(*net.TCPAddr).Port},
			"no certificate":            {CertFile: "absent.pem", KeyFile: "absent.pem"},
		} {
			if !started && (c.Port > 80 || c.CertFile != "") {
				continue // it shows only when it is served by
			}
			// Links hold the port: it is not exchanged.
			if name == "a port of another program" {
				r.must(r.AddLink(r.ctx, link(r)))
			}
			var p *storage.Problem
			if err := r.Configure(r.ctx, c); !errors.As(err, &p) {
				t.Errorf("%s: %v", name, err)
			}
			after, err := r.Configuration(r.ctx)
			if serving := r.Serving(); err != nil || after.Port != before.Port || len(after.LAN) > 0 || (serving.Port != 0) != started {
				t.Errorf("%s: %+v, served %+v, %v", name, after, serving, err)
			}
		}
		r.must(other.Close())
	}
}

func link(r *rig) *storage.FeedLink {
	l := r.Draft(r.owner.ID)
	l.Label = "Famille"
	return l
}

func TestTheLocalNetworkIsASwitchOfItsOwn(t *testing.T) {
	r := newRig(t)
	r.must(r.Start(r.ctx))
	port := r.Serving().Port
	second := netip.MustParseAddr("127.0.0.2") // stands for an address of the local network
	r.must(r.Configure(r.ctx, agenda.Configuration{LAN: []netip.Addr{second}}))
	if s := r.Serving(); s.Port != port || len(s.Addresses.LAN) != 1 {
		t.Fatalf("%+v", s)
	}
	r.restart()
	if s := r.Serving(); s.Port != port || len(s.Addresses.LAN) != 1 {
		t.Fatalf("after a restart: %+v", s)
	}
	r.must(r.Configure(r.ctx, agenda.Configuration{}))
	if s := r.Serving(); s.Port != port || len(s.Addresses.LAN) > 0 {
		t.Fatalf("%+v", s)
	}
	if c, err := net.Dial("tcp", net.JoinHostPort(second.String(), strconv.Itoa(port))); err == nil {
		t.Error("the local network is still answered")
		r.must(c.Close())
	}
}
