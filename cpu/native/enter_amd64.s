//go:build goexperiment.simd && amd64 && linux

#include "textflag.h"

// func enter(code unsafe.Pointer, f *frame)
//
// The code returns to the caller: it needs no stack, and leaves SP, BP, R14 and R15 as they are.
TEXT ·enter(SB), NOSPLIT, $0-16
	MOVQ code+0(FP), AX
	MOVQ f+8(FP), DI
	JMP AX
