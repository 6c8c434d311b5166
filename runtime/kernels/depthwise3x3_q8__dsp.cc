// SPDX-License-Identifier: Apache-2.0
// 3x3 depthwise convolution of int8 for Cortex-M with the DSP instructions. One channel at a time, so that its weights stay in
// registers. The window slides along one dim, x or y, whichever is longer: a column of three values across is loaded once, added
// to the three outputs whose windows it is part of, and forgotten. Two values of a column are multiplied at a time.
//
// Padding costs no loads. Before and behind the line it is a constant, as the input's zero point times a sum of weights. Across
// the line the window is moved inside the image, and the weights by as many places the other way, with zeros where they leave it.
#include "kernels/dsp_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

/// One of the two dims of an image, its window, and its steps in elements.
struct Axis {
  int32_t in, out, stride, pad;
  int32_t in_step, out_step;
};
Axis x_axis(const ConvShape& s) { return {s.in_w, s.out_w, s.stride_w, s.pad_left, s.in_c, s.in_c}; }
Axis y_axis(const ConvShape& s) { return {s.in_h, s.out_h, s.stride_h, s.pad_top, s.in_w * s.in_c, s.out_w * s.in_c}; }

/// Position of the last window's first tap.
constexpr int32_t last_start(const Axis& a) { return (a.out - 1) * a.stride - a.pad; }
/// Outputs whose third column is not padding.
constexpr int32_t loop_outputs(const Axis& a) { return a.out - (last_start(a) + 2 == a.in ? 1 : 0); }
/// True when three lines fit inside, and every window has one there.
constexpr bool crosses(const Axis& a) { return a.in >= 3 && a.pad <= 2 && last_start(a) < a.in; }
/// True when at most one column lies outside on each side.
constexpr bool slides(const Axis& a) {
  constexpr int32_t kMost = 1 << 15;  // half an output's count shares a register
  return a.pad <= 1 && last_start(a) + 2 <= a.in && loop_outputs(a) > 0 && a.out < kMost &&
         (a.stride == 2 || (a.stride == 1 && a.in_step == a.out_step));
}

/// How a shape is walked: outputs along `line`, lines along `across`.
struct Walk {
  Axis line, across;
  bool along_y, fits;
};
Walk walk_of(const ConvShape& s) {
  const Axis x = x_axis(s), y = y_axis(s);
  const bool along_x = slides(x) && crosses(y), along_y = slides(y) && crosses(x);
  if (along_y && (!along_x || y.out > x.out)) return {y, x, true, true};
  return {x, y, false, along_x};
}

bool takes(const ConvShape& s) {
  return s.filter_h == 3 && s.filter_w == 3 && s.dilation_h == 1 && s.dilation_w == 1 && s.in_c == s.out_c && walk_of(s).fits;
}

constexpr int32_t kWholeStart = 1, kOdd = 2, kShortEnd = 4;

/// Some lines whose columns meet the same weights, of one channel. The order is that of registers: s0.., r0.. of Arm.
struct Lines {
  int32_t bias;
  float scale;
  int32_t left,
      right;     ///< sum before the first output's second tap if the first is padding; what the last output's third tap adds
  int32_t loop;  ///< third2, and above it the loop's count: pairs of outputs (stride 1) or outputs (stride 2), less one
  int32_t at_turn, out_turn;  ///< from the end of a line to the start of the next
  int32_t count;              ///< of lines
  int32_t
      flags;  ///< kWholeStart: no padding before the first column; kOdd: outputs of the loop; kShortEnd: padding behind the last
  const int8_t* at;      ///< first value of the first column
  int32_t across, step;  ///< from value to value of a column, from column to column
  int8_t* out;
  int32_t pair[3];  ///< weights, [tap along the line], of the first two values of a column
  int32_t third01;  ///< of the third value, taps 0 and 1
  int32_t third2;   ///< tap 2
  int32_t zero;     ///< of the output
  int32_t lead;     ///< stride 1: from a line's start to the column that ends the first output
  int32_t out_step;
};

