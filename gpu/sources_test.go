package gpu

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/shaders"
)

// compiledFor are the networks whose kernels between them are all there are: lif and
// general, of one receptor to several, few slots and many.
var compiledFor = []string{"vs96", "vogels2005cuba", "ei", "brunel2000", "brainpy1m", "potjans2014"}

// aChoice is a network in which redraw chooses 4000 targets without multapses.
func aChoice() *network.Network {
	p := enginetest.Networks()[3].Populations[0]
	p.Name, p.Size = "all", 10_000
	return &network.Network{Name: "choice", Dt: 0.1, Duration: 10, Populations: []network.Population{p}, Projections: []network.Projection{{
		Name: "choice", From: "all", To: "all", Rule: network.FixedOutDegree, N: 4000, Weight: network.Number(0.1), Delay: network.Number(1),
		Synapse: network.Exponential, TauSyn: 5, Autapses: true,
	}}}
}

// sourcesOf are the kernels of a network as a device's driver compiles them: update,
// deliver and resident, accumulate as it is for rows of 32 vectors onto a slice, redraw (also with sums) where its synapses can be drawn again, and simulate
// where a work group takes the whole network.
func sourcesOf(t *testing.T, d Device, net *network.Network) map[string]shaders.Source {
	m, err := dynamics.New(net)
	require.NoError(t, err)
	l, err := layoutState(m, updateLocal, boundsOf(d))
	require.NoError(t, err)
	defines := map[string]shaders.Defines{"update": l.updateDefines(maxIndirectGroups(d), true), "deliver": bindingsOfPage(l.deliverDefines(deal{team: deliverLocal}, 1), bindTables+1)}
	defines["accumulate"] = bindingsOfPage(l.accumulateDefines(&sumLayout{slice: 1024, team: 32}, 1), bindTables+1)
	defines["resident"] = maps.Clone(defines["update"])
	maps.Copy(defines["resident"], defines["deliver"])
	maps.Copy(defines["resident"], shaders.Defines{"MEETINGS": bindTables + 1 + ofPage, "UPDATE_GROUPS": l.groups, "SHARES": 1})
	if r, err := layoutReplicas(d, m, 64, mostReplicaSteps); err == nil {
		_, syn := enginetest.Build(t, net)
		pages := layoutPages(syn, form{d.Limits.MaxStorageBlock, 1, deliverLocal})
		require.Len(t, pages, 1)
		_, _, most := pages[0].tables(m, &r.stateLayout)
		defines["simulate"] = r.defines(&pages[0], most)
	}
	if connectome.Redrawable(net) == nil {
		drawn, err := connectome.Procedural(t.Context(), net, 0)
		require.NoError(t, err)
		draws, err := layoutDraws(d, m, drawn, &l)
		require.NoError(t, err)
		defines["redraw"] = bindingsOfPage(draws.defines(&l), bindTables+1)
		if draws.chosen == 0 {
			defines["redraw-sums"] = bindingsOfPage(draws.sumDefines(&l), bindTables+1)
		}
	}
	sources := map[string]shaders.Source{}
	for name, values := range defines {
		kernel, _, _ := strings.Cut(name, "-")
		s, err := shaders.Load(kernel+".comp", values, l.cells.printed())
		require.NoError(t, err)
		sources[name] = s
	}
	return sources
}

// The kernels of networks are complete files of GLSL. With EINET_SOURCES=DIR they are
// left there as NETWORK-KERNEL.comp, for compilers that show what becomes of them.
func TestSources(t *testing.T) {
	dir := os.Getenv("EINET_SOURCES")
	if dir == "" {
		dir = t.TempDir()
	}
	d := promised
	d.Limits.MaxShared, d.Limits.MaxInvocations, d.Limits.MaxWorkGroupSize = 1<<15, 1024, [3]int{1024, 1024, 64}
	whole, drawn := 0, 0
	for _, name := range append(compiledFor, "choice") {
		net, err := presets.Load(name, language.Options{})
		if name == "choice" {
			net, err = aChoice(), nil
		}
		require.NoError(t, err)
		sources := sourcesOf(t, d, net)
		require.Contains(t, sources, "update")
		require.Contains(t, sources, "deliver")
		for kernel, s := range sources {
			switch kernel {
			case "simulate":
				whole++
			case "redraw":
				drawn++
			}
			require.True(t, strings.HasPrefix(s.Text, "#version 430"), kernel)
			require.NotContains(t, s.Text, "#include")
			path := filepath.Join(dir, name+"-"+kernel+".comp")
			require.NoError(t, os.WriteFile(path, []byte(s.Text), 0o666))
			if kernel == "update" || kernel == "resident" {
				valid(t, path)
			}
		}
	}
	require.Equal(t, 2, whole, "vs96 and vogels2005cuba fit a work group")
	require.Equal(t, 5, drawn, "vs96, vogels2005cuba, ei, brainpy1m and choice")
}

// valid asks the GLSL reference compiler, if it is here, whether a kernel is valid, with what is printed of programs.
func valid(t *testing.T, path string) {
	validator, err := exec.LookPath("glslangValidator") // package glslang-tools
	if err != nil {
		return
	}
	out, err := exec.Command(validator, "-S", "comp", path).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// All operations of programs, as the probe has them, are valid GLSL.
func TestPrintedOperations(t *testing.T) {
	cells := probeCells()
	d := cells.defines()
	d["OTHERS"], d["RECEPTORS"] = len(probeOps), 1
	s, err := shaders.Load("probe.comp", d, cells.printedSteps())
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "probe.comp")
	require.NoError(t, os.WriteFile(path, []byte(s.Text), 0o666))
	valid(t, path)
}
