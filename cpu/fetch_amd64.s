//go:build goexperiment.simd && amd64

#include "textflag.h"

// func fetch(address uintptr, lines int)
//
//	for range max(1, lines) {
//		prefetch(address)
//		address += 64
//	}
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ address+0(FP), AX
	MOVQ lines+8(FP), CX
next:
	PREFETCHT0 (AX)
	ADDQ $64, AX
	DECQ CX
	JG next
	RET
