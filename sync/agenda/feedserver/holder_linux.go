package feedserver

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// listening is the state of a socket that waits for connections, in /proc/net/tcp (TCP_LISTEN of Linux's tcp_states.h).
const listening = "0A"

// holder names the program that listens on a port: /proc/net/tcp tells the socket, and the folder of open files of each
// process whose it is. "" when it is another user's, whose files cannot be looked at.
func holder(port int) string {
	sockets := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue // no IPv6, or no /proc
		}
		for _, inode := range listeners(f, port) {
			sockets["socket:["+inode+"]"] = true
		}
		f.Close() //nolint:errcheck // everything has been read
	}
	if len(sockets) == 0 {
		return ""
	}
	files, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return ""
	}
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil && sockets[to] {
			return programOf(filepath.Dir(filepath.Dir(file)))
		}
	}
	return ""
}

// listeners gives the inodes of the sockets that listen on a port (proc_net_tcp(5): the second column is the local
// address with the port in hexadecimal, the fourth the state, the tenth the inode).
func listeners(table io.Reader, port int) (inodes []string) {
	suffix := fmt.Sprintf(":%04X", port)
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		columns := strings.Fields(lines.Text())
		if len(columns) > 9 && columns[3] == listening && strings.HasSuffix(columns[1], suffix) {
			inodes = append(inodes, columns[9])
		}
	}
	return inodes
}

// programOf names a process, by its folder in /proc: its program's file, else the name that the system keeps of it.
func programOf(process string) string {
	if file, err := os.Readlink(filepath.Join(process, "exe")); err == nil {
		return strings.TrimSuffix(filepath.Base(file), " (deleted)")
	}
	name, err := os.ReadFile(filepath.Join(process, "comm"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}
