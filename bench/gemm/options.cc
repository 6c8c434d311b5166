// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm/options.h"

#include <algorithm>
#include <cstdio>

#include "tools/inlay/arguments.h"

namespace inlay::bench {
namespace {

constexpr const char* kNames[kGemmTypes] = {"int8", "fp16", "bf16", "tf32"};

// A square that fills a GPU, a middling one, dense layers of one image, and 1x1 convolutions of resnet50 and mobilenet_v2.
constexpr GemmShape kUsual[] = {{4096, 4096, 4096}, {1024, 1024, 1024}, {1, 1000, 1280},  {1, 4096, 25088}, {1, 1000, 2048},
                                {3136, 256, 64},    {784, 512, 128},    {196, 256, 1024}, {49, 512, 2048},  {49, 1280, 320}};

/// "MxNxK", of which each matrix has at most 2^31 - 1 values.
bool read_shape(const std::string& text, GemmShape* out) {
  char rest = 0;
  long long m = 0, n = 0, k = 0;
  if (std::sscanf(text.c_str(), "%7lldx%7lldx%7lld%c", &m, &n, &k, &rest) != 3) return false;
  if (m < 1 || n < 1 || k < 1 || m * k > INT32_MAX || n * k > INT32_MAX || m * n > INT32_MAX) return false;
  *out = {static_cast<int32_t>(m), static_cast<int32_t>(n), static_cast<int32_t>(k)};
  return true;
}

std::string wrong_shape(const std::string& text) {
  GemmShape s;
  return read_shape(text, &s) ? "" : "'" + text + "' is not three sizes such as 49x1280x320, or too large";
}

double middle(const std::vector<double>& sorted, double at) {
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - static_cast<double>(below));
}

}  // namespace

std::string text_of(const GemmShape& s) { return std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k); }
const char* name_of(GemmType type) { return kNames[static_cast<int>(type)]; }
int32_t bytes_of(GemmType type) { return type == GemmType::kInt8 ? 1 : type == GemmType::kFp16 ? 2 : 4; }

int parse_gemm_options(int argc, char** argv, GemmOptions* out) {
  *out = {};
  std::vector<std::string> shapes, types;
  const std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  tools::Arguments app("Products of matrices on a CUDA device: ours and cublasLt's, by turns", "cuda_gemm");
  app.list("--shape", shapes, "M (pixels, rows) x N (output channels) x K (input channels)").check(wrong_shape, "MxNxK");
  app.list("--type", types, "what products are of").one_of(names);
  app.option("--device", out->device, "number of the CUDA device").range(0, 1000);
  app.option("--rounds", out->rounds, "measurements of each").range(1, 100000);
  app.option("--repeats", out->repeats, "launches of a measurement; else what takes a millisecond").range(1, 100000);
  app.flag("--variants", out->variants, "every form of ours, not only the one that would be taken");
  app.option("--cublaslt", out->cublaslt, "its library; else libcublasLt.so.13 or .12 where the loader finds it");
  app.option("--tops", out->tera, "the device's peak of int8, 10^12 operations a second").range(1e-3, 1e6);
  app.option("--gbs", out->giga_bytes, "the bandwidth of its memory, 10^9 bytes a second").range(1e-3, 1e6);
  if (const int done = app.parse(argc, argv); done >= 0) return done;
  for (const std::string& text : shapes) {
    out->shapes.emplace_back();
    static_cast<void>(read_shape(text, &out->shapes.back()));  // wrong_shape() has seen it
  }
  for (const std::string& text : types) {
    const auto at = std::find(names.begin(), names.end(), text) - names.begin();
    out->types.push_back(static_cast<GemmType>(at));
  }
  if (out->shapes.empty()) out->shapes.assign(std::begin(kUsual), std::end(kUsual));
  if (out->types.empty()) out->types = {GemmType::kInt8};
  return -1;
}

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double last = static_cast<double>(values.size() - 1);
  return {middle(values, last * 0.5), middle(values, last * 0.25), middle(values, last * 0.75)};
}

Peaks peaks_of(const std::string& name, const GemmOptions& options) {
  // NVIDIA's data sheets: dense int8, SXM parts.
  static constexpr struct {
    const char* part;
    Peaks peaks;
  } kKnown[] = {{"H200", {1979.0, 4800.0}}, {"H100", {1979.0, 3350.0}}, {"A100", {624.0, 2039.0}}};
  Peaks peaks = {};
  for (const auto& known : kKnown) {
    if (name.find(known.part) != std::string::npos) peaks = known.peaks;
  }
  if (options.tera > 0.0) peaks.int8_tera = options.tera;
  if (options.giga_bytes > 0.0) peaks.giga_bytes = options.giga_bytes;
  return peaks;
}

Floors floors_of(const GemmShape& s, GemmType type, const Peaks& peaks) {
  // From Ampere on, halves go at half the rate of int8 and tf32 at a quarter.
  const double part = type == GemmType::kInt8 ? 1.0 : type == GemmType::kTf32 ? 0.25 : 0.5;
  const double values = static_cast<double>(s.m) * s.k + static_cast<double>(s.n) * s.k + static_cast<double>(s.m) * s.n;
  return {peaks.int8_tera > 0.0 ? 2.0 * s.products() / (peaks.int8_tera * part * 1e12) : 0.0,
          peaks.giga_bytes > 0.0 ? values * bytes_of(type) / (peaks.giga_bytes * 1e9) : 0.0};
}

int32_t repeats_of(const GemmShape& s, const GemmOptions& options) {
  if (options.repeats > 0) return options.repeats;
  const double guess = std::max(3e-6, 2.0 * s.products() / 500e12);
  return static_cast<int32_t>(std::clamp(1e-3 / guess, 4.0, 200.0));
}

}  // namespace inlay::bench
