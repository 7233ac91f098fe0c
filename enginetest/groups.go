package enginetest

// grouped has projections from and to groups that are ranges, strides, lists and parts of divisions, and pairs of the same and of
// different parts; and biases and inputs of groups, which come and go within windows of three steps, of every kind of neuron.
const grouped = `
name: grouped
dt: 0.1
seed: 7
populations:
  E: {size: 300, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 18}
  I: {size: 90, tau_m: 10, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 16}
  C: {size: 70, neuron: lif_cond, C_m: 200, g_L: 10, E_L: -60, E_ex: 0, E_in: -80, V_th: -50, V_reset: -60, t_ref: 5, input: 120}
  M: {size: 65, neuron: adex, input: 700}
groups:
  E:
    first: {to: 149, input: [2, {pulse: {at: 0.4, duration: 1.3, amplitude: 30}}, {step: {at: 7.7, by: -3}}]}
    odd: {from: 1, every: 2, bias: {uniform: [0, 3]}, input: {pulse: {at: 3, duration: 20, amplitude: 4}}}
    clusters: {count: 7}
  I:
    some: {neurons: [64, {from: 3, to: 33, every: 5}], input: {step: {at: 1, by: 6}}}
    clusters: {count: 7, bias: {normal: [0, 1]}}
  C: {half: {to: 34, bias: {normal: [5, 20]}, input: {pulse: {at: 2, duration: 9, amplitude: 150}}}}
  M: {driven: {from: 20, every: 4, input: [15, {pulse: {at: 1, duration: 12.5, amplitude: 200}}]}}
projections:
  EE: {from: E.clusters, to: E.clusters, tau_syn: 5, same: {p: 0.3, weight: 1, delay: 0.3},
       different: {p: 0.05, weight: {normal: [0.5, 0.2]}, delay: {uniform: [0.3, 1.2]}}}
  ordered: {from: E.odd, to: E.first, rule: fixed_indegree, indegree: 5, autapses: false, weight: {normal: [0.4, 0.2]}, delay: 0.4, tau_syn: 5}
  one: {from: E.clusters.3, to: I.some, p: 0.5, weight: 0.6, delay: 0.4, tau_syn: 6}
  EI: {from: E.clusters, to: I.clusters, rule: fixed_outdegree, outdegree: 3, pairs: same, weight: 0.6, delay: 0.4, tau_syn: 6}
  IE: {from: I, to: E.odd, p: 0.2, weight: -2, delay: 0.3, tau_syn: 5}
  EC: {from: E.first, to: C.half, p: 0.2, weight: 3, delay: 0.6, tau_syn: 5}
  EM: {from: E.odd, to: M.driven, p: 0.2, weight: 20, delay: 0.6, tau_syn: 5}
`

// stirred has groups that receive Poisson spikes and noise: ranges that begin and end within a tile of neurons, strides and lists, whose
// neurons are in several, of every kind of neuron, beside what populations receive or without that.
const stirred = `
name: stirred
dt: 0.1
seed: 11
populations:
  E: {size: 300, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 12, poisson: {rate: 1 kHz, weight: 0.5, tau_syn: 5}}
  P: {size: 200, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 13}
  I: {size: 90, tau_m: 10, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 14, ou_noise: {sd: 3, tau: 8}}
  C: {size: 70, neuron: lif_cond, C_m: 200, g_L: 10, E_L: -60, E_ex: 0, E_in: -80, V_th: -50, V_reset: -60, t_ref: 5, input: 60}
  M: {size: 65, neuron: adex, input: 300, white_noise: {sd: 1}}
groups:
  E:
    driven: {from: 70, to: 203, poisson: [{rate: 3 kHz, weight: 1.5, tau_syn: 5}, {rate: 900 Hz, weight: -1, tau_syn: 4}]}
    odd: {from: 1, every: 2, poisson: {rate: 250 kHz, weight: 0.01, tau_syn: 5}}
  P: {last: {from: 128, poisson: {rate: 8 kHz, weight: 0.5, tau_syn: 3}}}
  I:
    some: {neurons: [64, {from: 3, to: 33, every: 5}], white_noise: {sd: 3}, poisson: {rate: 2 kHz, weight: 1, synapse: delta}}
    half: {to: 44, ou_noise: {sd: 6, tau: 8}, white_noise: {sd: 2}}
  C: {half: {to: 34, ou_noise: {sd: 80, tau: 6}, poisson: {rate: 4 kHz, weight: 4, tau_syn: 5, synapse: alpha}}}
  M: {driven: {from: 20, every: 4, white_noise: {sd: 4}, ou_noise: {sd: 90, tau: 5}, poisson: {rate: 4 kHz, weight: 8, tau_syn: 5}}}
projections:
  EI: {from: E, to: I, p: 0.1, weight: 0.6, delay: 0.4, tau_syn: 6}
  IE: {from: I, to: E, p: 0.2, weight: -1, delay: 0.3, tau_syn: 5}
  EC: {from: E.driven, to: C, p: 0.1, weight: 2, delay: 0.6, tau_syn: 5}
`
