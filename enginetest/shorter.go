package enginetest

// shorter is a number of steps under the race detector, which makes each some ten times as long, and finds in the first of
// them what it finds.
func shorter(steps int) int {
	if racing {
		return steps / 10
	}
	return steps
}
