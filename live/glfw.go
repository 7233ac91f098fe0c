//go:build cgo && !nogl

package live

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// initialise initialises GLFW. Of errors of the platform go-gl only writes a line to the log, and panics at the next call.
func initialise() (err error) {
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("glfw: %v", p)
		}
	}()
	if err := glfw.Init(); err != nil {
		return err
	}
	if _, line, found := strings.Cut(said.String(), "PlatformError: "); found {
		return errors.New(line)
	}
	return nil
}
