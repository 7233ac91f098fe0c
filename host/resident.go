package host

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// StartPeak begins to measure this process's largest resident size, from what it
// is without garbage, and returns a function that ends it [MB, 10^6 bytes]. Only
// Linux can begin anew (proc(5), clear_refs); elsewhere the function returns 0.
func StartPeak() func() float64 {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return func() float64 { return 0 }
	}
	return func() float64 { return statusMB("VmHWM") }
}

// ResidentMB is this process's resident size without garbage [MB]; 0 where the
// system does not tell.
func ResidentMB() float64 {
	debug.FreeOSMemory()
	return statusMB("VmRSS")
}

func statusMB(name string) float64 {
	v, _ := procField("/proc/self/status", name)
	kB, err := strconv.ParseFloat(strings.TrimSuffix(v, " kB"), 64)
	if err != nil {
		return 0
	}
	return kB * 1024 / 1e6
}

// PeakMB is the largest resident size of this process so far in MB (10^6
// bytes).
func PeakMB() float64 {
	if mb := statusMB("VmHWM"); mb > 0 { // Linux's getrusage tells that of the process that started this one, if it was larger
		return mb
	}
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
