package main

import (
	"encoding/json"
	"errors"
	"io"
	"slices"

	"einet/fault"
)

// A failure is what a command with --json prints on standard output where it has nothing else to print there.
type failure struct {
	Status int           `json:"status"` // of exit
	Errors []failedValue `json:"errors"` // all of them
}

// A failedValue is one error, and what it says apart: of faults of a network all, of others the message alone.
type failedValue struct {
	Message string `json:"message"`
	Place   string `json:"place,omitempty"`   // file:line:column, or a flag
	Path    string `json:"path,omitempty"`    // such as populations.E.size
	Value   string `json:"value,omitempty"`   // as written, "missing" or "unknown key"
	Allowed string `json:"allowed,omitempty"` // what is allowed there
	Snippet string `json:"snippet,omitempty"` // the line of the file, and below it a caret at the value
}

// asJSON tells whether the command line asks for JSON. It may be one that can't be parsed.
func (t *terminal) asJSON() bool {
	args := t.args
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--json")
}

// printErrors prints an error for programs. People have read it on standard error.
func printErrors(out io.Writer, err error, status int) {
	f := failure{Status: status, Errors: []failedValue{}}
	for _, one := range distinct(faults(err)) {
		value := failedValue{Message: one.Error()}
		var e fault.Error
		if errors.As(one, &e) {
			value.Place, value.Path, value.Value, value.Allowed, value.Snippet = e.Place.String(), e.Path, e.Value, e.Allowed, e.Snippet()
		}
		f.Errors = append(f.Errors, value)
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	_ = e.Encode(f) // a reader that is gone misses nothing
}
