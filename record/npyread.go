package record

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// An array is an open member of an archive, its header read.
type array struct {
	name  string
	descr string
	shape []int64
	io.ReadCloser
}

var (
	descrKey   = regexp.MustCompile(`'descr':\s*'([^']*)'`)
	fortranKey = regexp.MustCompile(`'fortran_order':\s*True`)
	shapeKey   = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

var errHeader = errors.New("not a numpy array in C order")

// openArray finds the member NAME.npy, reads its header and checks that it has
// that many dimensions.
func openArray(z *zip.Reader, name string, dims int) (*array, error) {
	f, err := z.Open(name + ".npy")
	if err != nil {
		return nil, fmt.Errorf("array %s: missing or unreadable", name)
	}
	a := &array{name: name, ReadCloser: f}
	err = a.readHeader()
	if err == nil {
		err = fits(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("array %s: %w", name, err)
	}
	if len(a.shape) != dims {
		f.Close()
		return nil, fmt.Errorf("array %s: has %d dimensions, want %d", name, len(a.shape), dims)
	}
	return a, nil
}

// fits refuses a member that unpacks to far more than it takes: a small file may be made to fill any memory. einet itself packs
// nothing.
func fits(member fs.File) error {
	info, err := member.Stat()
	if err != nil {
		return err
	}
	h, ok := info.Sys().(*zip.FileHeader)
	if ok && h.UncompressedSize64 > max(1<<24, 100*h.CompressedSize64) {
		return errors.New("unpacks to more than 100 times its size: must be saved unpacked, if it is meant so")
	}
	return nil
}

func (a *array) readHeader() error {
	var fixed [8]byte
	if _, err := io.ReadFull(a, fixed[:]); err != nil || string(fixed[:6]) != npyMagic {
		return errHeader
	}
	var size [4]byte
	wide := 2 // bytes of the header's length: 4 from version 2 on
	if fixed[6] > 1 {
		wide = 4
	}
	if _, err := io.ReadFull(a, size[:wide]); err != nil {
		return errHeader
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > 1<<16 {
		return errHeader
	}
	dict := make([]byte, n)
	if _, err := io.ReadFull(a, dict); err != nil {
		return errHeader
	}
	return a.parse(string(dict))
}

// parse reads the header's Python dictionary.
func (a *array) parse(dict string) error {
	d, s := descrKey.FindStringSubmatch(dict), shapeKey.FindStringSubmatch(dict)
	if d == nil || s == nil || fortranKey.MatchString(dict) {
		return errHeader
	}
	a.descr = d[1]
	for _, field := range strings.Split(s[1], ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.ParseInt(field, 10, 48)
		if err != nil {
			return errHeader
		}
		a.shape = append(a.shape, n)
	}
	return nil
}

// want checks the element type.
func (a *array) want(descr string) error {
	if a.descr != descr {
		return fmt.Errorf("array %s: has type %q, want %q", a.name, a.descr, descr)
	}
	return nil
}

// length is the number of elements.
func (a *array) length() (int64, error) {
	n := int64(1)
	for _, d := range a.shape {
		if d != 0 && n > (1<<48)/d {
			return 0, fmt.Errorf("array %s: shape %v is too large", a.name, a.shape)
		}
		n *= d
	}
	return n, nil
}

// fill reads len(dst) elements into dst through buf, which it may grow.
func fill[T element](a *array, dst []T, buf []byte) ([]byte, error) {
	size := binary.Size(dst)
	if cap(buf) < size {
		buf = make([]byte, size)
	}
	if _, err := io.ReadFull(a, buf[:size]); err != nil {
		return buf, fmt.Errorf("array %s: is cut short or damaged", a.name)
	}
	_, err := binary.Decode(buf[:size], binary.LittleEndian, dst)
	return buf, err
}

// chunk is the number of elements read at a time: an array's stated length is
// believed only as far as its data reach.
const chunk = 1 << 14

// readArray reads a whole array and its shape.
func readArray[T element](z *zip.Reader, name string, dims int) ([]T, []int64, error) {
	a, err := openArray(z, name, dims)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	if err := a.want(descr[T]()); err != nil {
		return nil, nil, err
	}
	n, err := a.length()
	if err != nil {
		return nil, nil, err
	}
	var data []T
	var buf []byte
	for int64(len(data)) < n {
		part := make([]T, min(chunk, n-int64(len(data))))
		if buf, err = fill(a, part, buf); err != nil {
			return nil, nil, err
		}
		data = append(data, part...)
	}
	return data, a.shape, a.atEnd()
}

// readScalar reads an array of shape ().
func readScalar[T element](z *zip.Reader, name string) (T, error) {
	data, _, err := readArray[T](z, name, 0)
	if err != nil {
		return *new(T), err
	}
	return data[0], nil
}

// readVector reads an array of one dimension.
func readVector[T element](z *zip.Reader, name string) ([]T, error) {
	data, _, err := readArray[T](z, name, 1)
	return data, err
}

// atEnd checks that nothing follows the array's data. Reading up to the end
// also makes the archive check its checksum.
func (a *array) atEnd() error {
	var one [1]byte
	if n, err := io.ReadFull(a, one[:]); n != 0 || err != io.EOF {
		return fmt.Errorf("array %s: is longer than its shape or damaged", a.name)
	}
	return nil
}

// readNames reads an array of fixed-width unicode.
func readNames(z *zip.Reader, name string) ([]string, error) {
	a, err := openArray(z, name, 1)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	digits, unicode := strings.CutPrefix(a.descr, "<U")
	width, err := strconv.Atoi(digits)
	if !unicode || err != nil || width < 1 || width > 4096 {
		return nil, fmt.Errorf("array %s: has type %q, want \"<U\" and a width", name, a.descr)
	}
	var names []string
	cell := make([]uint32, width)
	var buf []byte
	for range a.shape[0] {
		if buf, err = fill(a, cell, buf); err != nil {
			return nil, err
		}
		names = append(names, text(cell))
	}
	return names, a.atEnd()
}

// text is a cell of fixed-width unicode without its padding.
func text(cell []uint32) string {
	var s strings.Builder
	for _, c := range cell {
		s.WriteRune(rune(min(c, 0x110000))) // an impossible rune becomes U+FFFD
	}
	return strings.TrimRight(s.String(), "\x00")
}
