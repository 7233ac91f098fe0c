package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/validate"
)

func TestReproduce(t *testing.T) {
	status, out, errs := einet(t, "reproduce", "vs96", "-q")
	require.Equal(t, exitDone, status, errs)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3+3+4) // and two populations in NEST
	require.Regexp(t, `^\| vs96 +\| rate \[Hz\] \| 41.7 +\| 41\.[567]\d +\| 41.3 to 42.1 \| pass +\| closed form`, lines[2])
	require.Equal(t, []string{"", "The same networks in other simulators: einet (the other ± what einet may be off by)", ""}, lines[3:6])
	require.Regexp(t, `^\| vs96 +\| E +\| 41\.\d\d \(41\.57 ± 0\.42\) \| 0\.0\d+ \(0\.0189\d* ± [0-9.]+\) +\| .* \| pass +\| NEST 3.10.0, 8 seeds \|`, lines[8])
	for i, line := range lines {
		switch {
		case i < 3:
			require.Len(t, []rune(line), len([]rune(lines[0])), "columns in line")
		case i > 5:
			require.Len(t, []rune(line), len([]rune(lines[6])), "columns in line")
		}
	}
	status, out, errs = einet(t, "reproduce", "vs96", "--json")
	require.Equal(t, exitDone, status, errs)
	var list []validate.Reproduction
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Len(t, list, 1+2*4)
	for i, r := range list {
		require.Equal(t, validate.Pass, r.Verdict)
		require.Equal(t, i > 0, r.PeerSeeds == 8)
	}

	status, _, errs = einet(t, "reproduce", "mine.yaml")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "mine.yaml: no preset; the presets are")
}
