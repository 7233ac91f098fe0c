//go:build cgo && !nogl

package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"runtime"
	"strings"
	"time"

	"einet/network"

	"github.com/go-gl/gl/v4.3-core/gl"
	"github.com/go-gl/glfw/v3.3/glfw"
)

// Built tells whether this build can open a window.
const Built = true

// A window shows what a player plays.
type window struct {
	glfw    *glfw.Window
	painter *painter
	canvas  canvas
	player  *player
	o       Options
	help    bool
	save    bool // after the next frame
	quit    bool

	counted time.Time // when numbers were computed
	numbers Numbers
	frames  int // since then
	rate    float64
}

// View opens a window in which the network is simulated, and returns when it is closed or, with its error, ctx ends. It must be called on the main thread
// where the system wants that of windows.
func View(ctx context.Context, net *network.Network, o Options) (err error) {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && runtime.GOOS == "linux" {
		return fmt.Errorf("%w: there is no display (DISPLAY is not set)", ErrNoWindow)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w := &window{o: o, player: newPlayer()}
	defer glfw.Terminate() // no engine has a context of GLFW any more
	if err := w.open(net); err != nil {
		return fmt.Errorf("%w: %s", ErrNoWindow, strings.TrimSpace(err.Error()))
	}
	defer w.glfw.Destroy()
	playing, cancel := context.WithCancel(ctx)
	defer cancel()
	go w.player.play(playing, net, o)
	err = w.loop(playing)
	cancel()
	<-w.player.ended
	if err := errors.Join(err, w.player.err); err != nil {
		return err
	}
	return ctx.Err()
}

// open opens the window.
func (w *window) open(net *network.Network) (err error) {
	defer func() { // go-gl panics on what it does not expect
		if p := recover(); p != nil {
			err = fmt.Errorf("glfw: %v", p)
		}
	}()
	if err := initialise(); err != nil {
		return err
	}
	glfw.DefaultWindowHints()
	glfw.WindowHint(glfw.ContextVersionMajor, 4)
	glfw.WindowHint(glfw.ContextVersionMinor, 3)
	glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
	glfw.WindowHint(glfw.ScaleToMonitor, glfw.True)
	title := "einet view " + net.Name
	if w.glfw, err = glfw.CreateWindow(firstWidth, firstHeight, title, nil, nil); err != nil {
		return err
	}
	if w.glfw == nil {
		return errors.New("glfw gives no window")
	}
	w.glfw.SetSizeLimits(leastWidth, leastHeight, glfw.DontCare, glfw.DontCare)
	w.glfw.MakeContextCurrent()
	glfw.SwapInterval(1)
	if err := gl.InitWithProcAddrFunc(glfw.GetProcAddress); err != nil {
		return err
	}
	if w.painter, err = newPainter(); err != nil {
		return err
	}
	w.glfw.SetKeyCallback(func(_ *glfw.Window, key glfw.Key, _ int, action glfw.Action, _ glfw.ModifierKey) { w.key(key, action) })
	w.glfw.SetCharCallback(func(_ *glfw.Window, char rune) { w.char(char) })
	w.o.Title = net.Name
	return nil
}

// key hears keys that are no characters.
func (w *window) key(key glfw.Key, action glfw.Action) {
	if action == glfw.Release {
		return
	}
	switch key {
	case glfw.KeyRight:
		w.player.press(command{key: KeyStep})
	case glfw.KeyUp:
		w.player.press(command{key: KeyMoreInput})
	case glfw.KeyDown:
		w.player.press(command{key: KeyLessInput})
	case glfw.KeyEscape:
		w.quit = true
	}
}

// keyOf are the keys that are characters, on whatever keyboard.
var keyOf = map[rune]Key{
	' ': KeyPause, '+': KeyFaster, '=': KeyFaster, '-': KeySlower, 'g': KeyLessInhibition, 'G': KeyMoreInhibition,
	'p': KeyKick, 'l': KeyLose, 'r': KeyRestart, 'n': KeyNext,
}

// char hears characters.
func (w *window) char(char rune) {
	switch char {
	case 'h':
		w.help = !w.help
	case 's':
		w.save = true
	case 'q':
		w.quit = true
	default:
		if k, ok := keyOf[char]; ok {
			w.player.press(command{key: k})
		}
	}
}

// loop draws until the window is closed or what is simulated ends.
func (w *window) loop(ctx context.Context) error {
	last := time.Now()
	for !w.quit && !w.glfw.ShouldClose() && ctx.Err() == nil {
		select {
		case <-w.player.ended:
			return nil // its error says why
		default:
		}
		width, height := w.glfw.GetFramebufferSize()
		if width > 0 && height > 0 {
			if err := w.compose(width, height); err != nil {
				return err
			}
			w.painter.paint(&w.canvas, width, height)
			if w.save {
				w.save = false
				if err := w.picture(width, height); err != nil {
					return err
				}
			}
			w.glfw.SwapBuffers()
		}
		w.player.late(time.Since(last))
		if left := frameTime - time.Since(last); left > time.Millisecond {
			glfw.WaitEventsTimeout(left.Seconds())
			for left = frameTime - time.Since(last); left > time.Millisecond; left = frameTime - time.Since(last) {
				glfw.WaitEventsTimeout(left.Seconds()) // an event has ended the wait
			}
		} else {
			glfw.PollEvents()
		}
		last = time.Now()
	}
	return nil
}

// compose makes the canvas what is to be seen in so many pixels.
func (w *window) compose(width, height int) error {
	scale, _ := w.glfw.GetContentScale()
	scale = max(scale, 0.5)
	c := &w.canvas
	if c.letters == nil || c.scale != scale {
		letters, err := newTypesetter(float64(scale))
		if err != nil {
			return err
		}
		c.letters, c.scale = letters, scale
	}
	c.clear()
	c.width, c.height = float32(width)/scale, float32(height)/scale
	f := frame{canvas: c, title: "einet view " + w.o.Title, help: w.help}
	p := w.player
	p.mu.Lock()
	f.stage, f.speed, f.real, f.paused = p.stage, speeds[p.speed], p.real, p.paused
	if time.Since(p.said) < messageTime {
		f.message = p.message
	}
	if p.failed != nil {
		f.message = p.failed.Error() + " – r restarts"
	}
	session := p.session
	p.mu.Unlock()
	due := time.Since(w.counted) > 250*time.Millisecond
	if w.frames++; due {
		w.rate = float64(w.frames) / time.Since(w.counted).Seconds()
		w.frames, w.counted = 0, time.Now()
	}
	f.frames = w.rate
	if session != nil {
		f.scope = session.Scope
		f.scope.mu.Lock()
		defer f.scope.mu.Unlock()
		if due || w.numbers.Rates == nil {
			w.numbers = f.scope.numbers()
		}
		f.numbers = w.numbers
	}
	f.draw()
	return nil
}

// picture has the session saved with what was painted.
func (w *window) picture(width, height int) error {
	pixels := image.NewNRGBA(image.Rect(0, 0, width, height))
	gl.PixelStorei(gl.PACK_ALIGNMENT, 1)
	gl.ReadPixels(0, 0, int32(width), int32(height), gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(pixels.Pix))
	row := make([]byte, pixels.Stride)
	for a, b := 0, height-1; a < b; a, b = a+1, b-1 { // OpenGL's first row is the lowest
		top, bottom := pixels.Pix[a*pixels.Stride:][:pixels.Stride], pixels.Pix[b*pixels.Stride:][:pixels.Stride]
		copy(row, top)
		copy(top, bottom)
		copy(bottom, row)
	}
	for i := 3; i < len(pixels.Pix); i += 4 {
		pixels.Pix[i] = 255
	}
	var file bytes.Buffer
	if err := png.Encode(&file, pixels); err != nil {
		return err
	}
	w.player.press(command{key: keySave, picture: file.Bytes()})
	return nil
}
