package enginetest

import (
	"strings"

	"einet/network"
	"einet/network/language"
)

// described is a network as users write it.
func described(text string) *network.Network {
	n, err := language.Load(strings.NewReader(text), "enginetest.yaml", language.Options{})
	if err != nil {
		panic(err)
	}
	return n
}

// adaptive has two populations of one code but for their constants, currents with noise, parameters that are drawn, refractory
// periods too, and a state that is no potential.
const adaptive = `
name: adaptive
dt: 0.1
seed: 5
populations:
  E:
    size: 147
    neuron: adex
    input: 800
    bias: {normal: [0, 50]}
    ou_noise: {sd: 60, tau: 5}
    white_noise: {sd: 1}
    parameters: {b: 40 pA, tau_w: {uniform: [80 ms, 150 ms]}, t_ref: {uniform: [0.4, 3]}}
    state: {V: {uniform: [-70, -52]}, w: {normal: [10, 5]}}
    poisson: {rate: 2 kHz, weight: 20, tau_syn: 2}
  I: {size: 50, neuron: adex, input: 900, t_ref: 1, parameters: {a: 0 nS, b: 0 pA}}
projections:
  EE: {from: E, to: E, p: 0.1, weight: 20, delay: 1.5, tau_syn: 5}
  EI: {from: E, to: I, p: 0.1, weight: {normal: [20, 3]}, delay: {uniform: [1, 2]}, tau_syn: 5}
  IE: {from: I, to: E, p: 0.1, weight: -80, delay: 0.8, tau_syn: 5, synapse: alpha}
  II: {from: I, to: I, p: 0.1, weight: -0.5, delay: 1, synapse: delta}
`

// gated has every method, conductances and a receptor of its own, whose current depends on the potential.
const gated = `
name: gated
dt: 0.05
seed: 6
models:
  gate:
    receptors: [slow]
    parameters: {C_m: 200 pF, g_L: 10 nS, E_L: -65 mV, V_th: -50 mV, V_reset: -60 mV, E_ex: 0 mV, E_in: -80 mV, tau_n: 20 ms}
    definitions: {block: 1/(1 + exp(-V/(16 mV)))}
    state: {V: {uniform: [-65, -55]}, n: 0.1}
    equations:
      V': (g_L*(E_L - V) + g_ex*(E_ex - V) + g_in*(E_in - V) + g_slow*block*(E_ex - V) + I - 20 nS*n*(V - E_in))/C_m
      n': (tanh(sqrt(abs(V - E_in)/(30 mV))) - log(2 + n) - n)/tau_n
    spike: V >= V_th
    reset: {V: V_reset, n: "min(n + 0.05, 1)"}
    method: rk4
populations:
  E: {size: 90, neuron: gate, input: 350, t_ref: 2}
  I: {size: 37, neuron: hh, input: 250, t_ref: 3}
projections:
  EE: {from: E, to: E, p: 0.1, weight: 1, delay: 1, tau_syn: 5}
  slow: {from: E, to: E, p: 0.1, weight: 0.3, delay: 1, tau_syn: 50, tau_rise: 2, synapse: biexponential, receptor: slow}
  EI: {from: E, to: I, p: 0.2, weight: 3, delay: 1, tau_syn: 5}
  IE: {from: I, to: E, p: 0.2, weight: -6, delay: 1, tau_syn: 10}
`
