package establishments

import (
	"bufio"
	"errors"
	"os"
)

// spill keeps the rows of a plan in a temporary file; memory holds twelve bytes a row.
type spill struct {
	file    *os.File
	out     *bufio.Writer
	size    int64
	offsets []int64
	lengths []int32
}

func newSpill(dir string) (*spill, error) {
	f, err := os.CreateTemp(dir, "diapason-plan-*")
	if err != nil {
		return nil, err
	}
	return &spill{file: f, out: bufio.NewWriterSize(f, 256<<10)}, nil
}

// add appends a record.
func (s *spill) add(b []byte) error {
	s.offsets = append(s.offsets, 0)
	s.lengths = append(s.lengths, 0)
	return s.replace(len(s.offsets)-1, b)
}

// replace writes a record anew at the end; the old one is left where it is.
func (s *spill) replace(i int, b []byte) error {
	s.offsets[i], s.lengths[i] = s.size, int32(len(b))
	n, err := s.out.Write(b)
	s.size += int64(n)
	return err
}

// read gives record i, in buf when it is large enough.
func (s *spill) read(i int, buf []byte) ([]byte, error) {
	if s.out.Buffered() > 0 {
		if err := s.out.Flush(); err != nil {
			return nil, err
		}
	}
	n := int(s.lengths[i])
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	_, err := s.file.ReadAt(buf[:n], s.offsets[i])
	return buf[:n], err
}

func (s *spill) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
