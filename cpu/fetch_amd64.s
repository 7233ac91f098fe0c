//go:build goexperiment.simd && amd64

#include "textflag.h"

// func fetch(address uintptr)
TEXT ·fetch(SB), NOSPLIT, $0-8
	MOVQ address+0(FP), AX
	PREFETCHT0 (AX)
	RET
