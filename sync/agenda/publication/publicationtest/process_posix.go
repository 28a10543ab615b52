//go:build unix && !linux

package publicationtest

import (
	"os/exec"
	"syscall"
)

// quietly puts a server into a process group of its own.
func quietly(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
