// Floyd's choice of K from N goes through t = N-K, ..., N-1 and takes a number drawn from 0 to t, or t where
// that was taken. In parallel: number m is taken again where an earlier draw gave it, or
// where it is an earlier t whose own number was taken again.

shared uint earliest[PLACES];  // draw of the numbers that have a place
shared uint settled[MARKS];    // whether it is known of a draw that an earlier one gave its number or none did
shared uint repeated[MARKS];   // and that one did

bool marked(uint word, uint m) {
    return (word >> (m % 32u) & 1u) != 0u;
}

// place_of spreads numbers anew in each round.
uint place_of(uint x, uint round) {
    x ^= x >> 15;
    x *= 0x9E3779B1u + 2u * round * 0x7FEB352Du;
    return x / (0xffffffffu / PLACES + 1u);
}

// drawn is the numbers of a block's draws, below t + 1 each.
uvec4 drawn(uint d, uint block, uint source) {
    uvec4 w = out_words(d, block, source), x;
    uint t = among(d) - draws[d].synapses + 4u * block;
    for (uint i = 0u; i < 4u; i++) {
        x[i] = below(w[i], t + i + 1u);
    }
    return x;
}

// find_repeated marks the draws whose number an earlier draw gave. In each round the
// earliest draw of a place is settled, and with it all that gave its number.
void find_repeated(uint d, uint source, uint k) {
    for (uint j = gl_LocalInvocationIndex; j < MARKS; j += gl_WorkGroupSize.x) {
        settled[j] = 0u;
        repeated[j] = 0u;
    }
    for (uint round = 0u;; round++) {
        for (uint j = gl_LocalInvocationIndex; j < PLACES; j += gl_WorkGroupSize.x) {
            earliest[j] = NONE;
        }
        begin_round(round);
        for (uint block = gl_LocalInvocationIndex; 4u * block < k; block += gl_WorkGroupSize.x) {
            uvec4 x = drawn(d, block, source);
            for (uint m = 4u * block; m < min(4u * block + 4u, k); m++) {
                if (!marked(settled[m / 32u], m)) {
                    atomicMin(earliest[place_of(x[m % 4u], round)], m);
                }
            }
        }
        synchronise();
        for (uint block = gl_LocalInvocationIndex; 4u * block < k; block += gl_WorkGroupSize.x) {
            uvec4 x = drawn(d, block, source);
            for (uint m = 4u * block; m < min(4u * block + 4u, k); m++) {
                if (marked(settled[m / 32u], m)) {
                    continue;
                }
                uint first = earliest[place_of(x[m % 4u], round)];
                bool again = first != m;
                if (again && drawn(d, first / 4u, source)[first % 4u] != x[m % 4u]) {
                    go_on(round);
                    continue;
                }
                atomicOr(settled[m / 32u], 1u << (m % 32u));
                if (again) {
                    atomicOr(repeated[m / 32u], 1u << (m % 32u));
                }
            }
        }
        if (ended(round)) {
            return;
        }
    }
}

// chosen is what draw m chose, whose number is x.
uint chosen(uint d, uint source, uint m, uint x) {
    uint first = among(d) - draws[d].synapses;
    uint own = x, at = m;
    while (!marked(repeated[at / 32u], at)) {
        if (x < first || x - first >= at) {
            return own;
        }
        at = x - first;
        x = drawn(d, at / 4u, source)[at % 4u];
    }
    return first + m;
}

void draw_choice(uint d, Spike spike) {
    uint source = spike.neuron - draws[d].first_source, k = draws[d].synapses;
    find_repeated(d, source, k);
    for (uint block = gl_LocalInvocationIndex; 4u * block < k; block += gl_WorkGroupSize.x) {
        uvec4 x = drawn(d, block, source), targets;
        for (uint i = 0u; i < 4u; i++) {
            uint m = 4u * block + i;
            targets[i] = m < k ? moved(d, source, chosen(d, source, m, x[i])) : NONE;
        }
        send(d, spike, block, 0u, targets);
    }
    synchronise();  // before marks are cleared
}
