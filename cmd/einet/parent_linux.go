package main

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the system end a child process when this one is killed.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
