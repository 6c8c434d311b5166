// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"
#include "model/model.h"
#include "schema/inlay_generated.h"

namespace {

inlay_status info_of(const inlay_model* model, const int32_t* list, int32_t count, int32_t index, inlay_tensor_info* out) {
  if (model == nullptr || out == nullptr) return INLAY_STATUS_BAD_ARGUMENT;
  if (index < 0 || index >= count) return INLAY_STATUS_BAD_INDEX;
  const inlay_tensor& t = model->graphs[0].tensors[list[index]];
  *out = {t.name, t.dims, t.bytes, t.quant, t.rank, static_cast<inlay_dtype>(t.dtype)};
  return INLAY_OK;
}

}  // namespace

extern "C" {

int32_t inlay_model_input_count(const inlay_model* model) { return model->graphs[0].input_count; }
int32_t inlay_model_output_count(const inlay_model* model) { return model->graphs[0].output_count; }

inlay_status inlay_model_input_info(const inlay_model* model, int32_t index, inlay_tensor_info* out) {
  return info_of(model, model->graphs[0].inputs, model->graphs[0].input_count, index, out);
}

inlay_status inlay_model_output_info(const inlay_model* model, int32_t index, inlay_tensor_info* out) {
  return info_of(model, model->graphs[0].outputs, model->graphs[0].output_count, index, out);
}

int32_t inlay_model_variable_count(const inlay_model* model) { return model->variable_count; }

const char* inlay_model_variable_name(const inlay_model* model, int32_t index) {
  if (index < 0 || index >= model->variable_count) return nullptr;
  return model->variables[index].name;
}

int32_t inlay_model_graph_count(const inlay_model* model) { return model->graph_count; }

const inlay_graph* inlay_model_graph(const inlay_model* model, int32_t index) {
  return index >= 0 && index < model->graph_count ? &model->graphs[index] : nullptr;
}

const uint32_t* inlay_model_offsets(const inlay_model* model, int32_t index) {
  return index >= 0 && index < model->graph_count ? model->offsets[index] : nullptr;
}

int32_t inlay_model_metadata_at(const inlay_model* model, int32_t index, const char** key, const char** value) {
  if (const inlay_prepared* prepared = model->prepared; prepared != nullptr) {
    if (index < 0 || index >= prepared->metadata_count) return 0;
    *key = prepared->metadata[2 * index];
    *value = prepared->metadata[2 * index + 1];
    return 1;
  }
  const auto* entries = static_cast<const inlay::format::Model*>(model->root)->metadata();
  if (entries == nullptr || index < 0 || index >= static_cast<int32_t>(entries->size())) return 0;
  const auto* entry = entries->Get(static_cast<uint32_t>(index));
  *key = entry->key()->c_str();
  *value = entry->value() != nullptr ? entry->value()->c_str() : "";
  return 1;
}

const char* inlay_model_metadata(const inlay_model* model, const char* key) {
  const char* at = nullptr;
  const char* value = nullptr;
  for (int32_t i = 0; inlay_model_metadata_at(model, i, &at, &value) != 0; ++i) {
    if (inlay::same_text(at, key)) return value;
  }
  return nullptr;
}

}  // extern "C"
