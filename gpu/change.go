//go:build cgo && !nogl

package gpu

import (
	"slices"

	"einet/program"
)

// inhibit has the device compute with the coefficients of that factor of inhibition from the next batch on. States stay where they are.
func (e *Engine) inhibit(factor float32) error {
	if factor == e.inhibition {
		return nil
	}
	e.inhibition = factor
	m := *e.model
	m.Populations = slices.Clone(m.Populations)
	for i := range m.Populations {
		m.Populations[i] = *e.model.Inhibited(i, factor)
	}
	l, err := layoutState(&m, updateLocal, e.bounds)
	if err != nil {
		return err
	}
	compiled := slices.EqualFunc(l.cells.programs, e.layout.cells.programs, func(p, q *program.Program) bool { return p.SameCode(q) })
	e.layout.cells, e.layout.table, e.layout.tables = l.cells, l.table, l.tables
	if !compiled {
		if err := e.compileUpdate(e.following.can); err != nil {
			return err
		}
	}
	if err := e.populations.Upload(0, l.table); err != nil {
		return err
	}
	if len(l.tables) == e.tables.Len() {
		return e.tables.Upload(0, l.tables)
	}
	e.tables, err = keep(e, "tables", len(l.tables), l.tables)
	return err
}
