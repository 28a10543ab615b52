package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// errStructure is behind every finding of damage.
var errStructure = errors.New("file structure is broken")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errStructure}, args...)...)
}

// The layout of a bbolt file, version 2 (bbolt's internal/common: meta.go, page.go, bucket.go). Numbers are in the
// machine's byte order.
const (
	pageHeader    = 16 // id uint64, flags uint16, count uint16, overflow uint32
	elementSize   = 16 // branch: pos, ksize uint32, page uint64; leaf: flags, pos, ksize, vsize uint32
	metaSize      = 64
	metaMagic     = 0xED0CDAED
	metaVersion   = 2
	noFreelist    = ^uint64(0)
	flagBranch    = 0x01
	flagLeaf      = 0x02
	flagFreelist  = 0x10
	leafIsBucket  = 0x01
	maxPageSize   = 1 << 24
	maxDepth      = 64
	bucketHeader  = 16 // root page uint64, sequence uint64
	manyFreePages = 0xFFFF
)

var order = binary.NativeEndian

type fileMeta struct {
	pageSize             int64
	root, freelist, high uint64
	txid                 uint64
}

// readMeta finds the meta page in force, and checks that the file is long enough for the pages it speaks of. It reads
// with ordinary reads: mapping a file that is too short kills the program on the first access.
func readMeta(f *os.File) (fileMeta, error) {
	info, err := f.Stat()
	if err != nil {
		return fileMeta{}, err
	}
	first, err := metaAt(f, 0)
	best := first
	if err != nil && !errors.Is(err, errStructure) {
		return fileMeta{}, err
	}
	known := err == nil
	// The second page's place depends on the page size; without a first page, every size is tried.
	for size := int64(1024); size <= maxPageSize; size *= 2 {
		if known && size != first.pageSize {
			continue
		}
		second, err := metaAt(f, size)
		if err == nil && second.pageSize == size && (best.pageSize == 0 || second.txid > best.txid) {
			best = second
		}
	}
	if best.pageSize == 0 {
		return fileMeta{}, broken("no valid meta page in %d bytes", info.Size())
	}
	if need := int64(best.high) * best.pageSize; info.Size() < need {
		return fileMeta{}, broken("%d bytes where %d are needed", info.Size(), need)
	}
	return best, nil
}

func metaAt(f *os.File, at int64) (fileMeta, error) {
	b := make([]byte, pageHeader+metaSize)
	if _, err := f.ReadAt(b, at); err != nil {
		if errors.Is(err, io.EOF) {
			return fileMeta{}, broken("no page at %d", at)
		}
		return fileMeta{}, err
	}
	b = b[pageHeader:]
	h := fnv.New64a()
	h.Write(b[:metaSize-8])
	m := fileMeta{
		pageSize: int64(order.Uint32(b[8:])),
		root:     order.Uint64(b[16:]),
		freelist: order.Uint64(b[32:]),
		high:     order.Uint64(b[40:]),
		txid:     order.Uint64(b[48:]),
	}
	if order.Uint32(b) != metaMagic || order.Uint32(b[4:]) != metaVersion || order.Uint64(b[56:]) != h.Sum64() {
		return fileMeta{}, broken("no valid meta page at %d", at)
	}
	if m.pageSize < 1024 || m.pageSize > maxPageSize || m.pageSize&(m.pageSize-1) != 0 || m.high > 1<<40 ||
		m.root >= m.high || (m.freelist >= m.high && m.freelist != noFreelist) {
		return fileMeta{}, broken("meta page at %d points outside the file", at)
	}
	return m, nil
}

// walker visits every page that can be reached and checks that it is what its parent says, inside its bounds, once.
type walker struct {
	f    *os.File
	m    fileMeta
	seen []uint64 // one bit per page
}

// checkStructure walks the whole file. After it, bbolt can read every page without leaving the file.
func checkStructure(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := readMeta(f)
	if err != nil {
		return err
	}
	w := &walker{f: f, m: m, seen: make([]uint64, m.high/64+1)}
	if m.freelist != noFreelist {
		if err := w.freelist(m.freelist); err != nil {
			return err
		}
	}
	return w.tree(m.root, 0)
}

