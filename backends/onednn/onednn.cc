// SPDX-License-Identifier: Apache-2.0
// The table in the registry. It is thin: oneDNN's 40 MB, and OpenMP, come into the process only when a node is offered that
// the library might run.
#include "core/error.h"
#include "inlay/backend.h"
#include "loader.h"
#include "support.h"

namespace inlay::onednn {
namespace {

#ifdef INLAY_ONEDNN_BUILT
constexpr bool kBuilt = true;
#else
constexpr bool kBuilt = false;
#endif

/// Says only whether the plug-in is there: asking who is here must not cost what using it does.
int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error* why) {
  char path[kMostPath];
  if (!kBuilt) {
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "built without oneDNN: install libdnnl-dev and build again"));
    return 0;
  }
  if (!find_plugin(path)) {
    static_cast<void>(plugin(why));
    return 0;
  }
  if (capacity > 0) {
    out[0] = {};
    __builtin_strcpy(out[0].name, "oneDNN (CPU)");
  }
  return 1;
}

const char* reject(int32_t device, const inlay_segment* segment, const inlay_node* node) {
  const char* reason = rejection(*segment, *node);
  if (reason != nullptr) return reason;
  static inlay_error why;  // written once, with the same sentence whoever comes first
  const inlay_backend* table = plugin(nullptr);
  if (table != nullptr) return table->reject(device, segment, node);
  static_cast<void>(plugin(&why));
  return why.text;
}

inlay_status measure(int32_t device, const inlay_segment* segment, inlay_need* need, inlay_error* error) {
  const inlay_backend* table = plugin(error);
  return table != nullptr ? table->measure(device, segment, need, error) : INLAY_STATUS_NO_DEVICE;
}

inlay_status compile(int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  const inlay_backend* table = plugin(error);
  return table != nullptr ? table->compile(device, segment, memory, compiled, error) : INLAY_STATUS_NO_DEVICE;
}

// What follows is called only after a successful compile.
inlay_status execute(void* compiled, const inlay_run* run) { return plugin(nullptr)->execute(compiled, run); }
void release(void* compiled) { plugin(nullptr)->release(compiled); }
const char* kernel(void* compiled, int32_t node) { return plugin(nullptr)->kernel(compiled, node); }

/// Opening oneDNN takes as long as hundreds of runs of a small model.
constexpr double kWorthLoading = 20e6;

bool is_worth_loading(const inlay_segment& model) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni") != 0 && work_of(model) >= kWorthLoading;
#else
  static_cast<void>(model);
  return false;
#endif
}

int32_t preference(int32_t device, const inlay_segment* segment, const inlay_node* node) {
  if (node == nullptr) return is_worth_loading(*segment) ? INLAY_PREFERENCE_BEST : 0;
  const inlay_backend* table = plugin(nullptr);
  return table != nullptr ? table->preference(device, segment, node) : 0;
}

const inlay_pool* pool(int32_t device, int32_t threads) {
  const inlay_backend* table = threads > 1 ? plugin(nullptr) : nullptr;
  return table != nullptr ? table->pool(device, threads) : nullptr;
}

}  // namespace
}  // namespace inlay::onednn

extern "C" const inlay_backend inlay_backend_onednn;
extern "C" const inlay_backend inlay_backend_onednn = {INLAY_BACKEND_ABI_VERSION,
                                                       sizeof(inlay_backend),
                                                       "onednn",
                                                       INLAY_BACKEND_HEAP | INLAY_BACKEND_SHAREABLE | INLAY_BACKEND_IF_BEST,
                                                       inlay::onednn::probe,
                                                       inlay::onednn::reject,
                                                       inlay::onednn::measure,
                                                       inlay::onednn::compile,
                                                       inlay::onednn::execute,
                                                       inlay::onednn::release,
                                                       inlay::onednn::preference,
                                                       inlay::onednn::kernel,
                                                       inlay::onednn::pool,
                                                       INLAY_BACKEND_WORKS_AT_ONCE};
