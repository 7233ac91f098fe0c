package language_test

import (
	"encoding/json"
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

// What is written is JSON, and says the same when it is read again.
func FuzzWritten(f *testing.F) {
	for _, text := range []string{"a: 1", "a: &x {b: [.5, ~, 'q\t\"'], c: 1e3}\nd: *x\n<<: *x", "{a: \"\\u00e9\\x07\", \"b c\": [[], {}], e: >-\n  folded\n}", "a: |\n  text\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := language.Written([]byte(text), "f.yaml", language.Options{})
		if err != nil {
			return
		}
		require.True(t, json.Valid(first), "%s", first)
		again, err := language.Written(first, "f.json", language.Options{})
		require.NoError(t, err, "%s", first)
		require.JSONEq(t, string(first), string(again))
	})
}
