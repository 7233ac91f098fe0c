//go:build goexperiment.simd && amd64

#include "go_asm.h"
#include "textflag.h"

// Constants in all four routines. Z31 and Z30: 2^30 and 2^23, in 64 bits; Z29: 2^31 in 64 bits; Z28: 2^31; Z27: 255; Z26: the last entry
// of the second table of a decay that is not 0, or 255; K7: odd lanes.
#define CONSTANTS \
	MOVQ $0x40000000, BX       \
	VPBROADCASTQ BX, Z31       \
	MOVQ $0x800000, BX         \
	VPBROADCASTQ BX, Z30       \
	MOVQ $0x80000000, BX       \
	VPBROADCASTQ BX, Z29       \
	VPBROADCASTD BX, Z28       \
	MOVL $255, BX              \
	VPBROADCASTD BX, Z27       \
	VPBROADCASTD learning_top(AX), Z26 \
	MOVL $0xaaaa, BX           \
	KMOVW BX, K7

// PRODUCT is to = product(a, b), by even and odd lanes. It uses Z0 to Z2.
#define PRODUCT(a, b, to) \
	VPSRLQ $32, a, Z1     \
	VPSRLQ $32, b, Z2     \
	VPMULUDQ b, a, Z0     \
	VPMULUDQ Z2, Z1, Z1   \
	VPADDQ Z31, Z0, Z0    \
	VPADDQ Z31, Z1, Z1    \
	VPSRLQ $31, Z0, to    \
	VPADDQ Z1, Z1, Z1     \
	VMOVDQA32 Z1, K7, to

// TIMES is to = times(a, b). It uses Z0 to Z2.
#define TIMES(a, b, to) \
	VPSRLQ $32, a, Z1     \
	VPSRLQ $32, b, Z2     \
	VPMULUDQ b, a, Z0     \
	VPMULUDQ Z2, Z1, Z1   \
	VPADDQ Z30, Z0, Z0    \
	VPADDQ Z30, Z1, Z1    \
	VPSRLQ $24, Z0, Z0    \
	VPSRLQ $24, Z1, Z1    \
	VPMINUQ Z29, Z0, to   \
	VPMINUQ Z29, Z1, Z1   \
	VPSLLQ $32, Z1, Z1    \
	VPORQ Z1, to, to

// SUM is to = sum(a, b), to not a. It uses Z0.
#define SUM(a, b, to) \
	VPSUBD a, Z28, Z0  \
	VPMINUD b, Z0, Z0  \
	VPADDD Z0, a, to

// AFTER is what is left of x after so many steps: the tables of the decay are at t0 and t1, or the second is in Z(lo) and Z(hi) where top is
// 31. It uses Z0 to Z4 and K6, and is x again.
#define AFTER(steps, x, t0, t1, lo, hi, far, done) \
	VPANDD Z27, steps, Z3          \
	KXNORW K6, K6, K6              \
	VPGATHERDD (t0)(Z3*4), K6, Z4  \
	VPSRLD $8, steps, Z3           \
	VPMINUD Z26, Z3, Z3            \
	PRODUCT(Z4, x, x)              \
	CMPL learning_top(AX), $31     \
	JNE far                        \
	VPERMI2D hi, lo, Z3            \
	PRODUCT(Z3, x, x)              \
	JMP done                       \
far:                               \
	KXNORW K6, K6, K6              \
	VPGATHERDD (t1)(Z3*4), K6, Z4  \
	PRODUCT(Z4, x, x)              \
done:

// TAIL is K1: the lanes of 16 that are left of DX.
#define TAIL \
	MOVL $16, BX        \
	CMPQ DX, BX         \
	CMOVQLT DX, BX      \
	MOVL $0xffff, CX    \
	BZHIL BX, CX, CX    \
	KMOVW CX, K1

