package sweep

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseAxis(t *testing.T) {
	for _, k := range []struct {
		text   string
		path   string
		values []string
	}{
		{"g=3:8:6", "constants.g", []string{"3", "4", "5", "6", "7", "8"}},
		{"g=8:3:3", "constants.g", []string{"8", "5.5", "3"}},
		{"eta=0:1:4", "constants.eta", []string{"0", "0.333333333333", "0.666666666667", "1"}},
		{"projections.*.delay=1 ms:3ms:3", "projections.*.delay", []string{"1 ms", "2 ms", "3 ms"}},
		{"x=log:0.1:10:3", "constants.x", []string{"0.1", "1", "10"}},
		{"duration=100,200", "duration", []string{"100", "200"}},
		{"populations.E.V0=0,{uniform: [0, 20]}", "populations.E.V0", []string{"0", "{uniform: [0, 20]}"}},
		{"populations.E.V0=[0, 5]", "populations.E.V0", []string{"0", "5"}},
		{"populations.E.input=[60, {step: {at: 500, by: 60}}],70", "populations.E.input", []string{"[60, {step: {at: 500, by: 60}}]", "70"}},
		{"a.b='x, y',z", "a.b", []string{"'x, y'", "z"}},
		{"g=5", "constants.g", []string{"5"}},
	} {
		a, err := ParseAxis(k.text)
		require.NoError(t, err, k.text)
		require.Equal(t, k.path, a.Path)
		require.Equal(t, k.values, a.Values)
	}
	for text, want := range map[string]string{
		"g":             "must be PATH=VALUES",
		"=3":            "must be PATH=VALUES",
		"g=":            "must be PATH=VALUES",
		"g=3:8:1":       "the number of values must be from 2",
		"g=3:8:1e9":     "the number of values must be from 2",
		"g=3:3:4":       "both ends are the same",
		"g=log:0:3:4":   "above 0",
		"g=log:1:3":     "must be lo:hi:n",
		"g=a:b:3":       "must be lo:hi:n",
		"g=1 ms:2 s:3":  "one unit",
		"g=1,,2":        "a value is empty",
		"g=1,2,1":       "1 is there twice",
		"seed=1:3:3":    "--seeds",
		"g=nan:1:3":     "must be lo:hi:n",
		"g=1:inf:3":     "must be lo:hi:n",
		"g=1:2:3000000": "the number of values must be from 2",
	} {
		_, err := ParseAxis(text)
		require.ErrorContains(t, err, want, text)
	}
}
