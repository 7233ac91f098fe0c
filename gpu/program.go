//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"strings"

	"einet/shaders"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A Program is a compute kernel compiled for a Context.
type Program struct {
	c     *Context
	id    uint32
	name  string
	local [3]int
}

// NewProgram compiles an embedded kernel, such as "update.comp". Its errors
// begin with the place: shaders/update.comp:41: ...
func NewProgram(c *Context, name string, defines shaders.Defines, printed ...shaders.Include) (*Program, error) {
	source, err := shaders.Load(name, defines, printed...)
	if err != nil {
		return nil, err
	}
	return Compile(c, source)
}

// Compile compiles a kernel.
func Compile(c *Context, source shaders.Source) (*Program, error) {
	p := &Program{c: c, name: source.Name}
	err := c.Do(func() error {
		shader := gl.CreateShader(gl.COMPUTE_SHADER)
		defer gl.DeleteShader(shader)
		text, free := gl.Strs(source.Text)
		defer free()
		length := int32(len(source.Text))
		gl.ShaderSource(shader, 1, text, &length)
		gl.CompileShader(shader)
		if !succeeded(shader, gl.COMPILE_STATUS, gl.GetShaderiv) {
			log := infoLog(shader, gl.GetShaderiv, gl.GetShaderInfoLog)
			return fmt.Errorf("%s\n(compiled by %s)", source.Locate(log), c.device.Renderer)
		}
		p.id = gl.CreateProgram()
		gl.AttachShader(p.id, shader)
		gl.LinkProgram(p.id)
		if !succeeded(p.id, gl.LINK_STATUS, gl.GetProgramiv) {
			log := infoLog(p.id, gl.GetProgramiv, gl.GetProgramInfoLog)
			gl.DeleteProgram(p.id)
			p.id = 0
			return fmt.Errorf("shaders/%s: linking: %s\n(linked by %s)", source.Name, source.Locate(log), c.device.Renderer)
		}
		gl.DetachShader(p.id, shader)
		gl.ObjectLabel(gl.PROGRAM, p.id, int32(len(p.name)), gl.Str(p.name+"\x00"))
		var local [3]int32
		gl.GetProgramiv(p.id, gl.COMPUTE_WORK_GROUP_SIZE, &local[0])
		p.local = [3]int{int(local[0]), int(local[1]), int(local[2])}
		return c.check("building " + p.name)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func succeeded(id, status uint32, get func(id, name uint32, out *int32)) bool {
	var ok int32
	get(id, status, &ok)
	return ok == gl.TRUE
}

func infoLog(id uint32, get func(id, name uint32, out *int32), text func(id uint32, size int32, length *int32, log *uint8)) string {
	var size int32
	get(id, gl.INFO_LOG_LENGTH, &size)
	if size == 0 {
		return "no message"
	}
	log := make([]byte, size)
	text(id, size, &size, &log[0])
	return strings.TrimSpace(string(log[:size]))
}

// Name is the kernel's file.
func (p *Program) Name() string { return p.name }

// Local is the size of a work group, as the kernel declares it.
func (p *Program) Local() [3]int { return p.local }

// Groups is the number of work groups in a row that hold n invocations.
func (p *Program) Groups(n int) int { return (n + p.local[0] - 1) / p.local[0] }

// What comes behind a dispatch and sees what it wrote: further dispatches, what their indirect counts are read from, and copies to and from
// Go. No kernel writes what another has as a uniform block.
const barriers = gl.SHADER_STORAGE_BARRIER_BIT | gl.COMMAND_BARRIER_BIT | gl.BUFFER_UPDATE_BARRIER_BIT

// Dispatch runs x*y*z work groups on the buffers bound at present; whatever comes
// next sees what they wrote. It queues the work and returns.
func (p *Program) Dispatch(x, y, z int) error {
	if err := p.takes(x, y, z); err != nil {
		return err
	}
	return p.c.Do(func() error { return p.launch(x, y, z, barriers) })
}

// takes is an error wrapping ErrLimit unless the device runs so many work groups.
func (p *Program) takes(x, y, z int) error {
	for i, n := range [3]int{x, y, z} {
		if limit := p.c.device.Limits.MaxWorkGroupCount[i]; n < 0 || n > limit {
			return fmt.Errorf("gpu: %s: %d work groups in dimension %d, the device takes %d: %w", p.name, n, i, limit, ErrLimit)
		}
	}
	return nil
}

// DispatchIndirect runs as many work groups as the three uint32 at a byte
// offset of counts say when the device gets there, which may be after an
// earlier dispatch wrote them. The offset is a multiple of 4.
func (p *Program) DispatchIndirect(counts Storage, offset int) error {
	s := counts.base()
	if offset < 0 || offset%4 != 0 || offset > s.bytes-12 {
		return fmt.Errorf("gpu: %s: work group counts at byte %d of buffer %q, which has %d", p.name, offset, s.label, s.bytes)
	}
	return p.c.Do(func() error {
		s.bindCounts()
		return p.launchIndirect(offset, barriers)
	})
}

// launch and launchIndirect are the same on the context's thread, with a barrier of those bits behind, if any. The latter reads the
// counts of the buffer that bindCounts bound.
func (p *Program) launch(x, y, z int, bits uint32) error {
	if err := p.use(); err != nil {
		return err
	}
	gl.DispatchCompute(uint32(x), uint32(y), uint32(z))
	return p.launched(bits)
}

func (p *Program) launchIndirect(offset int, bits uint32) error {
	if err := p.use(); err != nil {
		return err
	}
	gl.DispatchComputeIndirect(offset)
	return p.launched(bits)
}

func (p *Program) use() error {
	if p.id == 0 {
		return fmt.Errorf("gpu: %s was deleted", p.name)
	}
	if p.c.program != p.id {
		gl.UseProgram(p.id)
		p.c.program = p.id
		p.c.work.calls++
	}
	return nil
}

func (p *Program) launched(bits uint32) error {
	p.c.work.dispatches++
	p.c.work.calls++
	if bits != 0 {
		gl.MemoryBarrier(bits)
		p.c.work.calls++
	}
	if debugContext {
		return p.c.check("dispatching " + p.name)
	}
	return nil
}

// barrier has what comes next see what dispatches wrote.
func (c *Context) barrier(bits uint32) error {
	return c.Do(func() error {
		gl.MemoryBarrier(bits)
		c.work.calls++
		return nil
	})
}

// Delete frees the program. Deleting twice is fine.
func (p *Program) Delete() {
	// The only error is that of a closed context, which has freed its programs.
	_ = p.c.Do(func() error {
		if p.c.program == p.id {
			gl.UseProgram(0)
			p.c.program = 0
		}
		gl.DeleteProgram(p.id) // silently ignores 0
		p.id = 0
		return nil
	})
}
