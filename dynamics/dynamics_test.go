package dynamics_test

import (
	"math"
	"testing"

	"einet/dynamics"
	"einet/network"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// one is a population of n neurons with a projection onto itself.
func one(n int, tauM, tauSyn, weight float64) *network.Network {
	return &network.Network{
		Name: "one", Dt: 0.1, Seed: 1,
		Populations: []network.Population{{
			Name: "A", Size: n, Neuron: network.LIF, TauM: tauM, EL: -65, VTh: network.Number(-50), VReset: -60, TRef: 2,
			V0: network.Number(-61), Input: network.Input{network.DC(12)},
		}},
		Projections: []network.Projection{{
			Name: "AA", From: "A", To: "A", Rule: network.FixedProbability, P: 0.5, Weight: network.Number(weight), Delay: network.Number(0.3), Synapse: network.Exponential, Autapses: true, TauSyn: tauSyn,
		}},
	}
}

func model(t require.TestingT, net *network.Network) *dynamics.Model {
	m, err := dynamics.New(net)
	require.NoError(t, err)
	return m
}

// The propagators of Rotter & Diesmann in their textbook form.
func TestPropagators(t *testing.T) {
	m := model(t, one(10, 15, 6, 0.5))
	p := m.Populations[0]
	pvv, prr := math.Exp(-0.1/15), math.Exp(-0.1/6)
	require.Equal(t, float32(math.Expm1(-0.1/15)), p.MVV)
	require.Equal(t, float32(prr), p.Receptors[0].PRR)
	require.InEpsilon(t, 6/(6-15.)*(prr-pvv), p.Receptors[0].PVR, 1e-6)
	require.Equal(t, float32(15), p.VTh)
	require.Equal(t, float32(5), p.VReset)
	require.Equal(t, 20, p.Refractory)
	require.Equal(t, 3, m.MinDelay)
	drive, sum := make([]float32, 1024), 0.0
	m.Drive(0, 0, drive)
	for _, x := range drive {
		require.InDelta(t, (1-pvv)*12, x, 0x1.02p-20, "within half a step of V's grid")
		sum += float64(x)
	}
	require.InDelta(t, (1-pvv)*12, sum/1024, 0x1p-28, "and right in the mean")
}

// Where both time constants are equal, and near there, P_vr is continuous.
func TestEqualTimeConstants(t *testing.T) {
	at := func(tau float64) float64 {
		return float64(model(t, one(10, 10, tau, 0.5)).Populations[0].Receptors[0].PVR)
	}
	require.InEpsilon(t, 0.01*math.Exp(-0.01), at(10), 1e-6)
	require.InEpsilon(t, at(10), at(10+1e-9), 1e-6)
	require.InEpsilon(t, at(10), at(10-1e-6), 1e-5)
}

// The worst step, every source at once, fits an int32, and a finer scale would
// not, unless it is the finest.
func TestScaleIsTheFinestThatCannotOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1_000_000).Draw(t, "n")
		w := rapid.Float64Range(0.01, 100).Draw(t, "w")
		m, err := dynamics.New(one(n, 15, 6, w))
		require.NoError(t, err)
		r, units := m.Populations[0].Receptors[0], float64(m.Projections[0].Weight())
		require.LessOrEqual(t, units*float64(n), float64(math.MaxInt32))
		finer := math.RoundToEven(2*w/float64(r.Scale)) * float64(n)
		require.True(t, r.Scale == 0x1p-40 || finer > math.MaxInt32)
		require.InEpsilon(t, w, units*float64(r.Scale), 1e-3)
		require.LessOrEqual(t, m.WeightRounding(), 1e-3)
		require.GreaterOrEqual(t, 1024*float64(r.Grid), w)
		require.Less(t, 1024*float64(r.Grid), 2*w)
	})
}

func TestReceptorsShareTimeConstantAndSign(t *testing.T) {
	net := one(10, 15, 6, 0.5)
	add := func(tau, w, delay float64) {
		p := net.Projections[0]
		p.TauSyn, p.Weight, p.Delay = tau, network.Number(w), network.Number(delay)
		net.Projections = append(net.Projections, p)
	}
	add(6, -0.5, 0.3)
	add(6, 0.25, 1)
	add(5, -1, 0.1)
	m := model(t, net)
	got := []int{}
	for _, p := range m.Projections {
		got = append(got, p.Receptor)
	}
	require.Equal(t, []int{0, 1, 0, 2}, got)
	require.Equal(t, 1, m.MinDelay)
	require.Equal(t, 10, m.MaxDelay)
	require.Equal(t, 2*m.Projections[2].Weight(), m.Projections[0].Weight())
	require.Equal(t, float32(0.5/1024), m.Populations[0].Receptors[0].Grid)
}

func TestInitialPotential(t *testing.T) {
	net := one(2000, 15, 6, 0.5)
	require.Equal(t, float32(4), model(t, net).InitialV(0)[7])
	net.Populations[0].V0 = network.Between(-60, -50)
	v := model(t, net).InitialV(0)
	mean := 0.0
	for _, x := range v {
		require.GreaterOrEqual(t, x, float32(5))
		require.LessOrEqual(t, x, float32(15))
		mean += float64(x) / 2000
	}
	require.InDelta(t, 10, mean, 4*10/math.Sqrt(12*2000))
	net.Trial = 1
	require.NotEqual(t, v, model(t, net).InitialV(0), "another trial starts elsewhere")
}

