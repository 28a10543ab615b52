//go:build !windows

package feedserver

import "syscall"

// takenCodes are the system's ways of saying that a port is another program's.
var takenCodes = []syscall.Errno{syscall.EADDRINUSE}
