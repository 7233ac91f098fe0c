package dynamics

import (
	"errors"
	"fmt"
	"math"

	"einet/network"
	"einet/program"
)

// A Cell is the step of a neuron as a program, for populations that need more than lif with exponential
// synapses. Threshold and bias are among the numbers that are the neuron's own; -1 is the place of what there is not.
type Cell struct {
	Program *program.Program
	G, Y    []int // states of each receptor
	OU      int   // state of the Ornstein-Uhlenbeck current
	States  []int // of each state of a model

	threshold, bias, refractory int   // own numbers
	parameters                  []int // those of each parameter of a model
	owned                       []int // those of each input of a group that comes and goes
	white, kick                 int   // those of noise, where groups have some
}

// The first states of every Cell.
const (
	CellV     = iota // membrane potential, as the engine has it
	CellUntil        // no spike in steps from n with Clock(n) < until
)

// Clock is the number of step n as programs see it: an int32 for the steps 0 to 2^32-1, in order.
func Clock(n int64) int32 { return int32(n - 1<<31) }

// StepOf is the step that a clock shows.
func StepOf(clock int32) int64 { return int64(clock) + 1<<31 }

// A cellBuilder puts a Cell together: docs/equations.md in its order.
type cellBuilder struct {
	*program.Builder
	p    *Population
	cell Cell

	v, until, drive program.Value
	g, y            []program.Value
	u               program.Value
}

// gridGrain is the grain of what lies on a grid.
func gridGrain(grid float32) int { return math.Ilogb(float64(grid)) - 24 }

// newCell is nil where the simple loop does: lif with exponential synapses, Poisson inputs perhaps.
func newCell(p *Population) *Cell {
	if p.IsSource() || p.isSimple() {
		return nil
	}
	b := &cellBuilder{Builder: program.NewBuilder(), p: p, cell: newCellOfNone()}
	b.Receptors(len(p.Receptors))
	b.v, b.until = b.NewState(program.Float, gridGrain(p.GridV)), b.NewState(program.Int, 0)
	b.synapses()
	b.drive = b.Drive()
	if p.Noise.HasOU() {
		b.u, b.cell.OU = b.state(p.Noise.Grid)
	}
	threshold := b.float(p.VTh)
	if p.HasThresholds() {
		threshold, b.cell.threshold = b.own(gridGrain(p.GridV))
	}
	var x program.Value
	if p.Neuron == network.LIFCond {
		x = b.Conductive()
	} else {
		x = b.current()
	}
	if p.Noise.HasWhite() {
		x = b.Add(x, b.Mul(b.white(), b.Normal(WhiteDraw)))
	}
	for r := range p.Receptors {
		if p.Receptors[r].Synapse == network.Delta {
			x = b.Add(x, b.arrived(r))
		}
	}
	b.decay()
	if p.Noise.HasOU() {
		change := b.Add(b.Mul(b.float(p.Noise.MUU), b.u), b.Mul(b.kick(), b.Normal(OUDraw)))
		b.Become(b.u, b.changed(b.u, change, p.Noise.Grid))
	}
	v := b.Select(b.refractory(), b.float(p.VReset), b.changed(b.v, x, p.GridV))
	fires := b.LessEqual(threshold, v)
	b.Become(b.v, b.Select(fires, b.float(p.VReset), v))
	b.fire(fires)
	b.cell.Program = b.Program(fires)
	return &b.cell
}

// newCellOfNone has nothing that a neuron need not have.
func newCellOfNone() Cell {
	return Cell{OU: -1, threshold: -1, bias: -1, refractory: -1, white: -1, kick: -1}
}

// white is a_w, and kick a_u.
func (b *cellBuilder) white() (x program.Value) {
	if b.p.Noise.whites == nil {
		return b.float(b.p.Noise.White)
	}
	x, b.cell.white = b.own(program.GrainOfFlushed)
	return x
}

func (b *cellBuilder) kick() (x program.Value) {
	if b.p.Noise.kicks == nil {
		return b.float(b.p.Noise.Kick)
	}
	x, b.cell.kick = b.own(program.GrainOfFlushed)
	return x
}

// isSimple tells whether the hand-written loops of the engines do.
func (p *Population) isSimple() bool {
	simple := p.Neuron == network.LIF && !p.HasThresholds() && !p.HasOwnInput() && !p.Noise.HasWhite() && !p.Noise.HasOU()
	for _, r := range p.Receptors {
		simple = simple && r.Synapse == network.Exponential
	}
	return simple
}

func (b *cellBuilder) float(x float32) program.Value { return b.Number(float64(x)) }

