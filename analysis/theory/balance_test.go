package theory

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ei is an E/I network with the charges given [mV ms], to X from Y in the order
// EE, EI, IE, II, the last of each pair inhibitory, and external inputs [mV].
func ei(ee, ei, ie, ii, xE, xI float64) *System {
	n := LIF{TauM: 10, VTh: 15}
	return &System{Populations: []Population{
		{Name: "E", Neuron: n, Input: xE, Sources: []Source{{From: 0, InDegree: 1, Charge: ee}, {From: 1, InDegree: 1, Charge: -ei}}},
		{Name: "I", Neuron: n, Input: xI, Sources: []Source{{From: 0, InDegree: 1, Charge: ie}, {From: 1, InDegree: 1, Charge: -ii}}},
	}}
}

func TestBalanceConditions(t *testing.T) {
	b := ei(3000, 2500, 4800, 2500, 30, 20).Balance() // tian2020
	require.True(t, b.Holds)
	require.InDeltaSlice(t, []float64{5.5556, 18.6667}, b.Rates, 1e-4)

	b = ei(3000, 2500, 4800, 2500, 15, 20).Balance() // too little input to E
	require.False(t, b.Holds)
	require.False(t, b.Positive)
	require.False(t, b.Conditions[0].Holds)
	require.True(t, b.Conditions[1].Holds)

	b = ei(4800, 2500, 3000, 2500, 20, 30).Balance() // both reversed: positive, but unstable
	require.True(t, b.Positive)
	require.False(t, b.Holds)

	b = ei(1, 1, 1, 1, 3, 3).Balance() // vs96
	require.False(t, b.Holds)
	require.Nil(t, b.Rates)

	b = ei(3000, 2500, 4800, 2500, 30, 0).Balance() // a ratio that is infinite
	require.True(t, b.Holds)
}

// The conditions of van Vreeswijk & Sompolinsky imply positive rates, and rates
// cancel the input.
func TestBalanceRatesCancelTheInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0.1, 10), 6, 6).Draw(t, "parameters")
		s := ei(x[0], x[1], x[2], x[3], x[4], x[5])
		b := s.Balance()
		if b.Rates == nil {
			return
		}
		require.Equal(t, b.Conditions[0].Holds && b.Conditions[1].Holds, b.Holds)
		if b.Positive {
			for i := range s.Populations {
				d := s.drive(i, rates{mean: b.Rates, variance: make([]float64, 2)})
				require.InDelta(t, 0, d.Net(), 1e-6*d.Excitatory)
			}
		}
	})
}

// Rates lead by what their synapses filter and delay; at 0 Hz they are the balance limit's.
func TestModulation(t *testing.T) {
	s := ei(3000, 2500, 4800, 2500, 30, 20)
	for i := range s.Populations {
		for k, tau := range []float64{6, 5} {
			s.Populations[i].Sources[k].TauSyn, s.Populations[i].Sources[k].Delay = tau, 0.1
		}
	}
	still := s.Modulation(0)
	require.InDelta(t, 5.5556, real(still[0]), 1e-4)
	require.InDelta(t, 18.6667, real(still[1]), 1e-4)
	require.Zero(t, imag(still[0]))
	for _, hz := range []float64{5, 50} {
		for i, r := range s.Modulation(hz) {
			w, tau := 2*math.Pi*hz/1000, []float64{6, 5}[i]
			require.InDelta(t, math.Atan(w*tau)+0.1*w, cmplx.Phase(r), 1e-9)
			require.InEpsilon(t, math.Hypot(1, w*tau)*real(still[i]), cmplx.Abs(r), 1e-9)
		}
	}
	for i := range s.Populations {
		for k := range s.Populations[i].Sources {
			s.Populations[i].Sources[k].TauRise = s.Populations[i].Sources[k].TauSyn
		}
	}
	require.InDelta(t, 2*math.Atan(0.6*math.Pi)+0.01*math.Pi, cmplx.Phase(s.Modulation(50)[0]), 1e-9, "alpha synapses filter twice")
	require.Nil(t, ei(1, 1, 1, 1, 3, 3).Modulation(50), "vs96")
}

func TestBalanceOfOneAndOfThree(t *testing.T) {
	one := &System{Populations: []Population{{Sources: []Source{
		{From: 0, InDegree: 1000, Charge: -2}, {From: External, InDegree: 100, Charge: 3, Rate: 20},
	}}}}
	b := one.Balance()
	require.True(t, b.Holds)
	require.InDelta(t, 3, b.Rates[0], 1e-12, "100 * 3 * 20 = 1000 * 2 * 3")
	require.Nil(t, b.Conditions)

	s := ei(3000, 2500, 4800, 2500, 30, 20)
	s.Populations = append(s.Populations, Population{Name: "X", Input: 10, Sources: []Source{{From: 0, InDegree: 1, Charge: 900}, {From: 2, InDegree: 1, Charge: -1000}}})
	b = s.Balance()
	require.True(t, b.Holds)
	require.InDelta(t, (10+900*b.Rates[0]/1000)/1000*1000, b.Rates[2], 1e-9)
	s.Populations[2].Input = -10
	require.False(t, s.Balance().Holds, "a rate would be negative")
}
