package host

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// AvailableMemory is how many bytes can be allocated before the machine swaps or
// a limit of the process or its control group ends it; ok is false where the system
// doesn't tell.
func AvailableMemory() (n int64, ok bool) { return memory(false) }

// MemoryToTheEnd is how many bytes can be allocated before the process is ended: AvailableMemory with the machine's swap, and with all
// files that the kernel can drop.
func MemoryToTheEnd() (n int64, ok bool) { return memory(true) }

func memory(toTheEnd bool) (n int64, ok bool) {
	n = math.MaxInt64
	root := os.DirFS("/")
	swap := int64(0)
	if toTheEnd {
		swap, _ = machineField("SwapFree")
	}
	beside := func(n int64, ok bool) (int64, bool) { return n + swap, ok }
	for _, bound := range []func() (int64, bool){
		func() (int64, bool) { return beside(machineMemory()) },
		func() (int64, bool) { return beside(groupMemory(root, toTheEnd)) },
		func() (int64, bool) { return processMemory(root, limitOf) },
	} {
		if left, known := bound(); known {
			n, ok = min(n, left), true
		}
	}
	return n, ok
}

// CollectWithin makes the Go runtime collect its garbage before it takes that number of further bytes. By itself it waits until
// there is as much garbage as memory in use.
func CollectWithin(bytes int64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(int64(m.Sys-m.HeapReleased) + bytes)
}

// machineMemory is what the machine has left.
func machineMemory() (int64, bool) {
	if n, ok := machineField("MemAvailable"); ok {
		return n, true
	}
	return freeMemory()
}

// machineField is a number of bytes of /proc/meminfo.
func machineField(name string) (int64, bool) {
	v, _ := procField("/proc/meminfo", name)
	kB, err := strconv.ParseInt(strings.TrimSuffix(v, " kB"), 10, 64)
	return kB << 10, err == nil
}

// limitOf is a limit on a resource of the process, in bytes; ok is false without one.
func limitOf(resource int) (n int64, ok bool) {
	var l unix.Rlimit
	if err := unix.Getrlimit(resource, &l); err != nil || l.Cur > math.MaxInt64 {
		return 0, false
	}
	return int64(l.Cur), true
}

// unnamed is memory that the Go runtime and the C library ask for beside what is counted: an arena of the heap, and
// the stack of a thread for each processor.
func unnamed() int64 { return 64<<20 + int64(runtime.NumCPU())*(8<<20) }

// processMemory is what the limits on the process's address space (ulimit -v) and data (ulimit -d) leave; ok
// is false without one.
func processMemory(root fs.FS, limit func(resource int) (int64, bool)) (n int64, ok bool) {
	text, err := fs.ReadFile(root, "proc/self/statm")
	var pages [6]int64 // size, resident, shared, text, library, data and stack
	if err == nil {
		_, err = fmt.Sscan(string(text), &pages[0], &pages[1], &pages[2], &pages[3], &pages[4], &pages[5])
	}
	if err != nil {
		return 0, false
	}
	n = math.MaxInt64
	for _, of := range []struct {
		resource int
		pages    int64
	}{{unix.RLIMIT_AS, pages[0]}, {unix.RLIMIT_DATA, pages[5]}} {
		if most, limited := limit(of.resource); limited {
			n, ok = min(n, max(0, most-of.pages*int64(os.Getpagesize())-unnamed())), true
		}
	}
	return n, ok
}

// A groupVersion says what a version of control groups calls the limit on memory, its use, and in memory.stat the files that
// the kernel drops first, and those that it drops before it ends a process; each for a group and those below it.
type groupVersion struct{ folder, limit, used, files, otherFiles string }

var (
	groupsV1 = groupVersion{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ", "total_active_file "}
	groupsV2 = groupVersion{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file ", "active_file "}
)

// groupMemory is what the control groups that the process is in
// leave of their limits, files that the kernel can drop not counted, all of them where it is to the end; ok is false
// without a limit. root is the file system's.
func groupMemory(root fs.FS, toTheEnd bool) (n int64, ok bool) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	n = math.MaxInt64
	for line := range strings.Lines(string(text)) { // number:controllers:group
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		version := groupsV2
		if slices.Contains(strings.Split(fields[1], ","), "memory") {
			version = groupsV1
		} else if fields[1] != "" {
			continue
		}
		if left, limited := version.memory(root, path.Join("/", fields[2]), toTheEnd); limited {
			n, ok = min(n, left), true
		}
	}
	return n, ok
}

// memory is what a group and those above it leave.
func (v groupVersion) memory(root fs.FS, group string, toTheEnd bool) (n int64, ok bool) {
	n = math.MaxInt64
	for {
		// A container may see its own group as the root, and be told of the path outside.
		dir := path.Join(v.folder, group)
		limit, limited := readNumber(root, path.Join(dir, v.limit)) // or "max", or nearly 2^63
		used, told := readNumber(root, path.Join(dir, v.used))
		if limited && told && limit < 1<<60 {
			files := groupFiles(root, dir, v.files)
			if toTheEnd {
				files += groupFiles(root, dir, v.otherFiles)
			}
			n, ok = min(n, max(0, limit-used+files)), true
		}
		if group == "/" {
			return n, ok
		}
		group = path.Dir(group)
	}
}

func readNumber(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

func groupFiles(root fs.FS, dir, name string) int64 {
	text, _ := fs.ReadFile(root, path.Join(dir, "memory.stat"))
	for line := range strings.Lines(string(text)) {
		if v, is := strings.CutPrefix(line, name); is {
			n, _ := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			return n
		}
	}
	return 0
}
