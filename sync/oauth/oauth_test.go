package oauth

import (
	"errors"
	"testing"

	"diapason/storage"
)

func TestTheEndpointIsGooglesUnlessAnAddressIsGiven(t *testing.T) {
	cases := map[string]struct {
		base string
		want string // of the token endpoint; "" is refused
	}{
		"Google":                   {"", "https://oauth2.googleapis.com/token"},
		"an emulator":              {"http://127.0.0.1:4002", "http://127.0.0.1:4002/token"},
		"an emulator by its name":  {"http://localhost:4002/", "http://localhost:4002/token"},
		"elsewhere":                {"https://oauth.example/x/", "https://oauth.example/x/token"},
		"elsewhere without TLS":    {"http://oauth.example", ""},
		"with a password":          {"https://u:p@oauth.example", ""},
		"no address":               {"oauth.example", ""},
		"another scheme":           {"ftp://oauth.example", ""},
		"unreadable":               {"https://[::1", ""},
		"another scheme, loopback": {"file://localhost/x", ""},
	}
	for name, c := range cases {
		e, err := Google(c.base)
		var p *storage.Problem
		if e.Token != c.want || (c.want == "") != (errors.As(err, &p) && p.Code == "oauth.address") {
			t.Errorf("%s: %+v %v", name, e, err)
		}
	}
}

func TestAPersonsOwnRegistrationComesBeforeTheBuiltInOne(t *testing.T) {
	t.Cleanup(func() { builtInID, builtInSecret = "", "" })
	own := map[string]string{SettingClientID: " own "}
	cases := map[string]struct {
		builtIn           Client
		settings, secrets map[string]string
		want, refused     string
	}{
		"neither":                  {Client{}, nil, nil, "", "oauth.noClient"},
		"built in":                 {Client{"built", "s"}, nil, nil, "built", ""},
		"built in without secret":  {Client{"built", ""}, nil, nil, "", "oauth.noClient"},
		"own":                      {Client{}, own, map[string]string{SecretClientSecret: "s\n"}, "own", ""},
		"own before built in":      {Client{"built", "s"}, own, map[string]string{SecretClientSecret: "s"}, "own", ""},
		"own without its secret":   {Client{"built", "s"}, own, nil, "", "oauth.secretMissing"},
		"a secret without its own": {Client{"built", "s"}, nil, map[string]string{SecretClientSecret: "s"}, "built", ""},
	}
	for name, c := range cases {
		builtInID, builtInSecret = c.builtIn.ID, c.builtIn.Secret
		got, err := ClientOf(c.settings, c.secrets)
		var p *storage.Problem
		if got.ID != c.want || (c.want != "") != (got.Secret == "s") || c.refused != "" && (!errors.As(err, &p) || p.Code != c.refused) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}
