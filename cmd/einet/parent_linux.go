package main

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// dieWithParent makes the system end a child process when this one is killed.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// parentVariable is the process, by its number, with which einet is to end.
const parentVariable = "EINET_PARENT"

// whileParent is a context that is cancelled, as by Ctrl-C, when the process that parentVariable names ends, if it is the parent: a
// notebook that is killed leaves no simulation behind. Children of this process have another parent.
func whileParent(ctx context.Context) context.Context {
	parent, err := strconv.Atoi(os.Getenv(parentVariable))
	if err != nil || parent != os.Getppid() {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	gone := make(chan os.Signal, 1)
	signal.Notify(gone, unix.SIGUSR2)                                     // which comes once for each thread of the parent
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGUSR2), 0, 0, 0) // without it the process goes on, as others do
	go func() {
		for range gone {
			if os.Getppid() != parent {
				cancel()
			}
		}
	}()
	return ctx
}
