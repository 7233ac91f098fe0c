//go:build cgo && !nogl

package live

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"einet/engines"
	"einet/experiment"
	"einet/record"

	"github.com/stretchr/testify/require"
)

// missing skips a test that needs a display, or fails it where OpenGL is required.
func missing(t *testing.T, what string) {
	if os.Getenv("EINET_REQUIRE_GL") == "1" {
		t.Fatalf("EINET_REQUIRE_GL=1: no %s", what)
	}
	t.Skipf("no %s", what)
}

// display starts an X server for the length of the test.
func display(t *testing.T) {
	for _, program := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, program)
		}
	}
	server := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp")
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		require.NoError(t, server.Process.Signal(os.Interrupt))
		_ = server.Wait() // how it ends does not matter
	})
	number, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
}

// A user looks at a window and presses keys.
type user struct {
	t      *testing.T
	window string // as xdotool knows it
	dir    string // where it saves
	saved  time.Time
}

func (u *user) xdotool(args ...string) string {
	out, err := exec.Command("xdotool", args...).CombinedOutput()
	require.NoError(u.t, err, "%s", out)
	return strings.TrimSpace(string(out))
}

// find waits for the window.
func (u *user) find() {
	require.Eventually(u.t, func() bool {
		out, err := exec.Command("xdotool", "search", "--name", "^einet view").Output()
		u.window = strings.TrimSpace(string(out))
		return err == nil && u.window != ""
	}, 60*time.Second, 50*time.Millisecond)
}

func (u *user) press(keys ...string) {
	u.xdotool(append([]string{"key", "--window", u.window}, keys...)...)
}

// look saves and returns the picture.
func (u *user) look() *image.NRGBA {
	u.press("s")
	path := filepath.Join(u.dir, "view.png")
	require.Eventually(u.t, func() bool {
		info, err := os.Stat(path)
		return err == nil && info.ModTime().After(u.saved)
	}, 60*time.Second, 20*time.Millisecond)
	info, err := os.Stat(path)
	require.NoError(u.t, err)
	u.saved = info.ModTime()
	data, err := os.ReadFile(path)
	require.NoError(u.t, err)
	p, err := png.Decode(bytes.NewReader(data))
	require.NoError(u.t, err)
	picture := image.NewNRGBA(p.Bounds())
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			picture.Set(x, y, p.At(x, y))
		}
	}
	return picture
}

// near tells whether a pixel has about a colour.
func near(p color.NRGBA, c rgba) bool {
	const off = 40
	d := func(a uint8, b float32) bool { return max(float32(a)-255*b, 255*b-float32(a)) < off }
	return d(p.R, c.r) && d(p.G, c.g) && d(p.B, c.b)
}

// of counts pixels of a colour in a part of a picture, and says where they are on average, from 0 at its top to 1.
func of(p *image.NRGBA, r rect, c rgba) (n int, height float64) {
	for y := int(r.y); y < int(r.y+r.h); y++ {
		for x := int(r.x); x < int(r.x+r.w); x++ {
			if near(p.NRGBAAt(x, y), c) {
				n++
				height += float64(float32(y)-r.y) / float64(r.h)
			}
		}
	}
	return n, height / float64(max(n, 1))
}

// written tells whether a picture has a text there: each pixel that is wholly a glyph's has the colour, and none about it has.
func written(t testing.TB, p *image.NRGBA, x, y float32, f face, c rgba, text string) bool {
	letters, err := newTypesetter(1)
	require.NoError(t, err)
	canvas := &canvas{scale: 1, letters: letters}
	canvas.text(x, y, f, c, left, text)
	for _, q := range canvas.layers[0].text {
		for dy := range int(q.qy - q.py) {
			for dx := range int(q.qx - q.px) {
				a := letters.atlas.AlphaAt(int(q.ux)+dx, int(q.uy)+dy).A
				is := near(p.NRGBAAt(int(q.px)+dx, int(q.py)+dy), c)
				if a > 250 && !is || a == 0 && is {
					return false
				}
			}
		}
	}
	return true
}

