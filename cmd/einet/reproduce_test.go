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
	require.Len(t, lines, 3)
	require.Regexp(t, `^\| vs96 +\| rate \[Hz\] \| 41.7 +\| 41\.[67]\d +\| 41.3 to 42.1 \| pass +\| closed form`, lines[2])
	for _, line := range lines {
		require.Len(t, []rune(line), len([]rune(lines[0])), "columns in line")
	}
	status, out, errs = einet(t, "reproduce", "vs96", "--json")
	require.Equal(t, exitDone, status, errs)
	var list []validate.Reproduction
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Len(t, list, 1)
	require.Equal(t, validate.Pass, list[0].Verdict)

	status, _, errs = einet(t, "reproduce", "mine.yaml")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "mine.yaml: no preset; the presets are")
}