// state is a new one on a grid, and its place.
func (b *cellBuilder) state(grid float32) (program.Value, int) {
	return b.NewState(program.Float, gridGrain(grid)), b.States() - 1
}

func (b *cellBuilder) own(grain int) (program.Value, int) {
	return b.NewOwn(program.Float, grain), b.Owns() - 1
}

// synapses makes the receptors' states. Conductances are not negative.
func (b *cellBuilder) synapses() {
	for r := range b.p.Receptors {
		rec := &b.p.Receptors[r]
		g, y := program.None, program.None
		atG, atY := -1, -1
		if rec.States() > 0 {
			g, atG = b.state(rec.Grid)
		}
		if rec.States() > 1 {
			y, atY = b.state(rec.Grid)
		}
		if b.p.Neuron == network.LIFCond {
			for _, s := range []program.Value{g, y} {
				if s != program.None {
					b.Assume(s, 0, math.Inf(1))
				}
			}
		}
		b.g, b.y = append(b.g, g), append(b.y, y)
		b.cell.G, b.cell.Y = append(b.cell.G, atG), append(b.cell.Y, atY)
	}
}

// refractory is whether the neuron is, in the step.
func (b *cellBuilder) refractory() program.Value { return b.IntLess(b.Now(), b.until) }

// fire sets the end of the refractory period.
func (b *cellBuilder) fire(fires program.Value) {
	b.Become(b.until, b.Select(fires, b.IntAdd(b.Now(), b.Whole(int32(1+b.p.Refractory))), b.until))
}

// changed is a state after a change of it, rounded to its grid.
func (b *cellBuilder) changed(state, change program.Value, grid float32) program.Value {
	return b.OffGrid(b.Add(b.Add(state, b.float(grid)), change), grid)
}

// onto is x on a grid.
func (b *cellBuilder) onto(x program.Value, grid float32) program.Value {
	return b.OffGrid(b.Add(x, b.float(grid)), grid)
}

// arrived is what arrives at a receptor, in the unit of its weights.
func (b *cellBuilder) arrived(r int) program.Value {
	return b.Mul(b.float(b.p.Receptors[r].Scale), b.Arriving(r))
}

// decay takes the synaptic states over the step.
func (b *cellBuilder) decay() {
	for r := range b.p.Receptors {
		rec := &b.p.Receptors[r]
		prr := b.float(rec.PRR)
		switch rec.States() {
		case 1:
			b.Become(b.g[r], b.onto(b.Add(b.Mul(prr, b.g[r]), b.arrived(r)), rec.Grid))
		case 2:
			fed := b.Mul(b.float(rec.PGY), b.y[r])
			b.Become(b.g[r], b.onto(b.Add(b.Mul(prr, b.g[r]), fed), rec.Grid))
			b.Become(b.y[r], b.onto(b.Add(b.Mul(b.float(rec.PYY), b.y[r]), b.arrived(r)), rec.Grid))
		}
	}
}

// current is the change of V of a current-based neuron, without white noise and delta synapses. What is small beside V
// may be lost on the way.
func (b *cellBuilder) current() program.Value {
	p := b.p
	x := b.MulAnyway(b.float(p.MVV), b.v)
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		if rec.Synapse == network.Delta {
			continue
		}
		x = b.Add(x, b.MulAnyway(b.float(rec.PVR), b.g[r]))
		if rec.States() > 1 {
			x = b.Add(x, b.MulAnyway(b.float(rec.PVY), b.y[r]))
		}
	}
	x = b.Add(x, b.drive)
	if p.HasOwnInput() {
		x = b.Add(x, b.ownInput())
	}
	if p.Noise.HasOU() {
		x = b.Add(x, b.MulAnyway(b.float(p.Noise.PVU), b.u))
	}
	return x
}

// ownInput is the sum of the neuron's bias and of what its groups receive in the step.
func (b *cellBuilder) ownInput() program.Value {
	sum := b.Number(0)
	if b.p.HasBiases() {
		sum, b.cell.bias = b.own(program.GrainOfFlushed)
	}
	for _, w := range b.p.owned {
		x, own := b.own(program.GrainOfFlushed)
		b.cell.owned = append(b.cell.owned, own)
		if w.from > 0 {
			x = b.Select(b.IntLess(b.Now(), b.Whole(clockAt(w.from))), b.Number(0), x)
		}
		if w.to < math.MaxUint32 {
			x = b.Select(b.IntLess(b.Now(), b.Whole(clockAt(w.to))), x, b.Number(0))
		}
		sum = b.Add(sum, x)
	}
	return sum
}

