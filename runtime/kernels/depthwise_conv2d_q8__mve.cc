// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D int8 for Helium, one output channel per input channel, sixteen channels at a time. Every tap of a window has
// a pointer of its own; those of padding point to a pixel of zero points, whose share is in the packed bias. Where the window
// moves by one pixel and few channels fill no vector, several pixels share one.
#include "kernels/mve_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kMostTaps = 25;
constexpr int32_t kFastTaps = 9;
constexpr int32_t kStart = 16;  // bytes before the blocks: whether two products of a channel may overflow 16 bits

/// A block is 16 biases, the weights by 16 channels, 16 scales; biases and scales in the order in which products come apart:
/// channels 0 4 8 12, 2 6 10 14, 1 5 9 13, 3 7 11 15.
constexpr int32_t place_of(int32_t channel) { return (channel % 2 * 2 + channel / 2 % 2) * 4 + channel / 4; }
int32_t taps_of(const ConvShape& s) { return s.filter_h * s.filter_w; }
int32_t block_bytes(const ConvShape& s) { return kLanes * (taps_of(s) + 8); }

/// Tail predication counts bytes, biases have four of them: whole groups of four channels.
bool takes(const ConvShape& s) { return s.in_c == s.out_c && s.in_c % 4 == 0 && taps_of(s) <= kMostTaps && small(s); }

size_t packed_bytes(const ConvShape& s) { return static_cast<size_t>(kStart + rounded_up(s.in_c) / kLanes * block_bytes(s)); }
size_t scratch_bytes(const ConvShape& s) { return static_cast<size_t>(rounded_up(s.in_c)); }

/// Pixels that share a vector.
int32_t pixels_at_once(const ConvShape& s) { return s.stride_w == 1 && kLanes % s.in_c == 0 ? kLanes / s.in_c : 1; }

void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  const auto* weights = static_cast<const int8_t*>(from);
  const int32_t taps = taps_of(s), lanes = pixels_at_once(s) > 1 ? kLanes : s.in_c;
  std::memset(to, 0, packed_bytes(s));
  auto* start = static_cast<uint8_t*>(to);
  for (int32_t lane = 0; lane < lanes; ++lane) {
    const int32_t c = lane % s.in_c, place = place_of(lane % kLanes);
    uint8_t* block = start + kStart + lane / kLanes * block_bytes(s);
    uint8_t* body = block + kLanes * 4;
    uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    for (int32_t t = 0; t < taps; ++t) {
      const int8_t w = weights[t * s.out_c + c];
      bias -= static_cast<uint32_t>(q.input_zero) * static_cast<uint32_t>(w - q.weight_zero);
      body[t * kLanes + lane % kLanes] = static_cast<uint8_t>(w);
      if (w == -128) start[0] = 1;
    }
    std::memcpy(block + place * 4, &bias, 4);
    std::memcpy(body + taps * kLanes + place * 4, &q.scales[c], 4);
  }
}

/// Windows of output pixels that lie side by side, all channels. The assembly below reads it.
struct Call {
  const int8_t* blocks;
  int8_t* out;
  int32_t lanes;  ///< channels of all pixels that share a vector
  const int8_t* tap[kMostTaps];
  int16_t zero[8];  ///< of the output, in every lane
  int8_t low[kLanes], high[kLanes];
  int32_t count;     ///< so many times; between them, behind the last vector of channels:
  int32_t tap_skip;  ///< how far taps move on
  int32_t out_skip;  ///< and the output: back to the end of its lanes
  int32_t taps, weight_zero;
};

