// SPDX-License-Identifier: Apache-2.0
// One case on one device.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "conformance/runner/compare.h"
#include "conformance/runner/stored_case.h"
#include "inlay/backend.h"

namespace inlay::conformance {

struct Device {
  std::string name;
  inlay_device device;
  bool takes_all;                    ///< builtin and reference: a rejection is a failure
  bool allow_inexact = false;        ///< what inlay_config says of it
  uint32_t fast_math = 0;            ///< INLAY_FAST_MATH_* bits
  int variant = 0;                   ///< asked of every node that has so many
  const inlay_pool* pool = nullptr;  ///< threads to run with: the bits must be those without
};

/// Every device of this process but accelerators: template first, then those of the registry in order of priority.
std::vector<Device> every_device();

/// Memory of exactly `bytes`, filled with garbage, so that a sanitizer sees a step outside and a result shows what it relied on.
class Block {
 public:
  explicit Block(size_t bytes);
  inlay_block block() const { return {data_.get(), bytes_}; }
  uint8_t* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(uint8_t* p) const;
  };
  size_t bytes_;
  std::unique_ptr<uint8_t, Free> data_;
};

/// A .inlay model of a case, as imported or with the passes of `inlay convert`. Throws tools::Error.
class CaseModel {
 public:
  CaseModel(const StoredCase& stored, bool optimized);
  const inlay_model* get() const { return model_; }
  const inlay_graph& graph() const { return *inlay_model_graph(model_, 0); }

 private:
  std::unique_ptr<Block> file_, tables_;
  inlay_model* model_ = nullptr;
};

/// Nodes of the case's own op; all nodes where it has none.
std::vector<int32_t> nodes_of(const inlay_graph& graph, uint16_t kind);
/// "int8", "float32 x int8", "float32 to int8": the dtypes by which the support table tells cases apart.
std::string dtypes_of(const inlay_graph& graph, int32_t node);
/// NULL when `device` takes every node of `nodes`, else its first reason.
const char* rejection(const Device& device, const inlay_graph& graph, const std::vector<int32_t>& nodes);

struct Outcome {
  std::vector<Difference> differences;  ///< per output and step
  std::vector<tools::Bytes> outputs;    ///< their bytes, in the same order
  std::string failure;                  ///< empty: passed
};
/// Runs every step with inputs and outputs in the arena, then again with the caller's buffers. Never throws.
Outcome run_case(const CaseModel& model, const StoredCase& stored, const Device& device);
/// Median time of a run in microseconds. Throws tools::Error.
double time_case(const CaseModel& model, const StoredCase& stored, const Device& device);

}  // namespace inlay::conformance
