package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"einet/network/models"
	"einet/network/presets"
)

// completionCmd prints what a shell has to read to complete einet's command lines.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: ${enum}. Let it read the output when it starts: source <(einet completion bash); for fish: einet completion fish | source."`
}

// Each shell hands the words so far to einet complete, and offers files where that has nothing.
var completionScripts = map[string]string{
	"bash": `_einet() {
    local IFS=$'\n'
    COMPREPLY=($("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _einet einet
`,
	"zsh": `#compdef einet
_einet() {
    local -a found
    found=(${(f)"$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _einet einet
`,
	"fish": `function __einet_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c einet -f -a '(__einet_complete)'
`,
}

// Run prints it.
func (c *completionCmd) Run(t *terminal) error {
	_, err := fmt.Fprint(t.out, completionScripts[c.Shell])
	return err
}

// completeCmd prints what may come next.
type completeCmd struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The words after einet; the last is to be completed."`
}

// Run prints one candidate a line. There are none where a file is to be named, which shells know.
func (c *completeCmd) Run(k *kong.Kong, t *terminal) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, candidate := range candidates(k.Model.Node, words) {
		if _, err := fmt.Fprintln(t.out, candidate); err != nil {
			return err
		}
	}
	return nil
}

// candidates are what the last word may become.
func candidates(app *kong.Node, words []string) []string {
	if len(words) == 0 {
		return nil
	}
	split := slices.Contains(words[max(0, len(words)-2):], "=") // bash completes what is behind it
	words = joinAssignments(words)
	node := app
	word, before := words[len(words)-1], words[:len(words)-1]
	positionals, open := 0, (*kong.Flag)(nil) // open is a flag that waits for its value
	for _, w := range before {
		child := childOf(node, w)
		switch {
		case open != nil:
			open = nil
		case strings.HasPrefix(w, "-"):
			name, _, assigned := strings.Cut(w, "=")
			if f := flagOf(node, name); f != nil && !assigned && !f.IsBool() {
				open = f
			}
		case child != nil:
			node = child
		default:
			positionals++
		}
	}
	name, value, assigned := strings.Cut(word, "=")
	prefix := name + "="
	if split {
		prefix = ""
	}
	switch {
	case open != nil:
		return startingWith(word, "", valuesOf(open.Value, word))
	case assigned && flagOf(node, name) != nil:
		return startingWith(value, prefix, valuesOf(flagOf(node, name).Value, value))
	case strings.HasPrefix(word, "-"):
		return startingWith(word, "", flagNames(node))
	case len(node.Children) > 0:
		return startingWith(word, "", commandNames(node))
	case node.Name == "help":
		return startingWith(word, "", commandNames(app))
	case len(node.Positional) > 0:
		return startingWith(word, "", valuesOf(node.Positional[min(positionals, len(node.Positional)-1)], word))
	}
	return nil
}

// joinAssignments undoes what bash makes of --flag=value: three words.
func joinAssignments(words []string) []string {
	var joined []string
	for i, w := range words {
		last := len(joined) - 1
		switch {
		case last >= 0 && w == "=" && longFlag.MatchString(joined[last]):
			joined[last] += "="
		case last >= 0 && i > 0 && words[i-1] == "=" && strings.HasSuffix(joined[last], "="):
			joined[last] += w
		default:
			joined = append(joined, w)
		}
	}
	return joined
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// flagOf is the flag of a command that a word such as --seed or -q names.
func flagOf(node *kong.Node, word string) *kong.Flag {
	for _, f := range slices.Concat(node.AllFlags(false)...) {
		if word == "--"+f.Name || f.Short != 0 && word == "-"+string(f.Short) {
			return f
		}
	}
	return nil
}

func flagNames(node *kong.Node) []string {
	var names []string
	for _, f := range slices.Concat(node.AllFlags(true)...) {
		names = append(names, "--"+f.Name)
	}
	return names
}

func commandNames(node *kong.Node) []string {
	var names []string
	for _, c := range node.Children {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}

// valuesOf are what a flag or argument may be, as far as that can be listed: words that are
// given, or presets and the YAML files that begin like the word.
func valuesOf(v *kong.Value, word string) []string {
	switch {
	case v.Enum != "":
		return v.EnumSlice()
	case v.Name == "model":
		return models.Names()
	case v.Name == "network" || v.Name == "networks":
		files, _ := filepath.Glob(quoteGlob(word) + "*.y*ml") // an error is one of the pattern, which has none
		return append(presets.Names(), files...)
	}
	return nil
}

var globMeta = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`)

func quoteGlob(s string) string { return globMeta.Replace(s) }

// startingWith are the values that begin like the word, each behind a prefix.
func startingWith(word, prefix string, values []string) []string {
	var some []string
	for _, v := range values {
		if v != "" && strings.HasPrefix(v, word) {
			some = append(some, prefix+v)
		}
	}
	return some
}