DATA pairs<>+0(SB)/8, $0x0000000200000000
DATA pairs<>+8(SB)/8, $0x0000000600000004
DATA pairs<>+16(SB)/8, $0x0000000a00000008
DATA pairs<>+24(SB)/8, $0x0000000e0000000c
DATA pairs<>+32(SB)/8, $0x0000001200000010
DATA pairs<>+40(SB)/8, $0x0000001600000014
DATA pairs<>+48(SB)/8, $0x0000001a00000018
DATA pairs<>+56(SB)/8, $0x0000001e0000001c
DATA pairs<>+64(SB)/8, $0x0000000300000001
DATA pairs<>+72(SB)/8, $0x0000000700000005
DATA pairs<>+80(SB)/8, $0x0000000b00000009
DATA pairs<>+88(SB)/8, $0x0000000f0000000d
DATA pairs<>+96(SB)/8, $0x0000001300000011
DATA pairs<>+104(SB)/8, $0x0000001700000015
DATA pairs<>+112(SB)/8, $0x0000001b00000019
DATA pairs<>+120(SB)/8, $0x0000001f0000001d
DATA pairs<>+128(SB)/8, $0x0000000100000000
DATA pairs<>+136(SB)/8, $0x0000000300000002
DATA pairs<>+144(SB)/8, $0x0000000500000004
DATA pairs<>+152(SB)/8, $0x0000000700000006
DATA pairs<>+160(SB)/8, $0x0000000900000008
DATA pairs<>+168(SB)/8, $0x0000000b0000000a
DATA pairs<>+176(SB)/8, $0x0000000d0000000c
DATA pairs<>+184(SB)/8, $0x0000000f0000000e
GLOBL pairs<>(SB), RODATA|NOPTR, $192

// func learnScan(a *learning) int
//
//	count := 0
//	for i := range a.n {
//		t, d := uint32(a.targets[i])-a.lo, a.delay // + a.delays[i]
//		from, last := a.until-min(a.until, d), a.step-min(a.step, d)
//		l := a.latest[t]
//		y := after(a.target, last-l.step, l.fast)
//		a.up[i], a.changes[i] = y >= a.alpha && a.signed, times(a.minus, abs(y-a.alpha))
//		a.late[i] = l.step >= last
//		a.sums[i] = 0
//		if l.step > from {
//			a.sums[i] = times(plus(t, 0), after(a.source, l.step+d-a.last, a.fast))
//			a.numbers[count], a.rings[count] = i, t*kept
//			count++
//		}
//	}
//	return count
//
// with plus(t, k) = a.plus or, of triplet, sum(a.plus, times(a.plus3, a.slows[t*kept+k])).
TEXT ·learnScan(SB), NOSPLIT, $0-16
	MOVQ a+0(FP), AX
	CONSTANTS
	MOVQ learning_targets(AX), SI
	MOVQ learning_latest(AX), R8
	MOVQ learning_source0(AX), R9
	MOVQ learning_source1(AX), R10
	MOVQ learning_target0(AX), R11
	MOVQ learning_target1(AX), R12
	MOVQ learning_delays(AX), R13
	MOVQ learning_slows(AX), DI
	MOVQ learning_n(AX), DX
	VMOVDQU32 pairs<>+0(SB), Z25
	VMOVDQU32 pairs<>+64(SB), Z24
	VMOVDQU32 0(R10), Z23
	VMOVDQU32 64(R10), Z22
	VMOVDQU32 0(R12), Z21
	VMOVDQU32 64(R12), Z20
	VPBROADCASTD learning_lo(AX), Z19
	VPBROADCASTD learning_delay(AX), Z18
	VPBROADCASTD learning_until(AX), Z17
	VPBROADCASTD learning_step(AX), Z16
	VPMINUD Z18, Z17, Z15
	VPSUBD Z15, Z17, Z15           // from
	VPMINUD Z18, Z16, Z14
	VPSUBD Z14, Z16, Z14           // last
	VMOVDQA32 Z18, Z13             // the delay
	VMOVDQU32 pairs<>+128(SB), Z12 // the lanes' numbers
	VMOVD learning_shift(AX), X11
	XORL R15, R15                  // found
	XORQ R14, R14                    // the number of the first lane