#if INLAY_DSP_FPU
// By hand: the loop needs every register there is. ip and lr hold a column; r10 and r11 (stride 1) the sums of the output that it
// ends and of the next one, in turns.
#define INLAY_ENTER "push {r4-r11, lr}\n vldmia r0!, {s0-s8}\n ldm r0, {r0-r11}\n"
#define INLAY_COLUMN "ldrsb ip, [r0]\n ldrsb lr, [r0, r1]\n pkhbt ip, ip, lr, lsl #16\n ldrsb lr, [r0, r1, lsl #1]\n"
#define INLAY_TAP0(sum, from) "smlad " sum ", ip, r4, " from "\n smlabb " sum ", lr, r7, " sum "\n"
#define INLAY_TAP1(sum) "smlad " sum ", ip, r5, " sum "\n smlabt " sum ", lr, r7, " sum "\n"
#define INLAY_TAP2(sum) "smlad " sum ", ip, r6, " sum "\n smlabb " sum ", lr, r8, " sum "\n"
#define INLAY_BEGIN(sum) "vmov " sum ", s0\n" INLAY_TAP0(sum, sum)
#define INLAY_SCALE "vcvt.f32.s32 s9, s9\n vmul.f32 s9, s9, s1\n vcvtr.s32.f32 s9, s9\n vmov ip, s9\n"
// Two ways to begin an output in a loop, and to finish one. That of the lowest zero point, which a RELU has, leaves r9 to the
// bias.
#define INLAY_BEGIN_ANY(sum) INLAY_BEGIN(sum)
#define INLAY_FINISH_ANY "qadd ip, ip, r9\n ssat ip, #8, ip\n"
#define INLAY_BEGIN_LOWEST(sum) INLAY_TAP0(sum, "r9")
#define INLAY_FINISH_LOWEST "usat ip, #8, ip\n eor ip, ip, #128\n"
// Ends an output in `sum`, begins another there, and stores the first.
#define INLAY_TURN(kind, sum, to) \
  INLAY_TAP2(sum)                 \
  "vmov s9, " sum "\n" INLAY_BEGIN_##kind(sum) INLAY_SCALE INLAY_FINISH_##kind "strb ip, " to "\n add r0, r0, r2\n"
#define INLAY_STEP(kind, sum, other) INLAY_COLUMN INLAY_TAP1(other) INLAY_TURN(kind, sum, "[r0, r3]")
#define INLAY_IF(flag, to) "vmov r8, s8\n tst r8, #" flag "\n beq " to "\n"
#define INLAY_END(kind, to) "vmov ip, s3\n add r10, r10, ip\n vmov s9, r10\n" INLAY_SCALE INLAY_FINISH_##kind "strb ip, " to "\n"
#define INLAY_NEXT_LINE                                                                                         \
  "vmov ip, s5\n add r0, r0, ip\n vmov ip, s6\n add r3, r3, ip\n vmov ip, s7\n subs ip, ip, #1\n vmov s7, ip\n" \
  "bne 0b\n pop {r4-r11, pc}\n"
// Outputs lie as far apart as columns: r3 is the way from a column to the output that it ends.
#define INLAY_LINES_OF_1(kind) \
  "sub r3, r3, r0\n sub r3, r3, r10\n"                                                                                \
  "0:\n" INLAY_COLUMN "vmov r10, s2\n" INLAY_IF("1", "4f") INLAY_BEGIN("r10") "add r0, r0, r2\n" INLAY_COLUMN        \
  "4:\n" INLAY_TAP1("r10") INLAY_BEGIN("r11") "add r0, r0, r2\n"                                                      \
  INLAY_IF("2", "5f") "vmov r8, s4\n mov ip, r10\n mov r10, r11\n mov r11, ip\n b 2f\n"                            \
  "5: vmov r8, s4\n"                                                                                                  \
  "1:\n" INLAY_STEP(kind, "r10", "r11")                                                                               \
  "2:\n" INLAY_STEP(kind, "r11", "r10") "subs r8, r8, #65536\n bpl 1b\n"                                             \
  INLAY_IF("4", "3f") INLAY_END(kind, "[r0, r3]")                                                                     \
  "3:\n" INLAY_NEXT_LINE

/// Outputs of stride 1.
__attribute__((naked, noinline)) void lines_to_any(const Lines*) { __asm__(INLAY_ENTER INLAY_LINES_OF_1(ANY)); }
__attribute__((naked, noinline)) void lines_to_lowest(const Lines*) {
  __asm__(INLAY_ENTER "vmov r9, s0\n" INLAY_LINES_OF_1(LOWEST));
}
inline void lines_of_1(const Lines* l) { l->zero == -128 ? lines_to_lowest(l) : lines_to_any(l); }

