//go:build goexperiment.simd && amd64

#include "textflag.h"

// func update2(state *[4][lanes]float32, a0, a1 *[lanes]int32, tiles int, c *constants2, hits *uint32) int
//
// With state, a0, a1 and hits as slices, and every product rounded by itself:
//
//	count := 0
//	for i := range tiles {
//		v, until, g0, g1 := &state[i][0], &state[i][1], &state[i][2], &state[i][3]
//		bits := uint32(0)
//		for k := range lanes {
//			x := c.mvv*v[k] + c.pvr0*g0[k] + c.pvr1*g1[k] + c.drive
//			g0[k] = c.prr0*g0[k] + float32(a0[i][k]) + c.grid0 - c.grid0
//			g1[k] = c.prr1*g1[k] + float32(a1[i][k]) + c.grid1 - c.grid1
//			a0[i][k], a1[i][k] = 0, 0
//			y := (v[k] + c.gridV) + x - c.gridV
//			if c.now < int32(math.Float32bits(until[k])) {
//				y = c.vReset
//			}
//			if y >= c.vTh {
//				bits |= 1 << k
//			}
//			v[k] = y
//		}
//		if bits != 0 {
//			hits[count] = uint32(i)<<16 | bits
//			count++
//		}
//	}
//	return count
//
// SI, R8, R9: a tile's state and input; DX: tiles that are left; BX: the tile's number
// << 16; DI: the next hit. Z16 to Z27: the constants, in their order; Z31: zero.
TEXT ·update2(SB), NOSPLIT, $0-56
	MOVQ state+0(FP), SI
	MOVQ a0+8(FP), R8
	MOVQ a1+16(FP), R9
	MOVQ tiles+24(FP), DX
	MOVQ c+32(FP), AX
	MOVQ hits+40(FP), DI
	MOVQ DI, R13
	XORL BX, BX
	VBROADCASTSS 0(AX), Z16
	VBROADCASTSS 4(AX), Z17
	VBROADCASTSS 8(AX), Z18
	VBROADCASTSS 12(AX), Z19
	VBROADCASTSS 16(AX), Z20
	VBROADCASTSS 20(AX), Z21
	VBROADCASTSS 24(AX), Z22
	VBROADCASTSS 28(AX), Z23
	VBROADCASTSS 32(AX), Z24
	VBROADCASTSS 36(AX), Z25
	VBROADCASTSS 40(AX), Z26
	VBROADCASTSS 44(AX), Z27
	VPXORD Z31, Z31, Z31
loop:
	VMOVUPS 128(SI), Z1
	VMOVUPS 192(SI), Z2
	VMOVUPS (SI), Z7
	VMULPS Z7, Z16, Z0
	VADDPS Z26, Z7, Z7
	VMULPS Z17, Z1, Z3
	VCVTDQ2PS (R8), Z5
	VMULPS Z18, Z1, Z1
	VMULPS Z20, Z2, Z4
	VCVTDQ2PS (R9), Z6
	VMULPS Z21, Z2, Z2
	VADDPS Z3, Z0, Z0
	VADDPS Z5, Z1, Z1
	VADDPS Z6, Z2, Z2
	VADDPS Z4, Z0, Z0
	VADDPS Z19, Z1, Z1
	VADDPS Z22, Z2, Z2
	VADDPS Z23, Z0, Z0
	VSUBPS Z19, Z1, Z1
	VSUBPS Z22, Z2, Z2
	VPCMPD $1, 64(SI), Z24, K1
	VMOVUPS Z1, 128(SI)
	VMOVUPS Z2, 192(SI)
	VADDPS Z7, Z0, Z0
	VMOVDQU32 Z31, (R8)
	VMOVDQU32 Z31, (R9)
	VSUBPS Z26, Z0, Z0
	VMOVAPS Z25, K1, Z0
	VMOVUPS Z0, (SI)
	VCMPPS $13, Z27, Z0, K2
	KORTESTW K2, K2
	JNE hit
next:
	ADDQ $256, SI
	ADDQ $64, R8
	ADDQ $64, R9
	ADDQ $0x10000, BX
	DECQ DX
	JNE loop
	VZEROUPPER
	SUBQ R13, DI
	SHRQ $2, DI
	MOVQ DI, ret+48(FP)
	RET
hit:
	KMOVW K2, AX
	ORL BX, AX
	MOVL AX, (DI)
	ADDQ $4, DI
	JMP next
