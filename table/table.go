// Package table reads what other programs write as columns of numbers: spikes, lists of
// synapses and samples, as text, as numpy's arrays and as HDF5. Its one invariant: a
// column is what its name says, or what the documented order says where the file has no
// names; what is unknown, contradictory or ambiguous is a fault, never a guess.
package table

import (
	"fmt"
	"slices"
	"strings"
)

// A Role is what a column holds.
type Role int

// The roles. Of a Row's cells each has its own.
const (
	Time       Role = iota // of a spike or a sample
	Neuron                 // that fires
	Offset                 // [ms] that a spike comes before its step, in NEST
	Source                 // neuron of a synapse
	Target                 // likewise
	Weight                 // of a synapse
	Delay                  // of a synapse
	Value                  // of a sample
	Population             // whose neuron fires, a text
	Ignored                // what nobody asks for
	roles      = int(Ignored)
)

// A Kind is what the rows of a table are.
type Kind struct {
	rows  string   // what they are called
	order [][]Role // of columns without names, by what there may be
	what  string   // the order in words
	needs []Role
	names []name
}

// Columns say where a table has what.
type Columns struct {
	at    []Role            // of each column of the file
	names [roles + 1]string // as the file or the user has them, "" where nobody named them
	units [roles + 1]string // that the names state
	has   [roles + 1]bool
}

// Has tells whether there is a column of a role.
func (c *Columns) Has(r Role) bool { return c.has[r] }

// Name is what a column is called, empty where nothing names it.
func (c *Columns) Name(r Role) string { return c.names[r] }

// Called is what to call the column of a role.
func (c *Columns) Called(r Role) string { return c.called(slices.Index(c.at, r)) }

// called is what to call a column of the file, by its number.
func (c *Columns) called(i int) string {
	if name := c.names[c.at[i]]; name != "" {
		return "the column " + quoted(name)
	}
	return fmt.Sprintf("column %d", i+1)
}

// Unit is the unit that the column's name states: ms, s, us, steps, mV, V, uV, pA, nA, nS, uS, Hz or kHz. It is empty where the
// name states none.
func (c *Columns) Unit(r Role) string { return c.units[r] }

// A Row is one of a table.
type Row struct {
	Cells [roles]float64 // by role
	Text  string         // of the column Population
	Line  int            // of a text, from 1; else 0
}

// A Reader says what a table should be and takes its rows.
type Reader struct {
	Kind *Kind
	// Names of the columns, in their order, in place of the file's; in an archive, the
	// arrays that are the columns.
	Names []string
	// Named refuses columns that nothing names.
	Named bool
	// Group is which of several lists of synapses is meant, of an archive of einet's or of SONATA; where it
	// is empty, Likely if there is one of that name, or the only one.
	Group, Likely string
	Tree          OpenTree // of HDF5; nil refuses such files
	// Begin is told the columns and how many rows there may be. What it answers, if anything, is
	// what is allowed instead; Row likewise, which must not keep its row. Behind a row that it refused it is
	// given others, to count what is wrong.
	Begin func(c *Columns, rows int) (allowed string)
	Row   func(r *Row) (allowed string)
	// Most is how many rows there may be, 0 for any, and TooMany what is allowed where there are more. Begin may set it.
	Most    int
	TooMany string

	rows int // so far
	bad  badRows
}

// A Fault is what is wrong with a file.
type Fault struct {
	Path string
	Line int // from 1; 0 where it is in no line
	Row  int // of an array's, from 1; 0 where it is in no row
	Says string
	// Empty tells that there is nothing wrong but that the file holds no rows.
	Empty bool
}

func (f *Fault) Error() string { return f.Where() + ": " + f.Says }

// Where is the path, with the line or the row (counted from 0, as numpy does) if there is one.
func (f *Fault) Where() string {
	switch {
	case f.Line > 0:
		return fmt.Sprintf("%s:%d", f.Path, f.Line)
	case f.Row > 0:
		return fmt.Sprintf("%s: row %d (from 0)", f.Path, f.Row-1)
	}
	return f.Path
}

// pick chooses between the lists of a file.
func (r *Reader) pick(groups []string) (string, string) {
	switch {
	case r.Group != "" && slices.Contains(groups, r.Group):
		return r.Group, ""
	case r.Group == "" && slices.Contains(groups, r.Likely):
		return r.Likely, ""
	case r.Group == "" && len(groups) == 1:
		return groups[0], ""
	}
	return "", fmt.Sprintf("has the lists %s: say which one (population)", strings.Join(groups, ", "))
}

// begin tells the reader what there is.
func (r *Reader) begin(c *Columns, rows int) string {
	if r.Begin == nil {
		return ""
	}
	return r.Begin(c, rows)
}

// documented are the columns of a table without names.
func (r *Reader) documented(count int) (*Columns, string) {
	if r.Named {
		return nil, fmt.Sprintf("has no names of columns: give them as columns, such as %s", r.Kind.example(count))
	}
	for _, order := range r.Kind.order {
		if len(order) == count {
			c := &Columns{at: order}
			for _, role := range order {
				c.has[role] = true
			}
			return c, ""
		}
	}
	return nil, fmt.Sprintf("must have %s, not %d columns", r.Kind.what, count)
}

// example is how columns without names may be named.
func (k *Kind) example(count int) string {
	all := []string{"sender,time_ms (NEST's, ids from 1)", "neuron,time_ms (ids from 0)", "time_s,neuron"}
	if count == 2 {
		return strings.Join(all, ", ")
	}
	return strings.Join(all, ", ") + "; ignore leaves one out"
}
