package validate

import (
	"fmt"
	"math"

	"einet/network"
	"einet/sim"
)

// Spikes are spikes from elsewhere, such as another simulator's.
type Spikes struct {
	Name    string // of the file
	DtMs    float64
	Steps   int64 // how long they are
	Discard int64 // the first steps, which don't count
	Sizes   []int // of the populations
	Spikes  []sim.Spike
}

// Check is an error unless the spikes can be compared with the network.
func (s *Spikes) Check(net *network.Network) error {
	if math.Abs(s.DtMs-net.Dt) > 1e-9 {
		return fmt.Errorf("%s: its grid is %g ms, the network's is %g ms", s.Name, s.DtMs, net.Dt)
	}
	if len(s.Sizes) != len(net.Populations) {
		return fmt.Errorf("%s: it has %d populations, the network has %d", s.Name, len(s.Sizes), len(net.Populations))
	}
	for i, n := range s.Sizes {
		if n != net.Populations[i].Size {
			return fmt.Errorf("%s: population %s has %d neurons, in the network it has %d", s.Name, net.Populations[i].Name, n, net.Populations[i].Size)
		}
	}
	if s.Steps < 1 {
		return fmt.Errorf("%s: it has neither spikes nor a duration", s.Name)
	}
	return nil
}

// Unseen are the sources of the network of which there are no spikes, as what drives a network is often not
// recorded. They are not compared; there are none where there are no spikes from elsewhere.
func (s *Spikes) Unseen(net *network.Network) (populations []int) {
	if s == nil {
		return nil
	}
	fired := make([]bool, len(s.Sizes))
	for _, spike := range s.Spikes {
		of, end := 0, s.Sizes[0]
		for int(spike.Neuron) >= end {
			of++
			end += s.Sizes[of]
		}
		fired[of] = true
	}
	for i, p := range net.Populations {
		if p.Neuron.IsSource() && !fired[i] {
			populations = append(populations, i)
		}
	}
	return populations
}

// print is the fingerprint of a number of steps after those that are discarded.
func (s *Spikes) print(steps int64) fingerprint {
	o := newObserver(s.Sizes, s.DtMs, s.Discard)
	list := s.Spikes
	for len(list) > 0 && int64(list[len(list)-1].Step) > s.Discard+steps {
		list = list[:len(list)-1]
	}
	o.add(list)
	return printOf(o.activities(s.Discard + steps))
}
