package language

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
)

// mismatch says where a value is not what a schema wants, or is empty. It knows the
// words that Schema uses.
func mismatch(root, s map[string]any, value any, at string) string {
	list := func(key string) []any { l, _ := s[key].([]any); return l }
	if to, ok := s["$ref"].(string); ok {
		def, ok := root["$defs"].(map[string]any)[strings.TrimPrefix(to, "#/$defs/")].(map[string]any)
		if !ok {
			return "no definition of " + to
		}
		if wrong := mismatch(root, def, value, at); wrong != "" {
			return wrong
		}
	}
	if options := list("anyOf"); options != nil && !slices.ContainsFunc(options, func(o any) bool {
		return mismatch(root, o.(map[string]any), value, at) == ""
	}) {
		return at + ": none of the forms"
	}
	for _, one := range list("allOf") {
		choice := one.(map[string]any)
		if mismatch(root, choice["if"].(map[string]any), value, at) != "" {
			continue
		}
		if wrong := mismatch(root, choice["then"].(map[string]any), value, at); wrong != "" {
			return wrong
		}
	}
	if words := list("enum"); words != nil && !slices.Contains(words, value) {
		return fmt.Sprintf("%s: %v is none of %v", at, value, words)
	}
	if not, ok := s["not"].(map[string]any); ok && mismatch(root, not, value, at) == "" {
		return fmt.Sprintf("%s: %v is what it must not be", at, value)
	}
	if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(fmt.Sprint(value)) {
		return fmt.Sprintf("%s: %v does not match", at, value)
	}
	if word, ok := s["const"]; ok && word != value {
		return fmt.Sprintf("%s: %v is not %v", at, value, word)
	}
	kinds := list("type")
	if one, ok := s["type"].(string); ok {
		kinds = []any{one}
	}
	if kind := kindOf(value); kinds != nil && !slices.Contains(kinds, any(kind)) &&
		!(kind == "number" && slices.Contains(kinds, any("integer")) && value.(float64) == math.Trunc(value.(float64))) {
		return fmt.Sprintf("%s: a %s, not %v", at, kind, kinds)
	}
	switch v := value.(type) {
	case []any:
		if least, ok := s["minItems"].(float64); ok && len(v) < int(least) {
			return at + ": too short"
		}
		if most, ok := s["maxItems"].(float64); ok && len(v) > int(most) {
			return at + ": too long"
		}
		if items, ok := s["items"].(map[string]any); ok {
			for i, item := range v {
				if wrong := mismatch(root, items, item, at+"."+strconv.Itoa(i)); wrong != "" {
					return wrong
				}
			}
		}
	case map[string]any:
		return mismatchOfKeys(root, s, v, at)
	}
	return ""
}

func mismatchOfKeys(root, s, value map[string]any, at string) string {
	required, _ := s["required"].([]any)
	for _, key := range required {
		if _, ok := value[key.(string)]; !ok {
			return fmt.Sprintf("%s: %v is missing", at, key)
		}
	}
	if least, ok := s["minProperties"].(float64); ok && len(value) < int(least) {
		return at + ": too few keys"
	}
	if most, ok := s["maxProperties"].(float64); ok && len(value) > int(most) {
		return at + ": too many keys"
	}
	properties, _ := s["properties"].(map[string]any)
	names, _ := s["propertyNames"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(value)) {
		if pattern, ok := names["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(key) {
			return at + ": a bad name, " + key
		}
		of, ok := properties[key].(map[string]any)
		if !ok {
			switch more := s["additionalProperties"].(type) {
			case bool:
				return at + ": unknown key " + key
			case map[string]any:
				of = more
			default:
				continue
			}
		}
		if wrong := mismatch(root, of, value[key], at+"."+key); wrong != "" {
			return wrong
		}
	}
	return ""
}

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

// plainValue is a node as JSON has it.
func plainValue(n *node) any {
	switch n.kind {
	case mapping:
		m := map[string]any{}
		for _, e := range n.entries {
			m[e.key] = plainValue(e.value)
		}
		return m
	case sequence:
		l := []any{}
		for _, item := range n.items {
			l = append(l, plainValue(item))
		}
		return l
	case scalar:
		if x, ok := parseDecimal(n.text); ok && !n.quoted {
			return x
		}
		if n.text == "true" || n.text == "false" {
			return n.text == "true"
		}
		return n.text
	}
	return nil
}

func againstSchema(t *testing.T, text string) string {
	var root map[string]any
	require.NoError(t, json.Unmarshal(Schema(), &root))
	tree, faults := parse([]byte(text), "net.yaml", false)
	require.Empty(t, faults)
	return mismatch(root, root, plainValue(tree), "network")
}

func TestPresetsFollowTheSchema(t *testing.T) {
	files, err := filepath.Glob("../presets/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Empty(t, againstSchema(t, string(text)), file)

		n, err := Load(strings.NewReader(string(text)), file, Options{})
		require.NoError(t, err)
		resolved, err := Marshal(n)
		require.NoError(t, err)
		require.Empty(t, againstSchema(t, string(resolved)), "%s resolved", file)
	}
}

