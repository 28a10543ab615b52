package storage

import (
	"strings"
	"testing"
)

func TestMaskedHidesSecretsAndKeepsTheRest(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"L’adresse est refusée : rue inconnue", "L’adresse est refusée : rue inconnue"},
		{"Authorization: Bearer abcdef123456", "Authorization: •••"},
		{"sent Bearer abcdef123456, refused", "sent Bearer •••, refused"},
		{"GET https://h.example/v1?key=AbC123&page=2", "GET https://h.example/v1?key=•••&page=2"},
		{"https://jean:motdepasse@h.example/v1", "https://•••@h.example/v1"},
		{`{"error":"invalid","access_token":"abc.def","page":2}`, `{"error":"invalid","access_token":"•••","page":2}`},
		{`{"pin_token": 123456, "page": 2}`, `{"pin_token": •••, "page": 2}`},
		{`body "{\"password\":\"p4ss\",\"a\":1}"`, `body "{\"password\":\"•••\",\"a\":1}"`},
		{"client_secret=s3cr3t&grant_type=refresh", "client_secret=•••&grant_type=refresh"},
		{"mot de passe: hunter22", "mot de passe: •••"},
		{"Set-Cookie: sid=1234; Path=/", "Set-Cookie: •••"},
		{"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln there", "got ••• there"},
		{"token sk-ABCDEFGHIJKLMNOP1234 revoked", "token ••• revoked"},
	} {
		if got := Masked(c.text); got != c.want {
			t.Errorf("Masked(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestMaskedHidesKnownSecretsWhereverTheyStand(t *testing.T) {
	if got := Masked("the value Zürich-42 was echoed", "Zürich-42"); strings.Contains(got, "Zürich-42") {
		t.Error(got)
	}
	if got := Masked("a page of pages", "a"); got != "a page of pages" {
		t.Errorf("too short to be a secret: %q", got)
	}
}

func TestMaskingTwiceChangesNothing(t *testing.T) {
	for _, text := range []string{"token=abc", "Authorization: Basic abcdefgh", "https://a:b@c/", `{"secret":"x"}`} {
		if once := Masked(text); Masked(once) != once {
			t.Errorf("%q becomes %q", once, Masked(once))
		}
	}
}

func TestAnswerIsKeptShortAndWithoutSecrets(t *testing.T) {
	a := &Answer{Status: 422, Text: "token=abcdef\n\n  " + strings.Repeat("é", 600)}
	got := a.Masked()
	if got.Status != 422 || strings.Contains(got.Text, "abcdef") || len(got.Text) > answerLength+4 || strings.Contains(got.Text, "�") {
		t.Errorf("%+v", got)
	}
	if (&Answer{}).Masked() != nil || (*Answer)(nil).Masked() != nil {
		t.Error("no answer became one")
	}
}

func FuzzMasked(f *testing.F) {
	for _, s := range []string{"", "token=", `"key":"`, "://@", "Bearer ", `\"pass\":\"\\"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, noise string) {
		const secret = "S3cretValue0123456789"
		if strings.Contains(secret, noise) {
			return
		}
		if got := Masked(noise+" \n access_token="+secret+"\n"+noise, secret); strings.Contains(got, secret) {
			t.Errorf("%q", got)
		}
	})
}

func TestEntryIsKeptWithoutTheSecretsOfItsAnswer(t *testing.T) {
	j := &JournalEntry{
		Name: "token=abcdefghijkl", Answer: &Answer{Status: 401, Text: "Bearer abcdefghijkl is expired"},
		Reason: NewProblem("x", "detail", "token=abcdefghijkl"),
	}
	m := j.Masked()
	if strings.Contains(m.Answer.Text+m.Reason.Args["detail"], "abcdefghijkl") || m.Name != j.Name {
		t.Errorf("%+v %+v", m.Answer, m.Reason)
	}
	if j.Reason.Args["detail"] != "token=abcdefghijkl" {
		t.Error("the caller's own entry was changed")
	}
}
