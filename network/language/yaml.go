package language

import (
	"errors"
	"fmt"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"einet/network"
)

const (
	maxDepth  = 32 // of nesting; the language needs 7
	maxIndent = 512
	maxKeys   = 1 << 13 // of a mapping; the language has 4096 projections at most
)

var errKeys = fmt.Errorf("must have at most %d keys in a mapping; there may be %d populations, %d projections and %d constants",
	maxKeys, network.MaxPopulations, network.MaxProjections, maxConstants)

// remedies follow what the parser says of slips that are often made.
var remedies = map[string]string{
	"value is not allowed in this context":         ": what belongs together must be indented alike, by as many blanks",
	"mapping value is not allowed in this context": ": what belongs together must be indented alike, by as many blanks, and keys within a line stand in braces",
	"unexpected key name":                          ": a key is followed by a colon and a blank",
	"could not find flow mapping end token '}'":    ": the } of this { is missing",
	"could not find flow sequence end token ']'":   ": the ] of this [ is missing",
}

// parseYAML runs the YAML parser. On an error it returns the token at fault
// too, which may be nil. A panic of the parser, which is not ours to mend, is
// an error like any other: a network file must never bring einet down.
func parseYAML(text string) (file *ast.File, tk *token.Token, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, fmt.Errorf("the parser gave up (%v)", r)
		}
	}()
	tokens := lexer.Tokenize(text)
	if tk := tooDeep(tokens); tk != nil {
		return nil, tk, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	if tk := tooWide(tokens); tk != nil {
		return nil, tk, errKeys
	}
	file, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	var bad yaml.Error
	if errors.As(err, &bad) {
		why := bad.GetMessage()
		if strings.Contains(why, "character '\t'") {
			why = "a tab: lines are indented by blanks"
		}
		return nil, bad.GetToken(), errors.New(why + remedies[why])
	}
	return file, nil, err
}

// tooDeep finds the token at which nesting passes maxDepth. The parser is
// recursive, and takes exponential time on some deep nests.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, opened, line := 0, 0, 0
	for _, tk := range tokens {
		if tk.Position.Line != line { // what a line opens without brackets
			line, opened = tk.Position.Line, 0
			if tk.Position.Column > maxIndent && brackets == 0 {
				return tk
			}
		}
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			opened++
		}
		if brackets > maxDepth || opened > maxDepth {
			return tk
		}
	}
	return nil
}

// tooWide finds the key that is one too many of a mapping: the parser takes a time that grows with
// the square of their number.
func tooWide(tokens token.Tokens) *token.Token {
	type mapping struct{ column, keys int }
	var block []mapping // in lines, from the outermost to the one at hand
	var flow []int      // the keys within each bracket that is open
	within := func(column int) {
		for len(block) > 0 && block[len(block)-1].column > column {
			block = block[:len(block)-1]
		}
	}
	for _, tk := range tokens {
		keys := 0
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow = append(flow, 0)
		case token.MappingEndType, token.SequenceEndType:
			flow = flow[:max(0, len(flow)-1)]
		case token.SequenceEntryType:
			within(tk.Position.Column)
		case token.MappingValueType:
			switch last := len(flow) - 1; {
			case last >= 0:
				flow[last]++
				keys = flow[last]
			case tk.Prev != nil:
				column := tk.Prev.Position.Column
				within(column)
				if len(block) == 0 || block[len(block)-1].column < column {
					block = append(block, mapping{column: column})
				}
				block[len(block)-1].keys++
				keys = block[len(block)-1].keys
			}
		}
		if keys > maxKeys {
			return tk
		}
	}
	return nil
}
