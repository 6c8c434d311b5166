// SPDX-License-Identifier: Apache-2.0
// The C API with owners and exceptions, for the host programs.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "inlay/backend.h"
#include "tools/graph/ir.h"

namespace inlay::tools {

struct CloseModel {
  void operator()(inlay_model* model) const { inlay_model_close(model); }
};
struct DestroySession {
  void operator()(inlay_session* session) const { inlay_session_destroy(session); }
};
using ModelPtr = std::unique_ptr<inlay_model, CloseModel>;
using SessionPtr = std::unique_ptr<inlay_session, DestroySession>;

/// Throws Error "<what>: <sentence> (<STATUS>)" unless the status is OK.
void check(inlay_status status, const inlay_error& error, const std::string& what);

ModelPtr open_model(const std::string& path);
inlay_tensor_info input_info(const inlay_model* model, int32_t index);
inlay_tensor_info output_info(const inlay_model* model, int32_t index);

/// The devices of a list such as "opencl:1,builtin" or "./libmine.so,builtin"; "auto" gives none: the session's defaults.
std::vector<inlay_device> find_devices(const std::string& list);
/// What a user types to get this device: its alias, "opencl", or "opencl:1"; "none" without a backend.
std::string device_label(const inlay_device& device);

/// The first device of every backend that is no accelerator: what a session without a list may choose from.
std::vector<inlay_device> default_devices();
/// The CPU devices of this build that a measurement chooses from: builtin first, then the first of every other backend.
std::vector<inlay_device> cpu_devices();
/// A node alone, as backends are asked about it.
inlay_segment lone_segment(const inlay_model* model, int32_t graph, int32_t node, int32_t threads);
/// Why a device does not run a node alone in a session of the tools; NULL: it does.
const char* refusal(const inlay_model* model, int32_t graph, int32_t node, const inlay_device& device, int32_t threads);

/// How a session is made, beside its devices.
struct SessionOptions {
  int32_t threads = 1;
  bool allow_inexact = false;
  uint32_t fast_math = 0;  ///< INLAY_FAST_MATH_* bits
  /// Per node of the main graph an index into the devices, or -1; empty: by the order of the devices, and without devices by the
  /// model's own placement or the devices' claims.
  std::vector<int32_t> placement = {};
  const inlay_pool* pool = nullptr;  ///< NULL: that of the process
  std::string cache = "auto";        ///< folder for programs that devices build; auto: beside the model's file; none
  std::vector<uint8_t> variants = {};  ///< per node of the main graph, as inlay_config has them; may be empty
};
SessionPtr make_session(const inlay_model* model, const std::vector<inlay_device>& devices, const SessionOptions& options);
/// --cache.
inline constexpr const char* kCacheHelp = "folder for programs that GPUs build: auto (MODEL.inlay.cache), none, or a path";
/// --allow-inexact.
constexpr const char* kInexactHelp = "also ops of libraries that do not keep docs/numerics.md, such as its NaN";
/// The help of --fast-math, and its INLAY_FAST_MATH_* bits: of names with commas between them, else Error.
inline constexpr const char* kFastMathHelp =
    "none; tf32, bf16: float products may be computed from operands rounded so; fp16: a GPU may keep floats as halves; fp16,fp16-sums: "
    "and sum up in halves";
uint32_t fast_math_bits(const std::string& names);
/// The first custom op of the model that all_ops() lacks; empty: none.
std::string missing_user_op(const inlay_model* model);
inlay_memory_use memory_use(const inlay_session* session);

/// What all segments of one device hold and move.
struct DeviceUse {
  std::string device;
  inlay_device_use use;
};
/// Devices with memory or programs of their own, in order of their first segment.
std::vector<DeviceUse> device_use(const inlay_session* session);
void run_session(inlay_session* session);

/// The main graph of a model.
const inlay_graph& main_graph(const inlay_model* model);

}  // namespace inlay::tools
