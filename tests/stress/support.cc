// SPDX-License-Identifier: Apache-2.0
#include "stress/support.h"

#include <cstring>
#include <random>

#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay::stress {
namespace {

size_t tables_of(const void* bytes, size_t size) {
  size_t need = 0;
  inlay_error error;
  if (inlay_model_measure(bytes, size, nullptr, &need, &error) != INLAY_OK) throw tools::Error(error.text);
  return need;
}

}  // namespace

tools::Bytes digits(const std::string& kind) {
  const std::string path = std::string(INLAY_SOURCE_DIR) + "/examples/digits/digits_" + kind + ".tflite";
  tools::Model model = tools::import_tflite(tools::read_file(path), {});
  tools::optimize(model);
  return tools::emit_inlay(model);
}

Model::Model(const tools::Bytes& bytes)
    : bytes_(bytes.size()),
      tables_((std::memcpy(bytes_.block().data, bytes.data(), bytes.size()), tables_of(bytes_.block().data, bytes.size()))) {
  inlay_error error;
  if (inlay_model_init(bytes_.block().data, bytes.size(), nullptr, tables_.block(), &model_, &error) != INLAY_OK) {
    throw tools::Error(error.text);
  }
}

inlay_config config_of(const std::vector<inlay_device>& devices) {
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.devices = devices.data();
  config.device_count = static_cast<int32_t>(devices.size());
  config.ops = inlay_default_ops();
  return config;
}

std::vector<inlay_device> builtin() { return {{&inlay_backend_builtin, 0}}; }

void fill_input(inlay_session* session, const inlay_model* model, uint32_t seed) {
  inlay_tensor_info info;
  if (inlay_model_input_info(model, 0, &info) != INLAY_OK) std::abort();
  const size_t wide = info.dtype == INLAY_FLOAT32 ? 4 : 1;
  auto* to = static_cast<uint8_t*>(inlay_session_input(session, 0));
  for (size_t i = 0; i < info.bytes / wide; ++i) {
    seed = seed * 1664525u + 1013904223u;
    const float real = static_cast<float>(seed >> 24) / 255.0f;
    if (wide == 4) {
      std::memcpy(to + 4 * i, &real, 4);
    } else {
      to[i] = static_cast<uint8_t>(seed >> 24);
    }
  }
}

tools::Bytes output_of(const inlay_session* session, const inlay_model* model) {
  inlay_tensor_info info;
  if (inlay_model_output_info(model, 0, &info) != INLAY_OK) std::abort();
  const auto* from = static_cast<const uint8_t*>(inlay_session_output(const_cast<inlay_session*>(session), 0));
  return tools::Bytes(from, from + info.bytes);
}

void fill_inputs(inlay_session* session, const inlay_model* model, uint32_t seed) {
  std::mt19937 random(seed);
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) {
    inlay_tensor_info info = {};
    if (inlay_model_input_info(model, i, &info) != INLAY_OK) std::abort();
    auto* to = static_cast<uint8_t*>(inlay_session_input(session, i));
    for (size_t k = 0; k < info.bytes; ++k) to[k] = static_cast<uint8_t>(random());
  }
}

tools::Bytes outputs_of(const inlay_session* session, const inlay_model* model) {
  tools::Bytes all;
  for (int32_t i = 0; i < inlay_model_output_count(model); ++i) {
    inlay_tensor_info info = {};
    if (inlay_model_output_info(model, i, &info) != INLAY_OK) std::abort();
    const auto* from = static_cast<const uint8_t*>(inlay_session_output(const_cast<inlay_session*>(session), i));
    all.insert(all.end(), from, from + info.bytes);
  }
  return all;
}

}  // namespace inlay::stress
