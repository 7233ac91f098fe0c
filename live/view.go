package live

import (
	"errors"
	"time"
)

// frameTime is that of 60 frames a second.
const frameTime = time.Second / 60

// ErrNoWindow is wrapped by errors of a machine on which no window opens.
var ErrNoWindow = errors.New("no window opens")