// clockAt is the clock of a step, at most of the last that there can be.
func clockAt(n int64) int32 { return Clock(min(n, math.MaxUint32)) }

// conductive is the same of a conductance-based neuron.
func (b *cellBuilder) Conductive() program.Value {
	p := b.p
	total, current := b.float(p.Leak), b.drive
	if p.HasOwnInput() {
		current = b.Add(current, b.ownInput())
	}
	if p.Noise.HasOU() {
		current = b.Add(current, b.MulAnyway(b.float(p.Noise.PVU), b.u))
	}
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		h := b.MulAnyway(b.float(rec.Half), b.g[r])
		if rec.States() > 1 {
			h = b.Add(h, b.MulAnyway(b.float(rec.HalfY), b.y[r]))
		}
		total = b.Add(total, h)
		current = b.Add(current, b.MulAnyway(h, b.float(rec.Reversal)))
	}
	perC := b.float(p.PerC)
	z := b.MulAnyway(perC, total)
	b.FailIf(b.Less(b.Number(MaxZ), z))
	phi := b.float(Phi[9])
	for c := 8; c >= 0; c-- {
		phi = b.Add(b.MulAnyway(phi, z), b.float(Phi[c]))
	}
	net := b.Sub(current, b.MulAnyway(total, b.v))
	return b.MulAnyway(b.MulAnyway(perC, net), phi)
}

// CellStates are the states of each neuron of population pop at step 0, as words: [state][neuron].
func (m *Model) CellStates(pop int) [][]uint32 {
	p := &m.Populations[pop]
	c := p.Cell
	states := make([][]uint32, len(c.Program.States))
	for s := range states {
		states[s] = make([]uint32, p.Size)
	}
	put := func(state int, values []float32) {
		for k, x := range values {
			states[state][k] = math.Float32bits(x)
		}
	}
	if model := m.Network.Populations[pop].Model; model != nil {
		for k, values := range m.modelStates(pop, model) {
			put(c.States[k], values)
		}
	} else {
		put(CellV, m.InitialV(pop))
	}
	for k := range states[CellUntil] {
		states[CellUntil][k] = uint32(Clock(0))
	}
	for r, s := range c.G {
		if s >= 0 {
			put(s, m.InitialG(pop, r))
		}
	}
	if c.OU >= 0 {
		put(c.OU, m.InitialOU(pop))
	}
	return states
}

// CellOwns are the numbers that each neuron of population pop has of its own, as words: [number][neuron].
func (m *Model) CellOwns(pop int) [][]uint32 {
	c := m.Populations[pop].Cell
	owns := make([][]uint32, len(c.Program.Owns))
	put := func(own int, values []float32) {
		for _, x := range values {
			owns[own] = append(owns[own], math.Float32bits(x))
		}
	}
	if c.threshold >= 0 {
		put(c.threshold, m.Thresholds(pop))
	}
	if c.bias >= 0 {
		put(c.bias, m.Biases(pop))
	}
	p := &m.Populations[pop]
	if c.white >= 0 {
		put(c.white, p.Noise.whites)
	}
	if c.kick >= 0 {
		put(c.kick, p.Noise.kicks)
	}
	for k, own := range c.owned {
		put(own, p.amounts(&p.owned[k]))
	}
	if model := m.Network.Populations[pop].Model; model != nil {
		m.modelOwns(pop, model, owns)
	}
	return owns
}

// CellFailed is the error of a neuron (its global id) whose step can't be computed: of the first such step, and the
// lowest id in it. The states are what the program made of them.
func (m *Model) CellFailed(neuron int, step int64, states []uint32) error {
	i := m.populationOf(neuron)
	p, n := &m.Populations[i], &m.Network.Populations[i]
	if n.Model == nil {
		return m.TooConductive(neuron, step)
	}
	what := "a state"
	for k, at := range p.Cell.States {
		if x := float64(math.Float32frombits(states[at])); math.IsNaN(x) || math.IsInf(x, 0) {
			what = n.Model.States[k].Name
			break
		}
	}
	return fmt.Errorf("populations.%s: neuron %d, step %d (%.12g ms): %s %w", n.Name, p.Offset+neuron-p.First, step, float64(step)*m.Network.Dt, what, ErrNotFinite)
}

// ErrNotFinite says that the equations of a model lead out of the numbers.
var ErrNotFinite = errors.New("gets infinite or is no number: use a smaller dt, or keep what the equations divide by from zero and what grows from growing on, with min and max")

// populationOf is the place of the population of a neuron (its global id).
func (m *Model) populationOf(neuron int) int {
	i := 0
	for neuron >= m.Populations[i].First+m.Populations[i].Size {
		i++
	}
	return i
}
