// SPDX-License-Identifier: Apache-2.0
// options:
// Floats between the host and a device that keeps them as halves.

__kernel void float_to_half(__global const float* in, __global half* out, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) vstore_half_rte(in[i], i, out);
}

__kernel void half_to_float(__global const half* in, __global float* out, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) out[i] = vload_half(i, in);
}
