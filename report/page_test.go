package report_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/record"
	"einet/report"
	"einet/sim"
	"einet/table/readertest"
)

// simulated runs a network into a new folder of that name.
func simulated(t *testing.T, name string, net *network.Network, figures bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	_, err := experiment.Run(t.Context(), net, experiment.Options{
		Choice: engines.Choice{Engine: engines.CPU.Name}, Out: dir, NoFigures: !figures, Version: "v-test", Command: "einet run <here>",
	})
	require.NoError(t, err)
	return dir
}

func preset(t *testing.T, name string, scale, ms float64, set ...string) *network.Network {
	t.Helper()
	net, err := presets.Load(name, language.Options{Scale: scale, Duration: &ms, Set: set})
	require.NoError(t, err)
	return net
}

func written(t *testing.T, text string) *network.Network {
	t.Helper()
	net, err := language.Load(strings.NewReader(text), "net.yaml", language.Options{})
	require.NoError(t, err)
	return net
}

// page is that of some runs, as text and parsed.
func page(t *testing.T, dirs ...string) (string, *html.Node) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, experiment.Report(t.Context(), dirs, path, "v-test"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	root, err := html.Parse(bytes.NewReader(text))
	require.NoError(t, err)
	return string(text), root
}

// all are the elements of a name, or all elements.
func all(root *html.Node, name string) (list []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			list = append(list, n)
		}
	}
	return list
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// misquoted are the numbers of a page that are not those of a summary: their exact value is, and their text is that value rounded.
func misquoted(t *testing.T, root *html.Node, summary []byte) (wrong []string, seen int) {
	var s struct {
		Populations map[string]map[string]*json.Number
	}
	require.NoError(t, json.Unmarshal(summary, &s))
	for _, n := range all(root, "data") {
		key, ok := attribute(n, "data-key")
		if !ok {
			continue
		}
		seen++
		part := strings.Split(key, ".")
		require.Len(t, part, 3, key)
		want := s.Populations[part[1]][part[2]]
		have, _ := attribute(n, "value")
		if want == nil || have != want.String() {
			wrong = append(wrong, fmt.Sprintf("%s: %s, summary.json has %v", key, have, want))
			continue
		}
		x, err := want.Float64()
		require.NoError(t, err)
		shown := strings.NewReplacer("\u2212", "-", "\u202f", "").Replace(textOf(n))
		shown, _, _ = strings.Cut(shown, " ") // in front of the error
		decimals := 0
		if at := strings.IndexByte(shown, '.'); at >= 0 {
			decimals = len(shown) - at - 1
		}
		if rounded := fmt.Sprintf("%.*f", decimals, x); rounded != shown {
			wrong = append(wrong, fmt.Sprintf("%s: shows %s of %v", key, shown, x))
		}
	}
	return wrong, seen
}

func TestNumbersAreThoseOfTheSummary(t *testing.T) {
	dir := simulated(t, "ei", preset(t, "ei", 0.1, 400), false)
	_, root := page(t, dir)
	summary, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	wrong, seen := misquoted(t, root, summary)
	require.Empty(t, wrong)
	require.Greater(t, seen, 25)

	// Rates are rounded as the command prints them.
	var s experiment.Summary
	require.NoError(t, json.Unmarshal(summary, &s))
	require.Contains(t, textOf(root), fmt.Sprintf("%.2f", *s.Populations["I"].RateHz))
	require.Contains(t, textOf(root), s.Digest)

	// Control: of another summary they are not.
	other := regexp.MustCompile(`("rate_hz": )([\d.]+)`).ReplaceAll(summary, []byte("${1}1$2"))
	wrong, _ = misquoted(t, root, other)
	require.NotEmpty(t, wrong)
}

// faulty are the faults of a page: tags that do not nest, ids that are there twice, references to none, rows of other lengths,
// and whatever would fetch something or run what the policy does not know.
func faulty(text string) (faults []string) {
	void := []string{"meta", "link", "img", "br", "hr", "input", "path", "circle", "rect", "polygon"}
	var open []string
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := z.Next()
		token := z.Token()
		switch kind {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				faults = append(faults, z.Err().Error())
			}
			if len(open) > 0 {
				faults = append(faults, "open at the end: "+strings.Join(open, " "))
			}
			return append(faults, outside(text)...)
		case html.StartTagToken:
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				faults = append(faults, fmt.Sprintf("</%s> in %v", token.Data, open))
				return faults
			}
			open = open[:len(open)-1]
		}
	}
}

