//go:build cgo && !nogl && gldebug

package gpu

import (
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

const debugContext = true

// enableDebug has the current context log errors. The log is asked for at each
// check rather than delivered to a callback, which would have to come back
// from C on a thread of the driver's choice.
func enableDebug() {
	gl.Enable(gl.DEBUG_OUTPUT)
	gl.Enable(gl.DEBUG_OUTPUT_SYNCHRONOUS)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DONT_CARE, 0, nil, false)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DEBUG_TYPE_ERROR, gl.DONT_CARE, 0, nil, true)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DEBUG_TYPE_UNDEFINED_BEHAVIOR, gl.DONT_CARE, 0, nil, true)
}

// debugMessages empties the current context's log of errors.
func debugMessages() []string {
	var messages []string
	text := make([]byte, getInt(gl.MAX_DEBUG_MESSAGE_LENGTH))
	for range 1 << 10 {
		var source, kind, id, severity uint32
		var length int32
		if gl.GetDebugMessageLog(1, int32(len(text)), &source, &kind, &id, &severity, &length, &text[0]) == 0 {
			break
		}
		messages = append(messages, strings.TrimSpace(strings.TrimRight(string(text[:length]), "\x00")))
	}
	return messages
}
