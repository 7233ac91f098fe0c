"""The script that einet writes for NEST, run by NEST."""

import re
import subprocess
import sys
import tempfile

from section import Section, einet, versions

# Networks, and the time [ms] up to which all spikes are the same: nothing for all of them.
NETWORKS = [
    (["brunel2000exp", "--scale", "0.1", "--set", "duration=100"], None),
    (["ei", "--scale", "0.1", "--set", "duration=200"], None),
    (["vogels2005cuba", "--set", "duration=200"], 100.0),
    (["tum2000", "--set", "duration=500"], 80.0),
    (["vogels2005coba", "--set", "duration=50"], 5.0),
]


def main():
    s = Section("The script for NEST", f"`einet export NETWORK --to nest` writes a script that builds the network in NEST ({versions('nest-simulator')}) and tells the first spike in which it differs from a run of"
                " einet. The solvers of `vogels2005coba` differ. The control is the script with delays longer by a step.")
    rows = []
    for network, least in NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            einet("export", *network, "--to", "nest", "--out", f"{folder}/nest")
            einet("run", *network, "--no-plots", "--quiet", "--out", f"{folder}/run")
            said, at = first(folder)
            ok = s.hold(at is None or least is not None and at > least, f"the script of {' '.join(network)}: {said}")
            script = f"{folder}/nest/in_nest.py"
            with open(script) as f:
                text = f.read()
            with open(script, "w") as f:
                f.write(text.replace("np.rint(ms.astype(float) / DT) * DT", "(np.rint(ms.astype(float) / DT) + 1) * DT"))
            changed, sooner = first(folder)
            noticed = sooner is not None and (at is None or sooner <= at)
            s.hold(noticed, f"longer delays in {' '.join(network)} are noticed")
            rows.append([f"`{' '.join(network)}`", said, ok, changed])
    s.table(["network", "", "as it should", "control"], rows)
    s.end()


def first(folder):
    """What the script says, and the time [ms] of the first spike that differs."""
    done = subprocess.run([sys.executable, f"{folder}/nest/in_nest.py", "--compare", f"{folder}/run/spikes.npz"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"in_nest.py: {done.stderr[-2000:]}")
    said = done.stdout.splitlines()[-1].split("spikes.npz: ", 1)[1]
    at = re.search(r"the next is at ([0-9.]+) ms", said)
    return said, at and float(at[1])


if __name__ == "__main__":
    main()
