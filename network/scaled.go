package network

import (
	"slices"

	"einet/fault"
)

// Scaled is a copy of the network with all sizes multiplied by s, which other
// parameters follow as Scale says: what --scale does. The error joins a
// fault.Error for every fault of the result.
func (n *Network) Scaled(s float64) (*Network, error) {
	c := *n
	c.Populations = slices.Clone(n.Populations)
	c.Projections = slices.Clone(n.Projections)
	if faults := c.rescale(s); len(faults) > 0 {
		return nil, fault.Join(faults)
	}
	return &c, nil
}
