package language

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"

	"einet/fault"
)

// Written is a description as JSON that Load takes for the same network: as it is written, with its expressions, units and
// constants, changed as the options say (but for Scale), anchors and merges resolved. Keys keep their order.
func Written(text []byte, file string, opts Options) ([]byte, error) {
	text, _, faults := ofSONATA(text, file, opts)
	if len(faults) > 0 {
		return nil, fault.Join(faults)
	}
	root, faults := tree(text, file, opts)
	if len(faults) > 0 || root == nil {
		return nil, fault.Join(fault.Shown(faults, text, file))
	}
	var b bytes.Buffer
	if err := root.json(&b); err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// maxJSON bounds what aliases of aliases may unfold to.
const maxJSON = 1 << 26

// json writes a value. Plain numbers and truth values are those of JSON, all else is a string, as which expressions and words are
// read too.
func (n *node) json(b *bytes.Buffer) error {
	if b.Len() > maxJSON {
		return errors.New("the network is too long as JSON: its aliases repeat too much")
	}
	switch n.kind {
	case null:
		b.WriteString("null")
	case scalar:
		return n.jsonScalar(b)
	case sequence:
		return jsonList(b, '[', ']', len(n.items), func(i int) error { return n.items[i].json(b) })
	case mapping:
		return jsonList(b, '{', '}', len(n.entries), func(i int) error {
			if err := jsonText(b, n.entries[i].key); err != nil {
				return err
			}
			b.WriteByte(':')
			return n.entries[i].value.json(b)
		})
	}
	return nil
}

func jsonList(b *bytes.Buffer, first, last byte, length int, item func(i int) error) error {
	b.WriteByte(first)
	for i := range length {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := item(i); err != nil {
			return err
		}
	}
	b.WriteByte(last)
	return nil
}

var (
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	decimal    = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
)

func (n *node) jsonScalar(b *bytes.Buffer) error {
	switch {
	case n.quoted:
	case n.text == "true" || n.text == "false" || jsonNumber.MatchString(n.text):
		b.WriteString(n.text)
		return nil
	case decimal.MatchString(n.text): // 5. or .5 or +5
		if x, err := strconv.ParseFloat(n.text, 64); err == nil {
			b.WriteString(fault.Exact(x))
			return nil
		}
	}
	return jsonText(b, n.text)
}

// jsonText writes a string of JSON in which > stays as it is.
func jsonText(b *bytes.Buffer, text string) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(text)
}
