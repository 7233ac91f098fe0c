package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Speeds are over one stretch: an engine that was cut short in the quick beginning of a network
// is no faster for it.
func TestSpeed(t *testing.T) {
	all := Result{Digests: []Digest{{Steps: 10, Wall: 1}, {Steps: 100, Wall: 40}, {Steps: 1000, Wall: 900}}}
	short := Result{Digests: []Digest{{Steps: 10, Wall: 30}, {Steps: 100, Wall: 80}}}
	speed, ok := all.Speed(&short)
	require.True(t, ok)
	require.InDelta(t, 2, speed, 1e-12)
	speed, ok = short.Speed(&all)
	require.True(t, ok)
	require.InDelta(t, 0.5, speed, 1e-12)
	_, ok = all.Speed(&Result{Digests: []Digest{{Steps: 7, Wall: 1}}})
	require.False(t, ok, "no stretch in common")
}

func TestShortestOfRepetitions(t *testing.T) {
	now := shortest([]Digest{{Steps: 10, Wall: 3}, {Steps: 100, Wall: 9}}, []Digest{{Steps: 10, Wall: 5}, {Steps: 100, Wall: 8}})
	require.Equal(t, []Digest{{Steps: 10, Wall: 3}, {Steps: 100, Wall: 8}}, now)
}
