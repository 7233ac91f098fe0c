package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"einet/checkpoint"
	"einet/dynamics"
)

// A Weigher is an Engine that tells the weights of long-term plasticity. A weight is ω, a part of w_max in units of 2^-31, at the present
// step: behind all that was at the synapse in the steps up to it. Synapses are numbered as connectome.Projection.Each has them: by
// source, target, delay and weight at the start.
type Weigher interface {
	Engine
	// Weights appends those of all synapses of a projection with long-term plasticity.
	Weights(projection int, dst []uint32) ([]uint32, error)
	// GatherWeights copies those of some synapses, by their numbers, in any order.
	GatherWeights(projection int, synapses []int64, dst []uint32) error
}

// A PlasticSaver is a Saver of networks with long-term plasticity, too.
type PlasticSaver interface {
	Saver
	Weigher
	// Coming copies what spikes up to the present step are yet to bring to a receptor by projections with long-term plasticity, in units of its
	// Scale: [step][neuron], of the steps from the next one to Model.MaxDelay behind the present.
	Coming(population, receptor int, dst []int32) error
	// LoadPlastic sets the state of long-term plasticity, before Resume. The spikes under way that Resume has take the traces of targets on; nothing
	// else of the state changes with them.
	LoadPlastic(p *Plastic) error
}

// A Plastic is the state of long-term plasticity behind a step.
type Plastic struct {
	Weights [][]uint32                // [projection][synapse] at the step
	Sources [][]dynamics.PlasticTrace // [projection][source] behind the step, as Model.SourceTraces has them
	Targets [][]dynamics.PlasticTrace // [projection][target] behind the step Model.MaxDelay before it, as Model.TargetTraces has them
	Coming  [][][]int32               // [population][receptor][step and neuron] as PlasticSaver has it; nil of receptors that have nothing of it
}

// NewPlastic is the state at step 0, without weights.
func NewPlastic(m *dynamics.Model) *Plastic {
	p := &Plastic{Weights: make([][]uint32, len(m.Projections)), Sources: m.SourceTraces(), Targets: m.TargetTraces(), Coming: make([][][]int32, len(m.Populations))}
	for i := range m.Populations {
		p.Coming[i] = make([][]int32, len(m.Populations[i].Receptors))
	}
	for k := range m.Projections {
		if q := &m.Projections[k]; q.Plasticity != nil && p.Coming[q.To][q.Receptor] == nil {
			p.Coming[q.To][q.Receptor] = make([]int32, m.MaxDelay*m.Populations[q.To].Size)
		}
	}
	return p
}

// Check is an error unless the state can be that behind a step.
func (p *Plastic) Check(m *dynamics.Model, step int64) error {
	for k := range m.Projections {
		q := &m.Projections[k]
		if q.Plasticity == nil {
			continue
		}
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("long-term plasticity: projections.%s: %s", m.Network.Projections[k].Name, fmt.Sprintf(format, args...))
		}
		for i, omega := range p.Weights[k] {
			if omega < q.Plasticity.Low || omega > dynamics.One {
				return wrong("synapse %d: no weight can be %d", i, omega)
			}
		}
		for _, of := range []struct {
			end    string
			traces []dynamics.PlasticTrace
			step   int64
		}{{"source", p.Sources[k], step}, {"target", p.Targets[k], max(0, step-int64(m.MaxDelay))}} {
			for i, t := range of.traces {
				if !q.Plasticity.Holds(t) || int64(t.Last) > of.step {
					return wrong("%s %d has no such trace at step %d: %+v", of.end, i, of.step, t)
				}
			}
		}
		for _, sum := range p.Coming[q.To][q.Receptor] {
			if sum != 0 && (sum < 0) != (q.MaxWeight < 0) {
				return wrong("what is to come can't be %d", sum)
			}
		}
	}
	return nil
}

// CheckWeights is an error unless a projection has long-term plasticity. Engines call it before they copy its weights.
func CheckWeights(m *dynamics.Model, projection int) error {
	if projection < 0 || projection >= len(m.Projections) {
		return fmt.Errorf("weights: projection %d: the network has %d", projection, len(m.Projections))
	}
	if m.Projections[projection].Plasticity == nil {
		return fmt.Errorf("weights: projection %d has no long-term plasticity", projection)
	}
	return nil
}

// CheckGatherWeights is an error unless a projection with so many synapses has long-term plasticity and those synapses, and dst as much room.
// Engines call it before they gather.
func CheckGatherWeights(m *dynamics.Model, projection int, of int64, synapses []int64, dst []uint32) error {
	if err := CheckWeights(m, projection); err != nil {
		return err
	}
	if len(synapses) != len(dst) {
		return fmt.Errorf("weights: %d synapses, room for %d", len(synapses), len(dst))
	}
	for _, s := range synapses {
		if s < 0 || s >= of {
			return fmt.Errorf("weights: synapse %d: projection %d has %d", s, projection, of)
		}
	}
	return nil
}

// CheckComing is an error unless projections with long-term plasticity go to a receptor, and dst has the room. Engines call it before they copy what is
// to come.
func CheckComing(m *dynamics.Model, population, receptor int, dst []int32) error {
	for k := range m.Projections {
		if p := &m.Projections[k]; p.Plasticity != nil && p.To == population && p.Receptor == receptor {
			if want := m.MaxDelay * m.Populations[population].Size; len(dst) != want {
				return fmt.Errorf("what is to come: room for %d, must be for %d", len(dst), want)
			}
			return nil
		}
	}
	return fmt.Errorf("what is to come: no projection with long-term plasticity goes to receptor %d of population %d", receptor, population)
}

