package network

import (
	"math"

	"einet/table"
)

// samplesOf reads values, and their times where the file has them, from a file.
func (f *fields) samplesOf(n *node) (times, values []float64) {
	columns := f.names("columns")
	file, _, fault := openTable(n, "", maxSampleBytes)
	if fault != nil {
		f.refuse(fault)
		return nil, nil
	}
	defer file.Close()
	timed, ms, factor := false, 1.0, 1.0
	var ofTime, ofValue string
	r := &table.Reader{Kind: table.SampleTable, Names: columns, Most: maxSamples, TooMany: mustSamples}
	r.Begin = func(c *table.Columns, _ int) string {
		timed, ms, ofValue = c.Has(table.Time), f.d.msOf(c.Unit(table.Time)), c.Called(table.Value)
		if timed {
			ofTime = c.Called(table.Time)
			r.Most /= 2
		}
		factor = f.d.factor(n, dotted(f.path, "file"), c.Unit(table.Value), c.Name(table.Value))
		return ""
	}
	r.Row = func(row *table.Row) string {
		c := checker{dt: f.d.dt}
		value := float64(row.Cells[table.Value] * factor)
		if timed {
			time := float64(row.Cells[table.Time] * ms)
			if c.grid(ofTime, time, 0); len(c.faults) == 0 && len(times) > 0 {
				c.later(ofTime, time, times[len(times)-1])
			}
			times = append(times, time)
		}
		if math.IsNaN(factor) { // which is the fault
			return ""
		}
		c.number(ofValue, value)
		values = append(values, value)
		return c.first()
	}
	if fault := file.Read(r); fault != nil {
		f.refuse(atNode(n, fault))
	}
	return times, values
}
