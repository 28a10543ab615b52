package feedserver

import "syscall"

// takenCodes are WSAEADDRINUSE, and WSAEACCES: another program has asked for the port to be its own.
var takenCodes = []syscall.Errno{10048, 10013}
