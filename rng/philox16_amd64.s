#include "textflag.h"

// The numbers of 16 lanes. As 64-bit lanes their low halves are the even ones.
DATA lanes16<>+0(SB)/8, $0x0000000100000000
DATA lanes16<>+8(SB)/8, $0x0000000300000002
DATA lanes16<>+16(SB)/8, $0x0000000500000004
DATA lanes16<>+24(SB)/8, $0x0000000700000006
DATA lanes16<>+32(SB)/8, $0x0000000900000008
DATA lanes16<>+40(SB)/8, $0x0000000b0000000a
DATA lanes16<>+48(SB)/8, $0x0000000d0000000c
DATA lanes16<>+56(SB)/8, $0x0000000f0000000e
GLOBL lanes16<>(SB), RODATA|NOPTR, $64

// ROUND is a round of Philox for eight counters c0 to c3, one in the low half of each
// 64-bit lane; what is in the high halves is never used. Z16, Z17: multipliers;
// Z18, Z19: key; Z30, Z31: scratch.
//
//	hi0, lo0 := bits.Mul32(mul0, c0)
//	hi1, lo1 := bits.Mul32(mul1, c2)
//	c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
#define ROUND(c0, c1, c2, c3) \
	VPMULUDQ Z16, c0, Z30 \
	VPMULUDQ Z17, c2, Z31 \
	VPSRLQ $32, Z31, c0 \
	VPTERNLOGD $0x96, Z18, c1, c0 \
	VPSRLQ $32, Z30, c2 \
	VPTERNLOGD $0x96, Z19, c3, c2 \
	VMOVDQA64 Z31, c1 \
	VMOVDQA64 Z30, c3

#define NEXTKEY \
	VPADDD Z20, Z18, Z18 \
	VPADDD Z21, Z19, Z19

#define ROUNDS \
	ROUND(Z0, Z1, Z2, Z3) \
	ROUND(Z4, Z5, Z6, Z7) \
	NEXTKEY

// STORE puts the words of the even counters and of the odd ones in order.
#define STORE(even, odd, at) \
	VPSLLQ $32, odd, odd \
	VMOVDQA32 odd, K1, even \
	VMOVDQU32 even, at(DI)

// func philox16AVX512(seed, stream, c0, c1, c2, c3 uint32, words *[4][16]uint32)
//
//	for k := range uint32(16) {
//		words[0][k], words[1][k], words[2][k], words[3][k] = Philox(Key{seed, stream}, c0+k, c1, c2, c3)
//	}
TEXT ·philox16AVX512(SB), NOSPLIT, $0-32
	MOVQ words+24(FP), DI
	MOVL $0xD2511F53, AX
	VPBROADCASTD AX, Z16
	MOVL $0xCD9E8D57, AX
	VPBROADCASTD AX, Z17
	MOVL seed+0(FP), AX
	VPBROADCASTD AX, Z18
	MOVL stream+4(FP), AX
	VPBROADCASTD AX, Z19
	MOVL $0x9E3779B9, AX
	VPBROADCASTD AX, Z20
	MOVL $0xBB67AE85, AX
	VPBROADCASTD AX, Z21
	MOVL $0xAAAA, AX
	KMOVW AX, K1
	MOVL c0+8(FP), AX
	VPBROADCASTD AX, Z0
	VPADDD lanes16<>(SB), Z0, Z0
	VPSRLQ $32, Z0, Z4
	MOVL c1+12(FP), AX
	VPBROADCASTD AX, Z1
	VMOVDQA64 Z1, Z5
	MOVL c2+16(FP), AX
	VPBROADCASTD AX, Z2
	VMOVDQA64 Z2, Z6
	MOVL c3+20(FP), AX
	VPBROADCASTD AX, Z3
	VMOVDQA64 Z3, Z7
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	STORE(Z0, Z4, 0)
	STORE(Z1, Z5, 64)
	STORE(Z2, Z6, 128)
	STORE(Z3, Z7, 192)
	VZEROUPPER
	RET
