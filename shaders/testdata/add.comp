#version 430
// defines: GROUP=64 ADDEND=1u

// add adds a constant to every element of an array.
#include "index.glsl"

layout(local_size_x = GROUP) in;
layout(std430, binding = 0) buffer Values { uint values[]; };

void main() {
	uint i = flatIndex();
	if (i < uint(values.length())) {
		values[i] += ADDEND;
	}
}
