//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"einet/connectome"
	"einet/dynamics"
	"einet/shaders/layout"
	"einet/sim"
)

// A changing is the synapses whose weights change, and the kernels that they change by.
type changing struct {
	change, settle *Program // nil: there are none
	pages          []plasticPage
	groups         int         // work groups of a spike
	sources        int         // most of a projection
	first          map[int]int // [projection] its first synapse, of all
	end            map[int]int // one past its last
	settled        int64       // the step at which all weights are up to date once what is queued is done
	loaded         *sim.Plastic
}

// A plasticPage is consecutive synapses, two words each.
type plasticPage struct {
	synapses, rows *Buffer[uint32]
}

// Bindings of plastic: those of update, but for two.
const bindSynapses, bindRows = bindPopulations, bindDrives

// uploadPlastic copies the synapses that change to the device, by projection, source, target, delay and weight at the start, in pages whose buffers take at most limit
// bytes.
func (e *Engine) uploadPlastic(ctx context.Context, syn *connectome.Connectome, limit int64) error {
	l, p := &e.layout, &e.plastic
	if l.recall == 0 {
		return nil
	}
	p.first, p.end = map[int]int{}, map[int]int{}
	u := plasticUpload{e: e, most: int(limit / plasticBytes)}
	for _, k := range l.plastic {
		p.first[k] = u.synapses
		if err := cmp.Or(ctx.Err(), u.projection(k, &syn.Projections[k])); err != nil {
			return err
		}
		p.end[k] = u.synapses
		p.sources = max(p.sources, e.model.Populations[e.model.Projections[k].From].Size)
	}
	if err := u.turn(); err != nil {
		return err
	}
	p.groups = plasticGroups(u.longest)
	var err error
	if p.change, err = NewProgram(e.c, "plastic.comp", l.changeDefines(false)); err != nil {
		return err
	}
	p.settle, err = NewProgram(e.c, "plastic.comp", l.changeDefines(true))
	return err
}

// A plasticUpload fills pages one after the other.
type plasticUpload struct {
	e        *Engine
	most     int // synapses of a page
	words    []uint32
	rows     []uint32 // where rows begin in the page; those that are not begun are to begin at its end
	synapses int      // so far
	longest  int      // row
}

// projection appends the synapses of projection k.
func (u *plasticUpload) projection(k int, of *connectome.Projection) error {
	m, l := u.e.model, &u.e.layout
	p := &m.Projections[k]
	targets := targetBits(m.Populations[p.To].Size)
	if targets+bits.Len(uint(p.MaxDelay-p.Delay)) > 32 {
		return fmt.Errorf("gpu: projections.%s: %d targets and %d delays take more than 32 bits: use fewer of either: %w",
			m.Network.Projections[k].Name, m.Populations[p.To].Size, p.MaxDelay-p.Delay+1, ErrLimit)
	}
	n, _ := slices.BinarySearch(l.plastic, k)
	row, last, length := l.plasticRows[n], -1, 0
	u.begin(row)
	begin := func(source int) { // all rows up to that of a source
		for ; last < source; last++ {
			u.rows = append(u.rows, uint32(len(u.words)/2))
			length = 0
		}
	}
	err := of.Each(func(source, target int, weight, delay uint32) error {
		begin(source)
		if len(u.words) == 2*u.most {
			if err := u.turn(); err != nil {
				return err
			}
			u.begin(row + source)
			u.rows = append(u.rows, 0)
		}
		u.words = append(u.words, delay<<targets|uint32(target), p.Plasticity.Initial[weight])
		u.synapses++
		length++
		u.longest = max(u.longest, length)
		return nil
	})
	begin(m.Populations[p.From].Size) // and the end of the last
	return err
}

// begin makes the next row the one at that place: those before it are empty in this page.
func (u *plasticUpload) begin(row int) {
	for len(u.rows) < row {
		u.rows = append(u.rows, uint32(len(u.words)/2))
	}
}

// turn uploads the page and begins another.
func (u *plasticUpload) turn() error {
	l, p := &u.e.layout, &u.e.plastic
	u.begin(l.plasticRows[len(l.plastic)])
	label := fmt.Sprintf("page %d of plastic synapses", len(p.pages))
	synapses, err := keep(u.e, label, len(u.words), u.words)
	rows, also := keep(u.e, label+": rows", len(u.rows), u.rows)
	if err := errors.Join(err, also); err != nil {
		return err
	}
	p.pages = append(p.pages, plasticPage{synapses, rows})
	u.words, u.rows = u.words[:0], u.rows[:0]
	return nil
}

