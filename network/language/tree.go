package language

import (
	"slices"
	"strconv"
	"strings"

	"einet/fault"
)

// A node is a value of the language before it has a type: what the YAML parser
// and --set produce and the decoder reads. Mappings keep their order, because
// it numbers neurons and random streams. Nodes are never changed once made, so
// a YAML alias may share them.
type node struct {
	kind    kind
	text    string // of a scalar
	quoted  bool   // a scalar that is a string whatever it looks like
	entries []entry
	items   []*node
	place   fault.Place
}

type kind int

const (
	null kind = iota
	scalar
	mapping
	sequence
)

func (k kind) String() string {
	return [...]string{"nothing", "a value", "a mapping", "a list"}[k]
}

// An entry is one key of a mapping and its value.
type entry struct {
	key   string
	place fault.Place // of the key
	value *node
}

// String is the value as an error shows it.
func (n *node) String() string {
	switch {
	case n.kind == scalar && n.quoted:
		return `"` + fault.Clip(n.text) + `"`
	case n.kind == scalar:
		return fault.Clip(n.text)
	}
	return n.kind.String()
}

// index finds a key of a mapping, or returns -1.
func (n *node) index(key string) int {
	return slices.IndexFunc(n.entries, func(e entry) bool { return e.key == key })
}

// keys lists the keys of a mapping, in order.
func (n *node) keys() []string {
	keys := make([]string, len(n.entries))
	for i, e := range n.entries {
		keys[i] = e.key
	}
	return keys
}

// child finds the value at the start of a path, its place, and the rest of the
// path. It is nil where there is none. The only item of a list may go without
// its number.
func (n *node) child(path string) (value *node, place fault.Place, rest string) {
	for i, item := range n.items {
		if rest, ok := cutKey(path, strconv.Itoa(i)); ok {
			return item, item.place, rest
		}
	}
	if len(n.items) == 2 { // a distribution's moments, as a pair
		switch path {
		case "mean":
			return n.items[0], n.items[0].place, ""
		case "sd":
			return n.items[1], n.items[1].place, ""
		}
	}
	longest := -1
	for i, e := range n.entries { // a key may go on where another ends: E.stimulated beside E
		if _, ok := cutKey(path, e.key); ok && (longest < 0 || len(e.key) > len(n.entries[longest].key)) {
			longest = i
		}
	}
	if longest >= 0 {
		e := n.entries[longest]
		rest, _ := cutKey(path, e.key)
		switch {
		case (e.value.kind == mapping || e.value.kind == null) && e.value.place.Line > 0:
			return e.value, e.place, rest // the key is where the eye looks
		default:
			return e.value, e.value.place, rest
		}
	}
	if len(n.items) == 1 {
		return n.items[0], n.items[0].place, path
	}
	return nil, fault.Place{}, ""
}

// locate is the place of the value at path, or of the nearest thing around it
// that exists.
func (n *node) locate(path string) fault.Place {
	place := n.place
	for path != "" {
		value, at, rest := n.child(path)
		if value == nil {
			break
		}
		n, place, path = value, at, rest
	}
	return place
}

// cutKey takes a key off the start of a path. A key may hold dots: that is a
// fault, and has to be found like any other.
func cutKey(path, key string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, key)
	if !ok || rest == "" {
		return "", ok
	}
	return strings.CutPrefix(rest, ".")
}
