//go:build cgo && !nogl && !gldebug

package gpu

const debugContext = false

func enableDebug() {}

func debugMessages() []string { return nil }
