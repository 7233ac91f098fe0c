package language

import (
	"strings"

	"einet/network"
)

// havingKey names the neuron models, or the rules, that have a key which another of the
// population or projection at a path lacks, or is empty.
func havingKey(path, name string) string {
	of, _, deep := strings.Cut(path, ".")
	if !deep || strings.Count(path, ".") != 1 {
		return ""
	}
	var have []string
	for _, o := range network.Mappings() {
		if of == o.Name+"s" && o.By != "" && o.Has(name) {
			have = append(have, o.Value)
		}
	}
	return strings.Join(have, " or ")
}
