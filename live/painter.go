//go:build cgo && !nogl

package live

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A painter draws the quads of a canvas with OpenGL, all by one instanced call.
type painter struct {
	program, array, buffer, texture uint32
	size, atlas                     int32 // uniforms
}

const vertexSource = `#version 430 core
layout(location = 0) in vec4 ends;   // of a rectangle or line [pixels]
layout(location = 1) in vec4 place;  // in the atlas [pixels]
layout(location = 2) in vec4 color;
layout(location = 3) in vec2 kind;   // width of a line, whether it is a glyph
uniform vec2 size;                   // of the window [pixels]
uniform float atlas;
out vec2 at;
out float across;                    // of a line [pixels from its middle]
flat out vec4 tint;
flat out vec2 how;
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 p = mix(ends.xy, ends.zw, corner);
    across = 0.0;
    if (kind.x > 0.0) {
        vec2 along = ends.zw - ends.xy;
        float len = length(along);
        along = len > 0.0 ? along / len : vec2(1.0, 0.0);
        float half_width = 0.5 * kind.x + 1.0;
        across = (2.0 * corner.y - 1.0) * half_width;
        p = mix(ends.xy - 0.3 * along, ends.zw + 0.3 * along, corner.x) + across * vec2(-along.y, along.x);
    }
    at = mix(place.xy, place.zw, corner) / atlas;
    tint = color;
    how = kind;
    gl_Position = vec4(2.0 * p.x / size.x - 1.0, 1.0 - 2.0 * p.y / size.y, 0.0, 1.0);
}
` + "\x00"

const fragmentSource = `#version 430 core
in vec2 at;
in float across;
flat in vec4 tint;
flat in vec2 how;
uniform sampler2D glyphs;
out vec4 result;
void main() {
    result = tint;
    if (how.y > 0.0) {
        result.a *= texture(glyphs, at).r;
    } else if (how.x > 0.0) {
        result.a *= clamp(0.5 * how.x + 0.5 - abs(across), 0.0, 1.0);
    }
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

func newPainter() (*painter, error) {
	p := &painter{program: gl.CreateProgram()}
	for kind, source := range map[uint32]string{gl.VERTEX_SHADER: vertexSource, gl.FRAGMENT_SHADER: fragmentSource} {
		s, err := compile(kind, source)
		if err != nil {
			return nil, err
		}
		gl.AttachShader(p.program, s)
		gl.DeleteShader(s)
	}
	gl.LinkProgram(p.program)
	var ok int32
	if gl.GetProgramiv(p.program, gl.LINK_STATUS, &ok); ok != gl.TRUE {
		return nil, errors.New("the window's shaders do not link")
	}
	p.size = gl.GetUniformLocation(p.program, gl.Str("size\x00"))
	p.atlas = gl.GetUniformLocation(p.program, gl.Str("atlas\x00"))
	gl.GenVertexArrays(1, &p.array)
	gl.BindVertexArray(p.array)
	gl.GenBuffers(1, &p.buffer)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.buffer)
	const stride = int32(unsafe.Sizeof(quad{}))
	for i, n := range []int32{4, 4, 4, 2} {
		at := uint32(i)
		gl.EnableVertexAttribArray(at)
		gl.VertexAttribPointerWithOffset(at, n, gl.FLOAT, false, stride, uintptr(16*i))
		gl.VertexAttribDivisor(at, 1)
	}
	gl.GenTextures(1, &p.texture)
	gl.BindTexture(gl.TEXTURE_2D, p.texture)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
	return p, nil
}

// paint draws a canvas of so many pixels.
func (p *painter) paint(c *canvas, width, height int) {
	gl.Viewport(0, 0, int32(width), int32(height))
	gl.ClearColor(ground.r, ground.g, ground.b, 1)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	if len(c.quads) == 0 {
		return
	}
	gl.Enable(gl.BLEND)
	gl.BlendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE)
	gl.UseProgram(p.program)
	gl.BindVertexArray(p.array)
	gl.BindTexture(gl.TEXTURE_2D, p.texture)
	if c.letters.fresh {
		gl.PixelStorei(gl.UNPACK_ALIGNMENT, 1)
		gl.TexImage2D(gl.TEXTURE_2D, 0, gl.R8, atlasSize, atlasSize, 0, gl.RED, gl.UNSIGNED_BYTE, gl.Ptr(c.letters.atlas.Pix))
		c.letters.fresh = false
	}
	gl.Uniform2f(p.size, float32(width), float32(height))
	gl.Uniform1f(p.atlas, atlasSize)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.buffer)
	gl.BufferData(gl.ARRAY_BUFFER, len(c.quads)*int(unsafe.Sizeof(quad{})), gl.Ptr(c.quads), gl.STREAM_DRAW)
	gl.DrawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, int32(len(c.quads)))
}
