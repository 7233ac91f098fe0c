package live

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"einet/sim"
)

// A numberLine is a number with its name.
type numberLine struct {
	name, value, unit string
	color             rgba
}

const numberHeight = float32(23)

// numberLines are those that are shown.
func (f *frame) numberLines() []numberLine {
	x, s := &f.numbers, f.scope
	lines := []numberLine{
		{"model time", strconv.FormatFloat(sim.InMs(s.step, s.dt), 'f', 1, 64), "ms", ink},
		{"real-time factor", orDash(f.real, factor), "", ink},
	}
	if len(s.populations) <= 3 {
		for i := range s.populations {
			lines = append(lines, numberLine{"rate " + s.populations[i].name, orDash(x.Rates[i], oneDecimal), "Hz", colorOf(s.populations[i].inhibitory)})
		}
	} else {
		for k, name := range []string{"rate excitatory", "rate inhibitory"} {
			sum, n := 0.0, 0.0
			for i := range s.populations {
				if p := &s.populations[i]; kind(p.inhibitory) == k {
					sum, n = sum+x.Rates[i]*float64(p.size), n+float64(p.size)
				}
			}
			lines = append(lines, numberLine{name, orDash(sum/n, oneDecimal), "Hz", colorOf(k == 1)})
		}
	}
	lines = append(lines,
		numberLine{"CV of intervals, exc.", orDash(x.CV[0], twoDecimals), "", blue},
		numberLine{"CV of intervals, inh.", orDash(x.CV[1], twoDecimals), "", vermillion},
		numberLine{"synchrony", orDash(x.Synchrony, twoDecimals), "", ink})
	if s.input != 0 {
		lines = append(lines, numberLine{"external input", strings.Replace(fmt.Sprintf("%+.0f", 100*s.input), "-", "−", 1), "%", yellow})
	}
	if s.inhibited != 1 {
		lines = append(lines, numberLine{"inhibition", "×" + twoDecimals(s.inhibited), "", yellow})
	}
	if x.Lost {
		lines = append(lines, numberLine{"since the lost spike", oneDecimal(x.LostMs), "ms", onlySecond},
			numberLine{"spikes in both", fmt.Sprintf("%.0f", 100*x.Shared), "%", onlySecond})
	}
	return lines
}

func (f *frame) drawNumbers(r rect, lines []numberLine) {
	f.fill(r, panelColor)
	f.text(r.x+12, r.y+18, bold, ink, left, "Now")
	for i, l := range lines {
		y := r.y + 44 + float32(i)*numberHeight
		if y > r.y+r.h-6 {
			return
		}
		f.text(r.x+12, y, plain, dim, left, l.name)
		unit := r.x + r.w - 36
		f.text(unit, y, large, l.color, right, l.value)
		f.text(unit+5, y, small, dim, left, l.unit)
	}
}

// messageTime is how long a message stays.
const messageTime = 5 * time.Second

func oneDecimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

func twoDecimals(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// orDash is a number, where it is one.
func orDash(x float64, text func(float64) string) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return text(x)
}

// factor writes a speed.
func factor(x float64) string { return strconv.FormatFloat(x, 'g', 2, 64) }

// decimal writes a number at an axis, with a true minus.
func decimal(x float64) string {
	if math.Abs(x) < 1e-9 {
		return "0"
	}
	return strings.Replace(strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64), "-", "−", 1)
}

// grouped writes n with thin spaces between thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	if len(text) < 5 {
		return text
	}
	var parts []string
	for len(text) > 3 {
		parts = append([]string{text[len(text)-3:]}, parts...)
		text = text[:len(text)-3]
	}
	return strings.Join(append([]string{text}, parts...), " ")
}

// ordinal writes 1st, 2nd and so on.
func ordinal(n int) string {
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

// short cuts names that the axis has no room for.
func short(name string) string {
	if r := []rune(name); len(r) > 7 {
		return string(r[:6]) + "…"
	}
	return name
}
