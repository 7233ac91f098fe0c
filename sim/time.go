package sim

import "strconv"

// InMs is a number of steps of dt [ms] in ms, without what the rounding of a decimal
// fraction leaves behind its last decimal.
func InMs(steps int64, dt float64) float64 {
	ms, _ := strconv.ParseFloat(strconv.FormatFloat(float64(steps)*dt, 'g', 12, 64), 64)
	return ms
}
