package shaders

import (
	"path"
	"regexp"
	"strconv"
)

// positions are the ways in which compilers name a place: the number of the
// source string, the line, and for Mesa the column.
var positions = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^()(\d+):(\d+)\((\d+)\): `),              // Mesa
	regexp.MustCompile(`(?m)^()(\d+)\((\d+)\)() : `),                 // NVIDIA
	regexp.MustCompile(`(?m)^((?:ERROR|WARNING): )(\d+):(\d+)(): ?`), // AMD, Intel, glslang
}

// Locate rewrites a compiler's log so that each message begins with its place
// in this folder, such as "shaders/update.comp:41: ".
func (s Source) Locate(log string) string {
	for _, position := range positions {
		log = position.ReplaceAllStringFunc(log, func(at string) string {
			m := position.FindStringSubmatch(at)
			id, err := strconv.Atoi(m[2])
			if err != nil || id >= len(s.Files) {
				return at
			}
			place := path.Join("shaders", s.Files[id]) + ":" + m[3] + ": "
			if m[4] != "" {
				place = path.Join("shaders", s.Files[id]) + ":" + m[3] + ":" + m[4] + ": "
			}
			return place + m[1]
		})
	}
	return log
}
