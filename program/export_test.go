package program

// WholeProgram is all that was built, with what nothing uses, as a program whose values are those of the builder.
func (b *Builder) WholeProgram() *Program {
	p := &Program{Code: b.code, Constants: b.constants, States: b.states, Owns: b.owns, Receptors: b.receptors, Normals: b.normals, Fails: b.fails}
	p.Next = append(p.Next, b.next...)
	return p
}

// BoundOf is what the builder knows of a Float.
func (b *Builder) BoundOf(v Value) (least, grain int, low, high float64) {
	c := b.bounds[v]
	return c.least, c.grain, c.low, c.high
}

// Do is the result of one instruction on these values.
func (p *Program) Do(i Instruction, values []uint32, n *Neuron) uint32 { return p.do(i, values, n) }
