//go:build unix

package publicationtest

import (
	"errors"
	"os/exec"
	"syscall"
)

// quietly puts a server into a process group of its own.
func quietly(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// slay kills the group that quietly made.
func slay(cmd *exec.Cmd) error {
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
