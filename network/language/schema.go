package language

import (
	"encoding/json"
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
		"some_neurons": anyOf(schema{"const": "all"}, ref("whole_number"), ref("neurons"),
			schema{"type": "array", "items": anyOf(ref("whole_number"), ref("neurons"))}),
		"numbers_named": schema{"type": "object", "additionalProperties": ref("number")},
	}
	for _, o := range language {
		defs[o.def()] = o.schema()
	}
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

// def is the name of an object's definition.
func (o object) def() string {
	if o.by != "" {
		return o.name + "_" + o.value
	}
	return o.name
}

func (o object) schema() schema {
	properties, needed := schema{}, []string{}
	for _, k := range o.keys {
		properties[k.name] = k.schema()
		if k.need {
			needed = append(needed, k.name)
		}
	}
	if o.by != "" && o.value != firstOfKind[o.name] {
		needed = append(needed, o.by)
	}
	s := schema{"type": "object", "description": o.about, "properties": properties, "additionalProperties": false}
	if o.by != "" {
		properties[o.by].(schema)["enum"] = []string{o.value}
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
	for _, o := range language {
		if o.name != name {
			continue
		}
		by, words = o.by, append(words, o.value)
		says := schema{"properties": schema{by: schema{"const": o.value}}}
		if o.value != firstOfKind[name] {
			says["required"] = []string{by}
		}
		choices = append(choices, schema{"if": says, "then": ref(o.def())})
	}
	return schema{"type": "object", "properties": schema{by: schema{"enum": words}}, "allOf": choices}
}

func (k key) schema() schema {
	s := k.shape()
	about := k.about
	if k.unit != "" {
		about += " [" + k.unit + "]"
	}
	s["description"] = about
	return s
}

func (k key) shape() schema {
	switch k.is {
	case aWhole:
		return ref("whole_number")
	case aText:
		return schema{"type": []string{"string", "number", "boolean"}}
	case aBool:
		return schema{"type": "boolean"}
	case aDist:
		return ref("distribution")
	case anInput:
		return ref("input")
	case aList:
		return ref("numbers")
	case aNames:
		return schema{"type": "array", "items": schema{"type": "string"}, "minItems": 1}
	case aTable:
		return schema{"type": "array", "items": schema{"type": "array", "items": ref("number"), "minItems": 2, "maxItems": 4}}
	case anExponent:
		return anyOf(schema{"enum": []float64{-1, -0.5, 0, 0.5, 1}}, text("an expression"))
	case aWord:
		return schema{"enum": strings.Split(k.of, "|")}
	case aMapping:
		return ref(k.of)
	case aMap:
		return mapOf(k.of)
	case oneOrMore:
		return anyOf(ref(k.of), schema{"type": "array", "items": ref(k.of), "maxItems": network.MaxPoissonInputs})
	case numbers:
		return ref("numbers_named")
	case someNeurons:
		return ref("some_neurons")
	case neuronsBy:
		return anyOf(schema{"enum": []string{"all", "none"}}, mapOf("some_neurons"))
	case neuronsOf:
		return mapOf("some_neurons")
	case someOf:
		return schema{"type": "array", "items": schema{"enum": strings.Split(k.of, "|")}, "minItems": 1}
	case numberOr:
		return anyOf(ref("number"), ref(k.of))
	case aNumber:
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
		"properties": schema{string(network.Uniform): pair("low, high"), string(network.Normal): moments, string(network.LogNormal): moments},
	})
}

func componentSchema() schema {
	properties := schema{}
	for _, o := range inputs {
		properties[o.name] = ref(o.name)
	}
	return anyOf(ref("number"), schema{
		"type": "object", "minProperties": 1, "maxProperties": 1, "properties": properties, "additionalProperties": false,
	})
}
