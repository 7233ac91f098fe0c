package cpu

// Kernel names the instruction set that engines here compute with: avx512, avx2
// or scalar, which is also what a binary built without SIMD has.
func Kernel() string { return best().name }
