//go:build !unix

package publicationtest

import "os/exec"

func quietly(*exec.Cmd) {}

func slay(cmd *exec.Cmd) error { return cmd.Process.Kill() }
