// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inlay/placement.h"

namespace inlay {

/// A stored placement in the form of inlay_config; owns what that points to.
class StoredPlacement {
 public:
  StoredPlacement() = default;
  ~StoredPlacement();
  StoredPlacement(const StoredPlacement&) = delete;
  StoredPlacement& operator=(const StoredPlacement&) = delete;

  /// Sets config's devices, placement and variants by the placement of `model` that fits config->threads best and whose devices are all
  /// here; false when there is none.
  bool fill(const inlay_model& model, inlay_config* config);

 private:
  bool resolve(const inlay_model& model, int32_t index, const inlay_placement& stored);

  inlay_device* devices_ = nullptr;
  int32_t* placement_ = nullptr;
  uint8_t* variants_ = nullptr;
  int32_t device_count_ = 0;
};

}  // namespace inlay
