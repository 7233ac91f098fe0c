package engines

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"einet/connectome"
	"einet/dynamics"
	"einet/gpu"
	"einet/host"
	"einet/ranks"
	"einet/sim"
)

// IsDivided tells whether the network is to be simulated by ranks: of this process, or of several.
func (c *Choice) IsDivided() bool { return c.Ranks > 0 || c.Exchange != nil || len(c.devices()) > 1 }

// devices are those of Device where it lists numbers: 0,1,2,3. Otherwise it is one.
func (c *Choice) devices() []string {
	list := strings.Split(c.Device, ",")
	for _, d := range list {
		if d == "" || strings.Trim(d, "0123456789") != "" {
			return []string{c.Device}
		}
	}
	return list
}

// ranksHere is how many ranks this process simulates.
func (c *Choice) ranksHere() int {
	if c.Exchange != nil {
		return 1
	}
	return max(1, c.Ranks, len(c.devices()))
}

// divide makes the places of this process's ranks ready.
func (g OpenGL) divide(c Choice, m *dynamics.Model, tell Tell) (*Place, error) {
	switch {
	case c.Synapses == Procedural:
		return nil, &InputError{errors.New("--connectivity procedural: ranks store their synapses: leave it out, or simulate with one engine")}
	case c.Forms != gpu.Options{}:
		return nil, &InputError{errors.New("--resident: ranks exchange spikes after every window, of which a dispatch can't have several")}
	case c.Ranks > 0 && len(c.devices()) > 1 && c.Ranks != len(c.devices()):
		return nil, &InputError{fmt.Errorf("--ranks %d: --device %s names %d devices, each of which is a rank", c.Ranks, c.Device, len(c.devices()))}
	case c.Exchange != nil && c.Ranks > 0 && c.Ranks != c.Exchange.Size():
		return nil, &InputError{fmt.Errorf("--ranks %d: mpirun started %d", c.Ranks, c.Exchange.Size())}
	}
	kind, _ := g.pick(c, tell)
	if kind == nil {
		return nil, &InputError{fmt.Errorf("there is no engine %q", c.Engine)}
	}
	if m.IsPlastic() && kind.OnDevices {
		return nil, &InputError{fmt.Errorf("%s: ranks on devices have no long-term plasticity yet: use --engine cpu, or one device", m.Network.Name)}
	}
	n, first, all := c.ranksHere(), 0, c.ranksHere()
	if c.Exchange != nil {
		first, all = c.Exchange.Rank(), c.Exchange.Size()
	}
	threads := c.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	whole := &Place{Kind: kind, exchange: c.Exchange, Threads: c.Threads}
	cut := ranks.Cut(m.Network, all)
	for r := first; r < first+n; r++ {
		p := OnProcessor(kind, max(1, threads/n))
		err := p.fitsRank(c, m, cut[r], all)
		if kind.OnDevices {
			p, err = g.placeOfRank(c, m, kind, cut[r], r, all)
		}
		if err != nil {
			return nil, errors.Join(err, whole.Close())
		}
		whole.Parts = append(whole.Parts, p)
	}
	return whole, nil
}

// placeOfRank opens the device of a rank: that of its turn among those which are named.
func (g OpenGL) placeOfRank(c Choice, m *dynamics.Model, kind *Kind, own []connectome.Range, rank, all int) (*Place, error) {
	devices := c.devices()
	if c.Exchange != nil {
		rank = c.Exchange.Local()
	}
	context, err := g.Open(devices[rank%len(devices)])
	if err != nil {
		var wrong *gpu.SelectorError
		if errors.As(err, &wrong) {
			return nil, err
		}
		return nil, &NoDeviceError{kind, err}
	}
	p := &Place{Kind: kind, Context: context, GL: context.Device()}
	if err = g.Probe(context); err == nil {
		err = p.fitsRank(c, m, own, all)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// fitsRank is an error unless the place, and the host beside it, take one of so many ranks.
func (p *Place) fitsRank(c Choice, m *dynamics.Model, own []connectome.Range, all int) error {
	part := m.Part(own, true)
	_, bytes := connectome.Estimate(m.Network)
	bytes /= int64(all)
	have, known := host.AvailableMemory()
	if !known {
		have = 0
	}
	if p.OnDevices {
		if err := gpu.Fits(p.GL, part, bytes, have); err != nil {
			return fmt.Errorf("%s: one of %d ranks: %w", m.Network.Name, all, err)
		}
		return nil
	}
	if need := (bytes + part.StateBytes()) * int64(c.ranksHere()); known && need+c.Beside > have {
		return fmt.Errorf("%s: what this process has of %d ranks needs %s of memory, %s are available: use fewer neurons (--scale), fewer synapses or more machines",
			m.Network.Name, all, host.Bytes(need+c.Beside), host.Bytes(have))
	}
	return nil
}

// Divided makes an engine of ranks at step 0, each of which builds its own synapses. Of several processes, those of rank 0 has is that
// of the whole network.
func (p *Place) Divided(ctx context.Context, m *dynamics.Model, workers int) (*ranks.Engine, error) {
	b := p.OfRanks(m, workers)
	if p.exchange != nil {
		return ranks.Connect(ctx, m, p.exchange, b)
	}
	return ranks.New(ctx, m, len(p.Parts), b)
}

// OfRanks is how ranks are built of a network, on the place or its parts by turns.
func (p *Place) OfRanks(m *dynamics.Model, workers int) ranks.Build {
	return ranks.Build{
		Synapses: func(ctx context.Context, own []connectome.Range) (*connectome.Connectome, error) {
			return connectome.BuildPart(ctx, m.Network, own, workers)
		},
		Open: func(ctx context.Context, rank int, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			on := p
			if n := len(p.Parts); n > 0 {
				on = p.Parts[rank%n]
			}
			return on.open(ctx, on, m, c)
		},
	}
}

// IsDivided tells whether ranks simulate: Divided makes their engine, and Open none.
func (p *Place) IsDivided() bool { return p.Parts != nil }

// devicesOfRanks names what ranks run on.
func (p *Place) devicesOfRanks() string {
	n := len(p.Parts)
	if p.exchange != nil {
		n = p.exchange.Size()
	}
	var names []string
	for _, q := range p.Parts {
		if name := q.Device(); len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return fmt.Sprintf("%d ranks, %s", n, strings.Join(names, ", "))
}