func outside(text string) (faults []string) {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return []string{err.Error()}
	}
	ids := map[string]bool{}
	for _, n := range all(root, "") {
		if id, ok := attribute(n, "id"); ok {
			if ids[id] {
				faults = append(faults, "id twice: "+id)
			}
			ids[id] = true
		}
	}
	for _, n := range all(root, "") {
		for _, a := range n.Attr {
			target, local := strings.CutPrefix(a.Val, "#")
			switch {
			case strings.HasPrefix(a.Key, "on") || a.Key == "style":
				faults = append(faults, n.Data+" has "+a.Key)
			case a.Key == "href" && (!local || !ids[target]) || a.Key == "aria-describedby" && !ids[a.Val]:
				faults = append(faults, n.Data+" refers to "+a.Val)
			case a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/"), a.Key == "srcset", a.Key == "action", a.Key == "poster":
				faults = append(faults, n.Data+" fetches "+a.Val)
			}
		}
	}
	for _, table := range all(root, "table") {
		width := 0
		for _, tr := range all(table, "tr") {
			cells := len(all(tr, "td")) + len(all(tr, "th"))
			if width == 0 {
				width = cells
			}
			if cells != width {
				faults = append(faults, fmt.Sprintf("a row of %d cells among %d: %s", cells, width, textOf(tr)))
			}
		}
	}
	return append(faults, policed(root)...)
}

// policed are what the content security policy and what is on the page don't agree about.
func policed(root *html.Node) (faults []string) {
	policy := ""
	for _, n := range all(root, "meta") {
		if is, _ := attribute(n, "http-equiv"); is == "Content-Security-Policy" {
			policy, _ = attribute(n, "content")
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'; img-src data:; style-src 'sha256-") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		faults = append(faults, "policy: "+policy)
	}
	for _, n := range slices.Concat(all(root, "style"), all(root, "script")) {
		if kind, _ := attribute(n, "type"); kind == "application/json" {
			continue
		}
		text := textOf(n)
		sum := sha256.Sum256([]byte(text))
		if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			faults = append(faults, "not in the policy: "+n.Data)
		}
		if m := regexp.MustCompile(`@import|url\(|fetch\(|XMLHttpRequest|WebSocket|import\(|\beval\(|new Function`).FindString(text); m != "" {
			faults = append(faults, n.Data+" has "+m)
		}
	}
	return faults
}

func TestPageOfReplicasStandsAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "trials")
	net := preset(t, "ei", 0.1, 100)
	net.Groups = append(net.Groups, network.Group{Population: "E", Name: "first", Neurons: network.FirstOf(10)})
	_, err := experiment.Replicas(t.Context(), net, 2, experiment.Options{Choice: engines.Choice{Engine: engines.CPU.Name}, Out: dir})
	require.NoError(t, err)
	text, root := page(t, dir)
	require.Empty(t, faulty(text))
	require.Len(t, all(root, "img"), 1)
	require.Empty(t, all(root, "script"))
	require.Contains(t, text, "E.first")
}

func TestPageStandsAlone(t *testing.T) {
	text, root := page(t, simulated(t, "ei", preset(t, "ei", 0.1, 200), true))
	require.Empty(t, faulty(text))
	require.Len(t, all(root, "img"), len(experiment.FigureNames)-5) // ei records no states and has no positions, groups and weights that change
	require.Len(t, all(root, "h1"), 1)
	for _, n := range all(root, "img") {
		alt, _ := attribute(n, "alt")
		require.NotEmpty(t, alt)
	}
	// Controls: what must not be is noticed.
	for _, k := range []struct{ of, by string }{
		{"</h1>", "</h2>"}, {`id="theory"`, `id="network"`}, {`href="#theory"`, `href="https://example.org/"`}, {`src="data:image/`, `src="https://example.org/`},
		{"<main ", `<main onclick="a" `}, {"<main ", `<main style="color:red" `}, {"'use strict'", "'use  strict'"}, {"--paper", "--papier"},
		{"default-src 'none'", "default-src *"}, {"</td>", "</td><td></td>"},
	} {
		require.Contains(t, text, k.of)
		require.NotEmpty(t, faulty(strings.Replace(text, k.of, k.by, 1)), k.by)
	}
}

