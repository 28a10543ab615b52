package command

import (
	"runtime"

	"diapason/assets/words"
)

type versionCommand struct{}

// Run tells which Diapason this is.
func (versionCommand) Run(s *session) error {
	err := s.line(words.T("command.version", "version", s.program.Version, "go", runtime.Version(),
		"system", runtime.GOOS+"/"+runtime.GOARCH))
	if err != nil {
		return err
	}
	return s.document(map[string]string{
		"version": s.program.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
	})
}
