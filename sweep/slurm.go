package sweep

import (
	"fmt"
	"io"
	"strings"

	"einet/record"
)

// Script writes the script of a job array for a cluster with Slurm into the folder of the sweep: each of its tasks simulates a part of
// the runs, and a last job, that waits for them, collects. The command is the sweep's, as a shell takes it, without --slurm.
func Script(p *Plan, o Options, tasks int, command string) (path string, err error) {
	s := store{o.Out}
	if s.dir == "" {
		s.dir = DefaultFolder(p.Base.Name)
	}
	if most := len(p.Runs); tasks < 1 || tasks > most {
		return "", inputFault("--slurm %d: must be from 1 to %d, the number of runs", tasks, most)
	}
	if err := s.open(p, o.Command, o.Replace); err != nil {
		return "", err
	}
	path = s.path(ScriptFile)
	return path, record.WriteFile(path, func(w io.Writer) error {
		_, err := fmt.Fprint(w, script(p, tasks, command, s.dir, path))
		return err
	})
}

func script(p *Plan, tasks int, command, dir, path string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("#!/bin/sh")
	line("#SBATCH --job-name=%s-sweep", p.Base.Name)
	line("#SBATCH --array=1-%d", tasks)
	line("#SBATCH --cpus-per-task=1")
	line("#SBATCH --output=%s/task-%%a.log", dir)
	line("# %d runs in %d tasks. Add what your cluster asks for: --time, --mem, --partition, --account. Submit it, and what collects when all are done:", len(p.Runs), tasks)
	line("#     job=$(sbatch --parsable %s)", path)
	line("#     sbatch --dependency=afterany:$job --wrap '%s --collect'", strings.ReplaceAll(command, "'", `'\''`))
	line("# A task that is submitted again simulates only what is missing.")
	line("exec %s --quiet --threads \"${SLURM_CPUS_PER_TASK:-1}\" --part \"$SLURM_ARRAY_TASK_ID/%d\"", command, tasks)
	return b.String()
}