// The page of ei for a second, figures included, has at most 2 MB.
func TestSizeOfThePage(t *testing.T) {
	dir := simulated(t, "ei", preset(t, "ei", 1, 1000), true)
	text, err := os.ReadFile(filepath.Join(dir, experiment.ReportFile))
	require.NoError(t, err)
	require.Less(t, len(text), 2_000_000)
	require.Empty(t, faulty(string(text)))
}

// What the page holds of spikes and counts is what the run's files have.
func TestSpikesOfThePage(t *testing.T) {
	dir := simulated(t, "vs96", preset(t, "vs96", 0.4, 300), false)
	text, root := page(t, dir)
	spikes, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
	require.NoError(t, err)
	require.Greater(t, len(spikes.Spikes), 1000)
	data := packedData(t, root).Runs[0]
	var have []sim.Spike
	packed := unpacked(t, data.Spikes)
	first := 0
	for _, p := range data.Populations {
		require.Len(t, p.Neurons, p.Size, "all neurons of so few")
		for _, k := range p.Neurons {
			n := packed[0]
			step := uint64(0)
			for _, d := range packed[1 : 1+n] {
				step += d
				have = append(have, sim.Spike{Step: uint32(step), Neuron: uint32(first + k)})
			}
			packed = packed[1+n:]
		}
		first += p.Size
	}
	require.Empty(t, packed)
	slices.SortFunc(have, func(a, b sim.Spike) int {
		if a.Step != b.Step {
			return int(a.Step) - int(b.Step)
		}
		return int(a.Neuron) - int(b.Neuron)
	})
	require.Equal(t, spikes.Spikes, have)
	sum := uint64(0)
	for _, n := range unpacked(t, data.Counts) {
		sum += n
	}
	require.EqualValues(t, len(spikes.Spikes), sum)
	require.Contains(t, text, "All spikes of all 400 neurons.")
}

type packedRun struct {
	Populations []struct {
		Name    string
		Size    int
		Neurons []int
	}
	Spikes, Counts string
	Bins           int
}

func packedData(t *testing.T, root *html.Node) (data struct{ Runs []packedRun }) {
	for _, n := range all(root, "script") {
		if id, _ := attribute(n, "id"); id == "data" {
			require.NoError(t, json.Unmarshal([]byte(textOf(n)), &data))
		}
	}
	require.NotEmpty(t, data.Runs)
	return data
}

func unpacked(t *testing.T, text string) (all []uint64) {
	b, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	for len(b) > 0 {
		x, n := binary.Uvarint(b)
		require.Positive(t, n)
		all, b = append(all, x), b[n:]
	}
	return all
}

// Neurons are left out where there are many, from all populations alike, and the page says how many.
func TestSampleOfThePage(t *testing.T) {
	text, root := page(t, simulated(t, "ei", preset(t, "ei", 0.5, 100), false))
	p := packedData(t, root).Runs[0].Populations
	require.Equal(t, 600, len(p[0].Neurons)+len(p[1].Neurons))
	require.InDelta(t, 4, float64(len(p[0].Neurons))/float64(len(p[1].Neurons)), 0.05)
	require.Contains(t, text, "Spikes of 600 of 5000 neurons, drawn at random")
	require.Equal(t, 600, report.Rows(10_000, 0, 1))
	require.Equal(t, 250, report.Rows(10_000, 10_000_000, 1), "as many spikes as there is room for")
	require.Equal(t, 125, report.Rows(10_000, 10_000_000, 2))
	require.Equal(t, 1, report.Rows(3, 1<<40, 1))
}

