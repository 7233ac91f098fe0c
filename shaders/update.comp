#version 430
// defines: RECEPTORS=2 SLOTS=1 STRIDE=20000 MAX_GROUPS=65535 GENERAL=0 INPUTS=1 POISSON=1 MEMBERS=1 SOURCES=1 SIMPLE=1 NEURONS=10000 PROGRAMS=1 STATES=7 OWNS=2 NORMALS=2 FAILS=1 DRAWS=8 SHARE_WORDS=1 FOLLOW=1 NORMAL=1 NORMAL_CELLS=1025 SHORT_TERM=1 RING=10000 FACTORS=4 RECALL=32 LINKS=1
//
// update advances every neuron through a window, one invocation a neuron, with
// the state in registers. Where a device takes fewer work groups in a row than
// there are, they are dispatched in several rows, the last of them in part for
// nothing. It is cpuref's update; every float is precise, so that
// no product is fused with a sum. Neurons are lif with exponential synapses, or
// what a program makes of them; without GENERAL all are lif and nothing is random.

layout(local_size_x = 64) in;

#include "update.glsl"

void main() {
    update(gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x);
}
