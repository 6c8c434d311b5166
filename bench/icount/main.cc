// SPDX-License-Identifier: Apache-2.0
// inlay-icount WHO < LAYERS: runs int8 convolutions, one a line, each once between the markers that roi.c counts. WHO is a level
// of the CPU (neon, dotprod, i8mm) or xnnpack, where that library was found. Prints for each layer whether the outputs are those
// of the portable kernel.
#include <algorithm>
#include <cstring>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "core/cpu.h"
#include "kernels/depthwise_conv2d.h"
#include "kernels/twins.h"

#if defined(INLAY_ICOUNT_XNNPACK)
#include <xnnpack.h>
#endif

namespace {

using inlay::kernels::ConvQuant;
using inlay::kernels::ConvShape;
using inlay::kernels::ConvTwinQ8;
using inlay::kernels::TwinKind;

constexpr float kInputScale = 0.05f, kOutputScale = 0.1f;
constexpr int32_t kInputZero = -7, kOutputZero = 3;

struct Layer {
  bool depthwise;
  ConvShape shape;
  std::vector<int8_t> input, weights, output, wanted;
  std::vector<int32_t> bias;
  std::vector<float> weight_scales, scales;
  ConvQuant quant;
};

inline void begin() { __asm__ volatile("hint #0x7e" ::: "memory"); }
inline void end() { __asm__ volatile("hint #0x7f" ::: "memory"); }

void fill(std::mt19937& random, int32_t low, size_t count, std::vector<int8_t>* values) {
  values->resize(count);
  for (int8_t& v : *values) v = static_cast<int8_t>(low + static_cast<int32_t>(random() % static_cast<uint32_t>(128 - low)));
}

/// "times kind in_h in_w in_c out_c filter stride"; false at a line without a layer.
bool read_layer(const std::string& line, Layer* layer) {
  std::istringstream in(line);
  std::string times, kind;
  ConvShape& s = layer->shape;
  if (!(in >> times >> kind >> s.in_h >> s.in_w >> s.in_c >> s.out_c >> s.filter_h >> s.stride_h) || times == "#") return false;
  layer->depthwise = kind == "depthwise";
  s.batch = s.dilation_h = s.dilation_w = s.groups = 1;
  s.filter_w = s.filter_h, s.stride_w = s.stride_h;
  s.out_h = (s.in_h + s.stride_h - 1) / s.stride_h, s.out_w = (s.in_w + s.stride_w - 1) / s.stride_w;
  s.pad_top = std::max(0, (s.out_h - 1) * s.stride_h + s.filter_h - s.in_h) / 2;
  s.pad_left = std::max(0, (s.out_w - 1) * s.stride_w + s.filter_w - s.in_w) / 2;
  return true;
}

void invent(std::mt19937& random, Layer* layer) {
  const ConvShape& s = layer->shape;
  const size_t out_c = static_cast<size_t>(s.out_c),
               taps = static_cast<size_t>(s.filter_h * s.filter_w) * (layer->depthwise ? 1 : s.in_c);
  fill(random, -128, static_cast<size_t>(s.in_h) * s.in_w * s.in_c, &layer->input);
  fill(random, -127, taps * out_c, &layer->weights);
  layer->output.assign(static_cast<size_t>(s.out_h) * s.out_w * s.out_c, 0);
  layer->wanted = layer->output;
  layer->bias.resize(out_c), layer->weight_scales.resize(out_c), layer->scales.resize(out_c);
  for (size_t c = 0; c < out_c; ++c) {
    layer->bias[c] = static_cast<int32_t>(random() % 2001) - 1000;
    layer->weight_scales[c] = static_cast<float>(random() % 100 + 50) * 1e-4f;
    layer->scales[c] = kInputScale * layer->weight_scales[c] / kOutputScale;
  }
  layer->quant = {layer->scales.data(), layer->bias.data(), kInputZero, 0, kOutputZero, {-128, 127}};
  const auto reference = layer->depthwise ? inlay::kernels::depthwise_conv2d_s8 : inlay::kernels::conv2d_s8;
  reference(s, layer->quant, layer->input.data(), layer->weights.data(), layer->wanted.data());
}

/// The second run counts: the first one warms up what only happens once.
template <typename Run>
void run_marked(Run run) {
  run();
  begin();
  run();
  end();
}

bool run_ours(uint32_t cpu, Layer* layer) {
  const TwinKind kind = layer->depthwise ? TwinKind::kDepthwiseConv2dS8 : TwinKind::kConv2dS8;
  const auto* twin = inlay::kernels::choose_twin<ConvTwinQ8>(kind, cpu, layer->shape).twin;
  if (twin == nullptr) return false;
  std::vector<std::max_align_t> packed(twin->packed_bytes(layer->shape) / sizeof(std::max_align_t) + 1);
  std::vector<std::max_align_t> scratch(twin->scratch_bytes(layer->shape) / sizeof(std::max_align_t) + 1);
  twin->pack(layer->shape, layer->quant, layer->weights.data(), packed.data());
  run_marked([&] {
    twin->run(layer->shape, layer->quant, layer->input.data(), layer->weights.data(), packed.data(), scratch.data(),
              layer->output.data(), inlay::kernels::kWhole);
  });
  return true;
}

#if defined(INLAY_ICOUNT_XNNPACK)
bool run_xnnpack(Layer* layer) {
  const ConvShape& s = layer->shape;
  const auto dim = [](int32_t v) { return static_cast<uint32_t>(v); };
  const uint32_t groups = layer->depthwise ? dim(s.in_c) : 1, in_c = dim(s.in_c) / groups, out_c = dim(s.out_c) / groups;
  const uint32_t bottom = dim((s.out_h - 1) * s.stride_h + s.filter_h - s.in_h - s.pad_top) & ~0x80000000u;
  const uint32_t right = dim((s.out_w - 1) * s.stride_w + s.filter_w - s.in_w - s.pad_left) & ~0x80000000u;
  xnn_operator_t op = nullptr;
  if (xnn_initialize(nullptr) != xnn_status_success ||
      xnn_create_convolution2d_nhwc_qc8(
          dim(s.pad_top), s.filter_w == 1 ? 0 : right, s.filter_h == 1 ? 0 : bottom, dim(s.pad_left), dim(s.filter_h),
          dim(s.filter_w), dim(s.stride_h), dim(s.stride_w), 1, 1, groups, in_c, out_c, dim(s.in_c), dim(s.out_c), kInputZero,
          kInputScale, layer->weight_scales.data(), layer->weights.data(), layer->bias.data(), kOutputZero, kOutputScale, -128,
          127, layer->depthwise ? XNN_FLAG_DEPTHWISE_CONVOLUTION : 0, &op) != xnn_status_success ||
      xnn_setup_convolution2d_nhwc_qc8(op, 1, dim(s.in_h), dim(s.in_w), layer->input.data(), layer->output.data(), nullptr) !=
          xnn_status_success) {
    return false;
  }
  run_marked([&] { xnn_run_operator(op, nullptr); });
  xnn_delete_operator(op);
  return true;
}
#else
bool run_xnnpack(Layer*) { return false; }
#endif

}  // namespace

int main(int argc, char** argv) {
  const std::string who = argc == 2 ? argv[1] : "";
  uint32_t cpu = 0;
  for (int32_t i = 0; i < inlay::cpu_level_count(); ++i) {
    if (inlay::cpu_level(i).name == who) cpu = inlay::cpu_level(i).features;
  }
  if (cpu == 0 && who != "xnnpack") {
    std::cerr << "inlay-icount: this CPU has no level '" << who << "'\n";
    return 2;
  }
  std::mt19937 random(1);
  for (std::string line; std::getline(std::cin, line);) {
    Layer layer = {};
    if (!read_layer(line, &layer)) continue;
    invent(random, &layer);
    if (!(who == "xnnpack" ? run_xnnpack(&layer) : run_ours(cpu, &layer))) {
      std::cerr << "inlay-icount: " << who << " does not run: " << line << "\n";
      return 1;
    }
    std::cout << (layer.output == layer.wanted ? "same" : "differs") << "\n";
  }
}
