// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DFROM=char
// options: -DREAL=half -DREAL_IS_HALF -DFROM=int
// Real values of integers [outer, channels, inner] with a scale and a zero point for each channel.

__kernel void dequantize(const __global FROM* input, __global REAL* output, const __global float* scales,
                         const __global int* zeros, int channels, int inner, int count) {
  const int i = get_global_id(0);
  if (i >= count) return;
  const int c = i / inner % channels;
  const float v = convert_float_rte((long)input[i] - zeros[c]) * scales[c];
  store_real(v, i, output);
}
