package language

import (
	"encoding/json"
	"slices"
	"strings"

	"einet/network"
)

// Schema is a JSON schema (draft 2020-12) of the language, for editors. It knows keys,
// words and the shapes of values; what Load checks beyond that, such as delays that are
// multiples of dt, it leaves to Load. Each number may be an expression.
func Schema() []byte {
	defs := definitions{
		"number":       anyOf(schema{"type": "number"}, text("a number, an expression, or one of these with a unit")),
		"whole_number": anyOf(schema{"type": "integer"}, schema{"type": "number", "multipleOf": 1}, text("an expression")),
		"numbers":      schema{"type": "array", "items": ref("number")},
		"distribution": distributionSchema(),
		"component":    componentSchema(),
		"input":        anyOf(ref("component"), schema{"type": "array", "items": ref("component")}),
		"some_neurons": anyOf(schema{"enum": []string{"all", "none"}}, ref("whole_number"), ref("neurons"),
			schema{"type": "array", "items": anyOf(ref("whole_number"), ref("neurons"))}), // a range is a text, as a number may be
		"groups_of": schema{"type": "object", "additionalProperties": anyOf(ref("group"), ref("some_neurons")),
			"propertyNames": schema{"pattern": "^" + network.NamePattern + "$"}},
		"numbers_named": schema{"type": "object", "additionalProperties": ref("number")},
		"expression":    anyOf(schema{"type": "number"}, text("an expression")),
	}
	for _, o := range network.Mappings() {
		defs[definition(&o)] = mappingSchema(&o)
	}
	defs["positions"]["minProperties"], defs["positions"]["maxProperties"] = 1, 1
	defs["plasticity"]["oneOf"] = []schema{{"required": []string{"stdp"}}, {"required": []string{"vogels2011"}}, {"required": []string{"triplet"}}}
	for _, name := range []string{"population", "projection"} {
		defs[name] = kindsSchema(name)
	}
	root := defs["network"]
	delete(defs, "network")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "einet network"
	root["$defs"] = defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // maps of texts
	}
	return append(out, '\n')
}

type (
	schema      = map[string]any
	definitions = map[string]schema
)

func ref(name string) schema         { return schema{"$ref": "#/$defs/" + name} }
func anyOf(options ...schema) schema { return schema{"anyOf": options} }
func text(about string) schema       { return schema{"type": "string", "description": about} }

func mapOf(name string) schema {
	return schema{
		"type": "object", "additionalProperties": ref(name),
		"propertyNames": schema{"pattern": "^" + network.NamePattern + "$"},
	}
}

// byPart is a mapping by populations and what else names neurons: E, E.stimulated, E.clusters, E.clusters.7.
func byPart(name string) schema {
	s := mapOf(name)
	s["propertyNames"] = schema{"pattern": "^" + network.NamePattern + `(\.` + network.NamePattern + `(\.[0-9]+)?)?$`}
	return s
}

// def is the name of an object's definition.
func definition(o *network.Mapping) string {
	if o.By != "" {
		return o.Name + "_" + strings.ReplaceAll(o.Value, " ", "_")
	}
	return o.Name
}

func mappingSchema(o *network.Mapping) schema {
	properties, needed := schema{}, []string{}
	for _, k := range o.Keys {
		properties[k.Name] = keySchema(&k)
		if k.Need {
			needed = append(needed, k.Name)
		}
	}
	if o.By != "" && o.Value != firstOfKind[o.Name] {
		needed = append(needed, o.By)
	}
	s := schema{"type": "object", "description": o.About, "properties": properties, "additionalProperties": false}
	if o.Value == network.AnyModel {
		properties[o.By] = schema{"type": "string", "pattern": "^" + network.NamePattern + "$", "description": "the model's name"}
	} else if o.By != "" {
		properties[o.By].(schema)["enum"] = []string{o.Value}
	}
	if o.Name == "projection" { // what same and different have may be missing
		var own []string
		needed = slices.DeleteFunc(needed, func(key string) bool {
			if slices.ContainsFunc(network.Keys("pairs", ""), func(k network.Key) bool { return k.Name == key }) {
				own = append(own, key)
				return true
			}
			return false
		})
		if len(own) > 0 {
			s["anyOf"] = []schema{{"required": own}, {"required": []string{"same"}}, {"required": []string{"different"}}}
		}
	}
	if len(needed) > 0 {
		s["required"] = needed
	}
	return s
}

// firstOfKind is what a population or projection is that doesn't say.
var firstOfKind = map[string]string{"population": string(network.LIF), "projection": string(network.FixedProbability)}

