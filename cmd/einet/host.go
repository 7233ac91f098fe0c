package main

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"einet/bench"
)

// availableMemory is how many bytes can be allocated before the machine swaps or
// the limit of a control group ends the process; ok is false where the system
// doesn't tell.
func availableMemory() (n int64, ok bool) {
	n, ok = groupMemory(os.DirFS("/"))
	v, found := bench.ProcField("/proc/meminfo", "MemAvailable")
	if !found {
		return n, ok
	}
	kB, err := strconv.ParseInt(strings.TrimSuffix(v, " kB"), 10, 64)
	if err != nil {
		return n, ok
	}
	if ok {
		return min(n, kB<<10), true
	}
	return kB << 10, true
}

// groupMemory is what the control groups (version 2) that the process is in
// leave of their limits, files that the kernel can drop not counted; ok is false
// without a limit. root is the file system's.
func groupMemory(root fs.FS) (n int64, ok bool) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	group, found := "/", false
	for line := range strings.Lines(string(text)) {
		if g, is := strings.CutPrefix(strings.TrimSpace(line), "0::"); is {
			group, found = path.Join("/", g), true
		}
	}
	n = math.MaxInt64
	for ; found; group = path.Dir(group) {
		dir := path.Join("sys/fs/cgroup", group)
		limit, limited := readNumber(root, path.Join(dir, "memory.max")) // or "max"
		used, told := readNumber(root, path.Join(dir, "memory.current"))
		if limited && told {
			n, ok = min(n, max(0, limit-used+inactiveFiles(root, dir))), true
		}
		if group == "/" {
			break
		}
	}
	return n, ok
}

func readNumber(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

func inactiveFiles(root fs.FS, dir string) int64 {
	text, _ := fs.ReadFile(root, path.Join(dir, "memory.stat"))
	for line := range strings.Lines(string(text)) {
		if v, is := strings.CutPrefix(line, "inactive_file "); is {
			n, _ := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			return n
		}
	}
	return 0
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
