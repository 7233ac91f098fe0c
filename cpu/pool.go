package cpu

// A pool is a fixed number of goroutines that run one function at a time
// together with their caller. They start at the first use and sleep in between.
type pool struct {
	barrier *barrier
	jobs    []chan func(worker int) // of workers 1, 2, ...
}

func newPool(workers int) pool { return pool{barrier: newBarrier(workers)} }

// run calls job on workers 0 (the caller) to active-1 and returns when all are
// done. The job may wait at the barrier, all of them equally often.
func (p *pool) run(active int, job func(worker int)) {
	p.barrier.set(active)
	if active == 1 {
		job(0)
		return
	}
	for len(p.jobs) < active-1 {
		p.start()
	}
	for _, jobs := range p.jobs[:active-1] {
		jobs <- job
	}
	job(0)
	p.barrier.wait(0)
}

func (p *pool) start() {
	jobs := make(chan func(int), 1)
	p.jobs = append(p.jobs, jobs)
	worker := len(p.jobs)
	go func() {
		for job := range jobs {
			job(worker)
			p.barrier.wait(worker)
		}
	}()
}

// close ends the goroutines.
func (p *pool) close() {
	for _, jobs := range p.jobs {
		close(jobs)
	}
	p.jobs = nil
}
