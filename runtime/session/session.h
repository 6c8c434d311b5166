// SPDX-License-Identifier: Apache-2.0
// A prepared model: segments over devices, and where every tensor lies.
#pragma once
#include "core/bump.h"
#include "core/error.h"
#include "inlay/prepared.h"
#include "model/model.h"

namespace inlay {

struct SessionSegment {
  inlay_device device;
  int32_t first, count;
  void* compiled;
};

struct SessionGraph {
  void** tensors;  ///< by tensor id: where it lies now
  SessionSegment* segments;
  int32_t segment_count;
};

}  // namespace inlay

struct inlay_session {
  const inlay_model* model;
  inlay::SessionGraph* graphs;
  inlay_arena memory;
  uint8_t* variables;  ///< where model->variables[i].offset counts from
  const inlay_observer* observer;
  bool owned;     ///< hosts: made by inlay_session_create
  bool borrowing;  ///< its segments belong to another session
  bool queued;     ///< a device has a queue: see queues.h
};
static_assert(sizeof(inlay_session) == INLAY_SESSION_WORDS * sizeof(void*), "inlay/prepared.h tells firmwares its size");

namespace inlay {

/// The block is there, aligned to 16, and has `need` bytes.
inlay_status check_block(const inlay_block& given, size_t need, const char* name, inlay_error* error);
/// Fills in where each tensor of a graph lies: the model, the planned block, or the variables.
void place_tensors(inlay_session* s, int32_t index);

}  // namespace inlay
