package validate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A seed that is the farthest by chance fails only if another is too; spikes from elsewhere fail at once.
func TestAgain(t *testing.T) {
	far, near := Comparison{}, Comparison{Consistent: true}
	told := []Control{{Kind: weightKind, Name: "weights + 5 %", ToldApart: true}}
	for _, k := range []struct {
		comparison Comparison
		again      *Again
		want       Verdict
		summary    string
	}{
		{near, nil, Partial, "consistent; delays: not tested"},
		{far, nil, Fail, "(false alarms: 1 in 21)"},
		{far, &Again{"seed 62", near}, Partial, "consistent (seed 1 on cpu is the farthest, as 1 in 21 is by chance; seed 62 is not); delays: not tested"},
		{far, &Again{"seed 62", far}, Fail, "and so is seed 62 (false alarms: 1 in 231)"},
	} {
		s := Statistical{Candidate: "seed 1 on cpu", Compared: 20, Comparison: k.comparison, Again: k.again, Controls: told}
		s.judge()
		require.Equal(t, k.want, s.Verdict)
		require.Contains(t, s.Summary, k.summary)
	}
}