// WeightsDigest identifies the weights of an engine at its present step: SHA-256 over those of all projections with long-term plasticity, in
// file order, as little-endian uint32. It is empty where the network has none.
func WeightsDigest(m *dynamics.Model, e Weigher) (string, error) {
	if !m.IsPlastic() {
		return "", nil
	}
	d := NewWeightsHash()
	var omegas []uint32
	for k := range m.Projections {
		if m.Projections[k].Plasticity == nil {
			continue
		}
		var err error
		if omegas, err = e.Weights(k, omegas[:0]); err != nil {
			return "", err
		}
		d.Add(omegas)
	}
	return d.String(), nil
}

// A WeightsHash is that digest in the making.
type WeightsHash struct {
	hash hash.Hash
}

// NewWeightsHash is that of no weights.
func NewWeightsHash() *WeightsHash { return &WeightsHash{sha256.New()} }

// Add adds all weights of the next projection, as Weigher has them.
func (d *WeightsHash) Add(omegas []uint32) {
	var buf [1 << 12]byte
	for len(omegas) > 0 {
		n := min(len(omegas), len(buf)/4)
		for i, omega := range omegas[:n] {
			binary.LittleEndian.PutUint32(buf[4*i:], omega)
		}
		_, _ = d.hash.Write(buf[:4*n]) // a hash takes all
		omegas = omegas[n:]
	}
}

// String is the digest in hexadecimal.
func (d *WeightsHash) String() string { return hex.EncodeToString(d.hash.Sum(nil)) }

// traces follow spikes: those of sources up to the last, those of targets up to the largest delay before it.
type traces struct {
	*Plastic
	model    *dynamics.Model
	from, to [][]int
	none     bool // has long-term plasticity
}

func newTraces(m *dynamics.Model) *traces {
	t := &traces{Plastic: NewPlastic(m), model: m, none: !m.IsPlastic()}
	t.from, t.to = m.Plastic()
	return t
}

// sent takes the traces of a source through a spike.
func (t *traces) sent(s Spike) {
	if t.none {
		return
	}
	i := populationOf(t.model, s.Neuron)
	for _, k := range t.from[i] {
		t.model.Projections[k].Plasticity.SourceFires(&t.Sources[k][int(s.Neuron)-t.model.Populations[i].First], s.Step)
	}
}

// over takes the traces of a target through a spike that is no longer under way.
func (t *traces) over(s Spike) {
	if t.none {
		return
	}
	i := populationOf(t.model, s.Neuron)
	for _, k := range t.to[i] {
		t.model.Projections[k].Plasticity.TargetFires(&t.Targets[k][int(s.Neuron)-t.model.Populations[i].First], s.Step)
	}
}

// keep tells put of the sections of the state.
func (p *Plastic) keep(m *dynamics.Model, put func(name string, keep func(*checkpoint.Section)) error) error {
	for k := range m.Projections {
		if m.Projections[k].Plasticity == nil {
			continue
		}
		err := put(m.Network.Projections[k].Name+", long-term plasticity", func(s *checkpoint.Section) {
			s.Words(p.Weights[k])
			for _, traces := range [][]dynamics.PlasticTrace{p.Sources[k], p.Targets[k]} {
				for i := range traces {
					t := &traces[i]
					s.Uint32(&t.Last, &t.Fast, &t.Slow)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return p.eachComing(func(i, r int, sums []int32) error {
		return put(fmt.Sprintf("%s, receptor %d, to come", m.Network.Populations[i].Name, r), func(s *checkpoint.Section) {
			for n := range sums {
				sum := uint32(sums[n])
				s.Uint32(&sum)
				sums[n] = int32(sum)
			}
		})
	})
}

// eachComing calls do for the sums of each receptor that has some, until it fails.
func (p *Plastic) eachComing(do func(population, receptor int, sums []int32) error) error {
	for i, receptors := range p.Coming {
		for r, sums := range receptors {
			if sums == nil {
				continue
			}
			if err := do(i, r, sums); err != nil {
				return err
			}
		}
	}
	return nil
}

// Plastic is the state of long-term plasticity of an engine that has fired the spikes so far, until the next ones.
func (u *UnderWay) Plastic(e PlasticSaver) (*Plastic, error) {
	u.now()
	if err := u.traces.readWeights(e); err != nil {
		return nil, err
	}
	return u.traces.Plastic, u.traces.eachComing(e.Coming)
}

// savePlastic writes the state of long-term plasticity, of networks that have any.
func (u *UnderWay) savePlastic(w *checkpoint.Writer, e Saver) error {
	if u.traces.none {
		return nil
	}
	engine, can := e.(PlasticSaver)
	if !can {
		return errNoPlasticity
	}
	p, err := u.Plastic(engine)
	if err != nil {
		return err
	}
	return p.keep(u.traces.model, w.Put)
}

// restorePlastic reads what savePlastic has written, and gives it to an engine at step 0, whose weights tell how many there are.
func (u *UnderWay) restorePlastic(r *checkpoint.Reader, e Saver) error {
	t := u.traces
	if t.none {
		return nil
	}
	engine, can := e.(PlasticSaver)
	if !can {
		return errNoPlasticity
	}
	if err := t.readWeights(engine); err != nil {
		return err
	}
	if err := t.keep(t.model, r.Get); err != nil {
		return err
	}
	if err := t.Check(t.model, u.step); err != nil {
		return err
	}
	return engine.LoadPlastic(t.Plastic)
}

func (t *traces) readWeights(e Weigher) (err error) {
	for k := range t.Weights {
		if t.model.Projections[k].Plasticity == nil {
			continue
		}
		if t.Weights[k], err = e.Weights(k, t.Weights[k][:0]); err != nil {
			return err
		}
	}
	return nil
}

var errNoPlasticity = fmt.Errorf("this engine has no checkpoints of networks with long-term plasticity")
