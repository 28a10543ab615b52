// Package windowtest tests the whole program as a person meets it: the built program in a real window under Xvfb, with a
// window manager, a real mouse, real keys and files dropped from another program's window. What stands where on screen
// comes from package screentree, linked into the tests' own build of the program; what was done is read back with the
// program's own commands after the window was closed.
//
// Nothing sleeps for a fixed time: every step waits for a condition, with a deadline. "make test" installs what the tests
// need (Xvfb, openbox, xdotool, scrot, GTK for Python). They run on Linux only.
package windowtest
