// SPDX-License-Identifier: Apache-2.0
// The audio front end of TFLite Micro. State that its ops keep to themselves becomes variables, further inputs of the node.
#include <algorithm>

#include "tools/import/tflite/custom_options.h"

namespace inlay::tools::tflite_import {
namespace {

/// Appends a variable of `count` elements to the node's inputs. References from input() and output() die.
void add_state(OpReader& r, const char* what, inlay_dtype dtype, int64_t count) {
  if (count < 0 || count > INT32_MAX) r.fail("its state would have more than 2^31 elements");
  Tensor t;
  t.name = r.node.name + "/" + what;
  t.dtype = dtype;
  t.shape = {static_cast<int32_t>(count)};
  t.is_variable = true;
  r.node.inputs.push_back(r.graph().add(std::move(t)));
}

/// The size of the last dim, and the product of those in front of the last `inner`.
int64_t last_of(const OpReader& r, const Tensor& t) {
  if (t.shape.empty()) r.fail("input '" + t.name + "' is a scalar");
  return t.shape.back();
}
int64_t outer_of(const OpReader& r, const Tensor& t, size_t inner) {
  if (t.shape.size() < inner) r.fail("input '" + t.name + "' has too few dims");
  int64_t count = 1;
  for (size_t i = 0; i + inner < t.shape.size(); ++i) count *= t.shape[i];  // below 2^31, as all of the tensor
  return count;
}

void become(OpReader& r, uint16_t kind, const inlay_signal& params) {
  r.node.kind = kind;
  r.node.params = params;
}

}  // namespace

void read_signal_window(OpReader& r) {
  inlay_signal s = {};
  s.shift = CustomOptions(r).integer("shift", 0);
  become(r, INLAY_OP_SIGNAL_WINDOW, s);
}

void read_signal_fft_auto_scale(OpReader& r) { r.node.kind = INLAY_OP_SIGNAL_FFT_AUTO_SCALE; }

void read_signal_rfft(OpReader& r) {
  inlay_signal s = {};
  s.length = CustomOptions(r).integer("fft_length");
  become(r, INLAY_OP_SIGNAL_RFFT, s);
}

void read_signal_irfft(OpReader& r) {
  inlay_signal s = {};
  s.length = CustomOptions(r).integer("fft_length");
  become(r, INLAY_OP_SIGNAL_IRFFT, s);
}

void read_signal_energy(OpReader& r) {
  const CustomOptions o(r);
  inlay_signal s = {};
  s.start = o.integer("start_index");
  s.end = o.integer("end_index");
  become(r, INLAY_OP_SIGNAL_ENERGY, s);
}

void read_signal_filter_bank(OpReader& r) {
  inlay_signal s = {};
  s.channels = CustomOptions(r).integer("num_channels");
  become(r, INLAY_OP_SIGNAL_FILTER_BANK, s);
}

void read_signal_filter_bank_square_root(OpReader& r) { r.node.kind = INLAY_OP_SIGNAL_FILTER_BANK_SQUARE_ROOT; }

void read_signal_filter_bank_spectral_subtraction(OpReader& r) {
  const CustomOptions o(r);
  inlay_signal s = {};
  s.channels = o.integer("num_channels");
  s.bits = o.integer("smoothing_bits");
  s.more_bits = o.integer("spectral_subtraction_bits");
  s.factors[0] = o.integer("smoothing");
  s.factors[1] = o.integer("one_minus_smoothing");
  s.factors[2] = o.integer("alternate_smoothing");
  s.factors[3] = o.integer("alternate_one_minus_smoothing");
  s.factors[4] = o.integer("min_signal_remaining");
  s.flags = o.integer("clamping", 0) != 0 ? 1 : 0;
  add_state(r, "noise", INLAY_UINT32, s.channels);
  become(r, INLAY_OP_SIGNAL_FILTER_BANK_SPECTRAL_SUBTRACTION, s);
}

void read_signal_pcan(OpReader& r) {
  inlay_signal s = {};
  s.shift = CustomOptions(r).integer("snr_shift");
  become(r, INLAY_OP_SIGNAL_PCAN, s);
}

void read_signal_filter_bank_log(OpReader& r) {
  const CustomOptions o(r);
  inlay_signal s = {};
  s.factors[0] = o.integer("output_scale");
  s.bits = o.integer("input_correction_bits");
  become(r, INLAY_OP_SIGNAL_FILTER_BANK_LOG, s);
}

void read_signal_delay(OpReader& r) {
  inlay_signal s = {};
  s.length = CustomOptions(r).integer("delay_length");
  add_state(r, "waiting", INLAY_INT16, std::max<int64_t>(outer_of(r, r.input(0), 1) * s.length, 1));
  become(r, INLAY_OP_SIGNAL_DELAY, s);
}

void read_signal_framer(OpReader& r) {
  const CustomOptions o(r);
  inlay_signal s = {};
  s.length = o.integer("frame_size");
  s.step = o.integer("frame_step");
  s.flags = o.integer("prefill", 0) != 0 ? 1 : 0;
  // A call's samples, and those that may wait for them: one less than its frames span. The op checks sizes and options.
  const int64_t count = last_of(r, r.input(0));
  const int64_t capacity = int64_t{s.length} + count - s.step - 1 + count;
  const int64_t rows = outer_of(r, r.input(0), 1);
  if (s.length < 1 || s.step < 1 || count < s.step) r.fail("frame_size, frame_step and the input's samples do not fit together");
  add_state(r, "waiting", INLAY_INT16, rows * capacity);
  add_state(r, "count", INLAY_INT32, 1);
  become(r, INLAY_OP_SIGNAL_FRAMER, s);
}

void read_signal_overlap_add(OpReader& r) {
  inlay_signal s = {};
  s.step = CustomOptions(r).integer("frame_step");
  const Tensor& in = r.input(0);
  add_state(r, "sums", in.dtype, outer_of(r, in, 2) * last_of(r, in));
  become(r, INLAY_OP_SIGNAL_OVERLAP_ADD, s);
}

void read_signal_stacker(OpReader& r) {
  const CustomOptions o(r);
  inlay_signal s = {};
  s.channels = o.integer("num_channels");
  s.left = o.integer("stacker_left_context");
  s.right = o.integer("stacker_right_context");
  s.step = o.integer("stacker_step");
  for (const int32_t size : {s.channels, s.left, s.right}) {
    if (size < 0 || size > 1 << 15) r.fail("num_channels and the contexts must be 0 to 2^15");
  }
  add_state(r, "rows", INLAY_INT16, int64_t{s.channels} * (int64_t{s.left} + 1 + s.right));
  add_state(r, "count", INLAY_INT32, 1);
  become(r, INLAY_OP_SIGNAL_STACKER, s);
}

}  // namespace inlay::tools::tflite_import
