"""Makes the small files of SONATA's in this folder, from which TestMutatedFiles begins, and those in outside, which point into
others or claim much: python3 small.py, with h5py. Those in damaged are mutations that crashed HDF5 1.10.8, or hung it."""

import os

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

os.makedirs("outside", exist_ok=True)
for how in "link", "group", "soft", "raw", "virtual", "chunk", "length":
    with h5py.File("outside/" + how + ".h5", "w") as f:
        if how == "group":
            f["spikes"] = h5py.ExternalLink("../spikes.h5", "/spikes")
            continue
        g = f.create_group("spikes/E")
        g["node_ids"] = np.array([3, 0, 1], "<u8")
        if how == "link":
            g["timestamps"] = h5py.ExternalLink("../spikes.h5", "/spikes/E/timestamps")
        elif how == "soft":
            g["timestamps"] = h5py.SoftLink("/spikes/E/timestamps")
        elif how == "raw":
            g.create_dataset("timestamps", (3,), "<f8", external=[("../spikes.h5", 0, 24)])
        elif how == "virtual":
            layout = h5py.VirtualLayout((3,), "<f8")
            layout[:] = h5py.VirtualSource("../spikes.h5", "/spikes/E/timestamps", (3,))
            g.create_virtual_dataset("timestamps", layout)
        elif how == "chunk":
            g.create_dataset("timestamps", (3,), "<f8", chunks=(1 << 28,), maxshape=(None,), compression="gzip")
        elif how == "length":
            g.create_dataset("timestamps", (1 << 27,), "<f8", chunks=(1 << 14,), compression="gzip")
