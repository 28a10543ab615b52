//go:build unix

package publicationtest

import (
	"errors"
	"os/exec"
	"syscall"
)

// slay kills the group that quietly made.
func slay(cmd *exec.Cmd) error {
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
