package stattest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// A P is the p-value of one statistic of a sample.
type P struct {
	Of string
	P  float64
}

// A Fault is an error of a size, 0.01 for 1 %, that a sample or its law is given on purpose. The zero Fault is none.
type Fault struct {
	Name string
	Size float64
}

// Of is the size of the fault if it has that name, or 0.
func (f Fault) Of(name string) float64 {
	if f.Name == name {
		return f.Size
	}
	return 0
}

// Times is 1 + Of.
func (f Fault) Times(name string) float64 { return 1 + f.Of(name) }

// A Check is a sample of random numbers, statistics of it, and the faults that must be seen in them.
type Check struct {
	Name   string
	Size   int      // of the sample that must show a fault of 1 %
	Faults []string // each of which, alone, must show
	// Sample draws about so many numbers with a seed and returns the p-values of their statistics, always
	// of the same ones in the same order.
	Sample func(t testing.TB, seed uint32, size int, fault Fault) []P
}

// quicker is the part of a check's size at which a fault of 10 % shows as well as one of 1 % does in
// all: what is seen goes with the root of the size.
const quicker = 100

// Quick makes checks at a hundredth of their size: right samples pass, of three seeds, and faults of 10 % show.
func Quick(t *testing.T, checks []Check) {
	for _, c := range checks {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.passes(t, c.Size/quicker)
			for _, fault := range c.Faults {
				require.True(t, c.sees(t, c.Size/quicker, Fault{fault, 0.1}), "control: %s, 10 %%", fault)
			}
		})
	}
}

// seeds is how many p-values are held to be uniform.
const seeds = 200

// Full makes checks at their size: right samples pass, of three seeds, faults of 1 % show, and over 200 seeds, at a
// hundredth of the size, the p-values are uniform. It logs the smallest fault that shows.
func Full(t *testing.T, checks []Check) {
	for _, c := range checks {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.passes(t, c.Size)
			for _, fault := range c.Faults {
				smallest := c.smallest(t, fault)
				require.LessOrEqual(t, smallest, 0.01, "control: %s", fault)
				t.Logf("%s, n = %.0e: %s is seen from %g %% on", c.Name, float64(c.Size), fault, 100*smallest)
			}
			c.uniform(t)
		})
	}
}

func (c *Check) passes(t *testing.T, size int) {
	t.Helper()
	for _, seed := range []uint32{1, 2, 1<<32 - 5} {
		for _, p := range c.Sample(t, seed, size, Fault{}) {
			require.False(t, Fails(p.P), "%s: p = %g, n = %d, seed %d", p.Of, p.P, size, seed)
		}
	}
}

func (c *Check) sees(t *testing.T, size int, fault Fault) bool {
	t.Helper()
	for _, p := range c.Sample(t, 1, size, fault) {
		if Fails(p.P) {
			return true
		}
	}
	return false
}

// smallest is the smallest of some sizes of a fault, down from 1 %, that shows, and infinite where none does.
func (c *Check) smallest(t *testing.T, fault string) float64 {
	t.Helper()
	seen := math.Inf(1)
	for _, size := range []float64{0.01, 0.005, 0.002, 0.001} {
		if !c.sees(t, c.Size, Fault{fault, size}) {
			break
		}
		seen = size
	}
	return seen
}

func (c *Check) uniform(t *testing.T) {
	t.Helper()
	var values [][]float64
	var names []string
	for seed := range uint32(seeds) {
		for k, p := range c.Sample(t, 1000+seed, c.Size/quicker, Fault{}) {
			if seed == 0 {
				values, names = append(values, nil), append(names, p.Of)
			}
			values[k] = append(values[k], p.P)
		}
	}
	for k := range values {
		p := KS(values[k], func(x float64) float64 { return x })
		require.False(t, Fails(p), "%s: p = %g of the p-values of %d seeds", names[k], p, seeds)
	}
}
