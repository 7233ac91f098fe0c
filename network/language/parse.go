package language

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"einet/fault"
	"einet/network"
)

const (
	maxBytes  = 1 << 23 // of a file; maxSamples numbers take most of it
	maxMarks  = 600_000 // commas, colons and ends of line; the times and neurons of maxSamples spikes take 524 288
	maxMerged = 1 << 16 // keys that "<<" adds; 1024 populations of 15 keys take a quarter
)

// A treeMaker turns a YAML document into nodes and keeps what it finds wrong.
type treeMaker struct {
	source  string // a file, or a flag where flag is set
	flag    bool
	anchors map[string]*node
	merged  int
	faults  []fault.Error
}

// parse reads one YAML document. The source is the file or, with flag, the
// command line's flag that holds the text. The root is nil where the text is
// not YAML; an empty document is a null.
func parse(text []byte, source string, flag bool) (*node, []fault.Error) {
	m := &treeMaker{source: source, flag: flag, anchors: map[string]*node{}}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) // the scanner counts both as lines
	switch {
	case len(text) > maxBytes:
		m.fault(fault.Place{Source: m.source}, "", fmt.Sprintf("must be at most %d bytes", maxBytes))
		return nil, m.faults
	case bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text):
		m.fault(m.at(nil), "", "must be UTF-8 text")
		return nil, m.faults
	case marks(text) > maxMarks: // before the parser, which takes a second for as many
		m.fault(fault.Place{Source: m.source}, "", fmt.Sprintf("must have at most %d commas, colons and lines in all; longer lists may stand in files of their own", maxMarks))
		return nil, m.faults
	}
	file, tk, err := parseYAML(string(text))
	if err != nil {
		allowed := "not valid YAML: " + err.Error()
		if errors.Is(err, errKeys) {
			allowed = err.Error()
		}
		m.fault(m.at(tk), "", allowed)
		return nil, m.faults
	}
	if len(file.Docs) > 1 {
		m.fault(m.at(file.Docs[1].Start), "", "must be a single YAML document")
		return nil, m.faults
	}
	root := &node{place: m.at(nil)}
	if len(file.Docs) == 1 && file.Docs[0].Body != nil {
		root = m.node("", file.Docs[0].Body)
	}
	if !flag && root.kind != mapping && root.kind != null {
		m.faults = append(m.faults, fault.Error{Place: root.place, Value: root.String(), Allowed: network.MustMap + ", with populations"})
	}
	return root, m.faults
}

// marks counts what there is at least one of for each value of a YAML text.
func marks(text []byte) (n int) {
	for _, mark := range []byte(",:\n") {
		n += bytes.Count(text, []byte{mark})
	}
	return n
}

// at is the place of a token, or of the text's start.
func (m *treeMaker) at(tk *token.Token) fault.Place {
	switch {
	case m.flag:
		return fault.Place{Source: m.source}
	case tk == nil || tk.Position == nil:
		return fault.Place{Source: m.source, Line: 1, Column: 1}
	}
	return fault.Place{Source: m.source, Line: tk.Position.Line, Column: max(tk.Position.Column, 1)}
}

func (m *treeMaker) fault(place fault.Place, path, allowed string) {
	m.faults = append(m.faults, fault.Error{Place: place, Path: path, Allowed: allowed})
}

// node converts one YAML value; path is for errors.
func (m *treeMaker) node(path string, from ast.Node) *node {
	place := m.at(from.GetToken())
	switch from := from.(type) {
	case *ast.MappingNode:
		if from.IsFlowStyle {
			place = m.at(from.Start)
		}
		return m.mapping(path, place, from.Values)
	case *ast.MappingValueNode:
		return m.mapping(path, place, []*ast.MappingValueNode{from})
	case *ast.SequenceNode:
		n := &node{kind: sequence, place: place}
		for i, v := range from.Values {
			n.items = append(n.items, m.node(fault.Path(path, strconv.Itoa(i)), v))
		}
		return n
	case *ast.AnchorNode:
		n := m.node(path, from.Value)
		m.anchors[from.Name.GetToken().Value] = n
		return n
	case *ast.AliasNode:
		if n := m.anchors[from.Value.GetToken().Value]; n != nil {
			return n
		}
		m.fault(place, path, "no anchor of this name stands before the alias")
	case *ast.LiteralNode:
		return &node{kind: scalar, text: from.Value.Value, quoted: true, place: place}
	case *ast.StringNode:
		quoted := from.Token.Type == token.SingleQuoteType || from.Token.Type == token.DoubleQuoteType
		return &node{kind: scalar, text: from.Value, quoted: quoted, place: place}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &node{kind: scalar, text: from.GetToken().Value, place: place}
	case *ast.NullNode:
	default: // tags, directives, keys that are not scalars
		m.fault(place, path, "must be a plain value, mapping or list")
	}
	return &node{place: place}
}

// mapping converts the keys of a mapping, keys of a merge ("<<: *cell") behind
// its own and only where it has none of that name.
func (m *treeMaker) mapping(path string, place fault.Place, from []*ast.MappingValueNode) *node {
	n := &node{kind: mapping, place: place}
	seen := make(map[string]fault.Place, len(from))
	var merges []*node
	for _, v := range from {
		at := m.at(v.Key.GetToken())
		if v.Key.IsMergeKey() {
			merges = append(merges, m.node(fault.Path(path, "<<"), v.Value))
			continue
		}
		key, ok := keyText(v.Key)
		if !ok {
			m.fault(at, path, "must have plain words as keys")
			continue
		}
		n.place = firstOf(n.place, at)
		if first, twice := seen[key]; twice {
			m.fault(at, fault.Path(path, key), fmt.Sprintf("the key stands here twice, first at %v", first))
			continue
		}
		seen[key] = at
		n.entries = append(n.entries, entry{key, at, m.node(fault.Path(path, key), v.Value)})
	}
	for _, merge := range merges {
		m.merge(path, n, seen, merge)
	}
	return n
}

// merge adds the keys of a mapping, or of a list of mappings, that n lacks.
func (m *treeMaker) merge(path string, n *node, seen map[string]fault.Place, from *node) {
	switch from.kind {
	case sequence:
		for _, item := range from.items {
			m.merge(path, n, seen, item)
		}
	case mapping:
		m.merged += len(from.entries)
		if m.merged > maxMerged {
			m.fault(from.place, path, fmt.Sprintf("merges must not add more than %d keys", maxMerged))
			return
		}
		for _, e := range from.entries {
			if _, has := seen[e.key]; !has {
				seen[e.key] = e.place
				n.entries = append(n.entries, e)
			}
		}
	default:
		m.fault(from.place, path, "<< must name a mapping, or a list of mappings")
	}
}

// keyText is the text of a key that is a scalar.
func keyText(key ast.MapKeyNode) (string, bool) {
	switch key := key.(type) {
	case *ast.StringNode:
		return key.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(key.GetToken().Value), true
	}
	return "", false
}

// firstOf is the earlier of two places of one source.
func firstOf(a, b fault.Place) fault.Place {
	if b.Line < a.Line || b.Line == a.Line && b.Column < a.Column {
		return b
	}
	return a
}
