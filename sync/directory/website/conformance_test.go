package website

import (
	"testing"

	"diapason/sync/directory/directorytest"
)

func TestConformance(t *testing.T) { directorytest.Run(t, directorytest.InFolder(Kind())) }
