# The data above are einet's; what follows builds the network of them, synapse by synapse.


def load(file):
    return np.load(HERE / file) if (HERE / file).exists() else {}


def build(synapses, neurons, given, own_poisson):
    """Populations, as NEST's nodes by name; sources are spike generators, one for each neuron, or parrots that repeat what these send."""
    nodes = {}
    for name, (model, size, parameters) in POPULATIONS.items():
        nodes[name] = nest.Create(model, size, parameters)
        if model == "spike_generator":
            fire(nodes[name], given, name)
        if model == "parrot_neuron":  # what arrives at a step leaves its generator one step before
            generators = nest.Create("spike_generator", size)
            fire(generators, given, name, ahead=1)
            nest.Connect(generators, nodes[name], "one_to_one", synapse(1.0, DT, 0))
    # The synapses of a projection: arrays of sources and targets, with a weight and a delay for each.
    for name, (source, target, model, port) in PROJECTIONS.items():
        i, j = synapses[f"{name}_source"].astype(int), synapses[f"{name}_target"].astype(int)
        connect(np.array(nodes[source].tolist())[i], np.array(nodes[target].tolist())[j],
                synapses[f"{name}_weight"].astype(float), delays(synapses[f"{name}_delay"]), port, model)
    for target, weight, rate, port, number, some in POISSON:
        members = nodes[target] if some is None else nodes[target][sorted(some)]
        to = np.array(nodes[target].tolist())
        if own_poisson:  # other spikes of the same statistics
            nest.Connect(nest.Create("poisson_generator", params={"rate": rate}), members,
                         syn_spec=synapse(weight, DT, port))
            continue
        # The spikes that einet drew: what arrives at a step leaves its generator one step before.
        generators = nest.Create("spike_generator", len(to))
        fire(generators, given, f"{target}_poisson", ahead=1, number=number)
        connect(np.array(generators.tolist()), to, np.full(len(to), weight), np.full(len(to), DT), port)
    return nodes


def synapse(weight, delay, port):
    given = {"synapse_model": "static_synapse", "weight": weight, "delay": delay}
    return given | ({"receptor_type": port} if port else {})


def connect(sources, targets, weight, delay, port, model=None):
    if len(sources):
        given = synapse(weight, delay, port) | (model or {})
        if port:
            given["receptor_type"] = np.full(len(sources), port)
        nest.Connect(sources, targets, "one_to_one", given)


def delays(ms):
    """Delays on the grid of time, of which single precision is a little off."""
    return np.rint(ms.astype(float) / DT) * DT


def fire(generators, given, name, ahead=0, number=None):
    """Gives generators their spikes: of a source at its steps, of a Poisson input those of its number, so many steps ahead."""
    at, neuron, count = given[f"{name}_step"].astype(int), given[f"{name}_neuron"], given[f"{name}_count"].astype(int)
    if number is not None:
        mine = given[f"{name}_input"] == number
        at, neuron, count = at[mine], neuron[mine], count[mine]
    order = np.lexsort((at, neuron))
    at, neuron, count = at[order] + LATE - ahead, neuron[order], count[order]
    ends = np.searchsorted(neuron, np.arange(len(generators) + 1))
    generators.set([{"spike_times": np.rint(at[a:b]) * DT, "spike_multiplicities": count[a:b].tolist()}
                    for a, b in zip(ends[:-1], ends[1:])])


def start(nodes, neurons):
    """What each neuron has of its own: its potential at the start, its threshold, its constant current."""
    for key in neurons:
        name, parameter = next((p, key[len(p) + 1:]) for p in sorted(nodes, key=len, reverse=True) if key.startswith(p + "_"))
        nodes[name].set({parameter: neurons[key]})


def simulate(threads, own_poisson):
    """Steps and neurons of all spikes; neurons are numbered through all populations, as einet does."""
    nest.verbosity = nest.VerbosityLevel.ERROR if hasattr(nest, "VerbosityLevel") else "M_ERROR"
    nest.ResetKernel()
    nest.set(resolution=DT, local_num_threads=threads)
    given, neurons = load("input.npz"), load("parameters.npz")
    nodes = build(load("synapses.npz"), neurons, given, own_poisson)
    recorder = nest.Create("spike_recorder")
    for n in nodes.values():
        nest.Connect(n, recorder)
    if LATE:
        nest.Simulate(LATE * DT)
    start(nodes, neurons)
    nest.Simulate(STEPS * DT)
    events, first = recorder.events, 0
    sender, step, neuron = events["senders"], np.rint(events["times"] / DT).astype(int) - LATE, []
    neuron = np.full(len(sender), -1)
    for n in nodes.values():
        begin = n[0].global_id
        mine = (sender >= begin) & (sender < begin + len(n))
        neuron[mine] = sender[mine] - begin + first
        first += len(n)
    order = np.lexsort((neuron, step))
    step, neuron = step[order], neuron[order]
    return step[step > 0], neuron[step > 0]


def save(file, step, neuron):
    """A file of spikes as einet writes it, for einet validate --against and for numpy."""
    sizes = np.array([size for _, size, _ in POPULATIONS.values()], np.int64)
    np.savez(file, dt_ms=np.float64(DT), duration_steps=np.int64(STEPS), population_names=np.array(list(POPULATIONS)),
             population_first=np.cumsum(sizes) - sizes, population_size=sizes, step=step.astype(np.uint32), neuron=neuron.astype(np.uint32))


def compare(step, neuron, file):
    """The first spike in which NEST and a run of einet differ."""
    run = np.load(file)
    theirs = run["step"].astype(int), run["neuron"].astype(int)
    kept = theirs[0] <= STEPS
    theirs = theirs[0][kept], theirs[1][kept]
    n = min(len(step), len(theirs[0]))
    differ = np.flatnonzero((step[:n] != theirs[0][:n]) | (neuron[:n] != theirs[1][:n]))
    if len(differ) == 0 and len(step) == len(theirs[0]):
        print(f"{file}: the same {n} spikes")
        return
    k = differ[0] if len(differ) else n
    at = min(x[k] for x in (step, theirs[0]) if k < len(x))
    print(f"{file}: {len(theirs[0])} spikes of einet, {len(step)} of NEST; the first {k} are the same, the next is at {at * DT:.6g} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--own-poisson", action="store_true", help="let NEST draw Poisson spikes (poisson_generator) in place of einet's")
    parser.add_argument("--out", default=HERE / "nest_spikes.npz", help="file of the spikes")
    parser.add_argument("--compare", metavar="SPIKES.NPZ", help="say where the spikes of a run of einet differ first")
    options = parser.parse_args()
    step, neuron = simulate(options.threads, options.own_poisson)
    save(options.out, step, neuron)
    print(f"NEST {nest.__version__}: {len(step)} spikes in {STEPS * DT:.6g} ms")
    if options.compare:
        compare(step, neuron, options.compare)


if __name__ == "__main__":
    main()
