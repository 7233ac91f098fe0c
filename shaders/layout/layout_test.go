package layout

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "print the structs and constants of layout.go into include/layout")

// layouts are what each file of include/layout declares: structs, and constants by their type or own name.
var layouts = map[string][]string{
	"draw.glsl":       {"None", "Rule", "Share", "ShareOut", "Draw"},
	"piece.glsl":      {"Piece", "Reach"},
	"population.glsl": {"None", "Model", "PoissonInput", "Receptor", "Population"},
	"slice.glsl":      {"Slice"},
	"plastic.glsl":    {"PlasticRule", "PlasticWord"},
	"lane.glsl":       {"Lane"},
	"segment.glsl":    {"Segment", "Source"},
	"spike.glsl":      {"Spike"},
	"window.glsl":     {"Window"},
}

// declared is every type of these files by its name, and the constants by their type's or, of one without others, own.
type declared struct {
	structs   map[string]*ast.TypeSpec
	constants map[string]*ast.GenDecl
}

func declarations(t *testing.T, files ...string) declared {
	d := declared{map[string]*ast.TypeSpec{}, map[string]*ast.GenDecl{}}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, x := range file.Decls {
			switch x, ok := x.(*ast.GenDecl); {
			case ok && x.Tok == token.TYPE:
				spec := x.Specs[0].(*ast.TypeSpec)
				if _, ok := spec.Type.(*ast.StructType); ok {
					spec.Doc = x.Doc
					d.structs[spec.Name.Name] = spec
				}
			case ok && x.Tok == token.CONST && x.Lparen.IsValid():
				if of, ok := x.Specs[0].(*ast.ValueSpec).Type.(*ast.Ident); ok {
					d.constants[of.Name] = x
				}
			case ok && x.Tok == token.CONST:
				d.constants[x.Specs[0].(*ast.ValueSpec).Names[0].Name] = x
			}
		}
	}
	return d
}

// printed is the text of a file of include/layout.
func (d declared) printed(names []string) (string, error) {
	var w strings.Builder
	w.WriteString("// Printed from Go: go test ./shaders/layout -update.\n")
	for _, name := range names {
		if c := d.constants[name]; c != nil {
			w.WriteString("\n" + comment(c.Doc) + enumeration(c))
			continue
		}
		fields, err := d.fields(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&w, "\n%sstruct %s {\n%s};\n", comment(d.structs[name].Doc), name, fields)
	}
	return w.String(), nil
}

// enumeration is constants that count from 0, or None.
func enumeration(c *ast.GenDecl) string {
	var list []string
	for i, spec := range c.Specs {
		name, value := spec.(*ast.ValueSpec).Names[0].Name, fmt.Sprint(i)
		if name == "None" {
			value = fmt.Sprintf("%#x", None)
		}
		list = append(list, strings.ToUpper(snake(name))+" = "+value+"u")
	}
	return "const uint " + strings.Join(list, ", ") + ";\n"
}

// words are the types that take one word, with an alignment of one.
var words = map[string]string{"uint32": "uint", "int32": "int", "float32": "float", "Model": "uint", "Rule": "uint"}

// fields are the lines of a struct's. What is in it must take whole words, so that std430 pads nothing.
func (d declared) fields(name string) (string, error) {
	if d.structs[name] == nil {
		return "", fmt.Errorf("%s is not declared", name)
	}
	var w strings.Builder
	for _, f := range d.structs[name].Type.(*ast.StructType).Fields.List {
		tag := reflect.StructTag("")
		if f.Tag != nil {
			tag = reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		}
		if on := tag.Get("if"); on != "" { // of a struct that is part of this one
			inner, err := d.fields(f.Type.(*ast.Ident).Name)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&w, "#if %s\n%s#endif\n", on, inner)
			continue
		}
		element, length := f.Type, ""
		if array, ok := f.Type.(*ast.ArrayType); ok && tag.Get("len") != "" {
			element, length = array.Elt, "["+tag.Get("len")+"]"
		}
		of, ok := element.(*ast.Ident)
		if !ok || words[of.Name] == "" && (length == "" || d.structs[of.Name] == nil) {
			return "", fmt.Errorf("%s.%v: must be a word or an array of a struct", name, f.Names)
		}
		var fields []string
		for _, n := range f.Names {
			fields = append(fields, snake(n.Name)+length)
		}
		fmt.Fprintf(&w, "    %s %s;", cmp.Or(words[of.Name], of.Name), strings.Join(fields, ", "))
		if f.Comment != nil {
			w.WriteString("  // " + strings.TrimSpace(f.Comment.Text()))
		}
		w.WriteString("\n")
	}
	return w.String(), nil
}

