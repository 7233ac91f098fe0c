package network

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"einet/fault"
)

// A Key is a field of a network as its description has it. The tables of keys are what a network is read and written
// by, what its values are checked by, and what the schema and the reference page are made of.
type Key struct {
	Name      string
	Is        Form
	Of        string // the mapping that it holds, or the words that may stand there
	Unit      string // of its numbers; empty where they have none
	Bound     Bound  // what its numbers may be
	Need      bool
	Default   any    // what the field is where the key is left out, if that is not its zero
	Unwanted  string // what is said where When leaves it out
	OmitZero  bool   // not written where the field is what it is without the key
	ReadApart bool   // read by code of its own, together with others
	About     string // "{default}" stands for Default

	// At points at the field of what has it: *float64, *Dist and so on. It is nil where there is no such field.
	At func(of any) any
	// When tells whether the key is needed, optional or must be left out, where other fields decide; else Need does.
	When func(of any) Presence

	check func(c *checker, path string, of any) // in the place of the check that the form has
}

// A Mapping is a kind of mapping that a description has. Of a population and a projection there are several kinds,
// told apart by the value of one key.
type Mapping struct {
	Name  string
	By    string // the key that tells it apart, if there are several of its name
	Value string // what that key says there
	About string
	Keys  []Key
}

// Has tells whether there is a key of that name.
func (m *Mapping) Has(name string) bool {
	return slices.ContainsFunc(m.Keys, func(k Key) bool { return k.Name == name })
}

// A Form is what may stand behind a key.
type Form string

// The forms.
const (
	ANumber     Form = "number"
	AWhole      Form = "whole number"
	AText       Form = "text"
	AName       Form = "name"
	ABool       Form = "true or false"
	ADist       Form = "number or distribution"
	AnInput     Form = "input"
	AList       Form = "list of numbers"
	ATable      Form = "list of lists of numbers"
	Names       Form = "list of names"
	AnExponent  Form = "exponent"
	AWord       Form = "one of"             // Of says which
	AMapping    Form = "mapping"            // Of says what kind
	AMap        Form = "mapping of names"   // likewise
	OneOrMore   Form = "mapping or a list"  // likewise
	Numbers     Form = "mapping of numbers" // by name
	SomeNeurons Form = "neurons"            // see the mapping of that name
	NeuronsBy   Form = "all, none or neurons by population"
	NeuronsOf   Form = "neurons by population"
	SomeOf      Form = "some of"                // Of says which, besides the states of models
	NumberOr    Form = "number or a mapping"    // Of says what kind
	ByDistance  Form = "number or by distance"  // Of says which distributions and functions of distance
	Quantities  Form = "mapping of quantities"  // by name: numbers with units, or distributions of them
	Starts      Form = "mapping of starts"      // by name: the same, or expressions of parameters
	Equations   Form = "mapping of expressions" // by name
	AnEquation  Form = "expression"
	AnEnd       Form = "name of neurons" // of a population, a group, a division or one of its parts
	GroupsBy    Form = "groups by population"
)

// A Presence says whether a key must stand where it may.
type Presence int

// The presences.
const (
	Optional Presence = iota
	Needed
	Unwanted
)

// A Bound is what a number may be, in the words of a fault and as a test.
type Bound struct {
	Allowed string
	Missing string // what is said where the number is missing; Allowed, if empty
	holds   func(x float64) bool
	onGrid  bool    // a time that is a multiple of dt,
	steps   float64 // the fewest steps
	ofRun   bool    // and the time of a run
}

// Bounds that several keys have.
var (
	anyNumber      = Bound{Allowed: MustNumber, holds: func(x float64) bool { return math.Abs(x) <= MaxMagnitude }}
	aboveZero      = Bound{Allowed: mustPositive, holds: func(x float64) bool { return x > 0 && x <= MaxMagnitude }}
	timeConstant   = Bound{Allowed: MustTau, holds: aboveZero.holds}
	aTime          = Bound{Allowed: MustTime, onGrid: true}
	aRun           = Bound{Allowed: MustTime, onGrid: true, ofRun: true}
	aDuration      = Bound{Allowed: MustTime, onGrid: true, steps: 1}
	exponent       = Bound{Allowed: "must be -1, -0.5, 0, 0.5 or 1", holds: func(x float64) bool { return x == 0 || math.Abs(x) == 0.5 || math.Abs(x) == 1 }}
	populationName = Bound{Allowed: "must be the name of a population"}
	aCount         = Bound{Allowed: mustCount}
)