loop:
	TAIL
	VPMOVZXWD.Z (SI), K1, Z5
	VPSUBD.Z Z19, Z5, K1, Z5       // t
	KXNORW K2, K2, K2
	KXNORW K3, K3, K3
	VPADDD Z5, Z5, Z6
	VEXTRACTI64X4 $1, Z6, Y3
	VMOVDQA64 Z6, Z7
	VPGATHERDQ (R8)(Y7*8), K2, Z6
	VPGATHERDQ (R8)(Y3*8), K3, Z4
	VMOVDQA32 Z6, Z7
	VPERMT2D Z4, Z25, Z6           // the step
	VPERMT2D Z4, Z24, Z7           // and y behind it
	VPSLLD X11, Z5, Z5             // t*kept
	TESTQ R13, R13
	JZ alike
	VPMOVZXWD.Z (R13), K1, Z13
	VPADDD Z18, Z13, Z13
	VMOVDQU32 Z13, learning_far(AX)(R14*4)
	VPMINUD Z13, Z17, Z15
	VPSUBD Z15, Z17, Z15
	VPMINUD Z13, Z16, Z14
	VPSUBD Z14, Z16, Z14
	ADDQ $32, R13
alike:
	VPCMPUD $6, Z15, Z6, K1, K2    // step > from
	VPCMPUD $5, Z14, Z6, K1, K3    // step >= last
	KMOVW K3, CX
	MOVQ R14, BX
	SHRQ $3, BX
	MOVW CX, learning_late(AX)(BX*1)
	VPSUBD Z6, Z14, Z8
	AFTER(Z8, Z7, R11, R12, Z21, Z20, far1, done1)
	VPBROADCASTD learning_alpha(AX), Z8
	VPCMPUD $5, Z8, Z7, K3         // y >= alpha
	KMOVW learning_signed(AX), K4
	KANDW K3, K4, K3
	KMOVW K3, CX
	MOVW CX, learning_up(AX)(BX*1)
	VPMAXUD Z8, Z7, Z3
	VPMINUD Z8, Z7, Z7
	VPSUBD Z7, Z3, Z7
	VPBROADCASTD learning_minus(AX), Z8
	TIMES(Z8, Z7, Z7)
	VMOVDQU32 Z7, learning_changes(AX)(R14*4)
	VPXORD Z9, Z9, Z9
	KORTESTW K2, K2
	JZ none
	VPBROADCASTD learning_fast(AX), Z9
	VPBROADCASTD learning_last(AX), Z8
	VPADDD Z13, Z6, Z10
	VPSUBD Z8, Z10, Z8
	AFTER(Z8, Z9, R9, R10, Z23, Z22, far2, done2)
	VPBROADCASTD learning_plus(AX), Z8
	TESTQ DI, DI
	JZ pair
	KMOVW K2, K4
	VPXORD Z10, Z10, Z10
	VPGATHERDD (DI)(Z5*4), K4, Z10
	VPBROADCASTD learning_plus3(AX), Z7
	TIMES(Z7, Z10, Z10)
	SUM(Z8, Z10, Z7)
	VMOVDQA32 Z7, Z8
pair:
	TIMES(Z8, Z9, Z9)
	VMOVDQA32.Z Z9, K2, Z9
	KMOVW K2, CX
	POPCNTL CX, CX
	VPCOMPRESSD Z12, K2, Z10
	VMOVDQU32 Z10, learning_numbers(AX)(R15*4)
	VPCOMPRESSD Z5, K2, Z10
	VMOVDQU32 Z10, learning_rings(AX)(R15*4)
	ADDQ CX, R15
