// SPDX-License-Identifier: Apache-2.0
// opencl_gemm [RUNS]: every way in which the first OpenCL device multiplies float32 matrices, by shape, as a Markdown table. A product is
// a FULLY_CONNECTED node with constant weights, or a BATCH_MATMUL one. Times are of whole runs, warm: inputs are handed over in place.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "inlay/backend.h"
#include "inlay/op.h"

extern "C" const inlay_backend inlay_backend_opencl;

namespace {

using Clock = std::chrono::steady_clock;

struct Line {  // what tensors and blocks are aligned to
  alignas(64) float values[16];
};

struct Shape {
  int32_t batch, m, n, k;  // batch 0: FULLY_CONNECTED
};
constexpr Shape kShapes[] = {{0, 1, 1000, 1280},  {0, 49, 1280, 320},    {0, 196, 512, 512},   {0, 784, 128, 256},   {0, 3136, 64, 64},
                             {0, 512, 512, 512},  {1, 128, 128, 128},    {1, 512, 512, 512},   {1, 1024, 1024, 1024}, {8, 128, 128, 128},
                             {12, 128, 128, 64}};

std::vector<Line> filled(size_t count, uint32_t seed) {
  std::vector<Line> lines(count / 16 + 1);
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    lines[i / 16].values[i % 16] = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
  }
  return lines;
}

struct Times {
  double median, low, high;  // milliseconds: the median and the quartiles
};

/// A graph of one product, and its memory.
class Product {
 public:
  explicit Product(const Shape& s)
      : dense_(s.batch == 0), a_(filled(size(s, s.m, s.k), 1)), b_(filled(size(s, s.k, s.n), 2)), out_(filled(size(s, s.m, s.n), 3)) {
    set(0, s, s.m, s.k, nullptr);
    dense_ ? set(1, s, s.n, s.k, b_.data()) : set(1, s, s.k, s.n, nullptr);
    set(2, s, s.m, s.n, nullptr);
    node_.name = "product";
    node_.params = &matmul_;
    node_.inputs = kInputs;
    node_.outputs = kInputs + 2;
    node_.input_count = 2;
    node_.output_count = 1;
    node_.params_type = INLAY_PARAMS_MATMUL;
    node_.kind = dense_ ? INLAY_OP_FULLY_CONNECTED : INLAY_OP_BATCH_MATMUL;
    graph_ = {"", tensors_, &node_, kInputs, kInputs + 2, 3, 1, dense_ ? 1 : 2, 1};
    segment_.struct_size = sizeof(segment_);
    segment_.graph = segment_.graphs = &graph_;
    segment_.node_count = segment_.threads = segment_.graph_count = 1;
    segment_.ops = inlay_default_ops();
    segment_.variants = &variant_;
  }

  int32_t variants() const { return inlay_backend_opencl.variants(0, &segment_, &node_); }

  /// Whole runs of one variant; name gets its kernel. False with a sentence on stderr.
  bool measure(uint8_t variant, int runs, Times* times, char (&name)[64]) {
    variant_ = variant;
    inlay_error error = {};
    void* compiled = nullptr;
    bool ok = inlay_backend_opencl.compile(0, &segment_, {nullptr, 0}, &compiled, &error) == INLAY_OK;
    std::vector<double> ms;
    if (ok) std::snprintf(name, sizeof(name), "%s", inlay_backend_opencl.kernel(compiled, 0));
    void* const places[] = {a_.data(), b_.data(), out_.data()};
    const inlay_run run = {places, {nullptr, 0}, nullptr, 0, &error, nullptr};
    for (int i = -3; ok && i < runs; ++i) {
      const auto begin = Clock::now();
      ok = inlay_backend_opencl.execute(compiled, &run) == INLAY_OK;
      if (i >= 0) ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
    if (compiled != nullptr) inlay_backend_opencl.release(compiled);
    if (!ok) {
      std::fprintf(stderr, "%s\n", error.text);
      return false;
    }
    std::sort(ms.begin(), ms.end());
    *times = {ms[ms.size() / 2], ms[ms.size() / 4], ms[ms.size() * 3 / 4]};
    return true;
  }

 private:
  static constexpr int32_t kInputs[] = {0, 1, 2};
  static size_t size(const Shape& s, int32_t rows, int32_t columns) {
    return static_cast<size_t>(std::max(s.batch, 1)) * static_cast<size_t>(rows) * static_cast<size_t>(columns);
  }
  void set(int i, const Shape& s, int32_t rows, int32_t columns, const void* data) {
    int32_t* dims = dims_[i];
    dims[0] = std::max(s.batch, 1), dims[1] = rows, dims[2] = columns;
    tensors_[i] = {};
    tensors_[i].name = "";
    tensors_[i].data = data;
    tensors_[i].dims = dense_ ? dims + 1 : dims;
    tensors_[i].rank = dense_ ? 2 : 3;
    tensors_[i].bytes = size(s, rows, columns) * sizeof(float);
    tensors_[i].dtype = INLAY_FLOAT32;
    tensors_[i].variable = -1;
  }

  bool dense_;
  std::vector<Line> a_, b_, out_;
  int32_t dims_[3][3];
  inlay_tensor tensors_[3];
  inlay_node node_ = {};
  inlay_matmul matmul_ = {};
  inlay_graph graph_ = {};
  inlay_segment segment_ = {};
  uint8_t variant_ = 0;
};

bool measure_shape(const Shape& s, int runs) {
  Product product(s);
  const double flops = 2.0 * std::max(s.batch, 1) * s.m * s.n * s.k;
  for (int32_t v = 0; v <= product.variants(); ++v) {
    Times t;
    char name[64];
    if (!product.measure(static_cast<uint8_t>(v), runs, &t, name)) return false;
    std::printf("| %s | %d | %d x %d x %d | %s%s | %.3f | %.3f .. %.3f | %.1f |\n", s.batch == 0 ? "FULLY_CONNECTED" : "BATCH_MATMUL",
                std::max(s.batch, 1), s.m, s.n, s.k, name, v == 0 ? " (own choice)" : "", t.median, t.low, t.high, flops / t.median * 1e-6);
    std::fflush(stdout);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 21;
  inlay_device_info device;
  inlay_error why = {};
  if (runs < 1 || inlay_backend_opencl.probe(&device, 1, &why) < 1) {
    std::fprintf(stderr, "opencl_gemm: %s\n", runs < 1 ? "RUNS is at least 1" : why.text);
    return 1;
  }
  std::printf("Device: %s; %d runs.\n\n", device.name, runs);
  std::printf("| op | batch | m x n x k | kernel | median ms | quartiles ms | GFLOP/s |\n|---|---|---|---|---|---|---|\n");
  for (const Shape& s : kShapes) {
    if (!measure_shape(s, runs)) return 1;
  }
  return 0;
}
