//go:build cgo && !nogl

package gpu

import "fmt"

// Fill takes that many bytes of a device's memory, or as many as there are, in buffers that are written. It returns how many those
// are, and what frees them. The error wraps ErrMemory where there are fewer.
func Fill(c *Context, bytes int64) (free func(), filled int64, err error) {
	var o owned
	o.c = c
	for filled < bytes && err == nil {
		n := min(bytes-filled, 1<<30, c.Device().Limits.MaxStorageBlock) &^ 3
		if n == 0 {
			break
		}
		if _, err = keep[uint32](&o, fmt.Sprintf("filling from %d", filled), int(n/4), nil); err == nil {
			err = c.Finish()
		}
		if err == nil {
			filled += n
		}
	}
	return o.free, filled, err
}
