package language

import (
	"math"

	"einet/fault"
	"einet/network"
	"einet/table"
)

// samplesOf reads values, and their times where the file has them, from a file.
func (f *fields) samplesOf(n *node) (times, values []float64) {
	var columns []string
	if named := f.get("columns"); named != nil {
		columns = f.d.names(named, fault.Path(f.path, "columns"))
	}
	file, _, wrong := openTable(n, "", maxSampleBytes)
	if wrong != nil {
		f.refuse(wrong)
		return nil, nil
	}
	defer file.Close()
	timed, ms, factor := false, 1.0, 1.0
	var ofTime, ofValue string
	r := &table.Reader{Kind: table.SampleTable, Names: columns, Most: network.MaxSamples, TooMany: network.MustSamples}
	r.Begin = func(c *table.Columns, _ int) string {
		timed, ms, ofValue = c.Has(table.Time), f.d.msOf(c.Unit(table.Time)), c.Called(table.Value)
		if timed {
			ofTime = c.Called(table.Time)
			r.Most /= 2
		}
		factor = f.d.factor(n, fault.Path(f.path, "file"), c.Unit(table.Value), c.Name(table.Value))
		return ""
	}
	r.Row = func(row *table.Row) string {
		value, wrong := float64(row.Cells[table.Value]*factor), ""
		if timed {
			time := float64(row.Cells[table.Time] * ms)
			if wrong = network.GridFault(time, f.d.dt, 0); wrong == "" && len(times) > 0 && time <= times[len(times)-1] {
				wrong = network.MustBeLater(times[len(times)-1])
			}
			if wrong != "" {
				wrong = ofTime + ": " + fault.Number(time) + ": " + wrong
			}
			times = append(times, time)
		}
		if math.IsNaN(factor) { // which is the fault
			return ""
		}
		if wrong == "" && !(math.Abs(value) <= network.MaxMagnitude) {
			wrong = ofValue + ": " + fault.Number(value) + ": " + network.MustNumber
		}
		values = append(values, value)
		return wrong
	}
	if wrong := file.Read(r); wrong != nil {
		f.refuse(atNode(n, wrong))
	}
	return times, values
}