// The controls: what the reader refuses for its form, the schema refuses.
func TestSchemaRefuses(t *testing.T) {
	const net = `
populations:
  E: {size: 4, tau_m: 10, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: [1, {step: {at: 1, by: 2}}], poisson: {rate: 1, weight: 1, tau_syn: 5}}
  S: {neuron: poisson, size: 3, rate: 8}
projections:
  S_to_E: {from: S, to: E, rule: fixed_indegree, indegree: 2, weight: "2*0.1 mV", delay: 1, tau_syn: 5}
record: {spikes: {E: all}, state: {E: {neurons: [2, {from: 0, to: E.size - 3}], every: 1, variables: [V, g]}}, histograms: {E: {V: {low: 0, high: 15 mV, bins: 3, every: 2, neurons: {sample: 3}}}}, averages: {every: 5, neurons: {S: {every: 2}, E: 1}, variables: [rate]}, triggered: {E: {neurons: [1, 3], before: 20 ms, after: 0, every: 0.5, variables: [V, net]}}}
`
	require.Empty(t, againstSchema(t, net))
	for old, other := range map[string]string{
		"tau_m: 10":              "tau_M: 10",
		"V_th: 15, ":             "",
		"tau_m: 10, ":            "g_L: 10, ",
		"[0, 15]":                "[0]",
		"uniform":                "gamma",
		"size: 4":                "size: [4]",
		"by: 2":                  "by: 2, to: 3",
		"neuron: poisson":        "neuron: poison",
		"rate: 8":                "rate: 8, tau_m: 3",
		"indegree: 2":            "p: 0.1",
		"rule: fixed_indegree, ": "",
		"delay: 1":               "delay: {normal: 3}",
		"delay: 1,":              "delay: {normal: {mean: 1, sd: 0.1, outside: again}},",
		"{E: all}":               "{E: some, 2: 3}",
		"every: 1":               "each: 1",
		"variables: [V, g]":      "variables: [V, rate]",
		"[rate]":                 "rate",
		"to: E":                  "till: E",
		"sample: 3":              "sample: [3]",
		"neurons: {S":            "neuron: {S",
		"{V: {low":               "{U: {low",
		"bins: 3, ":              "",
		"record: ":               "records: ",
		"poisson: {rate: 1, ":    "poisson: {",
		"weight: \"2*0.1 mV\", ": "",
		"tau_syn: 5}\nrecord":    "tau_syn: 5, synapse: beta}\nrecord",
	} {
		text := strings.Replace(net, old, other, 1)
		require.NotEqual(t, net, text)
		require.NotEmpty(t, againstSchema(t, text), "%s for %s", other, old)
		_, err := Load(strings.NewReader(text), "net.yaml", Options{})
		require.Error(t, err, "%s for %s", other, old)
	}
}

// Positions and distance, in the schema.
func TestSchemaOfSpace(t *testing.T) {
	const net = "populations: {E: {size: 4, tau_m: 1, V_th: 1, V_reset: 0, positions: {grid: {columns: 2, rows: 2, extent: [1 mm, 1], periodic: true}}}, " +
		"R: {size: 4, tau_m: 1, V_th: 1, V_reset: 0, positions: {random: {extent: [1, 1], periodic: true}}}, C: {size: 4, tau_m: 1, V_th: 1, V_reset: 0, positions: {ring: {circumference: 360}}}}\n" +
		"projections: {p: {from: E, to: R, p: {gaussian: {sigma: 0.1, peak: 0.3}}, weight: {exponential: {lambda: 1, peak: 2}}, delay: {distance: {speed: 0.3 m/s}}, tau_syn: 5}, " +
		"q: {from: R, to: E, rule: fixed_outdegree, outdegree: 2, near: {gaussian: {sigma: 1}}, weight: {normal: [1, 0.1]}, delay: {uniform: [1, 2]}, tau_syn: 5}, s: {from: C, to: C, p: 0.1, weight: 1, delay: 1, tau_syn: 5}}"
	require.Empty(t, againstSchema(t, net))
	_, err := Load(strings.NewReader(net), "net.yaml", Options{})
	require.NoError(t, err)
	for old, other := range map[string]string{
		"extent: [1 mm, 1]": "extent: 1", "columns: 2, ": "", "grid: {": "random: {extent: [1]}, grid: {", "circumference: 360": "radius: 1", "p: {gaussian": "p: {gausian",
		"near: {gaussian: {sigma: 1}}": "near: 1", "sigma: 0.1, ": "", "speed: 0.3 m/s": "speed: fast, by: air", "weight: {normal: [1, 0.1]}": "weight: {disc: {sigma: 1, peak: 1}}",
	} {
		text := strings.Replace(net, old, other, 1)
		require.NotEqual(t, net, text)
		require.NotEmpty(t, againstSchema(t, text), other)
		_, err := Load(strings.NewReader(text), "net.yaml", Options{})
		require.Error(t, err, other)
	}
}

