package compare

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"einet/network"
	"einet/network/language"
)

// A Key is one that two networks have not alike: the value of each, "" where it has none.
type Key struct {
	Path string `json:"path"` // such as populations.E.input
	A    string `json:"a"`
	B    string `json:"b"`
}

// words say nothing of what a network does.
var words = []string{"name", "description", "source", "duration"}

// Networks are the keys in which two networks differ, every default filled in, in the order in which they are written. What is only said
// of a network, and how long a run of it is, does not count.
func Networks(a, b *network.Network) ([]Key, error) {
	x, order, err := flat(a)
	if err != nil {
		return nil, err
	}
	y, more, err := flat(b)
	if err != nil {
		return nil, err
	}
	for _, path := range more {
		if _, ok := x[path]; !ok {
			order = append(order, path)
		}
	}
	keys := []Key{}
	for _, path := range order {
		if x[path] != y[path] {
			keys = append(keys, Key{path, x[path], y[path]})
		}
	}
	return whole(keys, x, y), nil
}

// flat are the values of a network by their path.
func flat(net *network.Network) (values map[string]string, order []string, err error) {
	text, err := language.Marshal(net)
	if err != nil {
		return nil, nil, err
	}
	written, err := language.Written(text, net.Name, language.Options{})
	if err != nil {
		return nil, nil, err
	}
	values = map[string]string{}
	d := json.NewDecoder(strings.NewReader(string(written)))
	d.UseNumber()
	err = walk(d, "", func(path, value string) {
		if !slices.Contains(words, path) {
			values[path], order = value, append(order, path)
		}
	})
	return values, order, err
}

// walk calls do for every scalar below a path, and for lists, which are one value.
func walk(d *json.Decoder, path string, do func(path, value string)) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		value, err := rest(d, token)
		do(path, value)
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		below := fmt.Sprint(key)
		if path != "" {
			below = path + "." + below
		}
		if err := walk(d, below, do); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// rest is a value that began with a token: a scalar, or a list up to its end, as one text.
func rest(d *json.Decoder, token json.Token) (string, error) {
	delim, ok := token.(json.Delim)
	if !ok {
		return fmt.Sprint(token), nil
	}
	var parts []string
	for d.More() {
		next, err := d.Token()
		if err != nil {
			return "", err
		}
		part, err := rest(d, next)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	end, err := d.Token()
	return delim.String() + strings.Join(parts, ", ") + fmt.Sprint(end), err
}

// whole joins the keys of a population or a projection that only one network has, whose values are a or b.
func whole(keys []Key, a, b map[string]string) []Key {
	var joined []Key
	for i := 0; i < len(keys); i++ {
		parts := strings.SplitN(keys[i].Path, ".", 3)
		if len(parts) < 3 || parts[0] != "populations" && parts[0] != "projections" {
			joined = append(joined, keys[i])
			continue
		}
		member := parts[0] + "." + parts[1] + "."
		end := i
		for end < len(keys) && strings.HasPrefix(keys[end].Path, member) {
			end++
		}
		has := func(values map[string]string) bool {
			for path := range values {
				if strings.HasPrefix(path, member) {
					return true
				}
			}
			return false
		}
		switch {
		case !has(b):
			joined = append(joined, Key{Path: strings.TrimSuffix(member, "."), A: "there"})
		case !has(a):
			joined = append(joined, Key{Path: strings.TrimSuffix(member, "."), B: "there"})
		default:
			joined = append(joined, keys[i:end]...)
		}
		i = end - 1
	}
	return joined
}
