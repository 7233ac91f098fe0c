package dynamics

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"einet/network"

	"github.com/stretchr/testify/require"
)

// exactly is short-term plasticity in float64, solved between spikes: f of each spike at those times [ms].
func exactly(s network.ShortTerm, times []float64) []float64 {
	u, x, last := s.URest, 1.0, 0.0
	decay := func(tau, dt float64) float64 {
		if tau == 0 {
			return 0
		}
		return math.Exp(-dt / tau)
	}
	var f []float64
	for _, t := range times {
		u = s.URest + (u-s.URest)*decay(s.TauFacil, t-last)
		x = 1 + (x-1)*decay(s.TauRec, t-last)
		u += s.U * (1 - u)
		f = append(f, u*x)
		x -= u * x
		last = t
	}
	return f
}

// released is the same in fixed point.
func released(s network.ShortTerm, dt float64, steps []uint32) []float64 {
	p, r := newShortTerm(&s, dt), Release{}
	var f []float64
	for _, n := range steps {
		f = append(f, float64(p.Fire(&r, n))/One)
	}
	return f
}

// differ is the largest difference.
func differ(a, b []float64) float64 {
	worst := 0.0
	for k := range a {
		worst = max(worst, math.Abs(a[k]-b[k]))
	}
	return worst
}

// Parameters of published synapses: depressing and facilitating (Tsodyks, Uziel & Markram 2000), of working memory (Mongillo, Barak &
// Tsodyks 2008), and extreme ones.
var synapsesOfPapers = map[string]network.ShortTerm{
	"depressing":     {U: 0.5, TauRec: 800},
	"facilitating":   {U: 0.04, TauRec: 100, TauFacil: 1000},
	"working memory": {U: 0.2, TauRec: 200, TauFacil: 1500, URest: 0.2},
	"all at once":    {U: 1, TauRec: 3, TauFacil: 2},
	"no depression":  {U: 0.1, TauFacil: 50, URest: 0.5},
	"slow":           {U: 1e-4, TauRec: 1e9, TauFacil: 1e6},
}

// On random trains, with intervals from none to hours, the factors are those of float64; with time constants that are off by 5 % they are not.
func TestReleasesAreExact(t *testing.T) {
	const dt = 0.1
	draw := rand.New(rand.NewPCG(1, 2))
	for name, s := range synapsesOfPapers {
		var steps []uint32
		var times []float64
		step := uint32(1)
		for k := range 4000 {
			steps, times = append(steps, step), append(times, float64(step)*dt)
			step += uint32(draw.ExpFloat64() * []float64{30, 1000, 20_000, 300_000}[k/1000])
		}
		require.Less(t, differ(exactly(s, times), released(s, dt, steps)), 1e-8, name)
		if name == "slow" {
			continue // no time constant matters that much
		}
		off := s
		off.TauRec, off.TauFacil = 1.05*s.TauRec, 1.05*s.TauFacil
		require.Greater(t, differ(exactly(off, times), released(s, dt, steps)), 1e-3, "control: %s", name)
	}
}

// At a constant rate factors settle at the fixed point of their recursion, in closed form.
func TestSteadyRelease(t *testing.T) {
	const dt = 0.1
	for name, s := range synapsesOfPapers {
		if name == "slow" {
			continue // it takes longer to settle
		}
		for _, interval := range []uint32{20, 100, 1000, 20_000} { // 500, 100, 10 and 0.5 Hz
			steady := func(s network.ShortTerm) float64 {
				facil, rec := 0.0, 0.0
				if s.TauFacil > 0 {
					facil = math.Exp(-float64(interval) * dt / s.TauFacil)
				}
				if s.TauRec > 0 {
					rec = math.Exp(-float64(interval) * dt / s.TauRec)
				}
				u := (s.U + (1-s.U)*s.URest*(1-facil)) / (1 - (1-s.U)*facil)
				return u * (1 - rec) / (1 - (1-u)*rec)
			}
			var steps []uint32
			for k := range uint32(8000) {
				steps = append(steps, (k+1)*interval)
			}
			got := released(s, dt, steps)
			require.InDelta(t, steady(s), got[len(got)-1], 1e-8, "%s, interval %d", name, interval)
			if s.TauRec > 0 && interval == 100 && name != "all at once" {
				s.TauRec *= 1.05
				require.Greater(t, math.Abs(steady(s)-got[len(got)-1]), 1e-5, "control: %s", name)
			}
		}
	}
}

