package bench

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Processor is the name of the processor and the number of its threads that Go
// uses.
func Processor() string {
	name := runtime.GOARCH
	if v, ok := ProcField("/proc/cpuinfo", "model name"); ok {
		name = v
	}
	return name + ", " + strconv.Itoa(runtime.GOMAXPROCS(0)) + " threads"
}

// ProcField finds "name : value" in a file of Linux's /proc.
func ProcField(file, name string) (string, bool) {
	f, err := os.Open(file)
	if err != nil {
		return "", false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}
