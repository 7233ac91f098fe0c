//go:build long

package language_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files that were changed at random, in bytes and in words, are answered in lines, or are networks that are not empty.
func TestMutatedTables(t *testing.T) {
	r, dir := rand.New(rand.NewPCG(3, 5)), t.TempDir()
	seeds := []string{
		"neuron,time_ms\n3,1\n5,2\n", "# columns = [\"i\", \"j\", \"delay\"]\n0 1 1\n1 2 1\n", "sender\ttime_step\ttime_offset\n1\t2\t0\n", "1;0\n",
		"time_ms,population,neuron\n1,\"E\",3\n2,F,4\n", npy("<f8", "(1, 2)", false, float64s), npy("<i4", "(2, 2)", true, int32s+int32s),
		zipped(t, map[string]string{"step": npy("<u4", "(2,)", false, someBytes), "neuron": npy("<u4", "(2,)", false, someBytes)}), gzipped(t, "1 2\n3 4\n"),
	}
	words := []string{"time_ms", "neuron", "gid", "population", "\t", ";", ",", "\n", "#", "-1", "1e999", "\"", "\x00", "_s", "steps", "(1099511627776,)", "<f8", "|O"}
	loaded := 0
	for range 5_000 {
		content := []byte(seeds[r.IntN(len(seeds))])
		for range 1 + r.IntN(4) {
			at := r.IntN(len(content) + 1)
			switch word := words[r.IntN(len(words))]; r.IntN(3) {
			case 0:
				content = append(content[:at:at], append([]byte(word), content[at:]...)...)
			case 1:
				content = append(content[:at:at], content[min(len(content), at+r.IntN(6)):]...)
			default:
				if at < len(content) {
					content[at] = byte(r.Uint32())
				}
			}
		}
		for _, text := range []string{"populations: {S: {size: 8, neuron: spikes, file: f, early: drop}}", synapses("", "")} {
			n, err := loadBeside(t, dir, string(content), text)
			if err != nil {
				requireLines(t, err)
				continue
			}
			edges := 0
			if len(n.Projections) > 0 {
				edges = len(n.Projections[0].Edges.Source)
			}
			require.Positive(t, len(n.Populations[0].Spikes.Times)+edges, "%q", content)
			loaded++
		}
	}
	require.Greater(t, loaded, 100, "most are refused, not all")
}
