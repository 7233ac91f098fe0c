package table

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what docs/language.md should hold")

const page = "../docs/language.md"

var nameTable = regexp.MustCompile(`(?m)^<!-- names of columns -->\n(\|.*\n)*`)

// The table of names in the reference is the declarations, and every name of it is known.
func TestNamesOnThePage(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString("<!-- names of columns -->\n| of | column | may be called |\n|---|---|---|\n")
	for _, k := range []*Kind{SpikeTable, EdgeTable, SampleTable} {
		for _, n := range k.names {
			what := map[Role]string{Time: "time", Neuron: "neuron", Offset: "time before its step", Source: "source", Target: "target",
				Weight: "weight", Delay: "delay", Value: "value", Population: "population", Ignored: "left out"}[n.role]
			if n.unit != "" {
				what += " [" + n.unit + "]"
			}
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", k.rows, what, strings.Join(n.list, " "))
			for _, name := range n.list {
				role, unit, ok := k.known(name)
				require.True(t, ok, name)
				require.Equal(t, n.role, role, name)
				require.Equal(t, n.unit, unit, name)
			}
		}
	}
	require.Len(t, nameTable.FindAllString(string(text), -1), 1)
	want := nameTable.ReplaceAllLiteralString(string(text), b.String())
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o666))
	}
	require.Equal(t, string(text), want, "go test ./table -run Page -update mends it")
}

// Units in names, in any spelling, by what the column holds.
func TestUnitsInNames(t *testing.T) {
	for _, row := range []struct {
		kind *Kind
		name string
		role Role
		unit string
	}{
		{SpikeTable, "Time [ms]", Time, "ms"},
		{SpikeTable, "spike_times_s", Time, "s"},
		{SpikeTable, "t/µs", Time, "us"},
		{SpikeTable, "time_step", Time, "steps"},
		{SpikeTable, "times (seconds)", Time, "s"},
		{SpikeTable, "NeuronID", Ignored, "?"},
		{SpikeTable, "neuron id", Neuron, ""},
		{SpikeTable, "neuron_ms", Ignored, "?"},
		{SpikeTable, "weight", Ignored, "?"},
		{EdgeTable, "weight_nS", Weight, "nS"},
		{EdgeTable, "weight (uS)", Weight, "uS"},
		{EdgeTable, "delay_us", Delay, "us"},
		{EdgeTable, "delay_nS", Ignored, "?"},
		{SampleTable, "I (nA)", Value, "nA"},
		{SampleTable, "rate_kHz", Value, "kHz"},
		{SampleTable, "rate_pA", Ignored, "?"},
		{SampleTable, "current_Hz", Value, "Hz"},
		{SampleTable, "V_m", Ignored, "?"},
	} {
		role, unit, ok := row.kind.known(row.name)
		require.Equal(t, row.unit != "?", ok, row.name)
		if ok {
			require.Equal(t, row.role, role, row.name)
			require.Equal(t, row.unit, unit, row.name)
		}
	}
}
