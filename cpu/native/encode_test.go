package native

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A line is an instruction as Go's assembler reads it, and as we write it.
type line struct {
	text string
	code []byte
}

func written(write func(a *assembler)) []byte {
	var a assembler
	write(&a)
	return a.code
}

var gprNames = []string{"AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13"}

func (o operand) text(register string) string {
	if !o.memory {
		return fmt.Sprint(register, o.register)
	}
	s := fmt.Sprintf("%d(%s)", o.disp, gprNames[o.base])
	if o.index != rsp {
		s += fmt.Sprintf("(%s*1)", gprNames[o.index])
	}
	return s
}

// places are operands of every kind: vectors, and memory with displacements that fit a byte, scaled or not, and that don't.
func places(unit int) []operand {
	var all []operand
	for r := range uint8(vectorRegisters) {
		all = append(all, register(r))
	}
	for base := rax; base <= r13; base++ {
		for _, disp := range []int{0, unit, -unit, 127 * unit, 128 * unit, -128 * unit, -129 * unit, unit + 1, 100000} {
			all = append(all, operandAt(base, disp))
		}
		for index := rax; index <= r13; index++ {
			if index != rsp {
				all = append(all, indexed(base, index))
			}
		}
	}
	return all
}

// vectorLines are an instruction with all registers in all places, and with memory in every way.
func vectorLines(name string, f form, sources, predicate, broadcasts, masked bool, result string) (all []line) {
	one := func(reg, source uint8, o operand, mask uint8, zeroing bool) {
		suffix := ""
		if o.broadcast {
			suffix += ".BCST"
		}
		if zeroing {
			suffix += ".Z"
		}
		text := "\t" + name + suffix + " "
		if predicate {
			text += "$29, "
		}
		text += o.text(map[bool]string{true: "X", false: "Z"}[name == "VBROADCASTSS"])
		if sources {
			text += fmt.Sprintf(", Z%d", source)
		}
		if mask > 0 {
			text += fmt.Sprintf(", K%d", mask)
		}
		text += fmt.Sprintf(", %s%d", result, reg)
		all = append(all, line{text, written(func(a *assembler) {
			a.evex(f, reg, source, o, mask, zeroing)
			if predicate {
				a.put(29)
			}
		})})
	}
	results := uint8(vectorRegisters)
	if result == "K" {
		results = maskRegisters
	}
	source := func(r uint8) uint8 {
		if sources {
			return r % vectorRegisters
		}
		return 0
	}
	for k, o := range places(int(f.unit)) {
		one(uint8(k)%results, source(uint8(3*k+1)), o, 0, false)
	}
	for r := range uint8(vectorRegisters) {
		one(r%results, source(r+7), register((r+11)%vectorRegisters), 0, false)
		one(5, source(r), register(30), 0, false)
		if masked {
			one(r%results, source(r+7), register((r+11)%vectorRegisters), 1+r%7, false)
		}
		if masked && result == "Z" {
			one(r%results, source(r+7), register((r+11)%vectorRegisters), 1+r%7, true)
		}
	}
	if broadcasts {
		for k, o := range places(4)[vectorRegisters:] {
			one(uint8(k)%results, source(uint8(5*k)), o.toAll(), 0, false)
		}
	}
	return all
}

func allLines() (all []line) {
	for _, v := range []struct {
		name string
		form
		result             string
		sources, predicate bool
	}{
		{"VADDPS", vaddps, "Z", true, false}, {"VSUBPS", vsubps, "Z", true, false}, {"VMULPS", vmulps, "Z", true, false},
		{"VMINPS", vminps, "Z", true, false}, {"VMAXPS", vmaxps, "Z", true, false}, {"VBLENDMPS", vblendmps, "Z", true, false},
		{"VPADDD", vpaddd, "Z", true, false}, {"VPSUBD", vpsubd, "Z", true, false}, {"VPANDD", vpandd, "Z", true, false},
		{"VPORD", vpord, "Z", true, false}, {"VPXORD", vpxord, "Z", true, false},
		{"VCMPPS", vcmpps, "K", true, true}, {"VPCMPD", vpcmpd, "K", true, true}, {"VPCMPUD", vpcmpud, "K", true, true},
		{"VCVTTPS2DQ", vcvttps2dq, "Z", false, false}, {"VCVTDQ2PS", vcvtdq2ps, "Z", false, false},
	} {
		all = append(all, vectorLines(v.name, v.form, v.sources, v.predicate, true, true, v.result)...)
	}
	all = append(all, vectorLines("VBROADCASTSS", vbroadcastss, false, false, false, true, "Z")...)
	for way, name := range map[uint8]string{shiftLeft: "VPSLLD", shiftRight: "VPSRAD", shiftDown: "VPSRLD"} {
		for k, o := range places(64) {
			to := uint8(k*5) % vectorRegisters
			all = append(all, line{fmt.Sprintf("\t%s $%d, %s, Z%d", name, 1+k%31, o.text("Z"), to), written(func(a *assembler) {
				a.evexByte(vpshiftd, way, to, o, 0, byte(1+k%31))
			})})
		}
	}
	for k, o := range places(64)[vectorRegisters:] {
		from := uint8(k) % vectorRegisters
		all = append(all, line{fmt.Sprintf("\tVMOVUPS Z%d, %s", from, o.text("Z")), written(func(a *assembler) {
			a.evex(vmovupsStore, from, 0, o, 0, false)
		})}, line{fmt.Sprintf("\tVMOVUPS %s, Z%d", o.text("Z"), from), written(func(a *assembler) {
			a.evex(vmovups, from, 0, o, 0, false)
		})})
	}
	for k := range uint8(vectorRegisters * 5) {
		from, to, mask := k%vectorRegisters, k*7%vectorRegisters, 1+k%7
		all = append(all, line{fmt.Sprintf("\tVMOVAPS Z%d, Z%d", from, to), written(func(a *assembler) {
			a.evex(vmovaps, from, 0, register(to), 0, false)
		})}, line{fmt.Sprintf("\tVMOVAPS.Z Z%d, K%d, Z%d", from, mask, to), written(func(a *assembler) {
			a.evex(vmovaps, from, 0, register(to), mask, true)
		})})
	}
	return append(all, otherLines()...)
}

