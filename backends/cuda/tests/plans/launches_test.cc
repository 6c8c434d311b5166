// SPDX-License-Identifier: Apache-2.0
// How many kernels shared models are on the emulated device, as the graph is captured; nothing is run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "conformance/runner/case_run.h"
#include "tools/emit/emit.h"

extern "C" const inlay_backend inlay_backend_cuda;

namespace inlay::cuda {
namespace {

struct Captured {
  int32_t nodes = 0, launches = 0, fused = 0;
};

/// The whole model as one segment, which must take every node.
Captured capture(const inlay_graph& graph) {
  inlay_segment s = {};
  s.struct_size = sizeof(s);
  s.graph = s.graphs = &graph;
  s.node_count = graph.node_count;
  s.graph_count = s.threads = 1;
  s.ops = inlay_default_ops();
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const char* reason = inlay_backend_cuda.reject(0, &s, &graph.nodes[n]);
    EXPECT_EQ(reason, nullptr) << inlay_op_kind_name(graph.nodes[n].kind) << ": " << reason;
    if (reason != nullptr) return {};
  }
  inlay_error error = {};
  void* compiled = nullptr;
  EXPECT_EQ(inlay_backend_cuda.compile(0, &s, {nullptr, 0}, &compiled, &error), INLAY_OK) << error.text;
  if (compiled == nullptr) return {};
  inlay_device_use use = {};
  use.struct_size = sizeof(use);
  inlay_backend_cuda.usage(compiled, &use);
  Captured out = {graph.node_count, use.launches, 0};
  for (int32_t n = 0; n < graph.node_count; ++n) out.fused += std::string(inlay_backend_cuda.kernel(compiled, n)) == "fused" ? 1 : 0;
  inlay_backend_cuda.release(compiled);
  return out;
}

struct Expected {
  const char* model;
  int32_t nodes, launches, fused;
};

TEST(CudaLaunches, SumsBehindConvolutionsAreNone) {
  const char* shared = std::getenv("INLAY_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "no shared models here";
  const Expected all[] = {
      {"mobilenet_v2_1.0_224_int8", 68, 57, 10},
      {"resnet8_cifar10_int8", 16, 12, 3},
      {"resnet8_cifar10_float", 16, 15, 3},
  };
  for (const Expected& e : all) {
    SCOPED_TRACE(e.model);
    const std::filesystem::path file = std::filesystem::path(shared) / "models/tflite" / (std::string(e.model) + ".tflite");
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
    conformance::StoredCase stored;
    stored.model = tools::read_file(file.string());
    const conformance::CaseModel model(stored, true);
    const Captured captured = capture(model.graph());
    EXPECT_EQ(captured.nodes, e.nodes);
    EXPECT_EQ(captured.launches, e.launches);
    EXPECT_EQ(captured.fused, e.fused);
  }
}

}  // namespace
}  // namespace inlay::cuda
