package plot

import (
	"math"
	"math/rand/v2"

	"einet/analysis"
	"einet/sim"
)

// A small E/I network to draw: the preset ei at a fifth of its size, weights
// times sqrt 5, inputs over sqrt 5 (van Vreeswijk & Sompolinsky's scaling), in
// the plainest form. It is no engine and need not agree with one bit for bit.
type tiny struct {
	targets [][]int32
	v       []float64
	g       [2][]float64 // currents from E and from I
	rand    *rand.Rand
}

const (
	tinyE, tinyI = 1600, 400
	tinyDt       = 0.1
)

func newTiny() *tiny {
	n := &tiny{rand: rand.New(rand.NewPCG(7, 7)), v: make([]float64, tinyE+tinyI)}
	n.g[0], n.g[1] = make([]float64, len(n.v)), make([]float64, len(n.v))
	for i := range n.v {
		n.v[i] = 15 * n.rand.Float64()
		var row []int32
		for j := range n.v {
			if n.rand.Float64() < 0.25 {
				row = append(row, int32(j))
			}
		}
		n.targets = append(n.targets, row)
	}
	return n
}

func inhibits(i int) int {
	if i >= tinyE {
		return 1
	}
	return 0
}

func (n *tiny) input(i int) float64 { return []float64{60, 40}[inhibits(i)] / math.Sqrt(5) }

// step returns the neurons that fire; their spikes arrive one step later.
func (n *tiny) step() (fired []uint32) {
	weight := [2][2]float64{{0.5, 0.8}, {-2, -2}} // [from][to]
	tau, tauSyn := [2]float64{15, 10}, [2]float64{6, 5}
	for i := range n.v {
		to := inhibits(i)
		n.v[i] += tinyDt / tau[to] * (n.g[0][i] + n.g[1][i] + n.input(i) - n.v[i])
		for from := range n.g {
			n.g[from][i] *= 1 - tinyDt/tauSyn[from]
		}
		if n.v[i] >= 15 {
			n.v[i] = 0
			fired = append(fired, uint32(i))
		}
	}
	for _, i := range fired {
		from := inhibits(int(i))
		for _, j := range n.targets[i] {
			n.g[from][j] += weight[from][inhibits(int(j))] * math.Sqrt(5)
		}
	}
	return fired
}

// simulate runs the network for that long and collects what figures need.
func simulate(ms float64) Data {
	n := newTiny()
	steps := int64(ms/tinyDt + 0.5)
	sizes := []int{tinyE, tinyI}
	d := Data{
		Populations: []Population{{Name: "E", Size: tinyE}, {Name: "I", Size: tinyI, Inhibitory: true}},
		Steps:       steps,
		Sample:      analysis.NewSample(sizes, tinyDt, 200, 0, min(steps, 5000)),
		Counts:      analysis.NewPopulationCounts(sizes, tinyDt, 10),
	}
	for i, p := range d.Populations {
		d.Potentials = append(d.Potentials, Potential{Population: p, VTh: 15, V: empty()})
		d.Currents = append(d.Currents, Current{Population: p, Neuron: i, Threshold: 15})
	}
	for step := int64(1); step <= steps; step++ {
		var spikes []sim.Spike
		for _, id := range n.step() {
			spikes = append(spikes, sim.Spike{Step: uint32(step), Neuron: id})
		}
		d.Sample.Add(spikes)
		d.Counts.Add(spikes)
		n.record(&d, step)
	}
	return d
}

func empty() analysis.Histogram {
	h := analysis.Histogram{Counts: make([]int64, 240)}
	for k := range 241 {
		h.Edges = append(h.Edges, -45+0.25*float64(k))
	}
	return h
}

func (n *tiny) record(d *Data, step int64) {
	first := []int{0, tinyE}
	for i := range d.Populations {
		if step%200 == 0 && step > 1000 {
			for _, v := range n.v[first[i] : first[i]+d.Populations[i].Size] {
				d.Potentials[i].V.Counts[min(239, max(0, int(math.Floor((v+45)/0.25))))]++
			}
		}
		if c := &d.Currents[i]; step > d.Steps-2000 {
			id := first[i] + c.Neuron
			c.TimeMs = append(c.TimeMs, float64(step)*tinyDt)
			c.Exc, c.Inh = append(c.Exc, float32(n.g[0][id])), append(c.Inh, float32(n.g[1][id]))
			c.Ext = append(c.Ext, float32(n.input(id)))
		}
	}
}
