// SPDX-License-Identifier: Apache-2.0
//
// Inlay: the owning handle over adaptive.h.
#ifndef INLAY_ADAPTIVE_HPP
#define INLAY_ADAPTIVE_HPP

#include "inlay/adaptive.h"
#include "inlay/inlay.hpp"

namespace inlay {

/// A model that moves between devices while it runs; the model must outlive it.
class Adaptive : public detail::Owner<inlay_adaptive, inlay_adaptive_destroy> {
 public:
  using Owner::Owner;
  /// @errors as inlay_adaptive_create.
  static Result<Adaptive> create(const Model& model, const inlay_adaptive_config* config = nullptr) {
    inlay_adaptive* handle = nullptr;
    Failure failure;
    failure.status = inlay_adaptive_create(model.get(), config, &handle, &failure.error);
    return failure.status == INLAY_OK ? Result<Adaptive>(Adaptive(handle)) : Result<Adaptive>(failure);
  }
  /// Input `index` as T, the C++ type of its dtype; NULL for a bad index. It stays where it is over switches.
  template <typename T>
  T* input(int32_t index) const {
    return static_cast<T*>(inlay_adaptive_input(get(), index));
  }
  template <typename T>
  const T* output(int32_t index) const {
    return static_cast<const T*>(inlay_adaptive_output(get(), index));
  }
  /// @errors as inlay_adaptive_run.
  Failure run() const {
    Failure failure;
    failure.status = inlay_adaptive_run(get(), &failure.error);
    return failure;
  }
  /// What happened so far.
  inlay_adaptive_info info() const {
    inlay_adaptive_info out = {};
    out.struct_size = sizeof(out);
    if (inlay_adaptive_info_of(get(), &out) != INLAY_OK) out = {};
    return out;
  }
};

}  // namespace inlay

#endif  // INLAY_ADAPTIVE_HPP
