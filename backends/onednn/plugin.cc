// SPDX-License-Identifier: Apache-2.0
// The part of the backend that is linked to oneDNN: a shared object of its own, which loader.cc opens when it is needed. It is
// asked only about nodes that support.cc let pass.
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>

#include "core/error.h"
#include "core/tensor.h"
#include "loader.h"
#include "pool.h"
#include "segment.h"
#include "support.h"

namespace inlay::onednn {
namespace {

struct Verdict {
  const char* reason;  // NULL: taken
  bool reference;
};

// ---- what the library says of a node, remembered -----------------------------------------------------------------------

template <typename T>
void append(std::string* key, const T& value) {
  key->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void append_tensor(std::string* key, const inlay_tensor& t) {
  append(key, t.dtype);
  append(key, t.rank);
  key->append(reinterpret_cast<const char*>(t.dims), sizeof(int32_t) * t.rank);
  append(key, t.quant.count);
  append(key, t.quant.count > 0 && t.quant.zero_points != nullptr ? t.quant.zero_points[0] : 0);
}

size_t params_bytes(uint8_t type) {
  switch (type) {
    case INLAY_PARAMS_WINDOW: return sizeof(inlay_window);
    case INLAY_PARAMS_SCALARS: return sizeof(inlay_scalars);
    case INLAY_PARAMS_MATMUL: return sizeof(inlay_matmul);
    default: return 0;
  }
}

/// All that decides which kernel the library takes; the numbers of weights and scales do not.
std::string key_of(const inlay_segment& segment, const inlay_node& node) {
  std::string key;
  append(&key, node.kind);
  append(&key, node.activation);
  append(&key, segment.fast_math);
  append(&key, threads_of(segment));
  key.append(static_cast<const char*>(node.params), params_bytes(node.params_type));
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (node.inputs[i] >= 0) append_tensor(&key, segment.graph->tensors[node.inputs[i]]);
  }
  append_tensor(&key, segment.graph->tensors[node.outputs[0]]);
  return key;
}

Verdict ask(const inlay_segment& segment, const inlay_node& node) {
  try {
    const OmpThreads threads(threads_of(segment));
    const Recipe recipe = make_recipe(segment, node);
    return {nullptr, recipe.is_reference()};
  } catch (const std::exception&) {
    return {"oneDNN has no kernel for these shapes and options", false};
  }
}

Verdict verdict(const inlay_segment& segment, const inlay_node& node) {
  constexpr size_t kMost = 4096;
  static std::mutex lock;
  static std::map<std::string, Verdict> known;
  const std::string key = key_of(segment, node);
  const std::lock_guard<std::mutex> guard(lock);
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  if (known.size() >= kMost) known.clear();
  return known[key] = ask(segment, node);
}

// ---- the table ---------------------------------------------------------------------------------------------------------

bool is_int8_layer(const inlay_segment& segment, const inlay_node& node) {
  return is_conv(node.kind) && input_of(*segment.graph, node, 0)->dtype == INLAY_INT8;
}

int32_t probe(inlay_device_info*, int32_t, inlay_error*) { return 1; }

/// make_conv refuses these; here is the sentence.
bool is_faulty(const inlay_segment& segment, const inlay_node& node) {
  if (node.kind != INLAY_OP_DEPTHWISE_CONV_2D || !is_int8_layer(segment, node)) return false;
  const auto& w = *static_cast<const inlay_window*>(node.params);
  const bool padded = (w.pad_top | w.pad_bottom | w.pad_left | w.pad_right) != 0;
  return has_faulty_depthwise(padded && zero_point_of(input_of(*segment.graph, node, 0)) != 0);
}

const char* reject(int32_t, const inlay_segment* segment, const inlay_node* node) {
  if (is_faulty(*segment, *node)) return "oneDNN computes such int8 depthwise convolutions wrongly";
  if (is_int8_layer(*segment, *node) && segment->allow_inexact == 0 && !int8_is_exact()) {
    return "oneDNN's int8 sums saturate on a CPU without VNNI; allow_inexact accepts that";
  }
  return verdict(*segment, *node).reason;
}

/// Runs `body`, whose exceptions become a status.
template <typename Body>
inlay_status guarded(inlay_error* error, Body body) {
  try {
    body();
    return INLAY_OK;
  } catch (const std::bad_alloc&) {
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for oneDNN");
  } catch (const std::length_error& e) {
    return INLAY_FAIL(error, MEMORY_TOO_SMALL, "%", e.what());
  } catch (const std::exception& e) {
    return INLAY_FAIL(error, BACKEND_FAILED, "oneDNN: %", e.what());
  }
}

inlay_status measure(int32_t, const inlay_segment* segment, inlay_need* need, inlay_error* error) {
  return guarded(error, [&] { *need = measure_segment(*segment); });
}

inlay_status compile(int32_t, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  return guarded(error, [&] { *compiled = new Segment(*segment, memory); });
}

inlay_status execute(void* compiled, const inlay_run* run) {
  inlay_status status = INLAY_OK;
  const inlay_status thrown = guarded(run->error, [&] { status = static_cast<Segment*>(compiled)->execute(*run); });
  return thrown != INLAY_OK ? thrown : status;
}

void release(void* compiled) { delete static_cast<Segment*>(compiled); }

/// Claims for CPUs without VNNI were measured on one with AVX2 (README.md), the others on one with AVX512-VNNI and AMX.
int32_t product_claim(const inlay_segment& segment, const inlay_node& node) {
  constexpr int32_t kALittle = 10;
  const bool depthwise = node.kind == INLAY_OP_DEPTHWISE_CONV_2D;
  if (is_int8_layer(segment, node)) return depthwise ? INLAY_PREFERENCE_TWIN - kALittle : INLAY_PREFERENCE_BEST;
  if (int8_is_exact() || depthwise) return INLAY_PREFERENCE_BEST;
  return node.kind == INLAY_OP_CONV_2D ? INLAY_PREFERENCE_TWIN + kALittle : INLAY_PREFERENCE_TWIN - kALittle;
}

int32_t preference(int32_t, const inlay_segment* segment, const inlay_node* node) {
  constexpr int32_t kBelowAll = 1;
  const Verdict v = verdict(*segment, *node);
  if (v.reason != nullptr || v.reference) return kBelowAll;
  switch (node->kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED:
    case INLAY_OP_BATCH_MATMUL: return product_claim(*segment, *node);
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_SOFTMAX:
    case INLAY_OP_TANH:
    case INLAY_OP_LOGISTIC: return INLAY_PREFERENCE_LIBRARY;
    default: return kBelowAll;  // calling the library costs more than it saves
  }
}

const char* kernel(void* compiled, int32_t node) { return static_cast<Segment*>(compiled)->kernel(node); }

const inlay_pool* pool(int32_t, int32_t threads) { return omp_pool(threads); }

const inlay_backend kTable = {INLAY_BACKEND_ABI_VERSION,
                              sizeof(inlay_backend),
                              "onednn",
                              INLAY_BACKEND_HEAP | INLAY_BACKEND_SHAREABLE,
                              probe,
                              reject,
                              measure,
                              compile,
                              execute,
                              release,
                              preference,
                              kernel,
                              pool,
                              INLAY_BACKEND_WORKS_AT_ONCE};

}  // namespace
}  // namespace inlay::onednn

extern "C" INLAY_API const inlay_backend* INLAY_ONEDNN_ENTRY(uint32_t abi_version);
extern "C" INLAY_API const inlay_backend* INLAY_ONEDNN_ENTRY(uint32_t abi_version) {
  return abi_version == INLAY_BACKEND_ABI_VERSION ? &inlay::onednn::kTable : nullptr;
}
