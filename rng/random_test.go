package rng_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"einet/libm"
	"einet/rng"
	"einet/rng/stattest"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// At the sizes that see 1 % the same checks are TestRandomNumbersAtFullSize, with the build tag long.
func TestRandomNumbers(t *testing.T) { stattest.Quick(t, randomNumbers()) }

func randomNumbers() []stattest.Check {
	all := []stattest.Check{uniformWords(), normal(), exponential()}
	for _, p := range []float64{0.9, 0.25, 0.02, 1e-3} {
		all = append(all, geometric(p))
	}
	for _, mean := range []float64{0.01, 0.1, 0.8, 2, 13, 120, 500} {
		all = append(all, poissonCounts(mean))
	}
	return append(all, independentWords()...)
}

// words are those of the neurons of a few populations and steps.
func words(seed uint32, n int, do func(w uint32)) {
	key := rng.Key{Seed: seed, Stream: rng.Stream(rng.InitialV, 0, 0)}
	var block [4][16]uint32
	for c := uint32(0); n > 0; c += 16 {
		rng.Philox16(key, c, 1, 0, 0, &block)
		for k := range min(n, 64) {
			do(block[k/16][k%16])
		}
		n -= 64
	}
}

func uniformWords() stattest.Check {
	return stattest.Check{
		Name: "words", Size: 4e6, Faults: []string{"range"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			var u []float64
			last := make([]float64, 256)
			words(seed, size, func(w uint32) {
				u = append(u, (float64(w)+0.5)*0x1p-32*fault.Times("range"))
				last[w&255]++
			})
			return append(stattest.Continuous(u, func(x float64) float64 { return min(x, 1) }),
				stattest.Discrete(last, func(int) float64 { return 1. / 256 }))
		},
	}
}

func normal() stattest.Check {
	table := rng.NormalTable()
	return stattest.Check{
		Name: "normal", Size: 4e6, Faults: []string{"mean", "sd", "kurtosis"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			var z []float64
			spread := math.Sqrt(fault.Of("kurtosis")) / 2 // half the numbers times 1 + that, half 1 - that
			words(seed, size, func(w uint32) {
				x := float64(table.Z(w)) * (1 + spread*float64(1-2*(len(z)&1))) / math.Sqrt(1+spread*spread)
				z = append(z, x*fault.Times("sd")+fault.Of("mean"))
			})
			return stattest.Normal(z)
		},
	}
}

func exponential() stattest.Check {
	return stattest.Check{
		Name: "exponential", Size: 4e6, Faults: []string{"mean"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			var e []float64
			words(seed, size, func(w uint32) { e = append(e, float64(rng.Exponential(w))*fault.Times("mean")) })
			return stattest.Continuous(e, func(x float64) float64 { return -math.Expm1(-x) })
		},
	}
}

func geometric(p float64) stattest.Check {
	return stattest.Check{
		Name: fmt.Sprintf("geometric/p=%g", p), Size: 4e6, Faults: []string{"p"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			g := rng.NewGeometric(-1 / libm.Log1p(-p*fault.Times("p")))
			counts := make([]float64, 4097)
			words(seed, size, func(w uint32) { counts[g.Skip(w, 4096)]++ })
			return []stattest.P{stattest.Discrete(counts, func(k int) float64 { return p * math.Pow(1-p, float64(k)) })}
		},
	}
}

func poissonCounts(mean float64) stattest.Check {
	return stattest.Check{
		// Of n counts, 1 % of the mean is sqrt(n mean)/100 standard deviations.
		Name: fmt.Sprintf("Poisson/mean=%g", mean), Size: int(1e6 * max(4, 1/mean)), Faults: []string{"mean"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			thresholds := rng.PoissonThresholds(mean * fault.Times("mean"))
			counts := make([]float64, int(mean+10*math.Sqrt(mean))+10)
			words(seed, size, func(w uint32) { counts[min(rng.Count(w, thresholds), len(counts)-1)]++ })
			return []stattest.P{stattest.Discrete(counts, func(k int) float64 { return distuv.Poisson{Lambda: mean}.Prob(float64(k)) })}
		},
	}
}