/// Any number of taps, any weights, once.
void multiply_once(const Call& call) {
  const int8_t* block = call.blocks;
  for (int32_t c = 0; c < call.lanes; c += kLanes) {
    const mve_pred16_t some = vctp8q(static_cast<uint32_t>(call.lanes - c));
    const auto* bias = reinterpret_cast<const int32_t*>(block);
    int32x4_t sum[4] = {vldrwq_s32(bias), vldrwq_s32(bias + 4), vldrwq_s32(bias + 8), vldrwq_s32(bias + 12)};
    block += kLanes * 4;
    for (int32_t t = 0; t < call.taps; ++t, block += kLanes) {
      const int8x16_t x = vldrbq_z_s8(call.tap[t] + c, some), w = vldrbq_s8(block);
      int16x8_t even = vmullbq_int_s8(x, w), odd = vmulltq_int_s8(x, w);
      sum[0] = vaddq_s32(sum[0], vmovlbq_s16(even));
      sum[1] = vaddq_s32(sum[1], vmovltq_s16(even));
      sum[2] = vaddq_s32(sum[2], vmovlbq_s16(odd));
      sum[3] = vaddq_s32(sum[3], vmovltq_s16(odd));
      if (call.weight_zero == 0) continue;
      const int8x16_t ones = vdupq_n_s8(1);
      even = vmullbq_int_s8(x, ones), odd = vmulltq_int_s8(x, ones);
      sum[0] = vmlaq_n_s32(sum[0], vmovlbq_s16(even), -call.weight_zero);
      sum[1] = vmlaq_n_s32(sum[1], vmovltq_s16(even), -call.weight_zero);
      sum[2] = vmlaq_n_s32(sum[2], vmovlbq_s16(odd), -call.weight_zero);
      sum[3] = vmlaq_n_s32(sum[3], vmovltq_s16(odd), -call.weight_zero);
    }
    for (int32x4_t& v : sum) {
      v = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(v), vldrwq_f32(reinterpret_cast<const float*>(block))));
      block += kLanes;
    }
    const int16x8_t none = vdupq_n_s16(0);
    const int16x8_t even = vqaddq_n_s16(vqmovntq_s32(vqmovnbq_s32(none, sum[0]), sum[1]), call.zero[0]);
    const int16x8_t odd = vqaddq_n_s16(vqmovntq_s32(vqmovnbq_s32(none, sum[2]), sum[3]), call.zero[0]);
    const int8x16_t v = vqmovntq_s16(vqmovnbq_s16(vdupq_n_s8(0), even), odd);
    vstrbq_p_s8(call.out + c, vminq_s8(vmaxq_s8(v, vldrbq_s8(call.low)), vldrbq_s8(call.high)), some);
  }
}

INLAY_APART void multiply(Call* call) {
  const int32_t step = rounded_up(call->lanes);
  for (; call->count > 0; --call->count) {
    multiply_once(*call);
    for (int32_t t = 0; t < call->taps; ++t) call->tap[t] += step + call->tap_skip;
    call->out += step + call->out_skip;
  }
}

#if defined(__ARM_FEATURE_MVE)
static_assert(offsetof(Call, tap) == 12 && offsetof(Call, zero) == 112 && offsetof(Call, count) == 160,
              "the assembly below reads it");