// How a file is read, in the schema.
func TestSchemaOfFiles(t *testing.T) {
	const net = "populations: {S: {neuron: spikes, size: 3, file: s.gdf, columns: [sender, step], first_id: 1601, time_unit: steps, early: drop, population: E}}\n" +
		"projections: {p: {from: S, to: E, rule: list, file: f.h5, population: p, first_source: 1, first_target: 4, columns: [pre, post], tau_syn: 5}}"
	require.Empty(t, againstSchema(t, net))
	for old, other := range map[string]string{
		"early: drop": "early: never", "time_unit: steps": "time_unit: h", "columns: [sender, step]": "columns: sender", "first_id: 1601": "first_id: [1]",
	} {
		require.NotEmpty(t, againstSchema(t, strings.Replace(net, old, other, 1)), other)
	}
}

// The reader names the keys that it knows when it meets one that it doesn't: they are
// those of the declarations.
func TestReaderKnowsTheDeclaredKeys(t *testing.T) {
	const around = "populations: {E: {size: 1, tau_m: 1, V_th: 1, V_reset: 0, %s}}"
	places := map[string]string{
		"network":     "zzz: 1\npopulations: {}",
		"scale":       "scale: {zzz: 1}",
		"sonata":      "sonata: {zzz: 1}",
		"model":       "models: {m: {zzz: 1}}",
		"record":      "record: {zzz: 1}",
		"group":       "populations: {E: {size: 1}}\ngroups: {E: {g: {from: 0, zzz: 1}}}",
		"pairs":       "projections: {E: {same: {zzz: 1}}}",
		"state":       "record: {state: {E: {zzz: 1}}}",
		"neurons":     "record: {spikes: {E: {zzz: 1}}}",
		"averages":    "record: {averages: {zzz: 1}}",
		"triggered":   "record: {triggered: {E: {zzz: 1}}}",
		"histograms":  "record: {histograms: {E: {zzz: 1}}}",
		"histogram":   "record: {histograms: {E: {V: {zzz: 1}}}}",
		"g0":          fmt.Sprintf(around, "g0: {zzz: 1}"),
		"poisson":     fmt.Sprintf(around, "poisson: {synapse: biexponential, zzz: 1}"),
		"white_noise": fmt.Sprintf(around, "white_noise: {zzz: 1}"),
		"short_term":  "projections: {E: {short_term: {zzz: 1}}}",
		"plasticity":  "projections: {E: {plasticity: {zzz: 1}}}",
		"stdp":        "projections: {E: {plasticity: {stdp: {zzz: 1}}}}",
		"vogels2011":  "projections: {E: {plasticity: {vogels2011: {zzz: 1}}}}",
		"triplet":     "projections: {E: {plasticity: {triplet: {zzz: 1}}}}",
		"synapses":    "record: {weights: {E: {zzz: 1}}}",
		"sources":     "record: {short_term: {E: {zzz: 1}}}",
		"ou_noise":    fmt.Sprintf(around, "ou_noise: {zzz: 1}"),
	}
	for _, layout := range []string{"grid", "ring", "random"} {
		places[layout] = fmt.Sprintf(around, "positions: {"+layout+": {zzz: 1}}")
	}
	places["positions"] = fmt.Sprintf(around, "positions: {zzz: 1}")
	for _, kernel := range network.Kernels {
		places[string(kernel.Shape)] = "projections: {E: {p: {" + string(kernel.Shape) + ": {zzz: 1}}}}"
	}
	places["distance"] = "projections: {E: {delay: {distance: {zzz: 1}}}}"
	for _, o := range network.Courses {
		places[o.Name] = fmt.Sprintf(around, "input: {"+o.Name+": {zzz: 1}}")
	}
	for _, o := range network.Mappings() {
		if o.By != "" {
			value := strings.ReplaceAll(o.Value, network.AnyModel, "izhikevich")
			if o.Has("synapse") {
				value += ", synapse: biexponential" // which has all time constants
			}
			if o.Name == "projection" {
				value += ", from: E.parts, to: E.parts" // which has all that is of groups
			}
			places[definition(&o)] = fmt.Sprintf("%ss: {E: {%s: %s, zzz: 1}}", o.Name, o.By, value)
		}
	}
	for _, o := range network.Mappings() {
		require.Contains(t, places, definition(&o))
		_, err := Load(strings.NewReader(places[definition(&o)]), "net.yaml", Options{})
		require.Error(t, err)
		m := regexp.MustCompile(`zzz: unknown key: allowed are (.*)`).FindStringSubmatch(err.Error())
		require.NotNil(t, m, "%s: %v", definition(&o), err)
		declared := []string{}
		for _, k := range o.Keys {
			declared = append(declared, k.Name)
		}
		require.ElementsMatch(t, declared, strings.Split(m[1], ", "), definition(&o))
	}
}
