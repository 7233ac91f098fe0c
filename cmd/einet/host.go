package main

import (
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"einet/bench"
)

// availableMemory is how many bytes can be allocated before the machine swaps;
// ok is false where the system doesn't tell.
func availableMemory() (n int64, ok bool) {
	v, ok := bench.ProcField("/proc/meminfo", "MemAvailable")
	if !ok {
		return 0, false
	}
	kB, err := strconv.ParseInt(strings.TrimSuffix(v, " kB"), 10, 64)
	return kB << 10, err == nil
}

// peakMemory is the largest resident size of this process so far in MB (10^6
// bytes).
func peakMemory() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	unit := 1024.0 // Linux counts kB
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return float64(u.Maxrss) * unit / 1e6
}