// Runs of all kinds have a page.
func TestPageOfAnyRun(t *testing.T) {
	source := "P: {size: 20, neuron: poisson, rate: 50 Hz}"
	lif := "size: 30, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms"
	for _, k := range []struct{ name, yaml, says string }{
		{"one", "populations: {E: {size: 1, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms, input: 20}}", "All spikes of the neuron."},
		{"silent", "populations: {E: {" + lif + ", input: 4}}", "no neuron fired"},
		{"sources", "populations: {" + source + "}", "No neuron has a membrane"},
		{"source", "populations: {" + source + ", E: {" + lif + "}}\nprojections: {PE: {from: P, to: E, rule: one_to_one, weight: 2, delay: 1 ms, tau_syn: 5 ms}}",
			""},
		{"model", "populations: {E: {size: 20, neuron: adex, input: 700 pA}}", "the theory is that of lif"},
		{"many", "populations: {" + many(17) + "}", "takes long for 17 populations"},
		{"none", "record: {spikes: none}\npopulations: {E: {" + lif + ", input: 20}}", "asks for no spikes to be kept"},
		{"few", "record: {spikes: {E: [3, 7]}}\npopulations: {E: {" + lif + ", input: 20}}", "of 2 of 30 neurons"},
		{"words", "name: \"a<b>&'c\"\ndescription: \"</script><script>alert(1)</script>\"\nsource: \"<img src=x onerror=alert(1)>\"\npopulations: {E: {" + lif + ", input: 20}}",
			"&lt;img src=x onerror=alert(1)&gt;"},
	} {
		if k.name == "words" {
			k.yaml = strings.Replace(k.yaml, "name: \"a<b>&'c\"\n", "", 1)
		}
		if k.name == "source" {
			k.yaml = strings.Replace(k.yaml, "size: 30", "size: 20", 1)
		}
		net := written(t, "duration: 100 ms\n"+k.yaml)
		for _, figures := range []bool{false, true} {
			text, root := page(t, simulated(t, k.name, net, figures))
			require.Empty(t, faulty(text), k.name)
			require.Contains(t, text, k.says, k.name)
			require.Len(t, all(root, "script"), 3, k.name)
			require.NotContains(t, textOf(root), "NaN", k.name)
		}
	}
}

// many are n populations.
func many(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("P%d: {size: 3, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms, input: 20}", i))
	}
	return strings.Join(all, ", ")
}

// A run that was stopped says so, with what was simulated.
func TestPageOfAStoppedRun(t *testing.T) {
	dir := simulated(t, "run", preset(t, "vs96", 0.1, 100), false)
	path := filepath.Join(dir, experiment.SummaryFile)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for with, says := range map[string]string{
		`"interrupted": true,`:                                  "interrupted at 100 ms",
		`"interrupted": true, "stopped": "the disk is <full>",`: "stopped at 100 ms: the disk is &lt;full&gt;",
	} {
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), "{", "{"+with, 1)), 0o666))
		text, _ := page(t, dir)
		require.Contains(t, text, says)
		require.Empty(t, faulty(text))
	}
}

func TestPageOfSeveralRuns(t *testing.T) {
	var dirs []string
	for k, input := range []string{"60", "120"} {
		dirs = append(dirs, simulated(t, fmt.Sprint("run", k), preset(t, "ei", 0.05, 200, "populations.E.input="+input), false))
	}
	dirs = append(dirs, simulated(t, "other", preset(t, "vs96", 0.1, 100), false))
	text, root := page(t, dirs...)
	require.Empty(t, faulty(text))
	require.Len(t, packedData(t, root).Runs, 3)
	require.Contains(t, text, "<h1>3 runs</h1>")
	values := map[string]bool{} // each run's rates are there, beside each other
	for _, n := range all(root, "data") {
		v, _ := attribute(n, "value")
		values[v] = true
	}
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
		require.NoError(t, err)
		var s struct {
			Populations map[string]map[string]*json.Number
		}
		require.NoError(t, json.Unmarshal(text, &s))
		require.True(t, values[s.Populations["I"]["rate_hz"].String()], dir)
	}
}

