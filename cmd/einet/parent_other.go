//go:build !linux

package main

import (
	"context"
	"os/exec"
)

// dieWithParent can't be had on this system.
func dieWithParent(*exec.Cmd) {}

func whileParent(ctx context.Context) context.Context { return ctx }
