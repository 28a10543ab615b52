//go:build !windows

package instance

// Raise does nothing: elsewhere the toolkit brings a window to the front, minimised or not.
func Raise(uintptr) {}

// letRaise does nothing: only Windows asks who may bring a window to the front.
func letRaise() {}
