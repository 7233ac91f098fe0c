package network

// maxSampleBytes is more than maxSamples numbers take in any notation that is
// no waste.
const maxSampleBytes = 1 << 24

const mustColumns = "must be one column of values, or one of times [ms] and one of values"

// readSamples reads values, and their times where the file has them, from a
// CSV or .npy file.
func readSamples(n *node) (times, values []float64, fault *FieldError) {
	file, fault := readTable(n, "", maxSampleBytes, func(int) {}, func(cells []float64) string {
		switch {
		case len(cells) > 2:
			return mustColumns
		case len(times)+len(values) >= maxSamples:
			return mustSamples
		case len(cells) == 2:
			times = append(times, cells[0])
		}
		values = append(values, cells[len(cells)-1])
		return ""
	})
	if fault == nil && len(values) == 0 {
		fault = &FieldError{Place: n.place, Value: file.Path, Allowed: "must hold at least one value"}
	}
	return times, values, fault
}
