package fault_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/fault"
)

func TestMeant(t *testing.T) {
	for word, want := range map[string]string{"brunel200": "brunel2000", "potjans": "potjans2014", "e1": "ei", "EI": "ei", "x": "", "brunel2000x": "brunel2000", "b": "", "sv96": "vs96", "vogels": "vogels2005coba or vogels2005cuba", "brunel": "brunel2000 or brunel2000exp", "brunel200x": "brunel2000", "ie": "ei"} {
		require.Equal(t, want, fault.Meant(word, []string{"brunel2000", "brunel2000exp", "ei", "potjans2014", "vogels2005coba", "vogels2005cuba", "vs96"}), word)
	}
}
