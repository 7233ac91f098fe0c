#version 430
// defines: RECEPTORS=2 SLOTS=1 STRIDE=20000 MAX_GROUPS=65535 GENERAL=0 INPUTS=1 POISSON=1 MEMBERS=1 SOURCES=1 SIMPLE=1 NEURONS=10000 PROGRAMS=1 STATES=7 OWNS=2 NORMALS=2 FAILS=1 DRAWS=8 SHARE_WORDS=1 FOLLOW=1 NORMAL=1 NORMAL_CELLS=1025 SHORT_TERM=1 RECALL=0 RING=10000 FACTORS=1 TEAM=16 SHEETS=2 BRANCH=1 PIECE_BITS=10 SHEET_BITS=4 PAGE_0=7 PAGE_1=8 PAGE_2=9 PAGE_3=10 PAGE_4=11 MEETINGS=13 UPDATE_GROUPS=157 SHARES=6
//
// resident does what update and deliver do, of several windows in one dispatch, by work groups that all are on the device at once. Each takes the
// work groups of update, and of deliver, one after another, and they meet behind each kernel of a window.

#define RESIDENT

layout(local_size_x = 64) in;

layout(std140, binding = 0) uniform Order {
    uint first;  // window
    uint count;  // of windows
    uint rounds;  // meetings before these: a dispatch without windows shows that work groups are there at once
    uint looks;  // after which a work group gives up
    uint word;  // of meetings
    uint dispatch;  // the number of this one
    uint passes;  // 2: what the compiler must not know
} order;

#include "fixed.glsl"  // a file is included once, and the others do so where they may not be compiled
#include "update.glsl"
#include "deliver.glsl"
#include "meet.glsl"
#include "loops.glsl"

// deliver_window sends all spikes of the window.
void deliver_window() {
    uint begin = windows[now].begin, spikes = windows[now].spikes;
    if (spikes > 0u) {
        mark_delivered();
    }
    for (uint k = gl_WorkGroupID.x; k < spikes * uint(SHARES); k += gl_NumWorkGroups.x) {
        deliver_share(begin + k / uint(SHARES), k % uint(SHARES), uint(SHARES));
    }
}

void main() {
    if (ended < order.dispatch) {
        return;
    }
    for (uint k = 1u; k <= order.rounds; k++) {
        if (!meet(k)) {
            return;
        }
    }
    for (uint k = order.first; k < order.first + order.count; k++) {
        now = k;
        for (uint group = gl_WorkGroupID.x; group < uint(UPDATE_GROUPS); group += gl_NumWorkGroups.x) {
            update(group);
        }
        check_loops(order.passes);
        if (!meet(2u * k + 1u)) {
            return;
        }
        deliver_window();
        check_loops(order.passes);
        if (!meet(2u * k + 2u)) {
            return;
        }
    }
}