// AnyModel is the Value of the mapping of populations of neurons whose model is none of Kinds.
const AnyModel = "other models"

// Keys are those of the population.
func (p *Population) Keys() []Key {
	if p.Model != nil {
		return Keys("population", AnyModel)
	}
	if !slices.Contains(Kinds, string(p.Neuron)) {
		return nil
	}
	return Keys("population", string(p.Neuron))
}

// Text is what the key is about, for people.
func (k *Key) Text() string { return strings.ReplaceAll(k.About, "{default}", fmt.Sprint(k.Default)) }

// Presence is that of the key in what has the other fields.
func (k *Key) Presence(of any) Presence {
	switch {
	case k.When != nil:
		return k.When(of)
	case k.Need:
		return Needed
	}
	return Optional
}

// at makes a key's At of a function that points at the field.
func at[T, F any](field func(*T) *F) func(of any) any {
	return func(of any) any { return field(of.(*T)) }
}

// whole is At of what is described by another mapping and is no field by itself.
func whole(of any) any { return of }

// checked makes a key's check.
func checked[T any](check func(c *checker, path string, of *T)) func(c *checker, path string, of any) {
	return func(c *checker, path string, of any) { check(c, path, of.(*T)) }
}

// IsDefault tells whether the key's field is what it is where the key is left out, of those that are then zero.
func (k *Key) IsDefault(of any) bool {
	if k.Is == AMapping {
		return !slices.ContainsFunc(Keys(k.Of, ""), func(inner Key) bool { return !inner.IsDefault(k.At(of)) })
	}
	if k.Is == ByDistance { // of which near alone may be left out
		return !of.(*Projection).Near.Falls()
	}
	field := reflect.ValueOf(k.At(of)).Elem()
	return field.IsZero() || field.Interface() == any(Number(0))
}

// Keys are those of the mapping of a name and, where there are several of it, of what its key By says.
func Keys(name, value string) []Key {
	for i := range mappings {
		if m := &mappings[i]; m.Name == name && m.Value == value {
			return m.Keys
		}
	}
	return nil
}

// Shared are the keys that come first in all kinds of a population or projection, the last of them tells these apart.
func Shared(name string) []Key {
	if name == "projection" {
		return ends
	}
	return cells("")
}

// Mappings are all that a description may have.
func Mappings() []Mapping { return mappings }

// keys checks the fields of what a mapping describes.
func (c *checker) keys(path string, of any, keys []Key) {
	for i := range keys {
		k := &keys[i]
		switch at := fault.Path(path, k.Name); {
		case k.check != nil:
			k.check(c, at, of)
		case k.At != nil && !(k.OmitZero && k.IsDefault(of)):
			c.value(at, k, k.At(of))
		}
	}
}

// value checks a field by its type; of other types than these there is nothing to check.
func (c *checker) value(path string, k *Key, field any) {
	switch x := field.(type) {
	case *float64:
		c.bound(path, *x, &k.Bound)
	case *int:
		c.want(k.Bound.allows(float64(*x)), path, *x, k.Bound.Allowed)
	case *uint32:
		c.want(k.Bound.allows(float64(*x)), path, *x, k.Bound.Allowed)
	case *Dist:
		c.dist(path, *x)
	case *Input:
		c.input(path, *x)
	case *[]string: // of names that depend on more: see checker.variables
	default:
		if k.Is == AMapping {
			c.keys(path, field, Keys(k.Of, ""))
		}
	}
}

func (b *Bound) allows(x float64) bool { return b.holds == nil || b.holds(x) }

func (c *checker) bound(path string, x float64, b *Bound) {
	switch {
	case b.ofRun:
		if allowed := runFault(x, c.dt); allowed != "" {
			c.fault(path, fault.Number(x), allowed)
		}
		return
	case b.onGrid:
		c.grid(path, x, b.steps)
		return
	}
	c.want(b.allows(x), path, x, b.Allowed)
}
