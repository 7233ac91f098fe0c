package main

import (
	"fmt"
	"syscall"
	"time"
)

// startPoller has Go's runtime take the two files by which it waits. It would take them at the first use, and where no more files may
// be open it would end the program with a trace; here that is an error.
func startPoller() error {
	var free [2]int
	if err := syscall.Pipe(free[:]); err != nil {
		return fmt.Errorf("%w: 16 or more are needed (ulimit -n)", err)
	}
	for _, fd := range free {
		syscall.Close(fd)
	}
	time.AfterFunc(time.Hour, func() {}).Stop() // the first timer starts the poller
	return nil
}