/// Outputs of stride 2.
__attribute__((naked, noinline)) void lines_of_2(const Lines*) {
  __asm__(INLAY_ENTER
          "0: vmov r10, s2\n"
          INLAY_IF("1", "4f") INLAY_COLUMN INLAY_BEGIN("r10") "add r0, r0, r2\n"
          "4: vmov r8, s4\n"
          "1:\n" INLAY_COLUMN INLAY_TAP1("r10") "add r0, r0, r2\n" INLAY_COLUMN INLAY_TURN(ANY, "r10", "[r3]") "add r3, r3, r11\n"
          "subs r8, r8, #65536\n bpl 1b\n"
          INLAY_IF("4", "3f") INLAY_COLUMN INLAY_TAP1("r10") INLAY_END(ANY, "[r3]")
          "3:\n" INLAY_NEXT_LINE);
}
#else
struct Column {
  int32_t pair, third;
};
inline Column column_at(const int8_t* at, int32_t across) { return {pack_low(at[0], at[across]), at[2 * across]}; }
inline int32_t tap0(const Lines& l, Column c, int32_t sum) { return smlabb(c.third, l.third01, smlad(c.pair, l.pair[0], sum)); }
inline int32_t tap1(const Lines& l, Column c, int32_t sum) { return smlabt(c.third, l.third01, smlad(c.pair, l.pair[1], sum)); }
inline int32_t tap2(const Lines& l, Column c, int32_t sum) { return smlabb(c.third, l.third2, smlad(c.pair, l.pair[2], sum)); }
inline int8_t result(const Lines& l, int32_t sum) {
  return static_cast<int8_t>(requant8<true>(sum, l.scale, l.zero, {-128, 127}));
}

void lines_of_1(const Lines* lines) {
  const Lines& l = *lines;
  const int32_t outputs = ((l.loop >> 16) + 1) * 2 - ((l.flags & kOdd) != 0 ? 1 : 0);
  const int8_t* at = l.at;
  int8_t* out = l.out;
  for (int32_t k = 0; k < l.count; ++k, at += l.at_turn, out += l.lead + l.at_turn + l.out_turn) {
    Column c = column_at(at, l.across);
    int32_t sum = l.left;
    if ((l.flags & kWholeStart) != 0) {
      sum = tap0(l, c, l.bias);
      at += l.step;
      c = column_at(at, l.across);
    }
    sum = tap1(l, c, sum);
    int32_t next = tap0(l, c, l.bias);
    at += l.step;
    for (int32_t i = 0; i < outputs; ++i, at += l.step, out += l.step) {
      c = column_at(at, l.across);
      *out = result(l, tap2(l, c, sum));
      sum = tap1(l, c, next);
      next = tap0(l, c, l.bias);
    }
    if ((l.flags & kShortEnd) != 0) *out = result(l, wrap_add(sum, l.right));
  }
}

void lines_of_2(const Lines* lines) {
  const Lines& l = *lines;
  const int8_t* at = l.at;
  int8_t* out = l.out;
  for (int32_t k = 0; k < l.count; ++k, at += l.at_turn, out += l.out_turn) {
    int32_t sum = l.left;
    if ((l.flags & kWholeStart) != 0) {
      sum = tap0(l, column_at(at, l.across), l.bias);
      at += l.step;
    }
    for (int32_t i = l.loop >> 16; i >= 0; --i, at += 2 * l.step, out += l.out_step) {
      const Column c = column_at(at + l.step, l.across);
      *out = result(l, tap2(l, c, tap1(l, column_at(at, l.across), sum)));
      sum = tap0(l, c, l.bias);
    }
    if ((l.flags & kShortEnd) != 0) *out = result(l, wrap_add(tap1(l, column_at(at, l.across), sum), l.right));
  }
}
#endif

/// Sets what depends on the shape alone.
void set_shape(const Axis& a, const Axis& across, Lines* l) {
  const int32_t outputs = loop_outputs(a), first = 1 - a.pad;
  l->flags = (a.pad == 0 ? kWholeStart : 0) | ((outputs & 1) != 0 ? kOdd : 0) | (outputs < a.out ? kShortEnd : 0);
  l->across = across.in_step, l->step = a.in_step, l->out_step = a.out_step;
  const int32_t line = across.stride * across.in_step;
  if (a.stride == 1) {
    l->loop = ((outputs + 1) / 2 - 1) << 16;
    l->lead = (first + 1) * a.in_step;
    l->at_turn = line - l->lead - outputs * a.in_step;
    l->out_turn = across.out_step - line;  // beside at_turn
  } else {
    l->loop = (outputs - 1) << 16;
    l->at_turn = line - (first + 2 * outputs) * a.in_step;
    l->out_turn = across.out_step - outputs * a.out_step;
  }
}

