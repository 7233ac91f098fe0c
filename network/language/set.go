package language

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
)

// assign applies one --set, "path=value": the value is YAML, and a segment of
// the path may hold the wildcards of path.Match. It returns the changed tree.
func assign(root *node, set string) (*node, []fault.Error) {
	place := fault.Place{Source: "--set " + set}
	where, text, ok := strings.Cut(set, "=")
	where = strings.TrimSpace(where)
	segments := strings.Split(where, ".")
	if !ok || slices.Contains(segments, "") {
		return root, []fault.Error{{Place: place,
			Allowed: "must be PATH=VALUE, such as populations.E.size=8000"}}
	}
	if len(segments) > maxDepth {
		return root, []fault.Error{{Place: place, Allowed: fmt.Sprintf("a path must have at most %d names", maxDepth)}}
	}
	value, faults := parse([]byte(text), place.Source, true)
	if len(faults) > 0 {
		return root, faults
	}
	changed, wrong := root.with(nil, segments, value)
	if wrong != nil {
		wrong.Place = place
		return root, []fault.Error{*wrong}
	}
	return changed, nil
}

// override sets a field of the root to what a flag says.
func override(root *node, flag, field, text string) *node {
	value := &node{kind: scalar, text: text, place: fault.Place{Source: flag + " " + text}}
	changed, wrong := root.with(nil, []string{field}, value)
	if wrong != nil {
		return root // not a mapping, which the decoder reports
	}
	return changed
}

// with is a copy of the tree in which value stands at path, below the segments
// done already. Keys that are absent are made; whether the language has them is
// for the decoder to say.
func (n *node) with(done, todo []string, value *node) (*node, *fault.Error) {
	if len(todo) == 0 {
		return value, nil
	}
	switch n.kind {
	case null:
		return (&node{kind: mapping, place: value.place}).withKey(done, todo, value)
	case mapping:
		return n.withKey(done, todo, value)
	case sequence:
		return n.withItem(done, todo, value)
	}
	return nil, &fault.Error{
		Path:    strings.Join(done, "."),
		Value:   n.String(),
		Allowed: "is not a mapping and has no " + fault.Clip(todo[0]),
	}
}

func (n *node) withKey(done, todo []string, value *node) (*node, *fault.Error) {
	changed := *n
	changed.entries = slices.Clone(n.entries)
	found := false
	for i, e := range changed.entries {
		if !matches(todo[0], e.key) {
			continue
		}
		found = true
		v, wrong := e.value.with(append(slices.Clone(done), e.key), todo[1:], value)
		if wrong != nil {
			return nil, wrong
		}
		changed.entries[i].value = v
	}
	if found {
		return &changed, nil
	}
	// A whole new population or projection may be set; a field of one that
	// doesn't exist is a slip, and a constant that nothing uses.
	named := len(done) == 1 && (done[0] == "populations" || done[0] == "projections")
	constant := len(done) == 1 && done[0] == "constants"
	if isPattern(todo[0]) || named && len(todo) > 1 || constant {
		return nil, absent(done, todo[0], n.keys())
	}
	at := append(slices.Clone(done), todo[0])
	v, wrong := (&node{place: value.place}).with(at, todo[1:], value)
	if wrong != nil {
		return nil, wrong
	}
	changed.entries = append(changed.entries, entry{todo[0], value.place, v})
	return &changed, nil
}

func (n *node) withItem(done, todo []string, value *node) (*node, *fault.Error) {
	changed := *n
	changed.items = slices.Clone(n.items)
	found := false
	for i, item := range changed.items {
		index := strconv.Itoa(i)
		if !matches(todo[0], index) {
			continue
		}
		found = true
		v, wrong := item.with(append(slices.Clone(done), index), todo[1:], value)
		if wrong != nil {
			return nil, wrong
		}
		changed.items[i] = v
	}
	if !found {
		return nil, &fault.Error{
			Path:    strings.Join(append(slices.Clone(done), todo[0]), "."),
			Allowed: fmt.Sprintf("does not exist; the list has %d items, from 0", len(n.items)),
		}
	}
	return &changed, nil
}

// partedKeys are those whose values make a projection two, which einet calls NAME_same and NAME_different.
var partedKeys = []string{"same", "different"}

// absent says that no key is, or matches, want.
func absent(done []string, want string, have []string) *fault.Error {
	allowed := "does not exist"
	if len(have) > 0 {
		meant := fault.DidYouMean(want, have)
		if i := strings.LastIndexByte(want, '_'); i > 0 && slices.Contains(have, want[:i]) && fault.Closest(want[i+1:], partedKeys) != "" {
			meant = fmt.Sprintf("; did you mean %s.%s?", want[:i], fault.Closest(want[i+1:], partedKeys))
		}
		allowed += "; there are " + fault.Listing(have) + meant
	}
	return &fault.Error{Path: strings.Join(append(slices.Clone(done), want), "."), Allowed: allowed}
}

func isPattern(segment string) bool { return strings.ContainsAny(segment, `*?[\`) }

// matches tells whether a key is meant by a segment; a malformed pattern means none.
func matches(segment, key string) bool {
	ok, err := path.Match(segment, key)
	return segment == key || err == nil && ok
}