// kindsSchema chooses between the kinds of a population or projection by the key that
// tells them apart, so that an editor's complaint is about the kind that is meant.
func kindsSchema(name string) schema {
	var choices []schema
	var words []string
	by := ""
	for _, o := range network.Mappings() {
		if o.Name != name {
			continue
		}
		by, words = o.By, append(words, o.Value)
		says := schema{"properties": schema{by: schema{"const": o.Value}}}
		if o.Value == network.AnyModel {
			says = schema{"properties": schema{by: schema{"not": schema{"enum": network.Kinds}}}}
		}
		if o.Value != firstOfKind[name] {
			says["required"] = []string{by}
		}
		choices = append(choices, schema{"if": says, "then": ref(definition(&o))})
	}
	may := schema{"enum": words}
	if name == "population" {
		may = schema{"type": "string", "description": "one of " + strings.Join(network.Kinds, ", ") + ", or the name of a model"}
	}
	return schema{"type": "object", "properties": schema{by: may}, "allOf": choices}
}

func keySchema(k *network.Key) schema {
	s := shapeSchema(k)
	about := k.Text()
	if k.Unit != "" {
		about += " [" + k.Unit + "]"
	}
	s["description"] = about
	return s
}

func shapeSchema(k *network.Key) schema {
	switch k.Is {
	case network.AWhole:
		return ref("whole_number")
	case network.GroupsBy:
		return mapOf("groups_of")
	case network.AText, network.AName, network.AnEnd:
		return schema{"type": []string{"string", "number", "boolean"}}
	case network.ABool:
		return schema{"type": "boolean"}
	case network.ADist:
		return ref("distribution")
	case network.AnInput:
		return ref("input")
	case network.AList:
		return ref("numbers")
	case network.Names:
		return schema{"type": "array", "items": schema{"type": "string"}, "minItems": 1}
	case network.ATable:
		columns := schema{}
		for _, name := range []string{"source", "target", "weight", "delay"} {
			columns[name] = ref("numbers")
		}
		return anyOf(schema{"type": "array", "items": schema{"type": "array", "items": ref("number"), "minItems": 2, "maxItems": 4}},
			schema{"type": "object", "properties": columns, "required": []string{"source", "target"}, "additionalProperties": false})
	case network.AnExponent:
		return anyOf(schema{"enum": []float64{-1, -0.5, 0, 0.5, 1}}, text("an expression"))
	case network.AWord:
		return schema{"enum": strings.Split(k.Of, "|")}
	case network.AMapping:
		return ref(k.Of)
	case network.AMap:
		if slices.Contains([]string{"state", "histograms", "triggered"}, k.Of) {
			return byPart(k.Of)
		}
		return mapOf(k.Of)
	case network.OneOrMore:
		return anyOf(ref(k.Of), schema{"type": "array", "items": ref(k.Of), "maxItems": network.MaxPoissonInputs})
	case network.Numbers:
		return ref("numbers_named")
	case network.SomeNeurons:
		return ref("some_neurons")
	case network.NeuronsBy:
		return anyOf(schema{"enum": []string{"all", "none"}}, byPart("some_neurons"))
	case network.NeuronsOf:
		return byPart("some_neurons")
	case network.SomeOf:
		state := schema{"type": "string", "pattern": "^" + network.NamePattern + "$", "not": schema{"enum": network.AverageVariables}, "description": "a state of a model"}
		return schema{"type": "array", "items": anyOf(schema{"enum": strings.Split(k.Of, "|")}, state), "minItems": 1}
	case network.Quantities, network.Starts:
		return mapOf("distribution") // an expression is a text, as a number may be
	case network.Equations:
		return schema{"type": "object", "additionalProperties": ref("expression")}
	case network.AnEquation:
		return schema{"type": "string"}
	case network.ByDistance:
		var options []schema
		number := ref("number")
		for _, name := range strings.Split(k.Of, "|") {
			switch name {
			case "distribution":
				number = ref("distribution")
			case "":
			default:
				options = append(options, schema{"type": "object", "properties": schema{name: ref(name)}, "required": []string{name}, "additionalProperties": false})
			}
		}
		if k.Name != "near" {
			options = append([]schema{number}, options...)
		}
		return anyOf(options...)
	case network.NumberOr:
		return anyOf(ref("number"), ref(k.Of))
	case network.ANumber:
	}
	return ref("number")
}

func distributionSchema() schema {
	pair := func(about string) schema {
		return schema{"type": "array", "items": ref("number"), "minItems": 2, "maxItems": 2, "description": about}
	}
	moments := anyOf(pair("mean, sd"), schema{
		"type": "object", "required": []string{"mean", "sd"}, "additionalProperties": false,
		"properties": schema{"mean": ref("number"), "sd": ref("number"), "low": ref("number"), "high": ref("number"),
			"outside": schema{"enum": []string{clipped, redrawn}, "description": "what becomes of a draw beyond low or high: clip (if left out): the bound; redraw: it is drawn again"}},
	})
	return anyOf(ref("number"), schema{
		"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
		"properties": schema{string(network.Uniform): pair("low, high"), string(network.Normal): moments, string(network.LogNormal): moments,
			string(network.OfNodes): text("what each neuron has of its own, by the name that it has in the network's SONATA files")},
	})
}

func componentSchema() schema {
	properties := schema{}
	for _, o := range network.Courses {
		properties[o.Name] = ref(o.Name)
	}
	return anyOf(ref("number"), schema{
		"type": "object", "minProperties": 1, "maxProperties": 1, "properties": properties, "additionalProperties": false,
	})
}
