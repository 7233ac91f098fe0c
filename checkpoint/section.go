package checkpoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// A Section is one that is being written, or read: the same calls, in the same order, do both, so that what has a state keeps it with
// one function. After an error they do nothing.
type Section struct {
	name  string
	out   *bufio.Writer // nil: it is read
	in    *bufio.Reader
	buf   []byte // of the frame
	at    int    // of it that was read
	sum   uint32 // of the name and all frames so far
	ended bool   // the last frame was read
	err   error
}

// Reading tells whether the section is read.
func (s *Section) Reading() bool { return s.in != nil }

// Err is the first error.
func (s *Section) Err() error { return s.err }

// Fail makes err the section's error, unless it has one.
func (s *Section) Fail(err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("section %s: %w", s.name, err)
	}
}

// frame writes what waits: its length, the bytes and the sum of all so far.
func (s *Section) frame() {
	s.sum = crc32.Update(s.sum, table, s.buf)
	var word [4]byte
	binary.LittleEndian.PutUint32(word[:], uint32(len(s.buf)))
	_, _ = s.out.Write(word[:]) // a bufio.Writer keeps its error
	_, _ = s.out.Write(s.buf)
	binary.LittleEndian.PutUint32(word[:], s.sum)
	_, err := s.out.Write(word[:])
	s.Fail(err)
	s.buf = s.buf[:0]
}

func (s *Section) flush() {
	if len(s.buf) > 0 && s.err == nil {
		s.frame()
	}
}

// next reads a frame. It is false where there is none.
func (s *Section) next() bool {
	if s.err != nil || s.ended {
		return false
	}
	var word [4]byte
	if _, err := io.ReadFull(s.in, word[:]); err != nil {
		s.Fail(errCut)
		return false
	}
	n := binary.LittleEndian.Uint32(word[:])
	if n > frameSize {
		s.Fail(fmt.Errorf("is damaged: %d bytes in a piece, there are at most %d", n, frameSize))
		return false
	}
	if cap(s.buf) < int(n) {
		s.buf = make([]byte, frameSize)
	}
	s.buf, s.at = s.buf[:n], 0
	if _, err := io.ReadFull(s.in, s.buf); err != nil {
		s.Fail(errCut)
		return false
	}
	if _, err := io.ReadFull(s.in, word[:]); err != nil {
		s.Fail(errCut)
		return false
	}
	s.sum = crc32.Update(s.sum, table, s.buf)
	if sum := binary.LittleEndian.Uint32(word[:]); sum != s.sum {
		s.Fail(fmt.Errorf("is damaged: its sum is %08x, and %08x is written", s.sum, sum))
		return false
	}
	s.ended = n == 0
	return n > 0
}

// bytes writes or reads all of p.
func (s *Section) bytes(p []byte) {
	for len(p) > 0 && s.err == nil {
		if s.out != nil {
			n := min(len(p), frameSize-len(s.buf))
			s.buf, p = append(s.buf, p[:n]...), p[n:]
			if len(s.buf) == frameSize {
				s.frame()
			}
			continue
		}
		if s.at == len(s.buf) && !s.next() {
			s.Fail(errors.New("holds less than it should"))
			return
		}
		n := copy(p, s.buf[s.at:])
		s.at, p = s.at+n, p[n:]
	}
}

// Uint32 keeps numbers.
func (s *Section) Uint32(list ...*uint32) {
	var b [4]byte
	for _, p := range list {
		binary.LittleEndian.PutUint32(b[:], *p)
		if s.bytes(b[:]); s.in != nil && s.err == nil {
			*p = binary.LittleEndian.Uint32(b[:])
		}
	}
}

// Uint64 keeps numbers.
func (s *Section) Uint64(list ...*uint64) {
	var b [8]byte
	for _, p := range list {
		binary.LittleEndian.PutUint64(b[:], *p)
		if s.bytes(b[:]); s.in != nil && s.err == nil {
			*p = binary.LittleEndian.Uint64(b[:])
		}
	}
}

// Int64 keeps numbers.
func (s *Section) Int64(list ...*int64) {
	for _, p := range list {
		x := uint64(*p)
		s.Uint64(&x)
		*p = int64(x)
	}
}

// Float64 keeps numbers, to the bit.
func (s *Section) Float64(list ...*float64) {
	for _, p := range list {
		x := math.Float64bits(*p)
		s.Uint64(&x)
		*p = math.Float64frombits(x)
	}
}

// Float32 keeps numbers, to the bit.
func (s *Section) Float32(list ...*float32) {
	for _, p := range list {
		x := math.Float32bits(*p)
		s.Uint32(&x)
		*p = math.Float32frombits(x)
	}
}

// Words keeps numbers of which it is known how many there are.
func (s *Section) Words(words []uint32) {
	const atOnce = 1 << 10
	var b [4 * atOnce]byte
	for len(words) > 0 && s.err == nil {
		some := words[:min(atOnce, len(words))]
		if s.out != nil {
			for i, w := range some {
				binary.LittleEndian.PutUint32(b[4*i:], w)
			}
		}
		s.bytes(b[:4*len(some)])
		if s.in != nil && s.err == nil {
			for i := range some {
				some[i] = binary.LittleEndian.Uint32(b[4*i:])
			}
		}
		words = words[len(some):]
	}
}

// Bytes keeps bytes, and how many.
func (s *Section) Bytes(p *[]byte) {
	n := uint64(len(*p))
	if s.Uint64(&n); s.out != nil {
		s.bytes(*p)
		return
	}
	*p = (*p)[:0]
	for n > 0 && s.err == nil { // no more memory than there are bytes
		some := int(min(n, frameSize))
		*p = append(*p, make([]byte, some)...)
		s.bytes((*p)[len(*p)-some:])
		n -= uint64(some)
	}
}

// String keeps a text.
func (s *Section) String(p *string) {
	b := []byte(*p)
	s.Bytes(&b)
	*p = string(b)
}

// Every keeps elements of a list that has as many when it is read.
func Every[T any](s *Section, list []T, keep func(*T)) {
	n := uint64(len(list))
	s.Uint64(&n)
	if n != uint64(len(list)) {
		s.Fail(fmt.Errorf("%d of what there are %d", n, len(list)))
	}
	for i := range list {
		if s.err != nil {
			return
		}
		keep(&list[i])
	}
}

// List keeps a list of any length.
func List[T any](s *Section, list *[]T, keep func(*T)) {
	n := uint64(len(*list))
	if s.Uint64(&n); s.out != nil {
		for i := range *list {
			keep(&(*list)[i])
		}
		return
	}
	*list = (*list)[:0]
	for ; n > 0 && s.err == nil; n-- { // no more memory than there are bytes
		var x T
		keep(&x)
		*list = append(*list, x)
	}
}
