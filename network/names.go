package network

import (
	"regexp"
)

// The shapes of names: those of populations and projections may be used in
// paths and expressions, a network's names a folder.
const (
	NamePattern    = `[A-Za-z][A-Za-z0-9_]{0,63}`
	networkPattern = `[A-Za-z0-9][A-Za-z0-9_.-]{0,63}`
)

var (
	MemberName  = regexp.MustCompile(`^` + NamePattern + `$`)
	networkName = regexp.MustCompile(`^` + networkPattern + `$`)
)