// What dispatches of plastic wait for. Behind update and its barrier they read spikes, what update left of them, and the remembered spikes of targets. They add to
// what arrives, as deliver does, and have no barrier between one another or before deliver: to what they have in common they only add, atomically, and each page's
// weights are its own. The barrier behind the last of all these dispatches has the next update see what arrives, and plastic of a later window, which the barrier behind update
// comes before, too, the weights. settle reads weights that plastic wrote behind that barrier, and has one behind it: plastic reads weights that it wrote, and the next update writes
// traces that it reads. What the host reads comes behind the barrier of a batch, or behind one of its own.

// changeSynapses queues the spikes of window k along the synapses that change, with a barrier of those bits behind the last page.
func (e *Engine) changeSynapses(b *batch, k int, behind uint32) error {
	return e.eachPlasticPage(b, behind, func(bits uint32) error {
		return e.plastic.change.launchIndirect(k*size[layout.Window](), bits)
	})
}

// settleSynapses brings all synapses up to date at the end of the window that is bound. It reads weights that plastic wrote, behind a barrier.
func (e *Engine) settleSynapses(b *batch, behind uint32) error {
	x := min(e.plastic.sources, maxIndirectGroups(e.c.Device()))
	return e.eachPlasticPage(b, behind, func(bits uint32) error {
		return e.plastic.settle.launch(x, e.plastic.groups, 1, bits)
	})
}

// eachPlasticPage binds pages one after the other and launches a kernel for each, and then binds again what update has there.
func (e *Engine) eachPlasticPage(b *batch, behind uint32, launch func(bits uint32) error) error {
	pages := e.plastic.pages
	for i := range pages {
		bits := uint32(0)
		if i == len(pages)-1 {
			bits = behind
		}
		if err := cmp.Or(
			bindAll(binding{pages[i].synapses, bindSynapses}, binding{pages[i].rows, bindRows}),
			e.meter.time(b, delivering, func() error { return launch(bits) }),
		); err != nil {
			return err
		}
	}
	return bindAll(binding{e.populations, bindPopulations}, binding{b.drives, bindDrives})
}

// settleNow waits for the device and brings all synapses up to date at the present step.
func (e *Engine) settleNow() error {
	if err := e.wait(); err != nil {
		return err
	}
	p, b := &e.plastic, e.batches[0]
	if p.settled == e.step {
		return nil
	}
	window := []layout.Window{{Step: int32(e.step), Settled: uint32(p.settled)}}
	err := e.c.Do(func() error {
		return cmp.Or(
			b.records.Upload(0, window),
			e.bindBatch(b),
			e.bindNow(0),
			e.settleSynapses(b, barriers),
			b.records.Read(0, window),
		)
	})
	if err == nil && window[0].Delivered != uint32(len(p.pages)) {
		err = e.c.dropped(fmt.Sprintf("weights were not brought up to date at step %d", e.step))
	}
	if err != nil {
		return e.stop(err)
	}
	p.settled = e.step
	return nil
}

// Weights appends the weights of a projection with long-term plasticity, after waiting for the device.
func (e *Engine) Weights(projection int, dst []uint32) ([]uint32, error) {
	if err := sim.CheckWeights(e.model, projection); err != nil {
		return dst, fmt.Errorf("gpu: %w", err)
	}
	if err := e.settleNow(); err != nil {
		return dst, err
	}
	words := make([]uint32, 2*min(mostRead, e.plastic.end[projection]-e.plastic.first[projection]))
	err := e.eachPart(projection, func(page *Buffer[uint32], at, n int) error {
		err := page.Read(at, words[:2*n])
		for k := range n {
			dst = append(dst, words[2*k+1])
		}
		return err
	})
	return dst, err
}

// mostRead is the most synapses that are read at once.
const mostRead = 1 << 20

// eachPart calls do for all synapses of a projection in their order, at most mostRead at once: where the words of so many begin in a page.
func (e *Engine) eachPart(projection int, do func(page *Buffer[uint32], at, n int) error) error {
	p := &e.plastic
	begin := 0
	for _, page := range p.pages {
		have := page.synapses.Len() / 2
		from, to := max(0, p.first[projection]-begin), min(have, p.end[projection]-begin)
		for from < to {
			n := min(mostRead, to-from)
			if err := do(page.synapses, 2*from, n); err != nil {
				return err
			}
			from += n
		}
		begin += have
	}
	return nil
}

// GatherWeights copies the weights of some synapses, after waiting for the device.
func (e *Engine) GatherWeights(projection int, synapses []int64, dst []uint32) error {
	p := &e.plastic
	if err := sim.CheckGatherWeights(e.model, projection, int64(p.end[projection]-p.first[projection]), synapses, dst); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	if err := e.settleNow(); err != nil {
		return err
	}
	begin := 0
	for _, page := range p.pages {
		end := begin + page.synapses.Len()/2
		var places, of []int
		for i, k := range synapses {
			if at := p.first[projection] + int(k); at >= begin && at < end {
				places, of = append(places, 2*(at-begin)+1), append(of, i)
			}
		}
		words := make([]uint32, len(places))
		if err := e.gather(page.synapses, words, func(k int) int { return places[k] }); err != nil {
			return err
		}
		for k, i := range of {
			dst[i] = words[k]
		}
		begin = end
	}
	return nil
}