/// Nine taps of weights that two by two stay within 16 bits. r0 is the block, r1 the output, the other registers are taps; q4 ..
/// q7 are the sums.
INLAY_NAKED void multiply_nine([[maybe_unused]] Call* call) {
  asm volatile(
      R"(
      .macro inlay_widen             // q2, q0: sums of even and odd channels in 16 bits
        vmovlb.s16 q1, q2
        vadd.i32 q4, q4, q1
        vmovlt.s16 q2, q2
        vadd.i32 q5, q5, q2
        vmovlb.s16 q1, q0
        vadd.i32 q6, q6, q1
        vmovlt.s16 q0, q0
        vadd.i32 q7, q7, q0
      .endm
      .macro inlay_two_taps x, y, at
        vldrb.8 q0, [\x], #16
        vldrw.32 q1, [r0, #\at]
        vmullb.s8 q2, q0, q1
        vldrb.8 q3, [\y], #16
        vmullt.s8 q0, q0, q1
        vldrw.32 q1, [r0, #\at + 16]
        vmullb.s8 q1, q3, q1
        vadd.i16 q2, q2, q1
        vldrw.32 q1, [r0, #\at + 16] // again: no register is left
        vmullt.s8 q3, q3, q1
        vadd.i16 q0, q0, q3
        inlay_widen
      .endm
      .macro inlay_scale sum, at
        vldrw.32 q0, [r0, #\at]
        vcvt.f32.s32 \sum, \sum
        vmul.f32 \sum, \sum, q0
        vcvtn.s32.f32 \sum, \sum
      .endm
        push {r4-r11, lr}
        vpush {d8-d15}
        mov r12, r0
        ldm r12, {r0-r6, r8-r11}
      2: dlstp.8 lr, r2
        ldr r2, [r12, #44]
      1: vldrw.32 q4, [r0]
        vldrw.32 q5, [r0, #16]
        vldrw.32 q6, [r0, #32]
        vldrw.32 q7, [r0, #48]
        inlay_two_taps r3, r4, 64
        inlay_two_taps r5, r6, 96
        inlay_two_taps r8, r9, 128
        inlay_two_taps r10, r11, 160
        vldrb.8 q3, [r2], #16
        vldrw.32 q1, [r0, #192]
        vmullb.s8 q2, q3, q1
        vmullt.s8 q0, q3, q1
        inlay_widen
        inlay_scale q4, 208
        inlay_scale q5, 224
        inlay_scale q6, 240
        inlay_scale q7, 256
        vldrw.32 q0, [r12, #112]
        vqmovnb.s32 q1, q4
        vqmovnb.s32 q2, q6
        vqmovnt.s32 q1, q5
        vqmovnt.s32 q2, q7
        vqadd.s16 q1, q1, q0
        vldrw.32 q3, [r12, #128]
        vqadd.s16 q2, q2, q0
        vldrw.32 q4, [r12, #144]
        vqmovnb.s16 q5, q1
        vqmovnt.s16 q5, q2
        vmax.s8 q5, q5, q3
        add r0, r0, #272
        vmin.s8 q5, q5, q4
        vstrb.8 q5, [r1], #16
        letp lr, 1b
        ldrd r0, lr, [r12, #160] // the next windows
        subs r0, r0, #1
        str r0, [r12, #160]
        add r2, r2, lr
        str r2, [r12, #44]
        add r3, r3, lr
        add r4, r4, lr
        add r5, r5, lr
        add r6, r6, lr
        add r8, r8, lr
        add r9, r9, lr
        add r10, r10, lr
        add r11, r11, lr
        ldr lr, [r12, #168]
        add r1, r1, lr
        ldr r0, [r12]
        ldr r2, [r12, #8]
        bne 2b
        str r1, [r12, #4]
      .purgem inlay_widen
      .purgem inlay_two_taps
      .purgem inlay_scale
        vpop {d8-d15}
        pop {r4-r11, pc}
      )");
}
#else
void multiply_nine(Call* call) { multiply(call); }
#endif

/// Points at the taps of a window whose first one is (top, left).
INLAY_APART void point_at_taps(const ConvShape& s, const int8_t* image, int32_t top, int32_t left, const int8_t* padding,
                               const int8_t** tap) {
  const int32_t step = s.dilation_w * s.in_c, columns = s.filter_w, line = s.in_w * s.in_c, down = line * s.dilation_h;
  const int32_t first = left * s.in_c, last = first + (columns - 1) * step;
  const int8_t** const end = tap + s.filter_h * columns;
  for (int32_t y = top, at = top * line; tap < end; y += s.dilation_h, at += down) {
    const bool row = static_cast<uint32_t>(y) < static_cast<uint32_t>(s.in_h);
    for (int32_t x = first; x <= last; x += step) {
      *tap++ = row && static_cast<uint32_t>(x) < static_cast<uint32_t>(line) ? image + (at + x) : padding;
    }
  }
}

void run(const ConvShape& s, const ConvQuant& q, const void* input, const void*, const void* packed, void* scratch, void* output,
         Part part) {
  const auto* start = static_cast<const int8_t*>(packed);
  auto* padding = static_cast<int8_t*>(scratch);
  fill_bytes(padding, q.input_zero, rounded_up(s.in_c));
  Call call;
  fill_bytes(call.low, q.range.min, kLanes);
  fill_bytes(call.high, q.range.max, kLanes);
  for (int16_t& zero : call.zero) zero = static_cast<int16_t>(q.output_zero);
  call.taps = taps_of(s);
  call.weight_zero = q.weight_zero;
  call.blocks = start + kStart;
  const bool fast = call.taps == kFastTaps && start[0] == 0 && q.weight_zero == 0;
  const Span span = span_of(s.batch * s.out_h * s.out_w, part);
  const Span rows = whole_windows(s.in_h, s.out_h, (s.filter_h - 1) * s.dilation_h, s.stride_h, s.pad_top);
  const Span columns = whole_windows(s.in_w, s.out_w, (s.filter_w - 1) * s.dilation_w, s.stride_w, s.pad_left);
  const int32_t many = pixels_at_once(s);
  OutputPixel at = pixel_of(s, span.begin);
  call.out = static_cast<int8_t*>(output) + span.begin * s.out_c;
  for (int32_t p = span.begin, n; p < span.end; p += n) {
    // Windows inside the image, to the end of their row, have but one set of taps that moves.
    const bool whole = at.y >= rows.begin && at.y < rows.end && at.x >= columns.begin && at.x < columns.end;
    const int32_t left = whole ? lesser(columns.end - at.x, span.end - p) : 1;
    const int32_t at_once = left >= many ? many : 1;
    call.count = left / at_once;
    n = call.count * at_once;
    call.lanes = at_once * s.in_c;
    call.tap_skip = at_once * s.stride_w * s.in_c - rounded_up(call.lanes);
    call.out_skip = call.lanes - rounded_up(call.lanes);
    point_at_taps(s, static_cast<const int8_t*>(input) + at.b * s.in_h * s.in_w * s.in_c, at.y * s.stride_h - s.pad_top,
                  at.x * s.stride_w - s.pad_left, padding, call.tap);
    if (fast) {
      multiply_nine(&call);
    } else {
      multiply(&call);
    }
    at.x += n - 1;
    advance(s, &at);
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kDepthwiseConv2dS8Mve = {takes, packed_bytes, scratch_bytes, pack, run, true};

}  // namespace inlay::kernels
