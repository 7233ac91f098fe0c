package main

import (
	"errors"

	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/fault"
)

// Exit statuses, as documented in the help and in README.
const (
	exitDone        = 0
	exitCheckFailed = 1
	exitUsage       = 2
	exitMachine     = 3
	exitInterrupted = 130
)

const exitHelp = "Exit status: 0 done; 1 a check failed; 2 the command line, network or input is wrong; 3 this machine can't; 130 interrupted."

// A statusError is an error with its exit status.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

// usage says that the user asked for something that is wrong, machine that
// this machine can't do it.
func usage(err error) error   { return &statusError{exitUsage, err} }
func machine(err error) error { return &statusError{exitMachine, err} }

// errInterrupted ends a command that was stopped by a signal.
var errInterrupted = &statusError{exitInterrupted, errors.New("interrupted")}

// exitStatus is the status that goes with an error.
func exitStatus(err error) int {
	if errors.Is(err, experiment.ErrInterrupted) {
		return exitInterrupted
	}
	var status *statusError
	var field fault.Error
	var input *engines.InputError
	switch {
	case errors.As(err, &status):
		return status.status
	case errors.As(err, &field), errors.As(err, &input), errors.Is(err, dynamics.ErrTooConductive): // dt or the weights are wrong
		return exitUsage
	}
	return exitMachine
}
