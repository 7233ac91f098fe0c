package network

import "einet/table"

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
	r := &table.Reader{Kind: table.SampleTable, Names: columns}
	r.Begin = func(c *table.Columns, _ int) string {
		timed, ms = c.Has(table.Time), f.d.msOf(c.Unit(table.Time))
		factor = f.d.factor(n, dotted(f.path, "file"), c.Unit(table.Value), c.Name(table.Value))
		return ""
	}
	r.Row = func(row *table.Row) string {
		if len(times)+len(values) >= maxSamples {
			return mustSamples
		}
		if timed {
			times = append(times, float64(row.Cells[table.Time]*ms))
		}
		values = append(values, float64(row.Cells[table.Value]*factor))
		return ""
	}
	if fault := file.Read(r); fault != nil {
		f.refuse(atNode(n, fault))
	}
	return times, values
}