func otherLines() (all []line) {
	add := func(write func(a *assembler), format string, x ...any) {
		all = append(all, line{"\t" + fmt.Sprintf(format, x...), written(write)})
	}
	for k := range uint8(8 * 8 * 3) {
		to, x, y := k%8, k/8%8, (k*3+1)%8
		add(func(a *assembler) { a.mask2(kandw, to, x, y) }, "KANDW K%d, K%d, K%d", y, x, to)
		add(func(a *assembler) { a.mask2(kandnw, to, x, y) }, "KANDNW K%d, K%d, K%d", y, x, to)
		add(func(a *assembler) { a.mask2(korw, to, x, y) }, "KORW K%d, K%d, K%d", y, x, to)
		add(func(a *assembler) { a.vex(knotw, to, 0, register(x), false) }, "KNOTW K%d, K%d", x, to)
		add(func(a *assembler) { a.vex(kortestw, to, 0, register(x), false) }, "KORTESTW K%d, K%d", x, to)
		add(func(a *assembler) { a.vex(kget, k%8, 0, register(x), false) }, "KMOVW K%d, %s", x, gprNames[k%8])
	}
	for k, o := range places(1)[vectorRegisters:] {
		mask, reg := uint8(k)%8, gpr(k)%14
		add(func(a *assembler) { a.vex(kload, mask, 0, o, false) }, "KMOVW %s, K%d", o.text(""), mask)
		add(func(a *assembler) { a.vex(kstore, mask, 0, o, false) }, "KMOVW K%d, %s", mask, o.text(""))
		add(func(a *assembler) { a.integer(load, true, reg, o) }, "MOVQ %s, %s", o.text(""), gprNames[reg])
		add(func(a *assembler) { a.integer(store, true, reg, o) }, "MOVQ %s, %s", gprNames[reg], o.text(""))
		add(func(a *assembler) { a.integer(load, false, reg, o) }, "MOVL %s, %s", o.text(""), gprNames[reg])
		add(func(a *assembler) { a.integer(store, false, reg, o) }, "MOVL %s, %s", gprNames[reg], o.text(""))
	}
	for reg := rax; reg <= r13; reg++ {
		if reg == rsp {
			continue
		}
		add(func(a *assembler) { a.shiftLeft(reg, offsetShift) }, "SHLL $%d, %s", offsetShift, gprNames[reg])
		for _, x := range []int32{4, 127, -128, 128, 100000} {
			if reg != rax || int32(int8(x)) == x { // Go has a shorter one there
				add(func(a *assembler) { a.addNumber(reg, x) }, "ADDQ $%d, %s", x, gprNames[reg])
			}
		}
	}
	add(func(a *assembler) { a.put(0x90) }, "BYTE $0x90")
	add(func(a *assembler) { a.leave() }, "VZEROUPPER\n\tBYTE $0xc3")
	return all
}

var dumped = regexp.MustCompile(`(?m)^\t0x[0-9a-f]+ ((?:[0-9a-f]{2} )+) `)

// assembled is what Go's assembler makes of lines.
func assembled(t *testing.T, lines []line) []byte {
	dir := t.TempDir()
	var text strings.Builder
	text.WriteString("TEXT ·f(SB), 4, $0-0\n")
	for _, l := range lines {
		text.WriteString(l.text + "\n")
	}
	file := filepath.Join(dir, "f.s")
	require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o666))
	cmd := exec.Command("go", "tool", "asm", "-p", "f", "-S", "-o", filepath.Join(dir, "f.o"), file)
	cmd.Env = append(os.Environ(), "GOARCH=amd64", "GOOS=linux")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%.2000s", out)
	var code []byte
	for _, m := range dumped.FindAllStringSubmatch(string(out), -1) {
		b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
		require.NoError(t, err)
		code = append(code, b...)
	}
	return code
}

// Every instruction is what Go's assembler writes, with every register in every place, and memory in every way.
func TestEncodings(t *testing.T) {
	lines := allLines()
	t.Log(len(lines), "instructions")
	code := assembled(t, lines)
	at := 0
	for _, l := range lines {
		behind := min(at+len(l.code), len(code))
		require.Equal(t, hex.EncodeToString(code[at:behind]), hex.EncodeToString(l.code), l.text)
		at = behind
	}
}