// independentWords are pairs of words that have to do with neighbours: what belongs to one neuron, step,
// purpose, population, trial, seed, row, chunk or place in a row, and what belongs to the next.
func independentWords() (all []stattest.Check) {
	add := func(name string, pair func(seed, k uint32) (a, b uint32)) {
		all = append(all, stattest.Check{
			Name: "independent/" + name, Size: 1e6, Faults: []string{"copies"},
			Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
				spoil := rand.New(rand.NewPCG(uint64(seed), 1))
				return stattest.Words(size, func(k int) (a, b uint32) {
					a, b = pair(seed, uint32(k))
					if f := fault.Of("copies"); f > 0 && spoil.Float64() < f {
						b = a
					}
					return a, b
				})
			},
		})
	}
	noise := func(seed uint32) rng.Key { return rng.Key{Seed: seed, Stream: rng.Stream(rng.Noise, 0, 0)} }
	for _, lag := range []uint32{1, 15, 16, 17, 32, 48, 64, 1 << 20} {
		add(fmt.Sprintf("neurons i and i+%d", lag), func(seed, k uint32) (a, b uint32) {
			i := k/lag*2*lag + k%lag // so that no word is in two pairs
			return rng.Neuron(noise(seed), i, 1, 0), rng.Neuron(noise(seed), i+lag, 1, 0)
		})
	}
	for _, lag := range []uint32{1, 2, 64, 1 << 16, 1 << 31} {
		add(fmt.Sprintf("steps n and n+%d", lag), func(seed, k uint32) (a, b uint32) {
			n := 1 + (k>>10)/lag*2*lag + (k>>10)%lag
			return rng.Neuron(noise(seed), k&1023, n, 0), rng.Neuron(noise(seed), k&1023, n+lag, 0)
		})
	}
	add("neuron i, step n and i+1, n+1", func(seed, k uint32) (a, b uint32) {
		return rng.Neuron(noise(seed), k&1023, k>>10, 0), rng.Neuron(noise(seed), k&1023+1, k>>10+1, 1)
	})
	add("draws", func(seed, k uint32) (a, b uint32) {
		return rng.Neuron(noise(seed), k, 1, 0), rng.Neuron(noise(seed), k, 1, 1)
	})
	for name, key := range map[string]func(k rng.Key) rng.Key{
		"purposes":                             func(k rng.Key) rng.Key { k.Stream += rng.Stream(1, 0, 0); return k },
		"populations":                          func(k rng.Key) rng.Key { k.Stream += rng.Stream(0, 1, 0); return k },
		"trials":                               func(k rng.Key) rng.Key { k.Stream += rng.Stream(0, 0, 1); return k },
		"seeds":                                func(k rng.Key) rng.Key { k.Seed++; return k },
		"seeds that differ in the highest bit": func(k rng.Key) rng.Key { k.Seed ^= 1 << 31; return k },
		"seeds that are complements":           func(k rng.Key) rng.Key { k.Seed = ^k.Seed; return k },
		"seed and stream exchanged":            func(k rng.Key) rng.Key { k.Seed, k.Stream = k.Stream, k.Seed; return k },
	} {
		add(name, func(seed, k uint32) (a, b uint32) {
			return rng.Neuron(noise(seed), k, 1, 0), rng.Neuron(key(noise(seed)), k, 1, 0)
		})
	}
	first := func(seed, b, j, k, rule uint32) uint32 {
		w, _, _, _ := rng.Philox(rng.Key{Seed: seed, Stream: rng.Stream(rng.Connectivity, 0, 0)}, b, j, k, rule)
		return w
	}
	add("rows j and j+1", func(seed, k uint32) (a, b uint32) {
		return first(seed, k&63, 2*(k>>6), 0, 0), first(seed, k&63, 2*(k>>6)+1, 0, 0)
	})
	add("chunks k and k+1", func(seed, k uint32) (a, b uint32) {
		return first(seed, k&63, k>>6, 0, 0), first(seed, k&63, k>>6, 1, 0)
	})
	add("row j, chunk k and k, j", func(seed, k uint32) (a, b uint32) {
		return first(seed, k&63, k>>6, 1<<20, 0), first(seed, k&63, 1<<20, k>>6, 0)
	})
	add("places in a row", func(seed, k uint32) (a, b uint32) {
		w0, w1, w2, w3 := rng.Philox(rng.Key{Seed: seed, Stream: rng.Stream(rng.Connectivity, 0, 0)}, k/2&63, k>>7, 0, 0)
		if k&1 == 0 {
			return w0, w1
		}
		return w2, w3
	})
	add("rules", func(seed, k uint32) (a, b uint32) { return first(seed, k, 0, 0, 1), first(seed, k, 0, 0, 2) })
	return all
}

// share is the share of all words for which a condition holds that changes but once, at a bound: to some words of 2^32
// where rounding makes it change back and forth.
func share(holds func(w uint32) bool) float64 {
	return float64(sort.Search(1<<32, func(w int) bool { return !holds(uint32(w)) })) * 0x1p-32
}

// Over all 2^32 words, not some: the shares of a normal number beyond z, of a distance of k at least and of counts of k at
// most are what they should be to a part of a million, or as near as one word in 2^32 comes.
func TestSharesOfAllWords(t *testing.T) {
	near := func(want, got, relative float64) bool { return math.Abs(got-want) <= relative*want+0x1p-31 }
	table := rng.NormalTable()
	for z := 0.05; z < 6.2; z += 0.05 {
		beyond := func(sd float64) float64 {
			return share(func(w uint32) bool { return float64(table.Z(w))*sd > z && w < 1<<31 })
		}
		// The lines of the table are within 1e-4 of the quantile, and the density falls by e^-z along with it.
		require.True(t, near(stattest.Tail(z), beyond(1), 1e-4*(1+z*z)), "z = %g: %g, %g", z, stattest.Tail(z), beyond(1))
		require.False(t, near(stattest.Tail(z), beyond(1.01), 1e-4*(1+z*z)) && z < 5.5, "control: z = %g, sd 1 %% off", z)
	}
	for _, p := range []float64{0.9, 0.25, 0.02, 1e-3, 1e-5} {
		for k := int32(1); k < 4096; k = 1 + k*5/4 {
			least := func(p float64) float64 {
				g := rng.NewGeometric(-1 / libm.Log1p(-p))
				return share(func(w uint32) bool { return g.Skip(w, 4096) >= k })
			}
			rate := float64(k) * math.Log1p(-p)
			fits := func(least float64) bool {
				return near(math.Exp(rate), least, 1e-6*(1-rate)) && near(-math.Expm1(rate), 1-least, 1e-6)
			}
			require.True(t, fits(least(p)), "p = %g, k = %d", p, k)
			require.False(t, fits(least(1.01*p)) && rate > -12, "control: p = %g, k = %d", p, k)
		}
	}
	for _, mean := range []float64{1e-4, 0.1, 2, 13, 120, 500} {
		thresholds := rng.PoissonThresholds(mean)
		for k, below := range thresholds {
			require.True(t, near(distuv.Poisson{Lambda: mean}.CDF(float64(k)), float64(below)*0x1p-32, 1e-9))
		}
	}
}
