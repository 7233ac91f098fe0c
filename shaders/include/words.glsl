// The random words of neurons. A neuron has one in a step for each Poisson input, and then for each normal number from the first on that its
// program reads; one of a Poisson source has one.

#include "philox.glsl"

// draws_of is how many words a neuron of a population has in a step.
uint draws_of(uint q) {
    if (populations[q].model == POISSON_SOURCE) {
        return 1u;
    }
    return populations[q].inputs + populations[q].normals - populations[q].first_normal;
}

// block_of is a block of Philox of a population's draw in a step: a word for each of four neurons.
uvec4 block_of(uint q, uint block, uint step, uint draw) {
    uint stream = populations[q].poisson_stream;
    if (populations[q].model == POISSON_SOURCE) {
        stream = populations[q].spike_stream;
    } else if (draw >= populations[q].inputs) {
        stream = populations[q].noise_stream;
        draw += populations[q].first_normal - populations[q].inputs;
    }
    return philox(uvec2(populations[q].seed, stream), uvec4(populations[q].first_block + block, step, draw, 0u));
}

#if SHARE_WORDS
// The four neurons of a block are of one work group, which draws each block once, and for as many steps at a time as there is
// room for, so that all its invocations draw some.

shared uint words[64 * DRAWS];  // of some steps one after another, of each draw the words of all neurons

// prepare is the place of this invocation's words of the done-th step of a window, with that many left. Where those that were drawn are
// used up it draws more, for a work group whose first neuron is that one of its population. All invocations of a group call it together,
// those without a neuron too. The first barrier lets those who still read words do so, the second all writes be done.
uint prepare(uint q, uint first, uint draws, uint step, uint done, uint left) {
    uint room = DRAWS / max(draws, 1u);
    if (draws > 0u && done % room == 0u) {
        barrier();
        for (uint b = gl_LocalInvocationIndex; b < 16u * draws * min(room, left); b += gl_WorkGroupSize.x) {
            uint row = b / 16u, k = b % 16u;
            uvec4 w = block_of(q, first / 4u + k, step + row / draws, row % draws);
            for (uint j = 0u; j < 4u; j++) {
                words[64u * row + 16u * j + k] = w[j];
            }
        }
        memoryBarrierShared();
        barrier();
    }
    return gl_LocalInvocationIndex + 64u * draws * (done % room);
}

// word_of is the word of a draw, by the place of the step's.
uint word_of(uint q, uint i, uint step, uint draw, uint place) {
    return words[place + 64u * draw];
}
#else
uint prepare(uint q, uint first, uint draws, uint step, uint done, uint left) {
    return 0u;
}

// word_of is the word of neuron i of its population.
uint word_of(uint q, uint i, uint step, uint draw, uint place) {
    return block_of(q, 16u * (i / 64u) + i % 16u, step, draw)[(i / 16u) % 4u];
}
#endif
