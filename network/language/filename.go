package language

import (
	"regexp"
	"strings"
)

// fileName makes a network's name of a file's: "nets/my net.yaml" is my_net.
func fileName(file string) string {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
	base = notInName.ReplaceAllString(base, "_")
	base = strings.TrimLeft(base, "_.-")
	if base == "" {
		return "network"
	}
	return base[:min(len(base), 64)]
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_.-]`)
