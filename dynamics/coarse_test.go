package dynamics_test

import (
	"strings"
	"testing"

	"einet/network/language"

	"github.com/stretchr/testify/require"
)

// A w_max far above the weights makes these coarse, which is told.
func TestCoarseWeights(t *testing.T) {
	for wMax, told := range map[string]string{
		"1":   "",
		"1e4": "",
		"1e7": "projections.EE.weight: 0.3 mV: fixed point is off by up to ",
	} {
		net, err := language.Load(strings.NewReader(`
populations: {E: {size: 100, tau_m: 10, V_th: 15, V_reset: 0}}
projections: {EE: {from: E, to: E, p: 0.1, weight: 0.3, delay: 1, tau_syn: 5, plasticity: {stdp: {A_plus: 0.1, A_minus: 0.1, tau_plus: 20, tau_minus: 20, w_max: `+wMax+`}}}}
`), "coarse.yaml", language.Options{})
		require.NoError(t, err)
		m := model(t, net)
		require.Equal(t, told != "", len(m.Losses()) == 1, "%s: %v", wMax, m.Losses())
		if told != "" {
			require.Contains(t, m.Losses()[0], told)
			require.Contains(t, m.Losses()[0], "beside its w_max of 1e+07 mV")
		}
	}
}
