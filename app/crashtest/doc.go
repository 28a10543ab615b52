// Package crashtest kills a real process that edits and publishes, at random moments and at named seams, and checks what
// is left: the workspace is sound, every acknowledged edit is there, and the directory, which lives in the test's own
// process, saw each change take effect exactly once. The same is done to passes over two address books, Google's emulator
// and a real Radicale, while others edit there too. It holds tests only.
//
// The seams inside the process are gofail comments ("// gofail: var afterInflight struct{}"), inert in every ordinary
// build. The test copies the engine's source, brings the comments to life in the copy, and builds the worker there.
package crashtest
