// Printed from Go: go test ./shaders/layout -update.

// The rules of long-term plasticity.
const uint STDP = 0u, VOGELS = 1u, TRIPLET = 2u;

// What kernels know of a projection with long-term plasticity.
const uint FIRST_SOURCE = 0u, SOURCES_OF = 1u, ROWS_OF = 2u, SOURCE_TRACES = 3u, TARGET_SPIKES = 4u, SOURCE_SLOT = 5u, ARRIVING_OF = 6u, DELAY_OF = 7u, TARGET_BITS = 8u, MAX_WEIGHT = 9u, RULE_OF = 10u, NEAREST = 11u, LOW = 12u, PLUS = 13u, MINUS = 14u, PLUS3 = 15u, MINUS3 = 16u, ALPHA = 17u, POWER = 18u, DECAY_SOURCE = 19u, DECAY_TARGET = 20u, DECAY_SLOW_SOURCE = 21u, DECAY_SLOW_TARGET = 22u, WORDS_OF = 23u;
