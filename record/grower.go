package record

import "cmp"

// A Grower makes arrays of a stream until one fails.
type Grower struct {
	*Stream
	Err error
}

// Floats is Stream.Floats.
func (g *Grower) Floats(name string, row ...int64) FloatColumn {
	c, err := g.Stream.Floats(name, row...)
	g.Err = cmp.Or(g.Err, err)
	return c
}

// Uints is Stream.Uints.
func (g *Grower) Uints(name string, row ...int64) UintColumn {
	c, err := g.Stream.Uints(name, row...)
	g.Err = cmp.Or(g.Err, err)
	return c
}
