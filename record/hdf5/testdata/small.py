"""Makes the small files of SONATA's in this folder, from which TestMutatedFiles and FuzzTree begin: python3 small.py, with h5py."""

import h5py
import numpy as np


def spikes(path, libver, **how):
    with h5py.File(path, "w", libver=libver) as f:
        f.attrs["magic"] = np.uint32(0x0A7A)
        for name in "E", "I":
            g = f.create_group("spikes/" + name)
            g.create_dataset("timestamps", data=np.array([0.1, 0.5, 2]), **how).attrs["units"] = "ms"
            g.create_dataset("node_ids", data=np.array([3, 0, 1], "<u8"), **how)


def edges(path, libver, **how):
    with h5py.File(path, "w", libver=libver) as f:
        g = f.create_group("edges/a")
        g.create_dataset("source_node_id", data=np.array([0, 1], "<u8"), **how).attrs["node_population"] = "E"
        g.create_dataset("target_node_id", data=np.array([1, 0], "<u8"), **how)
        g.create_dataset("0/syn_weight", data=np.array([0.5, 1], "<f4"), **how).attrs["units"] = np.bytes_("mV")
        g.create_dataset("0/delay", data=np.array([1, 2], "<f8"), **how)


spikes("spikes.h5", "earliest")
spikes("spikes-chunks.h5", "earliest", chunks=(2,), compression="gzip", shuffle=True, maxshape=(None,))
spikes("spikes-latest.h5", "latest", chunks=(2,), fletcher32=True, maxshape=(None,))
edges("edges.h5", "earliest")
edges("edges-latest.h5", "latest", chunks=(1,), compression="gzip")
with h5py.File("spikes-links.h5", "w") as f:
    f["old/gids"] = np.array([1, 2], ">i2")
    f["old/timestamps"] = np.array([1, 2], "<f2")
    f["spikes"] = h5py.SoftLink("/old")
    f["old/loop"] = h5py.SoftLink("/spikes/loop")
    f["old/elsewhere"] = h5py.ExternalLink("edges.h5", "/edges")
