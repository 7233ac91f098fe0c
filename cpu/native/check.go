package native

import (
	"fmt"

	"einet/program"
)

// check refuses what is no program, so that code touches no memory but its block's.
func check(p *program.Program) error {
	for at, i := range p.Code {
		if !possible(p, at) {
			return fmt.Errorf("native: instruction %d (%d) can't be", at, i)
		}
	}
	ok := len(p.Next) == len(p.States) && p.Normals <= 2 && isTruth(p, p.Fires) && (p.Fails == program.None || isTruth(p, p.Fails))
	for _, v := range p.Next {
		ok = ok && within(int32(v), len(p.Code)) && !isTruth(p, v)
	}
	if !ok {
		return fmt.Errorf("native: a program of %d operations whose ends can't be", len(p.Code))
	}
	return nil
}

func possible(p *program.Program, at int) bool {
	i := p.Code[at]
	if i.Op > program.AsFloat {
		return false
	}
	truth := i.Op >= program.Less && i.Op <= program.Not
	for k, o := range i.Operands() {
		if !within(int32(o), at) {
			return false
		}
		wants := i.Op == program.And || i.Op == program.Or || i.Op == program.Not || i.Op == program.Select && k == 0
		if i.Op == program.Select && k > 0 {
			truth = i.Type == program.Truth
			wants = truth
		}
		if isTruth(p, o) != wants {
			return false
		}
	}
	if truth != (i.Type == program.Truth) {
		return false
	}
	switch i.Op {
	case program.Constant:
		return within(i.A, len(p.Constants))
	case program.State:
		return within(i.A, len(p.States))
	case program.Own:
		return within(i.A, len(p.Owns))
	case program.Arriving:
		return within(i.A, p.Receptors)
	case program.Normal:
		return within(i.A, p.Normals)
	case program.ShiftLeft, program.ShiftRight, program.ShiftDown:
		return within(i.B, 32)
	}
	return true
}

func within(x int32, n int) bool { return x >= 0 && int(x) < n }

func isTruth(p *program.Program, v program.Value) bool {
	return within(int32(v), len(p.Code)) && p.Code[v].Type == program.Truth
}
