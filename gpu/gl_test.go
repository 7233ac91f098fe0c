//go:build cgo && !nogl

package gpu

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"einet/enginetest"
	"einet/network"
	"einet/shaders"

	"github.com/stretchr/testify/require"
)

// missing skips a test that needs GL, or fails it where GL is required.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("EINET_REQUIRE_GL") == "1" {
		t.Fatalf("EINET_REQUIRE_GL=1: "+format, args...)
	}
	t.Skipf(format, args...)
}

// open opens a device for the length of a test.
func open(t *testing.T, selector string) *Context {
	t.Helper()
	c, err := Open(selector)
	if err != nil {
		missing(t, "no device %q: %v", selector, err)
	}
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// onEach runs a test on each of Mesa's software drivers and on the hardware
// there is. Mesa's software drivers are part of what `make test` installs.
func onEach(t *testing.T, f func(t *testing.T, c *Context)) {
	devices, err := Devices()
	if len(devices) == 0 {
		missing(t, "%v", err)
	}
	for _, d := range devices {
		name, _, _ := strings.Cut(d.Renderer, " ")
		t.Run(name, func(t *testing.T) {
			c, err := openDriver(found.drivers[d.Index])
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, c.Close()) })
			f(t, c)
		})
	}
}

// dealt are those of some networks on which a driver in software is held to the reference: such drivers share them out, as each has every
// kernel of each form. The tag long gives all to each. Hardware takes all.
func dealt(t *testing.T, c *Context, networks []*network.Network) (some []*network.Network) {
	t.Helper()
	devices, err := Devices()
	require.NoError(t, err)
	var software []int
	for _, d := range devices {
		if d.Software {
			software = append(software, d.Index)
		}
	}
	place := slices.Index(software, c.Device().Index)
	if place < 0 || allOnEach {
		return networks
	}
	for i, n := range networks {
		if i%len(software) == place {
			some = append(some, n)
		}
	}
	return some
}

// conforms is the conformance suite on those networks.
func conforms(t *testing.T, c *Context, make enginetest.Factory) {
	enginetest.RunOn(t, dealt(t, c, enginetest.Networks()), make)
	enginetest.AtLimits(t, make)
}

// compileAdd compiles testdata's kernel that adds 1 to each value.
func compileAdd(t *testing.T, c *Context, defines shaders.Defines) *Program {
	t.Helper()
	source, err := shaders.LoadFS(os.DirFS("../shaders/testdata"), "add.comp", defines)
	require.NoError(t, err)
	p, err := Compile(c, source)
	require.NoError(t, err)
	return p
}

func addOne(t *testing.T, c *Context) *Program {
	return compileAdd(t, c, shaders.Defines{"GROUP": 64, "ADDEND": "1u"})
}

// sequence is first, first+1, ...: values that show where they belong.
func sequence(first uint32, n int) []uint32 {
	s := make([]uint32, n)
	for i := range s {
		s[i] = first + uint32(i)
	}
	return s
}

func read(t *testing.T, b *Buffer[uint32]) []uint32 {
	t.Helper()
	out := make([]uint32, b.Len())
	require.NoError(t, b.Read(0, out))
	return out
}

func TestProgramAddsOne(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		p := addOne(t, c)
		require.Equal(t, [3]int{64, 1, 1}, p.Local())
		require.Equal(t, 2, p.Groups(65))
		b, err := NewBufferFrom(c, "values", sequence(7, 1000))
		require.NoError(t, err)
		require.NoError(t, c.Do(func() error { // ten dispatches, each on what the last one wrote
			if err := b.Bind(0); err != nil {
				return err
			}
			for range 10 {
				if err := p.Dispatch(p.Groups(b.Len()), 1, 1); err != nil {
					return err
				}
			}
			return c.Check("ten dispatches")
		}))
		require.Equal(t, sequence(17, 1000), read(t, b))
	})
}

