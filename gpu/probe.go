//go:build cgo && !nogl

package gpu

import (
	"fmt"
)

// probe makes sure that a device computes as model and engines presume: it
// refuses one that rounds otherwise, fuses a product with a sum or computes
// integers differently, and names the operation. fault is -1, or the operation
// that the kernel is to answer wrongly.
func probe(c *Context, fault int) error {
	cases := probeCases()
	cells := probeCells()
	defines := cells.defines()
	defines["OTHERS"], defines["RECEPTORS"] = len(probeOps), 1
	program, err := NewProgram(c, "probe.comp", defines, cells.printedSteps())
	if err != nil {
		return err
	}
	defer program.Delete()
	operands := [][4]uint32{{uint32(fault)}}
	for _, k := range cases {
		operands = append(operands, [4]uint32{k.x, k.y, k.z, uint32(k.op)})
	}
	in, err := NewBufferFrom(c, "probe operands", operands)
	if err != nil {
		return err
	}
	defer in.Delete()
	out, err := NewBuffer[uint32](c, "probe results", len(cases))
	if err != nil {
		return err
	}
	defer out.Delete()
	got := make([]uint32, len(cases))
	err = c.Do(func() error {
		if err := in.Bind(0); err != nil {
			return err
		}
		if err := out.Bind(1); err != nil {
			return err
		}
		if err := program.Dispatch(program.Groups(len(cases)), 1, 1); err != nil {
			return err
		}
		return out.Read(0, got)
	})
	if err != nil {
		return err
	}
	for i, k := range cases {
		if got[i] != k.want {
			return fmt.Errorf("gpu: %s cannot run einet: %s of %#x, %#x, %#x gives %#x, must be %#x: %w",
				c.Device().Renderer, probeName(k.op), k.x, k.y, k.z, got[i], k.want, ErrInexact)
		}
	}
	return nil
}
