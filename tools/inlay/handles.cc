// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/handles.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>

#include "tools/graph/op_call.h"

namespace inlay::tools {
namespace {

inlay_device find_device(const std::string& name) {
  inlay_device device{};
  inlay_error error{};
  const bool is_file = name.size() > 3 && name.compare(name.size() - 3, 3, ".so") == 0;
  if (is_file) {
    check(inlay_backend_load(name.c_str(), &device.backend, &error), error, "loading the backend " + name);
  } else {
    check(inlay_device_find(name.c_str(), &device, &error), error, "the backend '" + name + "'");
  }
  return device;
}

/// Tells people on a terminal what a device is building. A pipe hears nothing.
class BuildBar {
 public:
  BuildBar() : progress_{sizeof(inlay_progress), step, this} {}
  ~BuildBar() {
    if (shown_) std::fprintf(stderr, "\r%60s\r", "");
  }
  BuildBar(const BuildBar&) = delete;
  BuildBar& operator=(const BuildBar&) = delete;
  const inlay_progress* get() const { return isatty(STDERR_FILENO) != 0 ? &progress_ : nullptr; }

 private:
  static void step(void* user, const char* what, int32_t done, int32_t total) {
    static_cast<BuildBar*>(user)->shown_ = true;
    const int filled = total > 0 ? 20 * done / total : 20;
    std::fprintf(stderr, "\rbuilding [%-20s] %d of %d  %-18.18s", std::string(static_cast<size_t>(filled), '=').c_str(), done, total, what);
    std::fflush(stderr);
  }
  inlay_progress progress_;
  bool shown_ = false;
};

void add(const inlay_device_use& more, inlay_device_use* sum) {
  sum->programs += more.programs;
  sum->programs_cached += more.programs_cached;
  sum->build_us += more.build_us;
  sum->weights += more.weights;
  sum->planned += more.planned;
  sum->lower_bound += more.lower_bound;
  sum->bytes_in += more.bytes_in;
  sum->bytes_out += more.bytes_out;
  sum->bytes_mapped += more.bytes_mapped;
  sum->copies_in += more.copies_in;
  sum->copies_out += more.copies_out;
  sum->launches += more.launches;
}

/// Whether probe() finds a device 0.
bool has_device(const inlay_backend* backend, inlay_device_info* info) {
  inlay_error why{};
  return (backend->flags & INLAY_BACKEND_ACCELERATOR) == 0 && backend->probe(info, 1, &why) > 0;
}

}  // namespace

void check(inlay_status status, const inlay_error& error, const std::string& what) {
  if (status == INLAY_OK) return;
  const char* sentence = error.text[0] != '\0' ? error.text : inlay_status_text(status);
  throw Error(what + ": " + sentence + " (" + inlay_status_name(status) + ")");
}

ModelPtr open_model(const std::string& path) {
  inlay_model* model = nullptr;
  inlay_error error{};
  check(inlay_model_open_file(path.c_str(), nullptr, &model, &error), error, path);
  return ModelPtr(model);
}

inlay_tensor_info input_info(const inlay_model* model, int32_t index) {
  inlay_tensor_info info{};
  check(inlay_model_input_info(model, index, &info), {}, "input " + std::to_string(index));
  return info;
}

inlay_tensor_info output_info(const inlay_model* model, int32_t index) {
  inlay_tensor_info info{};
  check(inlay_model_output_info(model, index, &info), {}, "output " + std::to_string(index));
  return info;
}

std::vector<inlay_device> find_devices(const std::string& list) {
  std::vector<inlay_device> devices;
  if (list == "auto") return devices;
  std::istringstream names(list);
  for (std::string name; std::getline(names, name, ',');) {
    if (name.empty()) throw Error("--backend " + list + " has an empty name; write names separated by single commas");
    devices.push_back(find_device(name));
  }
  if (devices.empty()) throw Error("--backend names no device; write 'auto' or names such as 'builtin'");
  return devices;
}

std::string device_label(const inlay_device& device) {
  constexpr int32_t kMaxDevices = 16;
  if (device.backend == nullptr) return "none";
  const std::string name = device.backend->name;
  inlay_device_info infos[kMaxDevices] = {};
  inlay_error why{};
  const int32_t count = device.backend->probe(infos, kMaxDevices, &why);
  if (device.index >= 0 && device.index < count && device.index < kMaxDevices && infos[device.index].alias[0] != '\0') {
    return infos[device.index].alias;
  }
  return device.index == 0 ? name : name + ":" + std::to_string(device.index);
}

std::vector<inlay_device> default_devices() {
  std::vector<inlay_device> devices;
  for (int32_t b = 0; b < inlay_backend_count(); ++b) {
    inlay_device_info info{};
    if (has_device(inlay_backend_at(b), &info)) devices.push_back({inlay_backend_at(b), 0});
  }
  return devices;
}

std::vector<inlay_device> cpu_devices() {
  std::vector<inlay_device> devices = {{&inlay_backend_builtin, 0}};
  for (int32_t b = 0; b < inlay_backend_count(); ++b) {
    const inlay_backend* backend = inlay_backend_at(b);
    inlay_device_info info{};
    if (backend == &inlay_backend_builtin || !has_device(backend, &info) || info.memory_bytes != 0) continue;
    devices.push_back({backend, 0});
  }
  return devices;
}

inlay_segment lone_segment(const inlay_model* model, int32_t graph, int32_t node, int32_t threads) {
  inlay_segment segment{};
  segment.struct_size = sizeof(segment);
  segment.graph = inlay_model_graph(model, graph);
  segment.first_node = node;
  segment.node_count = 1;
  segment.ops = all_ops();
  segment.threads = threads;
  segment.graphs = inlay_model_graph(model, 0);
  segment.graph_count = inlay_model_graph_count(model);
  return segment;
}

const char* refusal(const inlay_model* model, int32_t graph, int32_t node, const inlay_device& device, int32_t threads) {
  const inlay_segment segment = lone_segment(model, graph, node, threads);
  return device.backend->reject(device.index, &segment, &segment.graph->nodes[node]);
}

uint32_t fast_math_bits(const std::string& names) {
  static const std::map<std::string, uint32_t> kBits = {{"none", 0},
                                                        {"bf16", INLAY_FAST_MATH_BF16},
                                                        {"fp16", INLAY_FAST_MATH_FP16},
                                                        {"fp16-sums", INLAY_FAST_MATH_FP16_SUMS},
                                                        {"tf32", INLAY_FAST_MATH_TF32}};
  uint32_t bits = 0;
  for (size_t begin = 0; begin <= names.size();) {
    const size_t end = std::min(names.find(',', begin), names.size());
    const std::string name = names.substr(begin, end - begin);
    const auto found = kBits.find(name);
    if (found == kBits.end()) throw Error("--fast-math '" + name + "' is unknown; write none, tf32, bf16, fp16 or fp16,fp16-sums");
    bits |= found->second;
    begin = end + 1;
  }
  const bool alone = (bits & INLAY_FAST_MATH_FP16_SUMS) != 0 && (bits & INLAY_FAST_MATH_FP16) == 0;
  if (alone) throw Error("--fast-math fp16-sums sums up what fp16 keeps; write fp16,fp16-sums");
  return bits;
}

SessionPtr make_session(const inlay_model* model, const std::vector<inlay_device>& devices, const SessionOptions& options) {
  inlay_config config{};
  config.struct_size = sizeof(config);
  config.threads = options.threads;
  config.fast_math = options.fast_math;
  config.devices = devices.empty() ? nullptr : devices.data();
  config.device_count = static_cast<int32_t>(devices.size());
  config.ops = all_ops();
  config.pool = options.pool;
  config.placement = options.placement.empty() ? nullptr : options.placement.data();
  config.placement_count = static_cast<int32_t>(options.placement.size());
  config.by_preference = options.placement.empty() ? 0 : 1;
  config.allow_inexact = options.allow_inexact ? 1 : 0;
  config.cache_dir = options.cache == "auto" ? nullptr : options.cache == "none" ? "" : options.cache.c_str();
  config.variants = options.variants.empty() ? nullptr : options.variants.data();
  if (options.placement.empty()) config.placement_count = static_cast<int32_t>(options.variants.size());
  const BuildBar bar;
  config.progress = bar.get();
  inlay_session* session = nullptr;
  inlay_error error{};
  const inlay_status status = inlay_session_create(model, &config, &session, &error);
  check(status, error,
        missing_user_op(model).empty() ? "preparing the session" : "preparing the session (a custom op comes with --ops LIB.so)");
  return SessionPtr(session);
}

std::string missing_user_op(const inlay_model* model) {
  for (int32_t g = 0; g < inlay_model_graph_count(model); ++g) {
    const inlay_graph* graph = inlay_model_graph(model, g);
    for (int32_t n = 0; n < graph->node_count; ++n) {
      if (graph->nodes[n].kind != INLAY_OP_CUSTOM) continue;
      Node node;
      node.kind = INLAY_OP_CUSTOM;
      node.custom_code = graph->nodes[n].custom_code;
      if (find_op(node) == nullptr) return node.custom_code;
    }
  }
  return "";
}

inlay_memory_use memory_use(const inlay_session* session) {
  inlay_memory_use use{};
  check(inlay_session_memory(session, &use), {}, "asking for the memory of the session");
  return use;
}

std::vector<DeviceUse> device_use(const inlay_session* session) {
  std::vector<DeviceUse> all;
  inlay_segment_info info{};
  for (int32_t i = 0; inlay_session_segment(session, i, &info) == INLAY_OK; ++i) {
    const inlay_device_use& use = info.use;
    if (use.weights == 0 && use.planned == 0 && use.programs == 0 && use.launches == 0) continue;
    const std::string name = device_label(info.device);
    size_t at = 0;
    while (at < all.size() && all[at].device != name) ++at;
    if (at == all.size()) all.push_back({name, {}});
    add(use, &all[at].use);
  }
  return all;
}

void run_session(inlay_session* session) {
  inlay_error error{};
  check(inlay_session_run(session, &error), error, "running the model");
}

const inlay_graph& main_graph(const inlay_model* model) {
  const inlay_graph* graph = inlay_model_graph(model, 0);
  if (graph == nullptr) throw Error("the model has no main graph; convert it again");
  return *graph;
}

}  // namespace inlay::tools
