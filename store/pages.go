package store

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
)

// bbolt maps its file into memory and believes what it finds there: a page that is damaged may crash the process or
// have it loop for ever. So a file is read here first, page by page, and bbolt only opens it if every page that it can
// reach is right. The layout is bbolt's version 2, in the machine's byte order.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	metaSize   = 64
	headerSize = 16 // of a page
	elementLen = 16 // of an element of a branch or a leaf, before its key

	branchPage   = 0x01
	leafPage     = 0x02
	metaPage     = 0x04
	freelistPage = 0x10

	bucketEntry = 0x01 // flag of an element of a leaf: it is a bucket

	deepest = 64 // levels of a tree; two elements a page would do for 2⁶⁴ pages
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
		return nil, foreign("it is not a bbolt database of this machine's byte order")
	}
	second, _, err := readMeta(file, int64(first.pageSize))
	if err != nil {
		return nil, err
	}
	if first.pageSize != second.pageSize || first.tx%2 != 0 || max(first.tx, second.tx)-min(first.tx, second.tx) != 1 {
		return nil, damaged("its two beginnings do not fit together")
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

// readMeta reads one beginning. It reports false if it is not a bbolt database's. A beginning that is wrong is an error;
// bbolt would use the other one, which may be from the transaction before.
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

// page reads a page of one of the kinds, with the pages that continue it. It reads no page twice, so no walk is endless.
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
		return nil, 0, damaged("page %d has a wrong header", id)
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
		return damaged("page %d is referred to twice, or does not exist", id)
	}
	p.used[id] = true
	return nil
}

// element is an element of a page. On a leaf it has flags and a value, on a branch the page below.
type element struct {
	flags      uint32
	below      uint64
	key, value []byte
}

// elements returns the elements of a page. Their keys must ascend, from low on and below high; nil is no bound.
func elements(page []byte, kind uint16, low, high []byte) ([]element, error) {
	count := int(order.Uint16(page[10:]))
	if headerSize+count*elementLen > len(page) {
		return nil, damaged("a page has no room for %d elements", count)
	}
	list := make([]element, count)
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
			return nil, damaged("an element reaches beyond its page")
		}
		e.key, e.value = rest[at:at+keyLen], rest[at+keyLen:at+keyLen+valueLen]
		if i > 0 && bytes.Compare(list[i-1].key, e.key) >= 0 || bytes.Compare(e.key, low) < 0 || high != nil && bytes.Compare(e.key, high) >= 0 {
			return nil, damaged("keys are not in order")
		}
	}
	return list, nil
}

// tree visits the elements of all leaves below a page.
func (p *pages) tree(id uint64, low, high []byte, depth int, visit func(element) error) error {
	page, kind, err := p.page(id, branchPage|leafPage)
	if err != nil {
		return err
	}
	list, err := elements(page, kind, low, high)
	if err != nil {
		return err
	}
	if kind == leafPage {
		return each(list, visit)
	}
	if len(list) == 0 || depth == deepest {
		return damaged("page %d is in the wrong place", id)
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

func each(list []element, visit func(element) error) error {
	for _, e := range list {
		if e.flags&^bucketEntry != 0 {
			return damaged("an element has flags %#x", e.flags)
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// bucket visits the elements of a bucket: of a tree or, for a small bucket, of the page in its own element.
func (p *pages) bucket(e element, visit func(element) error) error {
	if e.flags&bucketEntry == 0 || len(e.value) < headerSize {
		return damaged("%q is not a bucket", e.key)
	}
	if id := order.Uint64(e.value); id != 0 {
		return p.tree(id, nil, nil, 0, visit)
	}
	page := e.value[headerSize:]
	if len(page) < headerSize || order.Uint16(page[8:]) != leafPage {
		return damaged("%q is not a bucket", e.key)
	}
	list, err := elements(page, leafPage, nil, nil)
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
