// SPDX-License-Identifier: Apache-2.0
// Is every kernel that the ops can ask for compiled? (Shared ones: kernels.list.) Planned are all nodes of the conformance cases,
// each kind's nodes with other dtypes, and all nodes of the shared models.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "conformance/runner/case_run.h"
#include "planner.h"
#include "tools/emit/emit.h"

namespace inlay::cuda {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void plan_model(const conformance::StoredCase& stored, bool retyped, const std::string& where, Planner* planner) {
  for (const bool optimized : {false, true}) {
    std::unique_ptr<conformance::CaseModel> model;
    try {
      model = std::make_unique<conformance::CaseModel>(stored, optimized);
    } catch (const tools::Error&) {
      continue;  // cases that the importer has to refuse
    }
    for (int32_t g = 0; g < inlay_model_graph_count(model->get()); ++g) {
      const inlay_graph& graph = *inlay_model_graph(model->get(), g);
      for (int32_t n = 0; n < graph.node_count; ++n) {
        planner->plan(graph, n, where);
        if (retyped) planner->plan_retyped(graph, n, where);
      }
    }
  }
}

void expect_all(const Planner& planner) {
  for (const auto& [kernel, where] : planner.missing()) ADD_FAILURE() << "no kernel " << kernel << ", as " << where << " needs";
  std::printf("%zu launches, %zu kernels, %zu nodes rejected\n", planner.launches(), planner.found().size(), planner.rejected());
}

TEST(CudaPlans, ConformanceCasesFindTheirKernels) {
  Planner planner;
  for (const fs::path& file : files_of(fs::path(INLAY_SOURCE_DIR) / "tests/conformance/data", ".json")) {
    const conformance::StoredOp op = conformance::read_cases(file.string());
    for (const conformance::StoredCase& stored : op.cases) plan_model(stored, true, op.name + " " + stored.name, &planner);
  }
  EXPECT_GT(planner.launches(), 10000u);
  expect_all(planner);
  if (std::getenv("INLAY_TELL") == nullptr) return;
  for (size_t i = 0; i < kernel_count(); ++i) {
    const Kernel& k = kernel_at(i);
    if (planner.found().count(&k) == 0) std::printf("nobody asked for %s | %s | %s\n", k.source, k.options, k.name);
  }
}

TEST(CudaPlans, SharedModelsFindTheirKernels) {
  const char* shared = std::getenv("INLAY_SHARED");
  if (shared == nullptr || !fs::exists(fs::path(shared) / "models/tflite")) GTEST_SKIP() << "no shared models here";
  Planner planner;
  for (const fs::path& file : files_of(fs::path(shared) / "models/tflite", ".tflite")) {
    conformance::StoredCase stored;
    stored.model = tools::read_file(file.string());
    plan_model(stored, false, file.filename().string(), &planner);
  }
  EXPECT_GT(planner.launches(), 100u);
  expect_all(planner);
}

TEST(CudaPlans, BorderTensorsOfHalvesFindTheirKernels) {
  for (const char* kernel : {"float_to_half", "half_to_float"}) EXPECT_NE(find_kernel("halves", "", kernel), nullptr) << kernel;
}

}  // namespace
}  // namespace inlay::cuda
