// What neurons have in common, of every model.

#include "layout/population.glsl"

// as_float is exact up to the rounding of the sum.
float as_float(int a) {
    precise float high = float(a >> 16) * 65536.0;
    precise float x = high + float(a & 0xffff);
    return x;
}

// changed is a state after a change of it, rounded once and to its grid.
float changed(float state, float change, float grid) {
    precise float y = state + grid;
    y = y + change;
    y = y - grid;
    return y;
}
