package sweep

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
)

// The table has every statistic that a run's summary has of a population, under its name.
func TestColumnsAreThoseOfASummary(t *testing.T) {
	var want, have []string
	of := reflect.TypeFor[experiment.PopulationSummary]()
	for i := range of.NumField() {
		if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "-" {
			want = append(want, name)
		}
	}
	for _, c := range Columns {
		have = append(have, c.Name)
	}
	slices.Sort(want)
	slices.Sort(have)
	require.Equal(t, want, have)

	// And each takes its own.
	text := map[string]float64{}
	for i, c := range Columns {
		text[c.Name] = float64(i + 1)
	}
	data, err := json.Marshal(text)
	require.NoError(t, err)
	var s experiment.PopulationSummary
	require.NoError(t, json.Unmarshal(data, &s))
	for i, c := range Columns {
		require.Equal(t, float64(i+1), *c.of(&s), c.Name)
	}
}