// The second of two pulses is that of the closed form, depressed or facilitated; and what is left recovers with tau_rec.
func TestPairedPulses(t *testing.T) {
	const dt = 0.1
	for name, s := range synapsesOfPapers {
		if s.TauRec == 0 || s.TauFacil == 0 {
			continue
		}
		for _, n := range []uint32{10, 200, 3000} {
			first := s.URest + s.U*(1-s.URest)
			u := s.URest + (first-s.URest)*math.Exp(-float64(n)*dt/s.TauFacil)
			u += s.U * (1 - u)
			ratio := u / first * (1 - first*math.Exp(-float64(n)*dt/s.TauRec))
			f := released(s, dt, []uint32{7, 7 + n})
			require.InDelta(t, first, f[0], 1e-9, name)
			require.InEpsilon(t, ratio, f[1]/f[0], 2e-5, "%s after %d steps", name, n)
		}
	}
	f := released(synapsesOfPapers["facilitating"], dt, []uint32{1, 201})
	require.Greater(t, f[1]/f[0], 1.5, "facilitation")
	f = released(synapsesOfPapers["depressing"], dt, []uint32{1, 201})
	require.Less(t, f[1]/f[0], 0.6, "depression")
}

// Any interval of 32 bits decays as e^(-t/tau), down to nothing.
func TestLongIntervals(t *testing.T) {
	for _, tau := range []float64{1e-3, 1, 800, 1e6, 1e9} {
		d := newDecay(tau, 0.1)
		for _, n := range []uint32{0, 1, 255, 256, 257, 65_535, 65_536, 1 << 24, 1<<24 + 1, 1 << 31, math.MaxUint32} {
			require.InDelta(t, math.Exp(-float64(n)*0.1/tau), float64(d.After(n, One))/One, 3e-9, "%d steps, tau %g", n, tau)
		}
		require.Zero(t, d.After(1<<31, 0))
	}
	require.Equal(t, uint32(0), new(Decay).After(0, One), "no time constant: nothing is left even in the same step")
}

// The state between spikes is that of the equations.
func TestAt(t *testing.T) {
	s := synapsesOfPapers["working memory"]
	p, r := newShortTerm(&s, 0.1), Release{}
	p.Fire(&r, 100)
	u, x := p.At(r, 100)
	require.InDelta(t, 0.36, u, 1e-9)
	require.InDelta(t, 0.64, x, 1e-9)
	u, x = p.At(r, 3100)
	require.InDelta(t, 0.2+0.16*math.Exp(-0.2), u, 1e-8)
	require.InDelta(t, 1-0.36*math.Exp(-1.5), x, 1e-8)
	s = synapsesOfPapers["depressing"]
	p, r = newShortTerm(&s, 0.1), Release{}
	p.Fire(&r, 100)
	u, x = p.At(r, 8100)
	require.Equal(t, 0.5, u)
	require.InDelta(t, 1-0.5*math.Exp(-1), x, 1e-8)
}

// A weight times a factor is rounded half away from zero, whatever its sign, and a factor of 1 changes nothing.
func TestWeighted(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4))
	half := big.NewInt(One / 2)
	for range 20_000 {
		w, f := int32(draw.Uint32()>>(1+draw.IntN(31))), draw.Uint32()>>(1+draw.IntN(31))
		if draw.IntN(4) == 0 {
			f = One / (2 << draw.IntN(8)) // ties
		}
		exact := new(big.Int).Mul(big.NewInt(int64(w)), new(big.Int).SetUint64(uint64(f)))
		want := int32(exact.Add(exact, half).Div(exact, big.NewInt(One)).Int64())
		require.Equal(t, want, Weighted(w, f), "%d, %d", w, f)
		require.Equal(t, -want, Weighted(-w, f), "%d, %d", w, f)
		require.Equal(t, w, Weighted(w, One))
		require.Equal(t, -w, Weighted(-w, One))
	}
}