func comment(c *ast.CommentGroup) string {
	text := strings.TrimSpace(c.Text())
	return "// " + strings.ReplaceAll(text, "\n", "\n// ") + "\n"
}

var inner = regexp.MustCompile(`([a-z])([A-Z])|([A-Z])([A-Z][a-z])`)

// snake is first_source of FirstSource and p_vr of PVr.
func snake(name string) string {
	return strings.ToLower(inner.ReplaceAllString(name, "${1}${3}_${2}${4}"))
}

var sources = []string{"layout.go", "../../sim/sim.go", "../../dynamics/plasticity.go"}

// Kernels see what Go declares.
func TestLayoutsArePrinted(t *testing.T) {
	d := declarations(t, sources...)
	for file, names := range layouts {
		want, err := d.printed(names)
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile("../include/layout/"+file, []byte(want), 0o666))
		}
		have, err := os.ReadFile("../include/layout/" + file)
		require.NoError(t, err)
		require.Equal(t, want, string(have), "go test ./shaders/layout -update mends it")
	}
}

// Controls: a field or a constant that moves is another text, and what std430 would pad is refused.
func TestLayoutsNoticeWhatMoves(t *testing.T) {
	d, moves := declarations(t, sources...), 0
	for file, names := range layouts {
		have, err := os.ReadFile("../include/layout/" + file)
		require.NoError(t, err)
		swapped := func(n int, swap func(i, j int)) {
			for i := 1; i < n; i++ {
				swap(i-1, i)
				text, err := d.printed(names)
				require.NoError(t, err)
				require.NotEqual(t, text, string(have))
				swap(i-1, i)
				moves++
			}
		}
		for _, name := range names {
			for _, s := range []*ast.TypeSpec{d.structs[name], d.structs["General"+name]} {
				if s == nil {
					continue
				}
				list := s.Type.(*ast.StructType).Fields.List
				swapped(len(list), reflect.Swapper(list))
				for _, f := range list {
					swapped(len(f.Names), reflect.Swapper(f.Names))
				}
			}
			if c := d.constants[name]; c != nil {
				swapped(len(c.Specs), reflect.Swapper(c.Specs))
			}
		}
	}
	require.Greater(t, moves, 70)
	for _, kind := range []string{"uint64", "bool", "[3]float32", "[]Receptor", "Receptor"} {
		file := t.TempDir() + "/a.go"
		require.NoError(t, os.WriteFile(file, []byte("package a\n\ntype Receptor struct{ A uint32 }\n\ntype X struct{ B "+kind+" }\n"), 0o666))
		_, err := declarations(t, file).printed([]string{"X"})
		require.ErrorContains(t, err, "X.[B]: must be a word", kind)
	}
}

// A population is its words in order: those of general networks between the others, and behind all of them receptors.
func TestWordsOfPopulations(t *testing.T) {
	p := Population{
		FirstGroup: 1, MVv: -0.5, Refractory: -2, Receptors: 2,
		GeneralPopulation: GeneralPopulation{Model: SpikeSource, FirstNormal: 1, Normals: 2, Poisson: []PoissonInput{{Receptor: 5, Weight: -1}}},
		Receptor:          []Receptor{{PVr: 1, Arriving: 7}, {Scale: 3}},
	}
	f := math.Float32bits
	head := []uint32{1, 0, 0, 0, 0, f(-0.5), 0, 0, 0, math.MaxUint32 - 1, 2}
	general := []uint32{3, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, math.MaxUint32, 0, 0}
	first, last := []uint32{f(1), 0, 0, 0, 7}, []uint32{0, 0, f(3), 0, 0}
	join := func(parts ...[]uint32) (all []uint32) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	require.Equal(t, join(head, first, last, head, first, last), Words(false, p, p))
	require.Equal(t, join(head, general, first, last), Words(true, p))
}
