package experiment

import (
	"math"
	"path/filepath"
	"slices"

	"einet/network"
	"einet/record"
)

// A reportOutput is a file that a SONATA network has reported.
type reportOutput struct {
	name  string
	write func() error
}

// nodeReportFile is the file of a report of a SONATA network in a run's folder.
func nodeReportFile(report string) string { return "report-" + report + ".h5" }

// nodeReportFiles are those of earlier runs in a folder.
func nodeReportFiles(dir string) (names []string) {
	found, _ := filepath.Glob(filepath.Join(dir, nodeReportFile("*")))
	for _, path := range found {
		names = append(names, filepath.Base(path))
	}
	return names
}

// openReports notes what the network's SONATA files report of its nodes. The files are made of what is in StateFile, which a run that goes on
// has, when that is complete.
func (out *outputs) openReports(r *simulation) {
	for _, report := range r.net.SONATA.Reports {
		file := r.named(nodeReportFile(report.Name))
		out.reports = append(out.reports, reportOutput{file, func() error {
			whole := record.Report{
				DtMs: r.net.Dt, Every: int64(r.net.Steps(report.Every)), Units: report.Units,
				First: int64(math.Floor(report.Start/r.net.Dt+1e-6)) + 1, Last: int64(math.Floor(report.End/r.net.Dt + 1e-6)),
			}
			for _, name := range report.Parts {
				out.addPart(&whole, r.net, name, report.Variable)
			}
			return whole.Write(r.files.Path(file))
		}})
	}
}

// addPart adds what is kept of a part to the population of nodes that it is from.
func (out *outputs) addPart(whole *record.Report, net *network.Network, name, variable string) {
	kept := out.kept[name]
	nodes := net.Populations[kept.population].Nodes
	part := record.ReportPart{Step: kept.step}
	for _, j := range kept.neurons {
		part.IDs = append(part.IDs, nodes.IDs[j])
	}
	for _, c := range kept.columns {
		if c.name == variable {
			part.Values = c.FloatColumn
		}
	}
	i := slices.IndexFunc(whole.Populations, func(p record.ReportPopulation) bool { return p.Name == nodes.Population })
	if i < 0 {
		i = len(whole.Populations)
		whole.Populations = append(whole.Populations, record.ReportPopulation{Name: nodes.Population})
	}
	p := &whole.Populations[i]
	p.Parts = append(p.Parts, part)
}
