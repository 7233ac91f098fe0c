package language_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network/language"
)

// Each value is written as what it is read as; keys keep their order, and merges are resolved.
func TestWritten(t *testing.T) {
	text := `constants: {z: .5, "two words": 0x10, b: &b +5., c: 1_000, d: "7", e: 1e999, f: -0, g: 007, h: ~, i: yes}
a: *b
text: 'say "V >= 1" & é'
E: &e {size: true, tau_m: 20 ms}
I: {<<: *e, size: 1E3, list: [1, [], {}]}
`
	got, err := language.Written([]byte(text), "w.yaml", language.Options{Set: []string{"E.size=g/2"}})
	require.NoError(t, err)
	require.Equal(t, `{
  "constants": {
    "z": 0.5,
    "two words": "0x10",
    "b": 5,
    "c": "1_000",
    "d": "7",
    "e": 1e999,
    "f": -0,
    "g": 7,
    "h": null,
    "i": "yes"
  },
  "a": 5,
  "text": "say \"V >= 1\" & é",
  "E": {
    "size": "g/2",
    "tau_m": "20 ms"
  },
  "I": {
    "size": 1E3,
    "list": [
      1,
      [],
      {}
    ],
    "tau_m": "20 ms"
  }
}
`, string(got))
	for _, bad := range []string{"a: *b", "[1]", "a: {", "a: 1\na: 2"} {
		_, err := language.Written([]byte(bad), "w.yaml", language.Options{})
		require.ErrorContains(t, err, "w.yaml:", bad)
	}
	_, err = language.Written([]byte("a: 1"), "w.yaml", language.Options{Set: []string{"x"}})
	require.ErrorContains(t, err, "--set x")
}
