//go:build screentree

package main

import "diapason/app/windowtest/screentree"

// The program that the window tests drive also tells them what stands where.
func init() {
	screentree.Watch()
	screentree.AnnounceFirst()
}
