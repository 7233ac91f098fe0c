//go:build cgo && !nogl

package live

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A painter draws the quads of a canvas with OpenGL, each layer by two calls: text needs the atlas, which shapes would pay for. Its vertices take what they need from a buffer by themselves:
// of instances of four vertices each, drivers that draw on the processor do ten times fewer.
type painter struct {
	shapes, text           program
	array, buffer, texture uint32
}

// A program draws shapes or text.
type program struct {
	id          uint32
	size, atlas int32 // uniforms
}

const vertexSource = `#version 430 core
layout(std430, binding = 0) readonly buffer Quads { float quads[]; }; // 13 of each
uniform vec2 size;                   // of the window [pixels]
uniform float atlas;
out vec2 at;
out float across;                    // of a line [pixels from its middle]
flat out vec4 tint;
flat out float breadth;
void main() {
    int k = gl_VertexID / 6, first = 13 * k, c = gl_VertexID - 6 * k;
    vec4 ends = vec4(quads[first], quads[first + 1], quads[first + 2], quads[first + 3]);       // of a rectangle or line [pixels]
    vec4 place = vec4(quads[first + 4], quads[first + 5], quads[first + 6], quads[first + 7]); // in the atlas [pixels]
    vec4 color = vec4(quads[first + 8], quads[first + 9], quads[first + 10], quads[first + 11]);
    float width = quads[first + 12]; // of a line
    vec2 corner = vec2(c == 1 || c == 3 || c == 4, c == 2 || c == 4 || c == 5); // two triangles
    vec2 p = mix(ends.xy, ends.zw, corner);
    across = 0.0;
    if (width > 0.0) {
        vec2 along = ends.zw - ends.xy;
        float len = length(along);
        along = len > 0.0 ? along / len : vec2(1.0, 0.0);
        float half_width = 0.5 * width + 1.0;
        across = (2.0 * corner.y - 1.0) * half_width;
        p = mix(ends.xy - 0.3 * along, ends.zw + 0.3 * along, corner.x) + across * vec2(-along.y, along.x);
    }
    at = mix(place.xy, place.zw, corner) / atlas;
    tint = color;
    breadth = width;
    gl_Position = vec4(2.0 * p.x / size.x - 1.0, 1.0 - 2.0 * p.y / size.y, 0.0, 1.0);
}
` + "\x00"

const shapeSource = `#version 430 core
in vec2 at;
in float across;
flat in vec4 tint;
flat in float breadth;
out vec4 result;
void main() {
    result = tint;
    if (breadth > 0.0) {
        result.a *= clamp(0.5 * breadth + 0.5 - abs(across), 0.0, 1.0);
    }
}
` + "\x00"

const textSource = `#version 430 core
in vec2 at;
in float across;
flat in vec4 tint;
flat in float breadth;
uniform sampler2D glyphs;
out vec4 result;
void main() {
    result = vec4(tint.rgb, tint.a * texture(glyphs, at).r);
}
` + "\x00"

func compile(kind uint32, source string) (uint32, error) {
	s := gl.CreateShader(kind)
	text, free := gl.Strs(source)
	gl.ShaderSource(s, 1, text, nil)
	free()
	gl.CompileShader(s)
	var ok, length int32
	gl.GetShaderiv(s, gl.COMPILE_STATUS, &ok)
	if ok == gl.TRUE {
		return s, nil
	}
	gl.GetShaderiv(s, gl.INFO_LOG_LENGTH, &length)
	log := strings.Repeat("\x00", int(length)+1)
	gl.GetShaderInfoLog(s, length, nil, gl.Str(log))
	return 0, fmt.Errorf("the window's shader does not compile: %s", strings.TrimRight(log, "\x00"))
}

func link(fragmentSource string) (p program, err error) {
	p.id = gl.CreateProgram()
	for kind, source := range map[uint32]string{gl.VERTEX_SHADER: vertexSource, gl.FRAGMENT_SHADER: fragmentSource} {
		s, err := compile(kind, source)
		if err != nil {
			return p, err
		}
		gl.AttachShader(p.id, s)
		gl.DeleteShader(s)
	}
	gl.LinkProgram(p.id)
	var ok int32
	if gl.GetProgramiv(p.id, gl.LINK_STATUS, &ok); ok != gl.TRUE {
		return p, errors.New("the window's shaders do not link")
	}
	p.size = gl.GetUniformLocation(p.id, gl.Str("size\x00"))
	p.atlas = gl.GetUniformLocation(p.id, gl.Str("atlas\x00"))
	return p, nil
}

func newPainter() (*painter, error) {
	var p painter
	var err error
	if p.shapes, err = link(shapeSource); err != nil {
		return nil, err
	}
	if p.text, err = link(textSource); err != nil {
		return nil, err
	}
	gl.GenVertexArrays(1, &p.array)
	gl.BindVertexArray(p.array)
	gl.GenBuffers(1, &p.buffer)
	gl.GenTextures(1, &p.texture)
	gl.BindTexture(gl.TEXTURE_2D, p.texture)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
	return &p, nil
}

// paint draws a canvas of so many pixels.
func (p *painter) paint(c *canvas, width, height int) {
	gl.Viewport(0, 0, int32(width), int32(height))
	gl.ClearColor(ground.r, ground.g, ground.b, 1)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	gl.Enable(gl.BLEND)
	gl.BlendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE)
	gl.BindVertexArray(p.array)
	gl.BindTexture(gl.TEXTURE_2D, p.texture)
	if c.letters.fresh {
		gl.PixelStorei(gl.UNPACK_ALIGNMENT, 1)
		gl.TexImage2D(gl.TEXTURE_2D, 0, gl.R8, atlasSize, atlasSize, 0, gl.RED, gl.UNSIGNED_BYTE, gl.Ptr(c.letters.atlas.Pix))
		c.letters.fresh = false
	}
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 0, p.buffer)
	for i := range c.layers {
		p.draw(p.shapes, c.layers[i].shapes, width, height)
		p.draw(p.text, c.layers[i].text, width, height)
	}
}

func (p *painter) draw(with program, quads []quad, width, height int) {
	if len(quads) == 0 {
		return
	}
	gl.UseProgram(with.id)
	gl.Uniform2f(with.size, float32(width), float32(height))
	gl.Uniform1f(with.atlas, atlasSize)
	gl.BufferData(gl.SHADER_STORAGE_BUFFER, len(quads)*int(unsafe.Sizeof(quad{})), gl.Ptr(quads), gl.STREAM_DRAW)
	gl.DrawArrays(gl.TRIANGLES, 0, int32(6*len(quads)))
}
