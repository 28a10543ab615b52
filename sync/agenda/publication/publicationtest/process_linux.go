package publicationtest

import (
	"os/exec"
	"syscall"
)

// quietly puts a server into a process group of its own; it is ended also when the test's process dies.
func quietly(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