func TestDispatchTouchesOnlyTheBoundRange(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		p := addOne(t, c)
		align := max(c.Device().Limits.StorageAlign/4, 1)
		n := 4 * align
		b, err := NewBufferFrom(c, "values", sequence(0, n))
		require.NoError(t, err)
		require.NoError(t, b.BindRange(0, align, 2*align))
		require.NoError(t, p.Dispatch(p.Groups(n), 1, 1))
		want := sequence(0, n)
		for i := align; i < 3*align; i++ {
			want[i]++
		}
		require.Equal(t, want, read(t, b))
		if align > 1 {
			require.ErrorContains(t, b.BindRange(0, 1, align), "multiples of")
		}
	})
}

func TestDispatchIndirectTakesItsCountFromTheDevice(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		p := addOne(t, c)
		// The count itself is written by a dispatch: {9, 9, 1, 0, 0} + 1.
		counts, err := NewBufferFrom(c, "counts", []uint32{9, 9, 1, 0, 0})
		require.NoError(t, err)
		values, err := NewBuffer[uint32](c, "values", 256)
		require.NoError(t, err)
		require.NoError(t, counts.Bind(0))
		require.NoError(t, p.Dispatch(1, 1, 1))
		require.NoError(t, values.Bind(0))
		require.NoError(t, p.DispatchIndirect(counts, 8))
		got := read(t, values)
		for i, v := range got {
			require.Equal(t, i < 128, v == 1, "value %d is %d: two groups of 64 were due", i, v)
		}
		require.ErrorContains(t, p.DispatchIndirect(counts, 12), `byte 12 of buffer "counts"`)
		require.ErrorContains(t, p.DispatchIndirect(counts, 3), "byte 3")
	})
}

func TestDispatchRefusesTooManyGroups(t *testing.T) {
	c := open(t, "")
	p := addOne(t, c)
	err := p.Dispatch(c.Device().Limits.MaxWorkGroupCount[0]+1, 1, 1)
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, "add.comp: ")
	require.Error(t, p.Dispatch(1, -1, 1))
}

func TestCompileErrorNamesFileAndLine(t *testing.T) {
	fsys := os.DirFS("../shaders/testdata")
	onEach(t, func(t *testing.T, c *Context) {
		source, err := shaders.LoadFS(fsys, "add.comp", shaders.Defines{"GROUP": 64, "ADDEND": "nonsense"})
		require.NoError(t, err)
		_, err = Compile(c, source)
		require.ErrorContains(t, err, "shaders/add.comp:13:")
		require.ErrorContains(t, err, "nonsense")
		source.Text = strings.Replace(source.Text, "return gl_", "return xl_", 1)
		_, err = Compile(c, source)
		require.ErrorContains(t, err, "shaders/include/index.glsl:3:")
	})
}

func TestFenceAndTimer(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		p := addOne(t, c)
		b, err := NewBuffer[uint32](c, "values", 1<<16)
		require.NoError(t, err)
		require.NoError(t, b.Bind(0))
		timer, err := c.NewTimer()
		require.NoError(t, err)
		defer timer.Delete()
		began := time.Now()
		require.NoError(t, timer.Start())
		for range 20 {
			require.NoError(t, p.Dispatch(p.Groups(b.Len()), 1, 1))
		}
		require.NoError(t, timer.Stop())
		fence, err := c.Fence()
		require.NoError(t, err)
		defer fence.Delete()
		require.NoError(t, fence.Wait(context.Background()))
		done, err := fence.Done()
		require.NoError(t, err)
		require.True(t, done)
		elapsed, err := timer.Elapsed()
		require.NoError(t, err)
		require.Positive(t, elapsed)
		require.Less(t, elapsed, time.Since(began)+time.Second)
	})
}

// A build without GL still knows the API and says why nothing is there.
func TestBuildsWithoutGL(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the package twice")
	}
	for _, mode := range [][]string{{"CGO_ENABLED=0"}, {"GOFLAGS=-tags=nogl"}} {
		cmd := exec.Command("go", "vet", ".")
		cmd.Env = append(os.Environ(), mode...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", mode, out)
	}
}
