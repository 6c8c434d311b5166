// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inlay/placement.h"
#include "platform/heap_array.h"

namespace inlay {

/// A column of a stored placement: a device, and which of its variants (see inlay_config.variants). No backend: it is not here.
struct StoredColumn {
  inlay_device device;
  uint8_t variant;
};

inline bool same_device(const inlay_device& a, const inlay_device& b) { return a.backend == b.backend && a.index == b.index; }

/// Column `name` of a stored placement: as inlay_device_find takes it, and "#2" behind it for variant 2; false: not here.
bool find_column(const char* name, StoredColumn* out);

/// A placement by columns in the form of inlay_config; owns what that points to.
class SessionPlacement {
 public:
  /// Sets config's devices, placement and variants so that node n runs by columns[placed[n]], INLAY_PLACED_FREELY: by the session's
  /// choice. False: no memory, or a column that is not here.
  bool fill(const StoredColumn* columns, int32_t column_count, const uint8_t* placed, int32_t nodes, inlay_config* config);
  /// Sets them by the placement of `model` that fits config->threads best and whose devices are all here; false when there is none.
  bool fill_stored(const inlay_model& model, inlay_config* config);

 private:
  HeapArray<inlay_device> devices_;
  HeapArray<int32_t> placement_;
  HeapArray<uint8_t> variants_;
};

/// How many threads a session of that config is meant to have.
int32_t threads_wanted(const inlay_config& config);

}  // namespace inlay
