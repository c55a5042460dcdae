package store

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
)

// bbolt maps its file into memory and believes what it finds there: a page that is damaged may crash the process or
// have it loop for ever. So a file is read here first, page by page, and bbolt only gets one in which every page that
// it can reach is as it must be. The layout is bbolt's version 2, in the machine's byte order.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	metaSize   = 64
	headerSize = 16 // of a page
	elementLen = 16 // of an entry of a branch or a leaf, before its key

	branchPage   = 0x01
	leafPage     = 0x02
	metaPage     = 0x04
	freelistPage = 0x10

	bucketEntry = 0x01 // flag of an entry in a leaf

	deepest = 64 // levels of a tree; two entries a page would do for 2⁶⁴ pages
)

var order = binary.NativeEndian

// meta is what a database begins with, twice: the transactions with even numbers write the first, the others the
// second.
type meta struct {
	pageSize            uint32
	root, free, end, tx uint64 // pages, and the number of the transaction
}

// pages reads the pages of a file.
type pages struct {
	file io.ReaderAt
	size int64
	meta
	used []bool
}

// openPages reads how a file begins.
func openPages(file io.ReaderAt, size int64) (*pages, error) {
	if size == 0 {
		return nil, foreign("it is empty")
	}
	first, known, err := readMeta(file, 0)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, foreign("it is no bbolt database of this machine's byte order")
	}
	second, _, err := readMeta(file, int64(first.pageSize))
	if err != nil {
		return nil, err
	}
	if first.pageSize != second.pageSize || first.tx%2 != 0 || max(first.tx, second.tx)-min(first.tx, second.tx) != 1 {
		return nil, damaged("its two beginnings do not belong together")
	}
	p := &pages{file: file, size: size, meta: first}
	if second.tx > first.tx {
		p.meta = second
	}
	if p.end > uint64(size)/uint64(p.pageSize) {
		return nil, damaged("it ends after %d bytes, and %d pages of %d were written", size, p.end, p.pageSize)
	}
	p.used = make([]bool, p.end)
	return p, nil
}

// readMeta reads one beginning; false where it is no bbolt database's. A beginning that is not right is not passed
// over, as bbolt would: the other may be that of the transaction before.
func readMeta(file io.ReaderAt, at int64) (m meta, known bool, err error) {
	var page [headerSize + metaSize]byte
	if _, err := file.ReadAt(page[:], at); err == io.EOF {
		return m, false, foreign("it is too short")
	} else if err != nil {
		return m, false, err
	}
	data := page[headerSize:]
	if order.Uint32(data) != boltMagic {
		return m, false, nil
	}
	sum := fnv.New64a()
	sum.Write(data[:metaSize-8])
	switch {
	case order.Uint64(data[metaSize-8:]) != sum.Sum64():
		return m, true, damaged("the checksum of its beginning at byte %d is wrong", at)
	case order.Uint32(data[4:]) != boltVersion:
		return m, true, foreign("it has version %d of bbolt's format, and not %d", order.Uint32(data[4:]), boltVersion)
	}
	m = meta{order.Uint32(data[8:]), order.Uint64(data[16:]), order.Uint64(data[32:]), order.Uint64(data[40:]), order.Uint64(data[48:])}
	if m.pageSize < 512 || m.pageSize > 1<<24 || m.pageSize&(m.pageSize-1) != 0 {
		return m, true, damaged("it has pages of %d bytes", m.pageSize)
	}
	return m, true, nil
}

// page reads a page of one of two kinds, with those that continue it. None is given twice, so no walk is endless.
func (p *pages) page(id uint64, kinds uint16) (data []byte, kind uint16, err error) {
	var header [headerSize]byte
	if id < 2 || id >= p.end {
		return nil, 0, damaged("there is no page %d", id)
	}
	if err := p.read(header[:], id); err != nil {
		return nil, 0, err
	}
	kind = order.Uint16(header[8:])
	more := uint64(order.Uint32(header[12:]))
	if order.Uint64(header[:]) != id || kind&kinds == 0 || kind&(kind-1) != 0 || more >= p.end-id {
		return nil, 0, damaged("page %d is not what it must be", id)
	}
	for part := id; part <= id+more; part++ {
		if err := p.use(part); err != nil {
			return nil, 0, err
		}
	}
	data = make([]byte, (1+more)*uint64(p.pageSize))
	return data, kind, p.read(data, id)
}

