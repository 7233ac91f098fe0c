package gpu

import (
	"context"
	"fmt"
	"slices"

	"einet/connectome"
	"einet/dynamics"
)

// A Form is a choice of options, by its name.
type Form struct {
	Name string
	Options
}

// mostTried is the most work groups that Forms tries to have on a device at once.
const mostTried = 4096

// Forms are those that a network has on a device, for whoever compares them: without sums in shared memory, with them, and several windows in a dispatch
// by as many work groups (a power of two) as are there at once, and by a quarter.
func Forms(ctx context.Context, c *Context, m *dynamics.Model, syn *connectome.Connectome) []Form {
	forms := []Form{{"update, deliver", Options{Sums: SumsNever}}}
	can := func(o Options, has func(*Engine) bool) bool {
		e, err := NewWith(ctx, c, m, syn, o)
		if err != nil {
			return false
		}
		ok := has(e)
		return e.Close() == nil && ok
	}
	if o := (Options{Sums: SumsAlways}); can(o, (*Engine).HasSums) {
		forms = append(forms, Form{"update, deliver with sums", o})
	}
	n := 0
	can(Options{Sums: SumsNever}, func(e *Engine) bool {
		n = e.MostResident(mostTried)
		return true
	})
	for _, k := range slices.Compact([]int{n, max(1, n/4)}) {
		if n > 0 {
			forms = append(forms, Form{fmt.Sprintf("resident, %d work groups", k), Options{Sums: SumsNever, Resident: k}})
		}
	}
	return forms
}
