package checkpoint

import (
	"bytes"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/table/readertest"
)

// all is something of every kind.
type all struct {
	a    uint32
	b    uint64
	c    int64
	d    float64
	e    float32
	text string
	raw  []byte
	word []uint32
	some []int64
	list []float64
}

func (x *all) keep(s *Section) {
	s.Uint32(&x.a)
	s.Uint64(&x.b)
	s.Int64(&x.c)
	s.Float64(&x.d)
	s.Float32(&x.e)
	s.String(&x.text)
	s.Bytes(&x.raw)
	s.Words(x.word)
	Every(s, x.some, func(n *int64) { s.Int64(n) })
	List(s, &x.list, func(f *float64) { s.Float64(f) })
}

func example() *all {
	x := &all{1, 1 << 63, -5, math.Copysign(0, -1), float32(math.Inf(1)), "text", []byte{1, 2, 3}, make([]uint32, 100_000), []int64{7, -8}, []float64{1.5, 2.5}}
	for i := range x.word { // of several frames
		x.word[i] = uint32(i * i)
	}
	return x
}

func written(t testing.TB, x *all) []byte {
	var b bytes.Buffer
	w := NewWriter(&b)
	require.NoError(t, w.Put("first", func(s *Section) { s.Uint32(&x.a) }))
	require.NoError(t, w.Put("second", x.keep))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func read(file io.Reader) (*all, error) {
	x := &all{word: make([]uint32, 100_000), some: make([]int64, 2)}
	r, err := NewReader(file)
	if err == nil {
		err = r.Get("first", func(s *Section) { s.Uint32(&x.a) })
	}
	if err == nil {
		err = r.Get("second", x.keep)
	}
	if err == nil {
		err = r.Close()
	}
	return x, err
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	want := example()
	got, err := read(bytes.NewReader(written(t, want)))
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.True(t, math.Signbit(got.d))
}

// Every bit of the file counts, and so does its length.
func TestDamageIsNoticed(t *testing.T) {
	file := written(t, example())
	for _, at := range append(make([]int, 0), 0, 5, 17, 18, 21, 22, 27, 30, 40, 60, 100, 70_000, 140_000, len(file)/2, len(file)-30, len(file)-9, len(file)-4, len(file)-1) {
		for bit := range 8 {
			wrong := bytes.Clone(file)
			wrong[at] ^= 1 << bit
			_, err := read(bytes.NewReader(wrong))
			require.Error(t, err, "byte %d, bit %d", at, bit)
		}
	}
	for n := 0; n < len(file); n += 1 + n/50 {
		_, err := read(bytes.NewReader(file[:n]))
		require.Error(t, err, "%d bytes", n)
	}
	_, err := read(bytes.NewReader(append(bytes.Clone(file), 0)))
	require.ErrorContains(t, err, "holds more than it should")
}

// What is not what the reader wants is told in one line.
func TestForeignFiles(t *testing.T) {
	file := written(t, example())
	_, err := NewReader(bytes.NewReader([]byte("PK\x03\x04 an archive of some kind")))
	require.ErrorIs(t, err, ErrForeign)
	later := bytes.Clone(file)
	later[len(magic)]++
	_, err = NewReader(bytes.NewReader(later))
	require.ErrorIs(t, err, ErrForeign)
	require.EqualError(t, err, "format 2: must be 1: can't be resumed by this einet")

	for _, k := range []struct {
		name string
		keep func(*Section)
		want string
	}{
		{"other", func(*Section) {}, `section "first": must be "other" here`},
		{"first", func(*Section) {}, "section first: holds more than it should"},
		{"first", func(s *Section) { s.Uint64(new(uint64)) }, "section first: holds less than it should"},
		{"first", func(s *Section) { Every(s, make([]int64, 3), func(n *int64) { s.Int64(n) }) }, "section first: holds less than it should"},
	} {
		r, err := NewReader(bytes.NewReader(file))
		require.NoError(t, err)
		require.EqualError(t, r.Get(k.name, k.keep), k.want)
	}
	var b bytes.Buffer
	w := NewWriter(&b)
	require.NoError(t, w.Put("list", func(s *Section) { Every(s, make([]int64, 3), func(n *int64) { s.Int64(n) }) }))
	require.NoError(t, w.Close())
	r, err := NewReader(&b)
	require.NoError(t, err)
	require.EqualError(t, r.Get("list", func(s *Section) { Every(s, make([]int64, 2), func(n *int64) { s.Int64(n) }) }), "section list: 3 of what there are 2")
}

// A disk that is full is told of.
func TestWritersErrors(t *testing.T) {
	x := example()
	for _, room := range []int{0, 10, 70_000, 400_000} {
		w := NewWriter(&small{room})
		err := w.Put("second", x.keep)
		if err == nil {
			err = w.Close()
		}
		require.ErrorIs(t, err, io.ErrShortWrite, "%d bytes", room)
	}
}

type small struct{ room int }

func (s *small) Write(p []byte) (int, error) {
	n := min(len(p), s.room)
	s.room -= n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// No file is the cause of a panic, or of more memory than it has bytes.
func FuzzReader(f *testing.F) {
	short := example()
	short.word = short.word[:0]
	var b bytes.Buffer
	w := NewWriter(&b)
	require.NoError(f, w.Put("second", short.keep))
	require.NoError(f, w.Close())
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		readertest.Bounded(t, len(file), func() { reread(t, file) })
	})
}

// reread reads a file and, where it is whole, writes it again.
func reread(t *testing.T, file []byte) {
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		return
	}
	x := &all{some: make([]int64, 2)}
	if r.Get("second", x.keep) == nil && r.Close() == nil {
		var again bytes.Buffer
		w := NewWriter(&again)
		require.NoError(t, w.Put("second", x.keep))
		require.NoError(t, w.Close())
		require.Equal(t, file, again.Bytes())
	}
	if len(x.raw) > len(file) || len(x.list) > len(file) {
		t.Fatal("more than there is")
	}
}