// What einet validate found is shown where its report lies beside the run.
func TestVerdictBesideTheRun(t *testing.T) {
	dir := simulated(t, "run", preset(t, "vs96", 0.1, 100), false)
	text, _ := page(t, dir)
	require.NotContains(t, text, "Verdicts")
	beside := dir + "-validate"
	require.NoError(t, os.Mkdir(beside, 0o777))
	write := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(beside, "report.json"), []byte(text), 0o666))
	}
	write(`{"network": "vs96", "pass": true, "command": "einet validate vs96", "exact": {"equal": true, "engines": [{}, {}, {}], "duration_ms": 500},
		"source": {"claims": [{"claim": "it is <regular>", "measured": 0.0123, "bound": "at most 0.1", "verdict": "pass"}]}}`)
	text, _ = page(t, dir)
	require.Contains(t, text, "3 engines, the same spikes")
	require.Contains(t, text, "it is &lt;regular&gt;")
	require.Contains(t, text, "0.0123")
	require.Empty(t, faulty(text))
	write(`{"network": "ei", "pass": true}`)
	text, _ = page(t, dir)
	require.NotContains(t, text, "Verdicts", "of another network")
	write(`{"network": 3}`)
	text, _ = page(t, dir)
	require.Contains(t, text, "What is in run-validate can't be read: report.json")
	require.Empty(t, faulty(text))
}

// The library is the one that assets/README.md tells of.
func TestLibraryIsUnchanged(t *testing.T) {
	text, err := os.ReadFile("assets/README.md")
	require.NoError(t, err)
	sums := regexp.MustCompile(`(?m)^    ([0-9a-f]{64})  (\S+)$`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, sums, 3)
	for _, m := range sums {
		file, err := os.ReadFile(filepath.Join("assets", m[2]))
		require.NoError(t, err)
		require.Equal(t, m[1], fmt.Sprintf("%x", sha256.Sum256(file)), m[2])
	}
	script, err := os.ReadFile("assets/uPlot.iife.min.js")
	require.NoError(t, err)
	require.Contains(t, string(script), "(v1.6.32)")
	require.Contains(t, string(text), "uPlot 1.6.32")
}

// The page waits for theory no longer than its context lasts.
func TestPageEndsWithItsContext(t *testing.T) {
	net, err := language.Load(strings.NewReader("populations: {E: {size: 2, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms}}"), "net.yaml", language.Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	err = report.Write(ctx, &out, []*report.Run{{Folder: "run", Network: net, Summary: []byte(`{"populations": {"E": {"rate_hz": 1}}}`)}}, "v")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, out.String())
}

// A summary of anything is a page without faults, or one line.
func FuzzSummary(f *testing.F) {
	net, err := language.Load(strings.NewReader("populations: {E: {size: 2, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms}}"), "net.yaml", language.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"network": "a", "seed": 1, "populations": {"E": {"rate_hz": 1.5, "cv_isi": null}}, "warnings": ["<b>"]}`), []byte(`{"network": "a"}`))
	f.Add([]byte(`{"populations": {"E": {"rate_hz": 1e999, "mean_pairwise_correlation": -1e-300, "mean_pairwise_correlation_error": 1e300}}}`), []byte(`{"source": {"claims": [{}]}}`))
	f.Fuzz(func(t *testing.T, summary, verdict []byte) {
		r := &report.Run{Folder: "run", Network: net, Summary: summary}
		v, err := report.ReadVerdict(verdict)
		if err == nil {
			r.Verdict = v
		}
		readertest.Bounded(t, len(summary)+len(verdict), func() {
			var out bytes.Buffer
			if err := report.Write(t.Context(), &out, []*report.Run{r}, "v"); err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.Empty(t, faulty(out.String()))
		})
	})
}

// So is one of replicas.
func FuzzTrials(f *testing.F) {
	net, err := language.Load(strings.NewReader("populations: {E: {size: 2, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms}}"), "net.yaml", language.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"network": "a", "seeds": 2, "populations": {"E": {"size": 2, "rate_hz": {"mean": 1.5, "sd": null, "ci95": [-1, 2]}}},
		"trials": [{"seed": 1, "trial": 0, "spikes": 12, "digest": "<b>", "populations": {"E": {"rate_hz": 1e300, "cv_isi": null}}}, {"weights_digest": "a", "interrupted": true}]}`))
	f.Add([]byte(`{"trials": [], "populations": {"E": {"rate_hz": 7, "cv_isi": {"mean": 1e999}}}}`))
	f.Fuzz(func(t *testing.T, summary []byte) {
		readertest.Bounded(t, len(summary), func() {
			var out bytes.Buffer
			if err := report.WriteTrials(t.Context(), &out, &report.Run{Folder: "run", Network: net, Summary: summary}, "v"); err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.Empty(t, faulty(out.String()))
		})
	})
}