// faults says what is wrong with a picture of a running network ei.
func faults(t testing.TB, p *image.NRGBA, numberLines int) (found []string) {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	at := arrange(float32(w), float32(h), numberLines)
	want := func(holds bool, fault string) {
		if !holds {
			found = append(found, fault)
		}
	}
	many := func(what string, r rect, c rgba, least int) float64 {
		n, height := of(p, r, c)
		want(n >= least, fmt.Sprintf("%s: %d pixels instead of %d or more", what, n, least))
		return height
	}
	title := func(r rect, text string) {
		want(written(t, p, r.x+12, r.y+18, bold, ink, text), "no title "+text)
	}
	title(at.raster, "Spikes of 400 neurons, every 5th of 2000")
	in := at.raster.inset(62, 28, 14, 10)
	upper, lower := rect{in.x, in.y, in.w, in.h * 0.19}, rect{in.x, in.y + in.h*0.21, in.w, in.h * 0.79}
	many("spikes of I", upper, vermillion, 200)
	many("spikes of E", lower, blue, 300)
	none, _ := of(p, upper, blue)
	want(none == 0, "spikes of E among I")
	none, _ = of(p, lower, vermillion)
	want(none == 0, "spikes of I among E")

	title(at.rates, "Population rates [Hz]")
	rates := at.rates.inset(62, 28, 14, 10)
	want(many("rate of I", rates, vermillion, 200) < many("rate of E", rates, blue, 200), "I does not fire more than E")

	if at.inputs.w > 0 {
		title(at.inputs, "Input of neuron E 0 [mV]")
		inputs := at.inputs.inset(62, 28, 14, 36)
		exc, net, inh := many("excitatory input", inputs, blue, 200), many("net input", inputs, netColor, 200), many("inhibitory input", inputs, vermillion, 200)
		want(exc < net && net < inh, "inputs are not excitatory, net, inhibitory from top to bottom")
		many("threshold of inputs", inputs, green, 50)
	}
	if at.potentials.w > 0 {
		title(at.potentials, "Membrane potentials")
		potentials := at.potentials.inset(16, 42, 16, 36)
		many("potentials of E", potentials, blue, 100)
		many("potentials of I", potentials, vermillion, 100)
		many("threshold of potentials", potentials, green, 30)
	}
	title(at.numbers, "Now")
	many("numbers", at.numbers.inset(100, 24, 0, 0), ink, 100)
	return found
}

// differs counts the pixels in which two pictures differ.
func differs(a, b *image.NRGBA, r rect) (n int) {
	for y := int(r.y); y < int(r.y+r.h); y++ {
		for x := int(r.x); x < int(r.x+r.w); x++ {
			if a.NRGBAAt(x, y) != b.NRGBAAt(x, y) {
				n++
			}
		}
	}
	return n
}