/// The weights of a channel, [tap along the line][two zeros, taps across, two zeros].
struct Channel {
  int16_t taps[3][8];
  int32_t bias;
};

/// Sets the weights for columns of which the first value meets tap `first`, -2 .. 2.
inline void aim(const Channel& channel, int32_t first, int32_t input_zero, Lines* l) {
  int32_t third[3], sum[3];
#pragma GCC unroll 3
  for (int i = 0; i < 3; ++i) {
    const int16_t* from = channel.taps[i] + 2 + first;
    l->pair[i] = load4(from);
    third[i] = from[2];
    sum[i] = smlad(l->pair[i], 0x00010001, third[i]);
  }
  l->third01 = pack_low(third[0], third[1]);
  l->third2 = third[2];
  l->loop = pack_high(static_cast<int32_t>(static_cast<uint32_t>(third[2]) << 16), l->loop);
  const auto times = [=](int32_t of) {
    return static_cast<int32_t>(static_cast<uint32_t>(of) * static_cast<uint32_t>(input_zero));
  };
  l->left = wrap_add(channel.bias, -times(sum[1] + sum[2]));
  l->right = times(sum[2]);
  l->bias = wrap_add(l->left, -times(sum[0]));
}

/// One channel of one image.
inline void run_plane(const Walk& w, const Channel& channel, int32_t input_zero, Lines* l, const int8_t* input, int8_t* output) {
  const Axis& across = w.across;
  const int32_t most = across.in - 3;
  for (int32_t i = 0, start = -across.pad; i < across.out;) {
    const int32_t base = start < 0 ? 0 : start > most ? most : start;
    const int32_t inside = base == start ? (most - start) / across.stride + 1 : 1;  // these go together
    const int32_t count = lesser(inside, across.out - i);
    aim(channel, base - start, input_zero, l);
    l->at = input + base * across.in_step;
    l->out = output;
    l->count = count;
    w.line.stride == 1 ? lines_of_1(l) : lines_of_2(l);
    i += count;
    start += count * across.stride;
    output += count * across.out_step;
  }
}

void clamp_plane(int32_t pixels, int32_t step, QuantRange range, int8_t* out) {
  for (int32_t i = 0; i < pixels; ++i, out += step) *out = static_cast<int8_t>(clamp_to(*out, range));
}

void run(const ConvShape& s, const ConvQuant& q, const void* input, const void* weights, const void*, void*, void* output,
         Part part) {
  const Walk w = walk_of(s);
  const int32_t c = s.in_c, batch = s.batch, in_pixels = s.in_h * s.in_w, out_pixels = s.out_h * s.out_w;
  const int32_t along = w.along_y ? 3 * c : c, across = w.along_y ? c : 3 * c;  // steps of the weights
  const QuantRange range = q.range;
  Lines l = {};
  l.zero = q.output_zero;
  set_shape(w.line, w.across, &l);
  Channel channel = {};
  const int32_t share = c / part.count, rest = c % part.count;
  const int32_t begin = share * part.index + lesser(part.index, rest), end = begin + share + (part.index < rest ? 1 : 0);
  for (int32_t i = begin; i < end; ++i) {
    const int8_t* from = static_cast<const int8_t*>(weights) + i;
#pragma GCC unroll 3
    for (int k = 0; k < 3; ++k, from += along) {
#pragma GCC unroll 3
      for (int j = 0; j < 3; ++j) channel.taps[k][2 + j] = static_cast<int16_t>(from[j * across] - q.weight_zero);
    }
    channel.bias = q.bias != nullptr ? q.bias[i] : 0;
    l.scale = q.scales[i];
    const int8_t* in = static_cast<const int8_t*>(input) + i;
    int8_t* out = static_cast<int8_t*>(output) + i;
    for (int32_t b = 0; b < batch; ++b, in += in_pixels * c, out += out_pixels * c) {
      run_plane(w, channel, q.input_zero, &l, in, out);
      if (range.min != -128 || range.max != 127) clamp_plane(out_pixels, c, range, out);
    }
  }
}

size_t no_bytes(const ConvShape&) { return 0; }
void pack_nothing(const ConvShape&, const ConvQuant&, const void*, void*) {}

}  // namespace

extern "C" const ConvTwinQ8 kDepthwise3x3S8Dsp;
const ConvTwinQ8 kDepthwise3x3S8Dsp = {takes, no_bytes, no_bytes, pack_nothing, run};

}  // namespace inlay::kernels
