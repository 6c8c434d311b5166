// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

namespace inlay {

inlay_status check_block(const inlay_block& given, size_t need, const char* name, inlay_error* error) {
  if (need != 0 && given.data == nullptr)
    return INLAY_FAIL(error, BAD_ARGUMENT, "the % block is NULL, % bytes are needed", name, need);
  if (reinterpret_cast<uintptr_t>(given.data) % kBlockAlignment != 0) {
    return INLAY_FAIL(error, MEMORY_MISALIGNED, "the % block must be aligned to %", name, kBlockAlignment);
  }
  if (given.bytes < need) {
    return INLAY_FAIL(error, MEMORY_TOO_SMALL, "the % block has % bytes, % are needed", name, given.bytes, need);
  }
  return INLAY_OK;
}

void place_tensors(inlay_session* s, int32_t index) {
  const inlay_graph& graph = s->model->graphs[index];
  const uint32_t* offsets = s->model->offsets[index];
  auto* planned = static_cast<uint8_t*>(s->memory.planned.data);
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    const inlay_tensor& tensor = graph.tensors[t];
    void*& place = s->graphs[index].tensors[t];
    if (tensor.data != nullptr) {
      place = const_cast<void*>(tensor.data);  // ops never write their inputs
    } else if ((tensor.flags & INLAY_TENSOR_VARIABLE) != 0) {
      place = s->variables + s->model->variables[tensor.variable].offset;
    } else if (offsets[t] != INLAY_NOT_PLANNED) {
      place = planned + offsets[t];
    }
  }
}

}  // namespace inlay
