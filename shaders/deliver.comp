#version 430
// defines: SLOTS=1 STRIDE=20000 TEAM=16 SHEETS=2 BRANCH=1 SHORT_TERM=1 RING=10000 FACTORS=1 PIECE_BITS=10 SHEET_BITS=4 PAGE_0=7 PAGE_1=8 PAGE_2=9 PAGE_3=10 PAGE_4=11
//
// deliver sends the spikes of a window along the synapses of one page. Work groups are laid out as (spike, pieces of its source by
// turns), so that a wide row or an active neuron is spread over many of them.

layout(local_size_x = 64) in;

#include "deliver.glsl"

void main() {
    mark_delivered();
    uint begin = windows[now].begin, spikes = windows[now].spikes;
    for (uint k = gl_WorkGroupID.x; k < spikes; k += gl_NumWorkGroups.x) {
        deliver_share(begin + k, gl_WorkGroupID.y, gl_NumWorkGroups.y);
    }
}
