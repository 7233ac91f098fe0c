package sim

import "einet/dynamics"

// A Releaser is an Engine that tells the state of short-term plasticity.
type Releaser interface {
	Engine
	// Releases copies the states of consecutive sources of a projection with short-term plasticity, from index first on, behind all
	// spikes up to the present step.
	Releases(projection, first int, dst []dynamics.Release) error
}
