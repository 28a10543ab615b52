package secrets_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"diapason/storage/secrets"
)

// A program that is killed while it writes leaves the file as it was before or as it should be, and never loses what it
// was told is kept.
func TestAKilledWriteLeavesTheOldFile(t *testing.T) {
	if dir := os.Getenv("DIAPASON_SECRETS_DIR"); dir != "" {
		s, err := secrets.Open(secrets.Params{Workspace: dir, KeyDir: dir + "-keys"})
		for i := 0; err == nil; i++ {
			err = s.Set(context.Background(), "n", fmt.Sprint(i, strings.Repeat(" padding", 6000)))
			fmt.Println("kept", i)
		}
		t.Fatal(err)
	}
	dir := t.TempDir()
	for kill := range 12 {
		child := exec.Command(os.Args[0], "-test.run=^TestAKilledWriteLeavesTheOldFile$")
		child.Env = append(os.Environ(), "DIAPASON_SECRETS_DIR="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines, kept := bufio.NewScanner(out), -1
		for lines.Scan() {
			if _, err := fmt.Sscanf(lines.Text(), "kept %d", &kept); err != nil {
				t.Fatalf("%q: %v", lines.Text(), err)
			}
			if kept == kill { // in the middle of what comes next
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); err == nil || kept < kill {
			t.Fatalf("the child ended by itself: %v", err)
		}
		s, err := secrets.Open(secrets.Params{Workspace: dir, KeyDir: dir + "-keys"})
		if err != nil {
			t.Fatal(err)
		}
		value, err := s.Get(t.Context(), "n")
		var got int
		if _, scanErr := fmt.Sscan(value, &got); err != nil || scanErr != nil || got < kept || got > kept+1 {
			t.Errorf("kill %d: %d was kept, %d is there, %v, %v", kill, kept, got, err, scanErr)
		}
	}
}