func (p *pages) read(data []byte, id uint64) error {
	_, err := p.file.ReadAt(data, int64(id)*int64(p.pageSize))
	if err == io.EOF {
		return damaged("it ends within page %d", id)
	}
	return err
}

func (p *pages) use(id uint64) error {
	if id < 2 || id >= p.end || p.used[id] {
		return damaged("page %d is referred to twice, or is none", id)
	}
	p.used[id] = true
	return nil
}

// entry is one of a page: of a leaf with its flags and value, of a branch with the page below.
type entry struct {
	flags      uint32
	below      uint64
	key, value []byte
}

// entries gives those of a page, whose keys ascend and are from low on and below high; nil is no bound.
func entries(page []byte, kind uint16, low, high []byte) ([]entry, error) {
	count := int(order.Uint16(page[10:]))
	if headerSize+count*elementLen > len(page) {
		return nil, damaged("a page has no room for %d entries", count)
	}
	list := make([]entry, count)
	for i := range list {
		rest := page[headerSize+i*elementLen:]
		e := &list[i]
		var at, keyLen, valueLen uint64
		if kind == branchPage {
			at, keyLen = uint64(order.Uint32(rest)), uint64(order.Uint32(rest[4:]))
			e.below = order.Uint64(rest[8:])
		} else {
			e.flags, at = order.Uint32(rest), uint64(order.Uint32(rest[4:]))
			keyLen, valueLen = uint64(order.Uint32(rest[8:])), uint64(order.Uint32(rest[12:]))
		}
		if at+keyLen+valueLen > uint64(len(rest)) {
			return nil, damaged("an entry reaches beyond its page")
		}
		e.key, e.value = rest[at:at+keyLen], rest[at+keyLen:at+keyLen+valueLen]
		if i > 0 && bytes.Compare(list[i-1].key, e.key) >= 0 || bytes.Compare(e.key, low) < 0 || high != nil && bytes.Compare(e.key, high) >= 0 {
			return nil, damaged("keys are not in order")
		}
	}
	return list, nil
}

// tree visits the entries of all leaves below a page.
func (p *pages) tree(id uint64, low, high []byte, depth int, visit func(entry) error) error {
	page, kind, err := p.page(id, branchPage|leafPage)
	if err != nil {
		return err
	}
	list, err := entries(page, kind, low, high)
	if err != nil {
		return err
	}
	if kind == leafPage {
		return each(list, visit)
	}
	if len(list) == 0 || depth == deepest {
		return damaged("page %d cannot be where it is", id)
	}
	for i, e := range list {
		next := high
		if i+1 < len(list) {
			next = list[i+1].key
		}
		if err := p.tree(e.below, e.key, next, depth+1, visit); err != nil {
			return err
		}
	}
	return nil
}

func each(list []entry, visit func(entry) error) error {
	for _, e := range list {
		if e.flags&^bucketEntry != 0 {
			return damaged("an entry has flags %#x", e.flags)
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// bucket visits the entries of a bucket: those of a tree, or of a small page in the bucket's own entry.
func (p *pages) bucket(e entry, visit func(entry) error) error {
	if e.flags&bucketEntry == 0 || len(e.value) < headerSize {
		return damaged("%q is no bucket", e.key)
	}
	if id := order.Uint64(e.value); id != 0 {
		return p.tree(id, nil, nil, 0, visit)
	}
	page := e.value[headerSize:]
	if len(page) < headerSize || order.Uint16(page[8:]) != leafPage {
		return damaged("%q is no bucket", e.key)
	}
	list, err := entries(page, leafPage, nil, nil)
	if err != nil {
		return err
	}
	return each(list, visit)
}

// freelist checks that the pages which the next transactions will write over are used by nothing.
func (p *pages) freelist() error {
	page, _, err := p.page(p.free, freelistPage)
	if err != nil {
		return err
	}
	ids := page[headerSize:]
	count := uint64(order.Uint16(page[10:]))
	if count == 0xFFFF { // the number is too large for its place and comes first
		count, ids = order.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return damaged("the list of free pages has no room for %d", count)
	}
	for i := range count {
		if err := p.use(order.Uint64(ids[8*i:])); err != nil {
			return err
		}
	}
	return nil
}
