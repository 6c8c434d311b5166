// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv3d.h"

#include "kernels/dot.h"
#include "kernels/reach.h"

namespace inlay::kernels {
namespace {

/// Output channels computed together: their accumulators stay on the stack, and the inner loop runs along them.
constexpr int32_t kBlock = 64;

/// Calls voxel(z, y, x, output voxel) for every output voxel of one image.
template <typename Voxel>
inline void for_each_voxel(const Conv3dShape& s, float* output, Voxel voxel) {
  for (int32_t z = 0; z < s.d.out; ++z) {
    for (int32_t y = 0; y < s.h.out; ++y) {
      for (int32_t x = 0; x < s.w.out; ++x, output += s.out_c) voxel(z, y, x, output);
    }
  }
}

/// Calls tap(tap number, input coordinate) for each tap of one axis that lies inside the image.
template <typename Tap>
inline void for_each_tap(const Conv3dAxis& a, int32_t out, Tap tap) {
  for (int32_t f = 0; f < a.filter; ++f) {
    const int32_t in = out * a.stride - a.pad + f * a.dilation;
    if (in >= 0 && in < a.in) tap(f, in);
  }
}

/// The same of a transposed convolution.
template <typename Tap>
inline void for_each_reach(const Conv3dAxis& a, int32_t out, Tap tap) {
  const Reach r = reach(out, a.pad, a.stride, a.in);
  for (int32_t f = r.filter, in = r.in; f < a.filter && in >= 0; f += a.stride, --in) tap(f, in);
}

inline int64_t flat(const Conv3dShape& s, int32_t z, int32_t y, int32_t x) {
  return (static_cast<int64_t>(z) * s.h.in + y) * s.w.in + x;
}

inline int64_t flat_tap(const Conv3dShape& s, int32_t z, int32_t y, int32_t x) {
  return (static_cast<int64_t>(z) * s.h.filter + y) * s.w.filter + x;
}

int64_t image_size(const Conv3dShape& s) { return static_cast<int64_t>(s.d.in) * s.h.in * s.w.in * s.in_c; }
int64_t output_size(const Conv3dShape& s) { return static_cast<int64_t>(s.d.out) * s.h.out * s.w.out * s.out_c; }

/// acc[i] += sum over in_c of x[c] * w[c][i], n of the out_c columns.
inline void add_voxel(int32_t in_c, int32_t out_c, int32_t n, const float* x, const float* w, float* acc) {
  for (int32_t c = 0; c < in_c; ++c, w += out_c) {
    const float v = x[c];
    for (int32_t i = 0; i < n; ++i) acc[i] += v * w[i];
  }
}

}  // namespace

void conv3d_f32(const Conv3dShape& s, FloatRange range, const float* input, const float* weights, const float* bias,
                float* output) {
  const int64_t tap_size = static_cast<int64_t>(s.in_c) * s.out_c;
  for (int32_t b = 0; b < s.batch; ++b, input += image_size(s), output += output_size(s)) {
    for_each_voxel(s, output, [&](int32_t z, int32_t y, int32_t x, float* out) {
      for (int32_t c0 = 0; c0 < s.out_c; c0 += kBlock) {
        const int32_t n = s.out_c - c0 < kBlock ? s.out_c - c0 : kBlock;
        float acc[kBlock];
        for (int32_t i = 0; i < n; ++i) acc[i] = bias != nullptr ? bias[c0 + i] : 0.0f;
        for_each_tap(s.d, z, [&](int32_t fz, int32_t iz) {
          for_each_tap(s.h, y, [&](int32_t fy, int32_t iy) {
            for_each_tap(s.w, x, [&](int32_t fx, int32_t ix) {
              add_voxel(s.in_c, s.out_c, n, input + flat(s, iz, iy, ix) * s.in_c,
                        weights + flat_tap(s, fz, fy, fx) * tap_size + c0, acc);
            });
          });
        });
        for (int32_t i = 0; i < n; ++i) out[c0 + i] = clamp(acc[i], range);
      }
    });
  }
}

void conv3d_transpose_f32(const Conv3dShape& s, FloatRange range, const float* input, const float* weights, const float* bias,
                          float* output) {
  for (int32_t b = 0; b < s.batch; ++b, input += image_size(s), output += output_size(s)) {
    for_each_voxel(s, output, [&](int32_t z, int32_t y, int32_t x, float* out) {
      for (int32_t c = 0; c < s.out_c; ++c) {
        float acc = bias != nullptr ? bias[c] : 0.0f;
        for_each_reach(s.d, z, [&](int32_t fz, int32_t iz) {
          for_each_reach(s.h, y, [&](int32_t fy, int32_t iy) {
            for_each_reach(s.w, x, [&](int32_t fx, int32_t ix) {
              const float* w = weights + (flat_tap(s, fz, fy, fx) * s.out_c + c) * s.in_c;
              acc += dot(input + flat(s, iz, iy, ix) * s.in_c, w, s.in_c);
            });
          });
        });
        out[c] = clamp(acc, range);
      }
    });
  }
}

}  // namespace inlay::kernels
