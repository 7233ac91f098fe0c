package language

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network"
	"einet/network/models"
)

var update = flag.Bool("update", false, "write what docs/language.md should hold")

const page = "../../docs/language.md"

var (
	keyTables = regexp.MustCompile(`(?m)^<!-- keys: (.*) -->\n(\|.*\n)*`)
	slips     = regexp.MustCompile("```yaml\n((?:[^`]|`[^`])*?)```\n\n```\n((?:.*\n)*?)```\n")
)

// The tables of the reference page are the declarations, and its errors are what a
// user sees.
func TestReferencePage(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	want := keyTables.ReplaceAllStringFunc(string(text), func(s string) string {
		names := keyTables.FindStringSubmatch(s)[1]
		return "<!-- keys: " + names + " -->\n" + keyTable(strings.Fields(names))
	})
	want = slips.ReplaceAllStringFunc(want, func(s string) string {
		yaml := slips.FindStringSubmatch(s)[1]
		return "```yaml\n" + yaml + "```\n\n```\n" + answer(t, yaml) + "```\n"
	})
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o666))
	}
	require.Equal(t, string(text), want, "go test ./network/language -run Page -update mends it")
	require.Len(t, slips.FindAllString(want, -1), 7)
	for _, o := range network.Mappings() {
		require.Regexp(t, `<!-- keys:.* `+o.Name+`[ -]`, want)
	}
	example, _, _ := strings.Cut(want[strings.Index(want, "```yaml\n")+len("```yaml\n"):], "```")
	_, err = Load(strings.NewReader(example), "net.yaml", Options{})
	require.NoError(t, err, "the first example")
}

// The networks in the pages about models are networks, and each model that einet has is told of.
func TestModelsPage(t *testing.T) {
	loaded := 0
	for _, file := range []string{page, "../../docs/models.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?s)```yaml\n(models:.*?)```(\n\n```)?").FindAllStringSubmatch(string(text), -1) {
			if block[2] == "" { // no answer follows
				_, err := Load(strings.NewReader(block[1]), "net.yaml", Options{})
				require.NoError(t, err, "%s: %s", file, block[1])
				loaded++
			}
		}
		if file != page {
			for _, name := range models.Names() {
				require.Contains(t, string(text), "| `"+name+"` |")
			}
		}
	}
	require.Equal(t, 2, loaded)
}

// answer is what einet says about a network.
func answer(t *testing.T, yaml string) string {
	_, err := Load(strings.NewReader(yaml), "net.yaml", Options{})
	require.Error(t, err)
	var b strings.Builder
	for _, wrong := range err.(interface{ Unwrap() []error }).Unwrap() {
		var field fault.Error
		require.True(t, errors.As(wrong, &field))
		fmt.Fprintf(&b, "einet: %v\n%s\n", field, field.Snippet())
	}
	return b.String()
}

// keyTable is the keys of the objects of one or several names. Those of objects of
// several kinds make one table, which says the kinds.
func keyTable(names []string) string {
	var objects []network.Mapping
	for _, o := range network.Mappings() {
		if slices.Contains(names, o.Name) {
			objects = append(objects, o)
		}
	}
	several := len(objects) > 1
	head, line := "| key | unit | is |\n", "|---|---|---|\n"
	if several {
		head, line = "| key | of | unit | is |\n", "|---|---|---|---|\n"
	}
	var b strings.Builder
	b.WriteString(head + line)
	type row struct{ key, about string }
	var done []row
	for _, o := range objects {
		for _, k := range o.Keys {
			if o.By == k.Name {
				k.About = choice(&k)
			}
			if slices.Contains(done, row{k.Name, k.Text()}) {
				continue
			}
			done = append(done, row{k.Name, k.Text()})
			var of []string
			for _, other := range objects {
				if slices.ContainsFunc(other.Keys, func(l network.Key) bool { return l.Name == k.Name && (l.Text() == k.Text() || l.Name == o.By) }) {
					of = append(of, called(&other))
				}
			}
			about := k.Text()
			if k.Need {
				about = "**needed**; " + about
			}
			fmt.Fprintf(&b, "| `%s` | ", k.Name)
			if several && len(of) == len(objects) {
				b.WriteString("all | ")
			} else if several {
				b.WriteString(strings.Join(of, ", ") + " | ")
			}
			fmt.Fprintf(&b, "%s | %s |\n", k.Unit, about)
		}
	}
	return b.String()
}

func called(o *network.Mapping) string {
	if o.By != "" {
		return o.Value
	}
	return o.Name
}

// choice is what the key may be that tells objects apart.
func choice(k *network.Key) string {
	words := strings.Split(k.Of, "|")
	more := ""
	if k.Name == "neuron" {
		more = ", or the name of a model"
	}
	return "`" + strings.Join(words, "`, `") + "`" + more + "; " + words[0] + " if left out"
}
