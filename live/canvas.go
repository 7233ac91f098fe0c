package live

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A rgb colour, with its opacity.
type rgba struct{ r, g, b, a float32 }

func hex(x uint32) rgba {
	return rgba{float32(x>>16) / 255, float32(x>>8&0xff) / 255, float32(x&0xff) / 255, 1}
}

// at is the colour with that opacity.
func (c rgba) at(a float32) rgba { c.a = a; return c }

// A quad is what the shaders draw, in pixels: a rectangle from p to q, or a line of that width between them, or
// the part of the atlas from u to v.
type quad struct {
	px, py, qx, qy float32
	ux, uy, vx, vy float32
	color          rgba
	width          float32 // of a line; 0 of a rectangle
}

// A layer is quads that are drawn together: shapes, and the text on them.
type layer struct{ shapes, text []quad }

// A canvas gathers the quads of a frame. Its unit is the point, of which there are scale pixels.
type canvas struct {
	width, height, scale float32
	layers               [2]layer // what is below, and the help above it
	over                 int      // the layer that is drawn into
	letters              *typesetter
}

// A rect is a part of the canvas.
type rect struct{ x, y, w, h float32 }

func (r rect) inset(left, top, right, bottom float32) rect {
	return rect{r.x + left, r.y + top, r.w - left - right, r.h - top - bottom}
}

// clear makes the canvas empty.
func (c *canvas) clear() {
	for i := range c.layers {
		c.layers[i].shapes, c.layers[i].text = c.layers[i].shapes[:0], c.layers[i].text[:0]
	}
	c.over = 0
}

func (c *canvas) shape(q quad) { c.layers[c.over].shapes = append(c.layers[c.over].shapes, q) }

// snap is the nearest edge of a pixel.
func (c *canvas) snap(x float32) float32 { return float32(math.Round(float64(x * c.scale))) }

// fill draws a rectangle, with sharp edges, of at least a pixel.
func (c *canvas) fill(r rect, color rgba) {
	q := quad{px: c.snap(r.x), py: c.snap(r.y), qx: c.snap(r.x + r.w), qy: c.snap(r.y + r.h), color: color}
	q.qx, q.qy = max(q.qx, q.px+1), max(q.qy, q.py+1)
	c.shape(q)
}

// spot draws a rectangle whose size is whole pixels, at least one.
func (c *canvas) spot(x, y, w, h float32, color rgba) {
	px, py := c.snap(x), c.snap(y)
	c.shape(quad{px: px, py: py, qx: px + max(1, c.snap(w)), qy: py + max(1, c.snap(h)), color: color})
}

// line draws a line.
func (c *canvas) line(x0, y0, x1, y1, width float32, color rgba) {
	s := c.scale
	c.shape(quad{px: x0 * s, py: y0 * s, qx: x1 * s, qy: y1 * s, color: color, width: max(1, width*s)})
}

// A face is a size and weight of type.
type face int

// The faces.
const (
	small face = iota // ticks, keys
	plain             // labels
	bold              // titles
	large             // numbers
	faces
)

var faceOf = [faces]struct {
	size float64
	bold bool
}{small: {11, false}, plain: {12.5, false}, bold: {13, true}, large: {17, true}}

// An align says which part of a text is at its place.
type align int

const (
	left align = iota
	middle
	right
)

// text writes a text whose baseline begins, or is, at a place.
func (c *canvas) text(x, y float32, f face, color rgba, a align, text string) {
	pen := c.snap(x) - float32(a)/2*c.letters.width(f, text)
	pen = float32(math.Round(float64(pen)))
	base := c.snap(y)
	for _, r := range text {
		g := c.letters.glyph(f, r)
		if g.w > 0 {
			c.layers[c.over].text = append(c.layers[c.over].text, quad{
				px: pen + g.dx, py: base + g.dy, qx: pen + g.dx + g.w, qy: base + g.dy + g.h,
				ux: g.x, uy: g.y, vx: g.x + g.w, vy: g.y + g.h, color: color,
			})
		}
		pen += g.advance
	}
}

// textWidth is the width of a text in points.
func (c *canvas) textWidth(f face, text string) float32 { return c.letters.width(f, text) / c.scale }

// atlasSize is that of the texture of glyphs [pixels].
const atlasSize = 1024

// A typesetter draws the glyphs of Go's fonts at the pixels' own size, once, into an atlas.
type typesetter struct {
	faces  [faces]font.Face
	glyphs map[glyphKey]glyph
	atlas  *image.Alpha
	x, y   int // where the next glyph goes
	row    int // height of the row
	fresh  bool
}

type glyphKey struct {
	face face
	r    rune
}

// A glyph is a part of the atlas, and where it lies about the pen [pixels].
type glyph struct{ x, y, w, h, dx, dy, advance float32 }

func newTypesetter(scale float64) (*typesetter, error) {
	t := &typesetter{glyphs: map[glyphKey]glyph{}, atlas: image.NewAlpha(image.Rect(0, 0, atlasSize, atlasSize)), fresh: true}
	for k, f := range faceOf {
		source := goregular.TTF
		if f.bold {
			source = gobold.TTF
		}
		parsed, err := opentype.Parse(source)
		if err != nil {
			return nil, err
		}
		if t.faces[k], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size * scale, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// glyph is that of a character, drawn now if it was not yet.
func (t *typesetter) glyph(f face, r rune) glyph {
	key := glyphKey{f, r}
	g, ok := t.glyphs[key]
	if !ok {
		g = t.draw(f, r)
		t.glyphs[key] = g
	}
	return g
}

func (t *typesetter) draw(f face, r rune) glyph {
	to, mask, at, advance, ok := t.faces[f].Glyph(fixed.Point26_6{}, r)
	if !ok {
		return glyph{}
	}
	g := glyph{advance: float32(math.Round(float64(advance) / 64))}
	w, h := to.Dx(), to.Dy()
	if t.x+w+1 > atlasSize {
		t.x, t.y, t.row = 0, t.y+t.row+1, 0
	}
	if w == 0 || h == 0 || t.y+h > atlasSize {
		return g // a space, or there is no room for more
	}
	draw.Draw(t.atlas, image.Rect(t.x, t.y, t.x+w, t.y+h), mask, at, draw.Src)
	g.x, g.y, g.w, g.h = float32(t.x), float32(t.y), float32(w), float32(h)
	g.dx, g.dy = float32(to.Min.X), float32(to.Min.Y)
	t.x, t.row, t.fresh = t.x+w+1, max(t.row, h), true
	return g
}

// width is that of a text [pixels].
func (t *typesetter) width(f face, text string) float32 {
	w := float32(0)
	for _, r := range text {
		w += t.glyph(f, r).advance
	}
	return w
}