func TestRefusals(t *testing.T) {
	refused := func(net *network.Network, want string) {
		_, err := dynamics.New(net)
		require.ErrorContains(t, err, want)
	}
	slow := one(10, 15, 6, 0.5)
	slow.Populations[0].TauM = 1e12
	refused(slow, "populations.A: e^(-dt/tau_m) - 1")
	unlike := one(1_000_000, 15, 6, 1000)
	light := unlike.Projections[0]
	light.Name, light.Weight = "light", network.Number(0.01)
	unlike.Projections = append(unlike.Projections, light)
	refused(unlike, "projections.light.weight")
	conductances := one(10, 15, 6, 1e-7)
	conductances.Populations[0] = network.Population{Name: "A", Size: 10, Neuron: network.LIFCond, CM: 200, GL: 10, EL: -60, EIn: -80,
		VTh: network.Number(-50), VReset: -60, Input: network.Input{network.DC(0)}}
	refused(conductances, "projections.AA.weight: 1e-07 nS: must be 0 or of 9.54e-07 to 1048576 nS: the largest of its receptor")
	conductances.Projections[0].Weight = network.Number(-2e6)
	refused(conductances, "projections.AA.weight: -2000000 nS: must be 0 or of 9.54e-07 to 1048576 nS: the largest of its receptor")
	refused(one(10, 15, 6, 1e-30), "projections.AA.weight: 1e-30 mV: must be 0 or of at least 4.59e-10 mV, the least that fixed point holds")
	require.NoError(t, errOf(one(10, 15, 6, 4.59e-10)), "as the message says")
	few := one(400, 15, 6, 40)
	far := few.Projections[0]
	far.Name, far.Weight, far.Rule, far.P = "far", network.Number(5e-6), network.OneToOne, 0
	few.Projections = append(few.Projections, far)
	lossy := model(t, few)
	require.Equal(t, []string{"projections.far.weight: 5e-06 mV: fixed point is off by up to 53 % of it, beside the largest weight of its receptor, 40 mV; " +
		"that is 2e-10 of the receptor's largest input"}, lossy.Losses())
	require.Empty(t, model(t, one(400, 15, 6, 40)).Losses())
	many := one(1<<31-1, 15, 6, 1.3)
	refused(many, "where 2147483647 spikes may arrive at once")
	huge := one(10, 15, 6, 0.5)
	huge.Populations[0].Input = network.Input{network.DC(1e15)}
	refused(huge, "a potential or input")
}

func errOf(net *network.Network) error {
	_, err := dynamics.New(net)
	return err
}

// A reset that float32 rounds to the threshold would fire in every step, and a
// histogram between the two has no width.
func TestResetMustBeBelowThresholdInFloat32(t *testing.T) {
	net := one(10, 15, 6, 0.5)
	p := &net.Populations[0]
	for _, k := range []struct {
		el, reset, th float64
		ok            bool
	}{
		{-65, -60, -50, true},
		{-65, math.Nextafter(-50, -51), -50, false},
		{0, 99.999999, 100, false},
		{0, 99.9999, 100, true},
		{1e9, 1e9, 1e9 + 15, false}, // as absolute potentials they are one
		{0, 0, 1e-60, false},
	} {
		p.EL, p.VReset, p.VTh = k.el, k.reset, network.Number(k.th)
		if k.ok {
			require.NoError(t, errOf(net), "%v", k)
			continue
		}
		require.ErrorContains(t, errOf(net), "populations.A.V_reset: ", "%v", k)
	}
}

func TestStateBytesDoNotOverflow(t *testing.T) {
	m := model(t, one(1000, 15, 6, 0.5))
	require.EqualValues(t, 1000*(20+4*3), m.StateBytes(), "the least of a neuron, and its input of three steps")
	m.Populations[0].Size, m.MaxDelay = 1<<31-1, 1<<30
	require.Greater(t, m.StateBytes(), int64(1)<<62)
	m.Populations = append(m.Populations, m.Populations[0])
	require.EqualValues(t, int64(math.MaxInt64), m.StateBytes())
}

// Spikes in front of the first step are left out or moved to it, as the network says.
func TestEarlySpikesOfATrain(t *testing.T) {
	net := one(10, 15, 6, 0.5)
	net.Populations = append(net.Populations, network.Population{
		Name: "S", Size: 2, Neuron: network.SpikeSource,
		Spikes: network.SpikeTrain{Times: []float64{3, 0.029, 0.06}, Neuron: []int{1, 0, 1}, Early: network.DropEarly},
	})
	require.Equal(t, []dynamics.SourceSpike{{Step: 1, Neuron: 1}, {Step: 30, Neuron: 1}}, model(t, net).Train(1))
	net.Populations[1].Spikes.Early = network.FirstEarly
	require.Equal(t, []dynamics.SourceSpike{{Step: 1, Neuron: 0}, {Step: 1, Neuron: 1}, {Step: 30, Neuron: 1}}, model(t, net).Train(1))
	net.Populations[1].Spikes.Early = ""
	require.ErrorContains(t, net.Validate(), "early: drop leaves them out")
}
