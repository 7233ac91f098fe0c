//go:build goexperiment.simd && amd64

#include "textflag.h"

// LOOK compares four tiles' words, Z0 to Z3, with a threshold, and adds the weight, Z8,
// to the sums, Z4 to Z7, of those that are at or above it. K1 to K4: which are.
#define LOOK(at) \
	VPBROADCASTD at(SI), Z9 \
	VPCMPUD $5, Z9, Z0, K1 \
	VPCMPUD $5, Z9, Z1, K2 \
	VPCMPUD $5, Z9, Z2, K3 \
	VPCMPUD $5, Z9, Z3, K4 \
	VPADDD Z8, Z4, K1, Z4 \
	VPADDD Z8, Z5, K2, Z5 \
	VPADDD Z8, Z6, K3, Z6 \
	VPADDD Z8, Z7, K4, Z7

// func poisson4(arriving *[4][lanes]int32, words *[4][lanes]uint32, thresholds *uint32, n int, weight int32)
//
//	for i := range words {
//		for k, w := range words[i] {
//			for _, threshold := range unsafe.Slice(thresholds, n) {
//				if w >= threshold {
//					arriving[i][k] += weight
//				}
//			}
//		}
//	}
//
// SI: the next threshold; CX: how many are left.
TEXT ·poisson4(SB), NOSPLIT, $0-36
	MOVQ arriving+0(FP), DI
	MOVQ words+8(FP), AX
	MOVQ thresholds+16(FP), SI
	MOVQ n+24(FP), CX
	MOVL weight+32(FP), BX
	VPBROADCASTD BX, Z8
	VMOVDQU32 (AX), Z0
	VMOVDQU32 64(AX), Z1
	VMOVDQU32 128(AX), Z2
	VMOVDQU32 192(AX), Z3
	VMOVDQU32 (DI), Z4
	VMOVDQU32 64(DI), Z5
	VMOVDQU32 128(DI), Z6
	VMOVDQU32 192(DI), Z7
	SUBQ $4, CX
	JLT few
four:
	LOOK(0)
	LOOK(4)
	LOOK(8)
	LOOK(12)
	KORW K1, K2, K1
	KORW K3, K4, K3
	KORTESTW K1, K3
	JEQ done // thresholds ascend: the next are above all words too
	ADDQ $16, SI
	SUBQ $4, CX
	JGE four
few:
	ADDQ $4, CX
	JLE done
one:
	LOOK(0)
	ADDQ $4, SI
	DECQ CX
	JNE one
done:
	VMOVDQU32 Z4, (DI)
	VMOVDQU32 Z5, 64(DI)
	VMOVDQU32 Z6, 128(DI)
	VMOVDQU32 Z7, 192(DI)
	VZEROUPPER
	RET
