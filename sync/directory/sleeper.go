package directory

// Sleeper is a Directory that keeps connections open. The engine has them closed after a sleep of the machine, which
// they do not survive; it may do so at any moment, also while a call is under way.
type Sleeper interface {
	CloseIdleConnections()
}