none:
	VMOVDQU32 Z9, learning_sums(AX)(R14*4)
	MOVL $16, BX
	VPBROADCASTD BX, Z10
	VPADDD Z10, Z12, Z12
	ADDQ $32, SI
	ADDQ $16, R14
	SUBQ $16, DX
	JG loop
	MOVQ R15, ret+8(FP)
	VZEROUPPER
	RET

// func learnDeeper(a *learning, n int) int
//
// It goes on with those of a.numbers[:n] whose targets have one spike more since a.until, number a.level of the target's:
//
//	count := 0
//	for k := range n {
//		i, ring := a.numbers[k], a.rings[k]
//		d := a.delay // or a.far[i]
//		if step := a.steps[ring+a.level]; step > a.until-min(a.until, d) {
//			a.numbers[count], a.rings[count], a.found[count] = i, ring, step
//			count++
//		}
//	}
//	return count
TEXT ·learnDeeper(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	MOVQ n+8(FP), DX
	MOVQ learning_steps(AX), SI
	MOVQ learning_latest(AX), DI
	MOVQ learning_level(AX), BX
	LEAQ (SI)(BX*4), SI
	LEAQ 4(DI)(BX*4), DI           // level 1 and 2 are second and third
	VMOVD learning_shift(AX), X11
	MOVQ learning_delays(AX), R13
	LEAQ learning_far(AX), R8
	VPBROADCASTD learning_until(AX), Z17
	VPBROADCASTD learning_delay(AX), Z18
	VPMINUD Z18, Z17, Z15
	VPSUBD Z15, Z17, Z15
	XORL R15, R15
	XORL R9, R9
loop:
	TAIL
	VMOVDQU32 learning_numbers(AX)(R9*4), Z5
	VMOVDQU32 learning_rings(AX)(R9*4), Z6
	KMOVW K1, K2
	VPXORD Z7, Z7, Z7
	CMPQ learning_level(AX), $2
	JG old
	VPSRLD X11, Z6, Z8
	VPADDD Z8, Z8, Z8
	VPGATHERDD (DI)(Z8*8), K2, Z7
	JMP young
old:
	VPGATHERDD (SI)(Z6*4), K2, Z7
young:
	TESTQ R13, R13
	JZ alike
	KMOVW K1, K2
	VPXORD Z13, Z13, Z13
	VPGATHERDD (R8)(Z5*4), K2, Z13
	VPMINUD Z13, Z17, Z15
	VPSUBD Z15, Z17, Z15
alike:
	VPCMPUD $6, Z15, Z7, K1, K2
	KMOVW K2, CX
	POPCNTL CX, CX
	VPCOMPRESSD Z5, K2, Z5
	VPCOMPRESSD Z6, K2, Z6
	VPCOMPRESSD Z7, K2, Z7
	VMOVDQU32 Z5, learning_numbers(AX)(R15*4)
	VMOVDQU32 Z6, learning_rings(AX)(R15*4)
	VMOVDQU32 Z7, learning_found(AX)(R15*4)
	ADDQ CX, R15
	ADDQ $16, R9
	SUBQ $16, DX
	JG loop
	MOVQ R15, ret+16(FP)
	VZEROUPPER
	RET

// func learnGains(a *learning, n int)
//
//	for k, i := range a.numbers[:n] {
//		d := a.delay // or a.far[i]
//		x := after(a.source, a.found[k]+d-a.last, a.fast)
//		a.sums[i] = sum(a.sums[i], times(plus(t, a.level), x))
//	}
TEXT ·learnGains(SB), NOSPLIT, $0-16
	MOVQ a+0(FP), AX
	MOVQ n+8(FP), DX
	CONSTANTS
	MOVQ learning_source0(AX), R9
	MOVQ learning_source1(AX), R10
	MOVQ learning_delays(AX), R13
	MOVQ learning_slows(AX), DI
	MOVQ learning_level(AX), BX
	LEAQ (DI)(BX*4), R12
	LEAQ learning_far(AX), R8
	LEAQ learning_sums(AX), R11
	VMOVDQU32 0(R10), Z23
	VMOVDQU32 64(R10), Z22
	VPBROADCASTD learning_delay(AX), Z13
	VPBROADCASTD learning_last(AX), Z14
	XORL SI, SI
loop:
	TAIL
	VMOVDQU32 learning_numbers(AX)(SI*4), Z5
	VMOVDQU32 learning_found(AX)(SI*4), Z7
	TESTQ R13, R13
	JZ alike
	KMOVW K1, K2
	VPXORD Z13, Z13, Z13
	VPGATHERDD (R8)(Z5*4), K2, Z13
alike:
	VPADDD Z13, Z7, Z8
	VPSUBD Z14, Z8, Z8
	VPBROADCASTD learning_fast(AX), Z9
	AFTER(Z8, Z9, R9, R10, Z23, Z22, far3, done3)
	VPBROADCASTD learning_plus(AX), Z8
	TESTQ DI, DI
	JZ pair
	VMOVDQU32 learning_rings(AX)(SI*4), Z6
	KMOVW K1, K2
	VPXORD Z10, Z10, Z10
	VPGATHERDD (R12)(Z6*4), K2, Z10
	VPBROADCASTD learning_plus3(AX), Z7
	TIMES(Z7, Z10, Z10)
	SUM(Z8, Z10, Z7)
	VMOVDQA32 Z7, Z8
pair:
	TIMES(Z8, Z9, Z9)
	KMOVW K1, K2
	VPXORD Z10, Z10, Z10
	VPGATHERDD (R11)(Z5*4), K2, Z10
	SUM(Z10, Z9, Z7)
	KMOVW K1, K2
	VPSCATTERDD Z7, K2, (R11)(Z5*4)
	ADDQ $16, SI
	SUBQ $16, DX
	JG loop
	VZEROUPPER
	RET

// func learnFinish(a *learning)
//
//	for i := range a.n {
//		omega := sum(a.omegas[i], a.sums[i])
//		if a.up[i] {
//			omega = sum(omega, a.changes[i])
//		} else {
//			omega = max(omega-a.low, a.changes[i]) - a.changes[i] + a.low
//		}
//		a.omegas[i], a.weights[i] = omega, a.sign * product(a.weight, omega)
//	}
TEXT ·learnFinish(SB), NOSPLIT, $0-8
	MOVQ a+0(FP), AX
	CONSTANTS
	MOVQ learning_omegas(AX), SI
	MOVQ learning_weights(AX), DI
	MOVQ learning_n(AX), DX
	VPBROADCASTD learning_low(AX), Z20
	VPBROADCASTD learning_weight(AX), Z21
	VPBROADCASTD learning_sign(AX), Z22 // 0 or -1
	XORL R8, R8
loop:
	TAIL
	VMOVDQU32.Z (SI), K1, Z5
	VMOVDQU32 learning_sums(AX)(R8*4), Z6
	SUM(Z5, Z6, Z7)
	VMOVDQU32 learning_changes(AX)(R8*4), Z6
	SUM(Z7, Z6, Z8)
	VPSUBD Z20, Z7, Z7
	VPMAXUD Z6, Z7, Z7
	VPSUBD Z6, Z7, Z7
	VPADDD Z20, Z7, Z7
	MOVQ R8, BX
	SHRQ $3, BX
	KMOVW learning_up(AX)(BX*1), K2
	VMOVDQA32 Z8, K2, Z7
	VMOVDQU32 Z7, K1, (SI)
	PRODUCT(Z21, Z7, Z7)
	VPXORD Z22, Z7, Z7
	VPSUBD Z22, Z7, Z7
	VMOVDQU32 Z7, K1, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	ADDQ $16, R8
	SUBQ $16, DX
	JG loop
	VZEROUPPER
	RET
