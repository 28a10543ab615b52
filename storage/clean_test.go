package storage

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCleanTextIsCleanAlready(t *testing.T) {
	if got := clean("A\x00\u0300 \u00a0b "); got != "À b" {
		t.Errorf("%q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		once := clean(rapid.String().Draw(t, "text"))
		if twice := clean(once); twice != once {
			t.Errorf("%q became %q", once, twice)
		}
	})
}
