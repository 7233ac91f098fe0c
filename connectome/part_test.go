package connectome_test

import (
	"fmt"
	"testing"

	"einet/connectome"
	"einet/enginetest"
	"einet/network/language"
	"einet/network/presets"

	"github.com/stretchr/testify/require"
)

// synapsesOnto are those of a projection onto targets of a range, by source: in words, so that what differs is shown.
func synapsesOnto(t *testing.T, p *connectome.Projection, of connectome.Range, first int) (all []string) {
	require.NoError(t, p.Each(func(source, target int, weight, delay uint32) error {
		if target += first; target >= of.First && target < of.End {
			all = append(all, fmt.Sprint(source, " to ", target, ": ", weight, " ", delay))
		}
		return nil
	}))
	return all
}

// The synapses of a part are those of the whole that reach its neurons, of every rule, wherever it is cut; of a part that is shifted
// by one neuron they are others.
func TestPartsAreOfTheWhole(t *testing.T) {
	networks := enginetest.Networks()
	wide, err := presets.Load("ei", language.Options{Scale: 1.3})
	require.NoError(t, err)
	for i := range wide.Projections {
		wide.Projections[i].P = 0.001
	}
	networks = append(networks, wide) // of several chunks
	for _, net := range networks {
		t.Run(net.Name, func(t *testing.T) {
			require.NoError(t, net.Validate())
			whole, err := connectome.Build(t.Context(), net, 0)
			require.NoError(t, err)
			some := false
			for _, third := range []int{0, 1, 2} {
				own := connectome.Whole(net)
				for i := range own {
					n := own[i].End
					own[i] = connectome.Range{First: n * third / 3, End: n * (third + 1) / 3}
				}
				part, err := connectome.BuildPart(t.Context(), net, own, 2)
				require.NoError(t, err)
				for k := range part.Projections {
					p, of := &part.Projections[k], own[part.Projections[k].To]
					if of.Size() == 0 {
						require.Empty(t, p.Blocks)
						continue
					}
					want, got := synapsesOnto(t, &whole.Projections[k], of, 0), synapsesOnto(t, p, of, of.First)
					require.Equal(t, want, got, "%s, neurons from %d to %d", net.Projections[k].Name, of.First, of.End)
					for _, b := range p.Blocks {
						require.LessOrEqual(t, b.First+b.Size, of.Size())
					}
					some = some || len(want) > 1 && fmt.Sprint(want) != fmt.Sprint(synapsesOnto(t, p, connectome.Range{First: of.First + 1, End: of.End + 1}, of.First+1))
				}
			}
			require.True(t, some || len(net.Projections) == 0, "control: another place is noticed")
		})
	}
}
