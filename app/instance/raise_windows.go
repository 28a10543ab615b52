package instance

import "syscall"

// Functions of Windows (https://learn.microsoft.com/windows/win32/api/winuser/).
var (
	user32                   = syscall.NewLazyDLL("user32.dll")
	isIconic                 = user32.NewProc("IsIconic")
	showWindow               = user32.NewProc("ShowWindow")
	setForegroundWindow      = user32.NewProc("SetForegroundWindow")
	allowSetForegroundWindow = user32.NewProc("AllowSetForegroundWindow")
)

const (
	anyProcess = 0xFFFFFFFF // ASFW_ANY
	restore    = 9          // SW_RESTORE
)

// Raise brings a window to the front by its handle; one that is minimised takes its place again.
func Raise(window uintptr) {
	if minimised, _, _ := isIconic.Call(window); minimised != 0 {
		showWindow.Call(window, restore) //nolint:errcheck // Windows decides; the taskbar shows it otherwise
	}
	setForegroundWindow.Call(window) //nolint:errcheck // Windows decides; the taskbar shows it otherwise
}

// letRaise passes on the right to come to the front, which Windows gives the program that the user has just started.
func letRaise() {
	allowSetForegroundWindow.Call(anyProcess) //nolint:errcheck // without it the taskbar shows the window
}