// The window as a user has it: what it shows, the keys, the log, and that it closes.
func TestWindow(t *testing.T) {
	display(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	net := load(t, "ei", 0.2)
	u := &user{t: t, dir: filepath.Join(t.TempDir(), "view")}
	o := Options{Choice: engines.Choice{Engine: engines.CPU.Name, Threads: 1}, OpenGL: engines.InProcess, Tell: func(string, ...any) {}, Out: u.dir}
	ended := make(chan error, 1)
	closed := make(chan bool)
	go func() { ended <- View(ctx, net, o); close(closed) }()
	defer func() { cancel(); <-closed }() // before the display goes
	u.find()
	u.press("plus", "plus", "plus", "plus")

	const lines = 7
	at := arrange(firstWidth, firstHeight, lines)
	var first *image.NRGBA
	require.Eventually(t, func() bool { // until the start has scrolled away
		first = u.look()
		return len(faults(t, first, lines)) == 0
	}, 100*time.Second, 300*time.Millisecond, "%s", u.dir)
	second := u.look()
	for name, r := range at.all() {
		require.NotZero(t, differs(first, second, r), "%s is frozen", name)
	}

	u.press("space")
	again := u.look()
	require.Eventually(t, func() bool { // when all that was under way is drawn
		before := again
		again = u.look()
		moving := false
		for _, r := range at.all() {
			moving = moving || differs(before, again, r) > 0
		}
		return !moving
	}, 20*time.Second, 300*time.Millisecond, "nothing moves while it is paused")
	u.press("Right", "Right", "Right")
	require.NotZero(t, differs(again, u.look(), at.numbers), "a step is seen")
	u.press("h")
	helped := u.look()
	n, _ := of(helped, rect{firstWidth/2 - 270, 150, 90, 450}, yellow)
	require.Greater(t, n, 200, "keys of the help")
	u.press("h", "space", "l")
	require.Eventually(t, func() bool {
		n, _ := of(u.look(), at.raster.inset(62, 28, 14, 10), onlySecond)
		return n > 50
	}, 60*time.Second, 100*time.Millisecond, "the difference is drawn")
	u.press("l", "Up", "G", "p", "n")
	u.xdotool("windowsize", u.window, "640", "400")
	small := u.look()
	require.Equal(t, image.Pt(640, 400), small.Bounds().Size())
	require.Empty(t, arrange(640, 400, 9).inputs)
	p := arrange(640, 400, 9).raster
	for _, c := range []rgba{blue, vermillion} {
		n, _ := of(small, p, c)
		require.Greater(t, n, 100)
	}
	_ = exec.Command("xdotool", "key", "--window", u.window, "q").Run() // the window may be gone before the key is up
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(60 * time.Second):
		t.Fatal("the window does not close")
	}

	log, err := record.ReadLog(filepath.Join(u.dir, experiment.EventsFile))
	require.NoError(t, err)
	require.Len(t, log.Changes, 3)
	require.Len(t, log.Lost, 1)
	net.Duration = float64(log.Steps) * net.Dt
	summary, err := experiment.Run(t.Context(), net, experiment.Options{
		Choice: engines.Choice{Engine: engines.CPU.Name}, Out: filepath.Join(t.TempDir(), "run"), NoFigures: true, Replay: log,
	})
	require.NoError(t, err)
	require.Equal(t, log.Digest, summary.Digest)

	t.Run("controls", func(t *testing.T) { controls(t, first, at, lines) })
}

// controls are pictures that are wrong, in which faults must be found.
func controls(t *testing.T, whole *image.NRGBA, at panels, lines int) {
	copyOf := func() *image.NRGBA {
		p := image.NewNRGBA(whole.Rect)
		copy(p.Pix, whole.Pix)
		return p
	}
	require.Empty(t, faults(t, copyOf(), lines))
	for name, r := range at.all() {
		p := copyOf()
		for y := int(r.y) + 24; y < int(r.y+r.h); y++ {
			for x := int(r.x); x < int(r.x+r.w); x++ {
				p.SetNRGBA(x, y, color.NRGBA{0x15, 0x1b, 0x23, 0xff})
			}
		}
		require.NotEmpty(t, faults(t, p, lines), "%s is empty", name)
		p = copyOf()
		for y := int(r.y); y < int(r.y+r.h); y++ {
			for x := int(r.x); x < int(r.x+r.w); x++ {
				c := p.NRGBAAt(x, y)
				p.SetNRGBA(x, y, color.NRGBA{c.B, c.G, c.R, 0xff})
			}
		}
		if name != "numbers" && name != "potentials" { // in which the colours only stand for themselves
			require.NotEmpty(t, faults(t, p, lines), "%s has its colours exchanged", name)
		}
		require.False(t, written(t, whole, r.x+12, r.y+18, bold, ink, "Membrane rates"), name)
	}
}

// Without a display there is one line.
func TestNoDisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	err := View(t.Context(), load(t, "ei", 0.1), Options{})
	require.ErrorIs(t, err, ErrNoWindow)
	require.ErrorContains(t, err, "there is no display")
	t.Setenv("DISPLAY", ":9876")
	err = View(t.Context(), load(t, "ei", 0.1), Options{})
	require.ErrorIs(t, err, ErrNoWindow)
	require.EqualError(t, err, "no window opens: X11: Failed to open display :9876")
}
