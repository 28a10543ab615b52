package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"diapason/storage"
)

// explain turns a technical error about the file at path into a Problem for people that matches its sentinel; an error
// it does not know comes back as it is.
func explain(err error, path string) error {
	var p *storage.Problem
	if err == nil || errors.As(err, &p) {
		return err
	}
	because := func(code string, sentinel error) error {
		return storage.NewProblem(code, "path", path).Because(errors.Join(sentinel, err))
	}
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return because("workspace.locked", storage.ErrLocked)
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return because("workspace.closed", storage.ErrClosed)
	case noRoom(err):
		return because("workspace.diskFull", storage.ErrDiskFull)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, berrors.ErrDatabaseReadOnly):
		return because("workspace.readOnly", storage.ErrReadOnly)
	case errors.Is(err, errStructure), errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch),
		errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrInvalidMapping):
		return because("workspace.damaged", storage.ErrDamaged)
	}
	return err
}

// noRoom reports whether the disk, the user's quota or the file system's largest file is reached.
func noRoom(err error) bool {
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, berrors.ErrMaxSizeReached} {
		if errors.Is(err, e) {
			return true
		}
	}
	var no syscall.Errno
	// ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL, "System Error Codes" of the Windows documentation.
	return runtime.GOOS == "windows" && errors.As(err, &no) && (no == 39 || no == 112)
}

// guarded runs f so that reading a damaged memory map (SIGBUS: the file is shorter than its pages say) or a failed
// assertion of bbolt is an error instead of the end of the program. Other panics go on.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		fault, isFault := r.(interface{ Addr() uintptr })
		text, isText := r.(string)
		switch {
		case isFault:
			err = fmt.Errorf("%w: read fault at %#x", errStructure, fault.Addr())
		case isText && (strings.HasPrefix(text, "assertion failed") || strings.HasPrefix(text, "page ") ||
			strings.HasPrefix(text, "invalid page") || strings.HasPrefix(text, "freepages")):
			err = fmt.Errorf("%w: %s", errStructure, text)
		default:
			panic(r)
		}
	}()
	return f()
}
