package host

import (
	"fmt"
	"strings"
)

// Bytes writes a number of bytes with a binary suffix.
func Bytes(n int64) string {
	x, suffix := float64(n)/(1<<10), "KiB"
	for _, larger := range []string{"MiB", "GiB", "TiB", "PiB"} {
		if x >= 1<<10 {
			x, suffix = x/(1<<10), larger
		}
	}
	return fmt.Sprintf("%.1f %s", x, suffix)
}

// Count writes a large number with three digits and a suffix, such as 25M.
func Count(n int64) string { return strings.ReplaceAll(Spaced(n), " ", "") }

// Spaced is Count with a space before the suffix, for tables.
func Spaced(n int64) string {
	x := float64(n)
	if x < 1e4 {
		return fmt.Sprint(n)
	}
	suffix := " k"
	x /= 1e3
	for _, larger := range []string{" M", " G", " T", " P", " E"} {
		if x >= 999.5 {
			x, suffix = x/1e3, larger
		}
	}
	return fmt.Sprintf("%.3g%s", x, suffix)
}
