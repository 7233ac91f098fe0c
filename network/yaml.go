package network

import (
	"errors"
	"fmt"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxDepth  = 32 // of nesting; the language needs 7
	maxIndent = 512
)

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
	file, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	var bad yaml.Error
	if errors.As(err, &bad) {
		why := bad.GetMessage()
		if strings.Contains(why, "character '\t'") {
			why = "a tab: lines are indented by blanks"
		}
		return nil, bad.GetToken(), errors.New(why)
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
