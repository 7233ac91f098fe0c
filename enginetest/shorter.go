package enginetest

// shorter is a number of steps under the race detector, which makes each some ten times as long, and finds in the first of
// them what it finds.
func shorter(steps int) int {
	if Racing {
		return max(1, steps/20)
	}
	return steps
}