// page reads a page with its overflow pages and marks them as seen.
func (w *walker) page(id uint64) ([]byte, error) {
	if id < 2 || id >= w.m.high {
		return nil, broken("page %d is outside the file", id)
	}
	var head [pageHeader]byte
	if _, err := w.f.ReadAt(head[:], int64(id)*w.m.pageSize); err != nil {
		return nil, fmt.Errorf("read page %d: %w", id, err)
	}
	if got := order.Uint64(head[:]); got != id {
		return nil, broken("page %d calls itself %d", id, got)
	}
	n := uint64(order.Uint32(head[12:])) + 1
	if id+n > w.m.high {
		return nil, broken("page %d goes on outside the file", id)
	}
	for p := id; p < id+n; p++ {
		if w.seen[p/64]&(1<<(p%64)) != 0 {
			return nil, broken("page %d is used twice", p)
		}
		w.seen[p/64] |= 1 << (p % 64)
	}
	b := make([]byte, int64(n)*w.m.pageSize)
	if _, err := w.f.ReadAt(b, int64(id)*w.m.pageSize); err != nil {
		return nil, fmt.Errorf("read page %d: %w", id, err)
	}
	return b, nil
}

func (w *walker) freelist(id uint64) error {
	b, err := w.page(id)
	if err != nil {
		return err
	}
	if order.Uint16(b[8:]) != flagFreelist {
		return broken("page %d is not a list of free pages", id)
	}
	n, at := uint64(order.Uint16(b[10:])), uint64(pageHeader)
	if n == manyFreePages {
		n, at = order.Uint64(b[at:]), at+8
	}
	if n > (uint64(len(b))-at)/8 {
		return broken("the list of free pages does not fit its page")
	}
	for i := range n {
		if p := order.Uint64(b[at+8*i:]); p < 2 || p >= w.m.high {
			return broken("free page %d is outside the file", p)
		}
	}
	return nil
}

func (w *walker) tree(id uint64, depth int) error {
	b, err := w.page(id)
	if err != nil {
		return err
	}
	return w.node(b, id, depth)
}

// node checks the elements of a branch or leaf page, or of a small bucket kept inside its parent's value.
func (w *walker) node(b []byte, id uint64, depth int) error {
	if depth > maxDepth {
		return broken("page %d lies too deep", id)
	}
	flags, count := order.Uint16(b[8:]), int(order.Uint16(b[10:]))
	if pageHeader+count*elementSize > len(b) {
		return broken("page %d does not hold its %d elements", id, count)
	}
	for i := range count {
		at := pageHeader + i*elementSize
		e := b[at : at+elementSize]
		var err error
		switch flags {
		case flagBranch:
			if uint64(at)+uint64(order.Uint32(e))+uint64(order.Uint32(e[4:])) > uint64(len(b)) {
				return broken("page %d, element %d goes outside its page", id, i)
			}
			err = w.tree(order.Uint64(e[8:]), depth+1)
		case flagLeaf:
			err = w.leaf(b, at, id, i, depth)
		default:
			return broken("page %d is neither branch nor leaf (%#x)", id, flags)
		}
		if err != nil {
			return err
		}
	}
	if flags != flagBranch && flags != flagLeaf {
		return broken("page %d is neither branch nor leaf (%#x)", id, flags)
	}
	return nil
}

func (w *walker) leaf(b []byte, at int, id uint64, i, depth int) error {
	e := b[at : at+elementSize]
	pos, ksize, vsize := uint64(order.Uint32(e[4:])), uint64(order.Uint32(e[8:])), uint64(order.Uint32(e[12:]))
	start := uint64(at) + pos + ksize
	if start+vsize > uint64(len(b)) {
		return broken("page %d, element %d goes outside its page", id, i)
	}
	if order.Uint32(e)&leafIsBucket == 0 {
		return nil
	}
	value := b[start : start+vsize]
	if len(value) < bucketHeader {
		return broken("page %d, element %d is no bucket", id, i)
	}
	if root := order.Uint64(value); root != 0 {
		return w.tree(root, depth+1)
	}
	if len(value) < bucketHeader+pageHeader {
		return broken("page %d, element %d is no bucket", id, i)
	}
	return w.node(value[bucketHeader:], id, depth+1)
}