// Coming copies what is yet to come to a receptor by projections with long-term plasticity, after waiting for the device.
func (e *Engine) Coming(population, receptor int, dst []int32) error {
	if err := sim.CheckComing(e.model, population, receptor, dst); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	if err := e.wait(); err != nil {
		return err
	}
	size := e.model.Populations[population].Size
	for n := range e.model.MaxDelay {
		if err := e.arriving.(*Buffer[int32]).Read(e.placeOfComing(e.step+1+int64(n), population, receptor), dst[n*size:][:size]); err != nil {
			return err
		}
	}
	return nil
}

// placeOfComing is where what synapses that change bring to a receptor in a step begins.
func (e *Engine) placeOfComing(step int64, population, receptor int) int {
	l := &e.layout
	return (l.slots+int(step%int64(l.slots)))*l.stride + l.receptor(&e.model.Populations[population], population, receptor)
}

// LoadPlastic keeps the state of long-term plasticity for Resume.
func (e *Engine) LoadPlastic(s *sim.Plastic) error {
	if e.step != 0 {
		return fmt.Errorf("gpu: the state of long-term plasticity: the engine is at step %d, must be at 0", e.step)
	}
	e.plastic.loaded = s
	return nil
}

// resumePlastic gives the device the state that was loaded, as that of a step. The spikes under way take the traces of targets on.
func (e *Engine) resumePlastic(step int64, underWay []sim.Spike) error {
	l, s := &e.layout, e.plastic.loaded
	if l.recall == 0 {
		return nil
	}
	if s == nil {
		return errors.New("gpu: resume: there is no state of long-term plasticity")
	}
	for _, k := range l.plastic {
		if err := cmp.Or(e.loadWeights(k, s.Weights[k]), e.loadSources(k, s.Sources[k]), e.loadTargets(k, s.Targets[k], underWay)); err != nil {
			return err
		}
	}
	for i := range e.model.Populations {
		size := e.model.Populations[i].Size
		for r, sums := range s.Coming[i] {
			for n := 0; n < len(sums); n += size {
				at := e.placeOfComing(step+1+int64(n/size), i, r)
				if err := e.arriving.(*Buffer[int32]).Upload(at, sums[n:][:size]); err != nil {
					return err
				}
			}
		}
	}
	e.plastic.settled, e.plastic.loaded = step, nil
	return nil
}

func (e *Engine) loadWeights(projection int, weights []uint32) error {
	var words []uint32
	return e.eachPart(projection, func(page *Buffer[uint32], at, n int) error {
		words = slices.Grow(words[:0], 2*n)[:2*n]
		if err := page.Read(at, words); err != nil {
			return err
		}
		for k := range n {
			words[2*k+1] = weights[k]
		}
		weights = weights[n:]
		return page.Upload(at, words)
	})
}

func (e *Engine) loadSources(projection int, traces []dynamics.PlasticTrace) error {
	n := len(traces)
	words := make([]uint32, 3*n)
	for i, t := range traces {
		words[i], words[n+i], words[2*n+i] = t.Last, t.Fast, t.Slow
	}
	return e.states.Upload(e.layout.sourceTraces[projection], words)
}

// loadTargets has the spikes of targets remembered: the last that is no longer under way, and those that are.
func (e *Engine) loadTargets(projection int, traces []dynamics.PlasticTrace, underWay []sim.Spike) error {
	l, p := &e.layout, &e.model.Projections[projection]
	to, each := &e.model.Populations[p.To], wordsOfTarget(l.recall)
	words := make([]uint32, each*len(traces))
	last := slices.Clone(traces)
	remember := func(i int, slow uint32) { // y' before the spike
		of := words[each*i:][:each]
		at := 1 + 3*(int(of[0])%l.recall)
		of[at], of[at+1], of[at+2] = last[i].Last, last[i].Fast, slow
		of[0]++
	}
	for i, t := range traces {
		if t.Last > 0 {
			remember(i, max(t.Slow, dynamics.OneTrace)-dynamics.OneTrace) // of which the spike makes t.Slow again
		}
	}
	for _, s := range underWay {
		if i := int(s.Neuron) - to.First; i >= 0 && i < to.Size {
			slow := p.Plasticity.SlowTarget.After(s.Step-last[i].Last, last[i].Slow)
			p.Plasticity.TargetFires(&last[i], s.Step)
			remember(i, slow)
		}
	}
	return e.states.Upload(l.targetSpikes[projection], words)
}
