package table

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// A Format is how a file keeps its columns.
type Format int

// The formats. A text may be compressed by gzip, and so may an array of numpy's.
const (
	Text  Format = iota
	Npy          // one array of numpy
	Npz          // an archive of them
	HDF5         // see Tree
	other        // not read
)

// A File is an open one. Its format is what its first bytes say, not its name.
type File struct {
	Path   string
	Format Format
	file   *os.File
	size   int64
	most   int64 // bytes, also of what is compressed
	gzip   bool
	other  string // what a file that is not read looks like
	lines  int    // of a text that is not compressed, once summed
}

// Open opens a file of at most so many bytes. It refuses what is no file before opening it: opening a pipe
// may never return.
func Open(path string, most int64) (*File, *Fault) {
	refuse := func(says string) (*File, *Fault) { return nil, &Fault{Path: path, Says: says} }
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return refuse("must be a file")
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	var of *fs.PathError
	switch {
	case errors.As(err, &of):
		return refuse("can't be read: " + of.Err.Error())
	case err != nil:
		return refuse("can't be read: " + err.Error())
	}
	file := &File{Path: path, file: f, size: info.Size(), most: most}
	if file.size > most {
		f.Close()
		return refuse(fmt.Sprintf("must be at most %d bytes", most))
	}
	if err := file.recognise(); err != nil {
		f.Close()
		return refuse("can't be read: " + err.Error())
	}
	return file, nil
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// Bytes are the file's, of one that is no more than a text.
func (f *File) Bytes() ([]byte, *Fault) {
	text, err := io.ReadAll(io.NewSectionReader(f.file, 0, f.size))
	if err != nil {
		return nil, f.fault(0, "can't be read: "+err.Error())
	}
	return text, nil
}

// Sum is the SHA-256 of the file's bytes, in hexadecimal.
func (f *File) Sum() (string, *Fault) {
	hash, lines := sha256.New(), lineCounter(0)
	if _, err := io.Copy(io.MultiWriter(hash, &lines), io.NewSectionReader(f.file, 0, f.size)); err != nil {
		return "", f.fault(0, "can't be read: "+err.Error())
	}
	f.lines = int(lines)
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}

// A lineCounter counts the lines that are written to it.
type lineCounter int

func (c *lineCounter) Write(p []byte) (int, error) {
	*c += lineCounter(bytes.Count(p, []byte{'\n'}))
	return len(p), nil
}

func (f *File) fault(line int, says string) *Fault {
	return &Fault{Path: f.Path, Line: line, Says: OneLine(says)}
}

// OneLine makes one line of a message that holds names of a file's, which may hold anything, and bounds its length.
func OneLine(says string) string {
	const longest = 1000 // bytes
	var b strings.Builder
	for _, r := range says {
		if b.Len() > longest {
			b.WriteString("...")
			break
		}
		if !unicode.IsPrint(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// looks is what the first bytes of files that are not read say of them.
var looks = []struct {
	at    int
	magic string
	like  string
}{
	{0, "BZh", "like a bzip2 archive: unpack it"},
	{0, "\xfd7zXZ", "like an xz archive: unpack it"},
	{0, "\x28\xb5\x2f\xfd", "like a zstd archive: unpack it"},
	{0, "7z\xbc\xaf", "like a 7z archive: unpack it"},
	{257, "ustar", "like a tar archive: unpack it"},
	{0, "\x80\x03", "like a Python pickle: write its columns with numpy.savez"},
	{0, "\x80\x04", "like a Python pickle: write its columns with numpy.savez"},
	{0, "\x80\x05", "like a Python pickle: write its columns with numpy.savez"},
	{0, "MATLAB 5.0", "like a MATLAB file: save it with -v7.3 or as CSV"},
	{0, "PAR1", "like Parquet: write CSV"},
	{0, "ARROW1", "like Arrow: write CSV"},
	{0, "CDF\x01", "like NetCDF: write CSV"},
	{0, "CDF\x02", "like NetCDF: write CSV"},
	{0, "\xff\xfe", "like UTF-16 text: save it as UTF-8"},
	{0, "\xfe\xff", "like UTF-16 text: save it as UTF-8"},
	{0, "%PDF", "like PDF"},
	{0, "\x89PNG", "like an image"},
	{0, "version https://git-lfs", "like a Git LFS pointer: fetch the file itself"},
	{0, "<", "like a web page or XML"},
	{0, "{", "like JSON: write CSV"},
}

const (
	hdf5Magic = "\x89HDF\r\n\x1a\n"
	gzipMagic = "\x1f\x8b"
	zipMagic  = "PK"
)

// recognise finds the format by the first bytes.
func (f *File) recognise() error {
	head, err := f.head(io.NewSectionReader(f.file, 0, f.size))
	if err != nil {
		return err
	}
	if f.gzip = strings.HasPrefix(head, gzipMagic); f.gzip {
		unpacked, err := gzip.NewReader(io.NewSectionReader(f.file, 0, f.size))
		if err != nil {
			return err
		}
		if head, err = f.head(unpacked); err != nil {
			return err
		}
	}
	f.Format, f.other = formatOf(head)
	if f.gzip && (f.Format == Npz || f.Format == HDF5) {
		f.Format, f.other = other, "like an archive within a gzip archive: unpack it"
	}
	return nil
}

// head is how a file begins.
func (f *File) head(r io.Reader) (string, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return string(head[:n]), err
}

func formatOf(head string) (Format, string) {
	switch {
	case strings.HasPrefix(head, npyMagic):
		return Npy, ""
	case strings.HasPrefix(head, zipMagic):
		return Npz, ""
	case strings.HasPrefix(head, hdf5Magic):
		return HDF5, ""
	}
	for _, l := range looks {
		if len(head) >= l.at && strings.HasPrefix(head[l.at:], l.magic) {
			return other, l.like
		}
	}
	if strings.ContainsRune(head, 0) {
		return other, "like binary data"
	}
	return Text, ""
}

// Read reads a table: of text, of arrays of numpy's, or of SONATA's edges.
func (f *File) Read(r *Reader) *Fault {
	line, says := 0, ""
	r.rows, r.bad = 0, badRows{}
	switch f.Format {
	case Npy:
		says = f.readNpy(r)
	case Npz:
		says = f.readNpz(r)
	case HDF5:
		says = f.readTree(r)
	case other:
		says = "looks " + f.other + "; must be text, .npy, .npz or SONATA's HDF5; gzip is unpacked"
	case Text:
		line, says = f.readText(r)
	}
	switch bad := r.bad.fault(f); {
	case says != "":
		return f.fault(line, says)
	case bad != nil:
		return bad
	case f.size == 0:
		return f.empty("is empty: must hold " + r.Kind.rows)
	case r.rows == 0:
		return f.empty("holds no " + r.Kind.rows)
	}
	return nil
}

func (f *File) empty(says string) *Fault { return &Fault{Path: f.Path, Says: says, Empty: true} }

// content is what a file holds, unpacked.
func (f *File) content() (io.Reader, error) {
	var r io.Reader = io.NewSectionReader(f.file, 0, f.size)
	if !f.gzip {
		return r, nil
	}
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	return &bounded{unpacked, f.mostUnpacked()}, nil
}

// mostUnpacked is how much of a compressed file is read: a small one may be made to fill any memory. Columns of numbers are packed
// to a tenth or so; of an archive some may be constant, not all.
func (f *File) mostUnpacked() int64 { return min(f.most, max(1<<24, mostPacked*f.size)) }

const (
	mostPacked  = 100
	mustBeFewer = "unpacks to more than 100 times its size: must be unpacked before, if it is meant so"
)

// bounded fails where more is read than is left: a small archive may hold much.
type bounded struct {
	from io.Reader
	left int64
}

var errTooLong = errors.New(mustBeFewer)

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}
